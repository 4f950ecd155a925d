"""Whether a program looks up the inputs that it could know.

Flagged and never decided: the verdict stands.  A program is flagged when at
least two, and at least half, of the visible inputs (the first ``base`` cases)
stand in its source as literals, all visible tests pass, and

- a held-back test fails, or
- all tests pass, and on inputs changed a little program and reference disagree.

So a correct program that lists special cases is not flagged.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from boundary.digests import seed_of
from boundary.verify.code.expected import Expectation, Expected
from boundary.verify.code.scan import Scan, visible_inputs
from boundary.verify.code.suite import Suite
from boundary.verify.code.verdict import Watch
from boundary.verify.sandbox import Job, Limits, Outcome, Sandbox, wire

FLAG = "special-cased"
#: Changed inputs a program is tried on.
MUTANTS = 16
_LIMITS = Limits(cpu_seconds=4.0, wall_seconds=10.0)


def suspected(suite: Suite, scan: Scan) -> bool:
    """Whether enough visible inputs stand in the source."""
    if scan.literals < 2:
        return False
    return 2 * scan.literals >= len(visible_inputs(suite))


def fails_held_back(suite: Suite, watch: Watch) -> bool:
    """Whether all visible tests pass and a later one does not."""
    return 0 < suite.base <= watch.passed < len(suite.inputs)


def disagree(sandbox: Sandbox, expectation: Expectation, programs: Sequence[str]) -> list[bool]:
    """Whether each program and the reference return different values on changed inputs."""
    suite = expectation.suite
    inputs = changed_inputs(suite)
    if suite.reference is None or not inputs:
        return [False] * len(programs)
    (right, *own) = sandbox.run(
        Job(text, "function", suite.entry_point, inputs, _LIMITS)
        for text in (suite.reference, *programs)
    )
    return [_differ(suite, inputs, right, outcome) for outcome in own]


def _differ(suite: Suite, inputs: tuple[bytes, ...], right: Outcome, own: Outcome) -> bool:
    """Compare where both returned something: a changed input may be none of the problem's."""
    pairs = [
        (a, b)
        for a, b in zip(right.records, own.records, strict=False)
        if a.kind in ("returned", "digest") and b.kind in ("returned", "digest")
    ]
    if not pairs:
        return False
    values = [Expected(a.kind, a.payload, a.length) for a in right.records]
    count = len(values)
    changed = Suite(
        suite.problem_id, suite.key, suite.style, suite.entry_point, inputs[:count], None, None,
        suite.rule, suite.atol[:1] * count, suite.tolerant, 0,
    )  # fmt: skip
    expectation = Expectation(changed, values, None)
    return any(not expectation.agrees(b) for _, b in pairs)


def changed_inputs(suite: Suite) -> tuple[bytes, ...]:
    """Return visible inputs changed a little, the same ones each time, none of the tests."""
    rng = random.Random(seed_of("changed inputs", suite.key))  # noqa: S311
    known = set(suite.inputs)
    found: dict[bytes, None] = {}
    visible = visible_inputs(suite)
    for _ in range(4 * MUTANTS if visible else 0):
        args = rng.choice(visible)
        if args:
            data = wire.encode(_one_changed(args, rng), ordered=True)
            if data not in known:
                found[data] = None
    return tuple(found)[:MUTANTS]


def _one_changed(args: tuple[Any, ...], rng: random.Random) -> tuple[Any, ...]:
    place = rng.randrange(len(args))
    return (*args[:place], changed(args[place], rng), *args[place + 1 :])


def changed(value: Any, rng: random.Random) -> Any:
    """Return a value of the same type, a little different where the type allows it."""
    kind = type(value)
    if kind is bool:
        return not value
    if kind in (int, float):
        return value + rng.choice((-2, -1, 1, 2, 3))
    if kind is str and value:
        place = rng.randrange(len(value))
        return value[:place] + value[place] + value[place:]
    if kind in (list, tuple) and value:
        items = list(value)
        place = rng.randrange(len(items))
        if rng.random() < 0.5:
            items[place] = changed(items[place], rng)
        else:
            items.insert(place, items[rng.randrange(len(items))])
        return kind(items)
    if kind is dict and value:
        key = rng.choice(list(value))
        return value | {key: changed(value[key], rng)}
    return value
