"""Rules under which problems stop: what no block fits and no reader can take is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.protocol import Protocol
from boundary.stopping import StoppingRule

Edit = Callable[[dict[str, Any]], Any]
Problems = Callable[..., list[str]]
RULE = {"max": 32, "first": 8, "stop_after": 4}


def ruled(**keys: Any) -> dict[str, Any]:
    """Return the edit that gives protocol t1 the rule, with other keys; ... takes one away."""
    rule = {k: v for k, v in (RULE | keys).items() if v is not ...}
    return {"protocols.t1.n": rule, "analyses.likelihood.responses": 8}


@pytest.mark.parametrize(
    ("n", "rule"),
    [
        (128, None),
        ({"max": 1024}, StoppingRule(1024, 32, 16)),
        ({"max": 128}, StoppingRule(128, 16, 8)),
        ({"max": 128, "stop_after": 4}, StoppingRule(128, 8, 4)),
        ({"max": 128, "first": 64}, StoppingRule(128, 64, 8)),
    ],
)
def test_what_is_not_said_has_a_default(n: Any, rule: StoppingRule | None) -> None:
    assert Protocol.model_validate({"n": n}).stopping == rule


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "first fits no block": (
        ruled(first=6, max=24),
        "protocols.t1.n.first: 6 is not a multiple of protocols.t1.samples_per_shard 4; try 8.",
    ),
    "nor does the default, on a benchmark": (
        ruled(first=...) | {"benchmarks.short.samples_per_shard": 16},
        "protocols.t1.n.first: 8, the default, is not a multiple of "
        "benchmarks.short.samples_per_shard 16; try 16.",
    ),
    "no job ends at max": (
        ruled(max=24),
        "protocols.t1.n.max: 24 is not the first look, 8, doubled once or more, so that no job "
        "ends there; the nearest is 16 or 32.",
    ),
    "one look": (
        ruled(max=8),
        "protocols.t1.n.max: 8 is not the first look, 8, doubled once or more, so that no job "
        "ends there; the nearest is 16.",
    ),
    "stops after more than are drawn": (
        ruled(stop_after=9),
        "protocols.t1.n.stop_after: 9 is more than the 8 samples of the first look, at which no "
        "problem could stop; try 'first: 18'.",
    ),
    "likelihood": (
        ruled() | {"analyses.likelihood.responses": 9},
        "analyses.likelihood.responses: 9, and problems that stop have the 8 of the first look;",
    ),
    "fewest samples": (
        ruled() | {"analyses.min_n": 9},
        "analyses.min_n: 9 would leave out the problems that stop at the first look of "
        "protocols.t1, 8,",
    ),
    "counts": (
        {"protocols.told.n": RULE, "models.paper.n": 32},
        "models.paper2: is not sampled here, and its protocol samples problems until they are "
        "solved. Write its n here, as an 'n' of the model.",
    ),
    "types": (ruled(stop_after="4"), "protocols.t1.n.stop_after: input should be a valid integer"),
    "unknown key": (ruled(last=4), "protocols.t1.n.last: unknown key (found 4)."),
    "no max": (ruled(max=...), "protocols.t1.n.max: missing."),
    "k beyond max": (
        ruled() | {"analyses.k_max": 33},
        "analyses.k_max: 33 is more than the 32 samples of 'base' under 't1'",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_refused(name: str, edit: Edit, problems: Problems) -> None:
    edits, expected = BROKEN[name]
    found = problems(edit(edits))
    assert any(line.startswith(expected) for line in found), found


def test_a_rule_beside_a_plain_n_of_a_model_is_in_order(edit: Edit) -> None:
    """Model early has an n of its own, of which all its problems have as many."""
    assert parse_study(edit(ruled()), "s").protocols["t1"].n_max == 32
