"""Expected values: given with the tests, or what the reference program returns.

A reference program is a benchmark's, and runs in the sandbox all the same, once
a problem.  One that fails is a fault of the problem: an error that names it, and
never a verdict on a response.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from boundary.errors import InputError
from boundary.verify.cache import Cache
from boundary.verify.code.expected import DIGEST_ABOVE_LOOSE, Expectation, Expected
from boundary.verify.code.oracles import MATCH
from boundary.verify.code.suite import Suite
from boundary.verify.code.verdict import shown
from boundary.verify.sandbox import Job, Limits, Outcome, Sandbox

#: A reference may take its time: limits of candidates follow from what it took.
LIMITS = Limits(cpu_seconds=180.0, wall_seconds=600.0, output_bytes=2 << 30)
#: Larger expectations are computed anew rather than kept on disk.
_MOST_KEPT = 1 << 20


def expectations(
    suites: Sequence[Suite], sandbox: Sandbox, cache: Cache | None
) -> dict[str, Expectation]:
    """Return what programs should return, by the key of the suite.

    Raises
    ------
    InputError
        When a reference program fails on a test; names the problem and the test.
    """
    found: dict[str, Expectation] = {}
    unknown: list[Suite] = []
    kept = cache.get(map(_key, suites)) if cache is not None else {}
    for suite in suites:
        if suite.style == "stdio":
            found[suite.key] = Expectation(suite, (), None)
        elif suite.given is not None:
            found[suite.key] = Expectation(suite, list(map(Expected.of, suite.given)), None)
        elif _key(suite) in kept:
            values, seconds = _unpacked(kept[_key(suite)])
            found[suite.key] = Expectation(suite, values, seconds)
        else:
            unknown.append(suite)
    outcomes = sandbox.run(map(_job, unknown))
    for suite, outcome in zip(unknown, outcomes, strict=True):
        values = _values(suite, outcome)
        found[suite.key] = Expectation(suite, values, outcome.cpu_seconds)
        if cache is not None and sum(len(value.payload) for value in values) <= _MOST_KEPT:
            cache.put({_key(suite): _packed(values, outcome.cpu_seconds)})
    return found


def _key(suite: Suite) -> str:
    return hashlib.sha256(f"expected\n{suite.key}".encode()).hexdigest()


def _job(suite: Suite) -> Job:
    return Job(
        suite.reference or "",
        "function",
        suite.entry_point,
        suite.inputs,
        LIMITS,
        DIGEST_ABOVE_LOOSE,
    )


def _values(suite: Suite, outcome: Outcome) -> list[Expected]:
    who = f"The reference program of problem {suite.problem_id}"
    for record in outcome.records:
        match = suite.rule == "not_none" and record.payload == MATCH.encode()
        if record.kind == "raised" or (record.kind == "nonplain" and not match):
            what = "raises" if record.kind == "raised" else "returns a value of type"
            raise InputError(
                f"{who} {what} {shown(record.payload.decode(errors='replace'))} on test "
                f"{record.index + 1}, so nothing says what is right. Mend the problem, or leave "
                f"it out; no response to it was judged."
            )
    if outcome.end != "finished" or len(outcome.records) != len(suite.inputs):
        raise InputError(
            f"{who} does not come through its {len(suite.inputs)} tests: {outcome.end} after "
            f"{len(outcome.records)} ({shown(outcome.detail or 'no detail')}). Mend the problem, "
            f"or leave it out; no response to it was judged."
        )
    return [Expected(record.kind, record.payload, record.length) for record in outcome.records]


def _packed(values: Sequence[Expected], seconds: float) -> dict[str, Any]:
    rows = [[v.kind, base64.b64encode(v.payload).decode(), v.length] for v in values]
    return {"cpu_seconds": seconds, "values": rows}


def _unpacked(row: dict[str, Any]) -> tuple[list[Expected], float]:
    values = [Expected(kind, base64.b64decode(text), size) for kind, text, size in row["values"]]
    return values, float(row["cpu_seconds"])
