"""What the lab trains on: no benchmark problem, and what can be solved without arithmetic."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundary.kinds.modular.material import MATERIAL, draw, held_out
from boundary.kinds.modular.problem import question, solution, steps
from boundary.kinds.modular.task import ModularBenchmark, ModularPretrain, ModularReinforce
from boundary.lab.train import train
from boundary.tables import PROBLEMS
from boundary.tables import check as check_table


def pretrain(**settings: Any) -> ModularPretrain:
    """Return a run."""
    return ModularPretrain.model_validate({"task": "modular", "recipe": "pretrain"} | settings)


def benchmark(**settings: Any) -> ModularBenchmark:
    """Return a drawing."""
    return ModularBenchmark.model_validate({"task": "modular"} | settings)


def core(text: str) -> tuple[str, ...]:
    """Return a problem without labels and fillers; training shows no negative operand."""
    return (text.split(maxsplit=1)[0], *(word for step in steps(text) for word in step[1:-1]))


def texts(run: ModularPretrain, step: int = 0, seed: int = 0) -> list[tuple[str, str]]:
    """Return prompts and responses of a batch."""
    ids, width = MATERIAL.batch(run, step, np.random.default_rng(seed))
    return [(MATERIAL.text(row[:width]), MATERIAL.text(row[width:-1])) for row in ids]


def test_responses_of_the_corpus_are_right_without_noise() -> None:
    for mode in ("chain", "direct"):
        for seed in range(3):
            rows = texts(pretrain(mode=mode, modulus=11, lengths=[2, 10]), seed=seed)
            assert len({len(prompt.split()) for prompt, _ in rows}) == 1
            for prompt, response in rows:
                right = solution(prompt)
                assert response == (right if mode == "chain" else f"# {right.split()[-1]}")
                assert (
                    MATERIAL.chain_correct and MATERIAL.formatted and MATERIAL.formatted(response)
                )
                assert MATERIAL.correct(prompt, response)
                assert MATERIAL.chain_correct(prompt, response) == (mode == "chain")


def test_steps_go_on_from_a_slip() -> None:
    rows = texts(pretrain(noise=0.2, lengths=[4, 4], batch_operations=8_000))
    slips = 0
    for prompt, response in rows:
        words, before = response.split(), 0
        for label, operator, operand, value in zip(*(iter(words[:-2]),) * 4, strict=True):
            due = int(eval(f"({before} {operator} {operand}) % 7"))
            slips, before = slips + (int(value) != due), int(value)
            assert label in prompt
        assert words[-2:] == ["#", str(before)]
    # A uniform value is the due one in 1 of 7 cases: 0.2 · 6/7 = 0.171.
    assert slips / (4 * len(rows)) == pytest.approx(0.171, abs=0.015)
    direct = texts(pretrain(noise=0.2, mode="direct", batch_operations=8_000, lengths=[4, 4]))
    wrong = np.mean([not MATERIAL.correct(*row) for row in direct])
    assert wrong == pytest.approx(0.171, abs=0.03)


@pytest.mark.parametrize("negative", [False, True])
def test_no_training_problem_is_a_benchmarks(negative: bool) -> None:
    drawn = MATERIAL.problems("b", benchmark(problems=600, lengths=[3, 4], negative=negative))
    plain = MATERIAL.problems("b", benchmark(problems=600, lengths=[3, 4]))["question"]
    kept = {core(text) for text in plain}
    trained = [core(p) for s in range(20) for p, _ in texts(pretrain(lengths=[3, 4]), seed=s)]
    assert len(kept) == 600 and not kept & {*trained}
    assert check_table(drawn, PROBLEMS, "x").equals(drawn)
    for text, gold in drawn.select("question", "answer").iter_rows():
        assert solution(text).split()[-1] == gold
    assert (" - - " in " ".join(drawn["question"])) == negative


def test_more_problems_of_a_seed_contain_the_fewer() -> None:
    few, more, other = (
        set(MATERIAL.problems("b", benchmark(problems=n, lengths=[5, 3], seed=seed))["question"])
        for n, seed in ((10, 1), (40, 1), (40, 2))
    )
    assert few < more and not few & other


def test_training_problems_can_be_few_and_are_written_anew() -> None:
    run = pretrain(distinct=5, lengths=[3, 3])
    first, second = ([p for p, _ in texts(run, seed=seed)] for seed in (0, 1))
    assert {core(text) for text in first} == {core(text) for text in second}
    assert len({core(text) for text in first}) == 5 < len({*first, *second})
    assert {core(p) for p, _ in texts(pretrain(distinct=5, lengths=[3, 3], seed=1))} != {
        core(text) for text in first
    }


def test_prompts_of_reinforcement_and_the_longest_response() -> None:
    settings = {"task": "modular", "recipe": "reinforce", "start": "a", "lengths": [2, 6]}
    run = ModularReinforce.model_validate(settings)
    ids, longest = MATERIAL.prompts(run, np.random.default_rng(0), 12)
    right = [solution(MATERIAL.text(row)) for row in ids]
    assert {len(text.split()) + 1 for text in right} == {longest}


def test_an_eighth_is_held_out_and_training_draws_the_rest() -> None:
    slots = draw(np.random.default_rng(0), 7, 2_000, 2)
    assert not held_out(7, slots).any()
    # All 7 · 21 problems of length 2 but those held out are drawn.
    each = np.array(list(itertools.product([0], range(7), range(3), range(7)))).reshape(-1, 2, 2)
    assert len(np.unique(slots, axis=0)) == 147 - held_out(7, each).sum() == 130


def floors(modulus: int, length: int) -> tuple[float, float]:
    """Return what the best constant, and the best guess from the last slot, solve."""
    before = Counter(dict.fromkeys(range(modulus), 1 / modulus))
    for _ in range(length - 1):
        joint: dict[tuple[str, int], Counter[int]] = {}
        for value, operator, operand in itertools.product(before, "+-*", range(modulus)):
            text = question(modulus, 0, [("+", value), (operator, operand)], [0], False)
            counts = joint.setdefault((operator, operand), Counter())
            counts[int(solution(text).split()[-1])] += before[value] / (3 * modulus)
        before = Counter()
        for counts in joint.values():
            before.update(counts)
    return max(before.values()), sum(max(counts.values()) for counts in joint.values())


@pytest.mark.parametrize(
    ("modulus", "constant", "last"), [(5, 0.27, 0.32), (7, 0.20, 0.24), (11, 0.13, 0.16)]
)
def test_what_is_solved_without_arithmetic(modulus: int, constant: float, last: float) -> None:
    # Two slots end in 0: + and - in 1 of m cases, * where either operand is 0.
    zero = (2 / modulus + 1 - (1 - 1 / modulus) ** 2) / 3
    assert floors(modulus, 2) == pytest.approx((zero, zero))
    best, from_last = floors(modulus, 6)
    assert (round(best, 2), round(from_last, 2)) == (constant, last)


def test_a_short_training_learns_to_copy_and_the_first_step(tmp_path: Path) -> None:
    small = {"hidden": 32, "head_dim": 8, "mlp": 96, "muon_learning_rate": 0.02}
    run = pretrain(modulus=5, lengths=[2, 2], steps=120, batch_operations=400, **small)
    curve = train(run, tmp_path / "run", parents={}, threads=1)["curve"]
    assert isinstance(curve, dict)
    # Two of 11 tokens are results: who knows neither, and copies, has a loss of 2 ln 5 / 11 = 0.29.
    assert curve["loss"][0] > 2 and np.mean(curve["loss"][-5:]) < 0.2
