"""Gates: what they name, and which verdicts they let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boundary.comparison.gates import Gate, gate, hold
from boundary.comparison.result import compare_sides
from boundary.errors import GateError, InputError
from comparison_sides import counts_of, made_side


@pytest.fixture(scope="module")
def row():
    base = made_side("base", {"b": counts_of([1, 2] * 60)})
    other = made_side("rl", {"b": counts_of([6, 7] * 60)})
    (outcome,) = compare_sides([base, other]).outcomes
    assert outcome.verdict.verdict == "other-ahead-to-K"
    return replace(outcome.verdict, guard=None)


@pytest.mark.parametrize(
    ("fail_if", "require", "message"),
    [
        ("", None, "--fail-if: names no verdict; there are: crossover, reverse, base-ahead"),
        (" , ", None, "--fail-if: names no verdict"),
        (None, "crosover", "--require: no verdict is called 'crosover'; "),
        ("crossover", "reverse,crossover", "--fail-if and --require both name crossover"),
    ],
)
def test_a_gate_that_makes_no_sense_is_refused(fail_if, require, message) -> None:
    with pytest.raises(InputError) as caught:
        gate(fail_if, require)
    assert str(caught.value).startswith(message)
    if require == "crosover":
        assert str(caught.value).endswith("Did you mean 'crossover'?")


def test_names_are_read_once_and_without_spaces() -> None:
    assert gate("crossover, reverse,crossover", None) == Gate(("crossover", "reverse"))


def test_any_comparison_may_fail_and_all_must_meet(row) -> None:
    loss = replace(row, verdict="crossover", benchmark="c")
    hold(gate("crossover", None), [row])
    hold(gate(None, "other-ahead-to-K,crossover"), [row, loss])
    with pytest.raises(GateError) as caught:
        hold(gate("crossover", None), [row, loss])
    assert str(caught.value) == (
        "The gate fails. --fail-if crossover is met: rl against base on c is crossover."
    )
    with pytest.raises(GateError) as caught:
        hold(gate("crossover", "other-ahead-to-K"), [row, loss])
    assert str(caught.value) == (
        "The gate fails. --fail-if crossover is met: rl against base on c is crossover. "
        "--require other-ahead-to-K is not met: rl against base on c is crossover."
    )
    assert caught.value.exit_code == 4


def test_a_guarded_verdict_meets_no_requirement_and_may_fail(row) -> None:
    guarded = replace(row, guard="small-set;few-discordant")
    with pytest.raises(GateError, match="is other-ahead-to-K, guarded \\(small-set, few-disc"):
        hold(gate(None, "other-ahead-to-K"), [guarded])
    with pytest.raises(GateError, match="--fail-if other-ahead-to-K is met"):
        hold(gate("other-ahead-to-K", None), [guarded])


def test_a_verdict_that_cannot_occur_is_no_gate(row) -> None:
    single = replace(row, k_max=1)
    with pytest.raises(InputError, match="--fail-if: crossover, reverse cannot occur, as K = 1"):
        hold(gate("crossover,reverse", None), [single])
    hold(gate("crossover,reverse", None), [single, row])
    hold(gate("crossover,base-ahead-to-K", None), [single])
