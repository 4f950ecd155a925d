"""Two ways to a verdict: the code verifier, and the sandbox under it.

The first is what counts.  The second takes the limits of each program, so that
attacks which only end by a limit cost less than the verifier's seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from boundary import tagged
from boundary.errors import InputError
from boundary.verify.sandbox import Job, Limits, Outcome, Sandbox, wire
from boundary.verify.setting import Setting
from sandboxed import ITEMS
from threats.program import Program

#: What an attack may take where it names nothing else; the sandbox's own limits are wider.
SMALL = {"cpu_seconds": 2.0, "wall_seconds": 5.0}


@dataclass(frozen=True)
class Judged:
    """A verdict, and what else was said."""

    verdict: str
    name: str | None
    detail: str | None


class SandboxJudge:
    """Runs a program in the sandbox and compares as strictly as can be: by bytes."""

    def __init__(self, *, reduced: bool = False) -> None:
        self._sandbox = Sandbox(1, reduced=reduced)

    def __enter__(self) -> SandboxJudge:
        self._sandbox.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._sandbox.__exit__(*error)

    @property
    def tier(self) -> str:
        """The tier that the sandbox found."""
        return self._sandbox.tier

    def __call__(self, program: Program) -> Judged:
        (outcome,) = self._sandbox.run([_job(program)])
        verdict = _verdict(program, outcome)
        return Judged(verdict, outcome.name, outcome.detail)


def _job(program: Program) -> Job:
    task = program.task
    inputs = (
        tuple(wire.encode(args, ordered=True) for args in task.args)
        if program.style == "function"
        else tuple(text.encode() for text in task.stdin)
    )
    entry = "f" if program.style == "function" else None
    limits = Limits(**{**SMALL, **program.limits})
    return Job(program.text, program.style, entry, inputs, limits)


def _verdict(program: Program, outcome: Outcome) -> str:
    if outcome.end != "finished":
        return outcome.end
    task = program.task
    expected = task.expected if program.style == "function" else task.stdout
    if len(outcome.records) != len(expected):
        return "error"
    for record, value in zip(outcome.records, expected, strict=True):
        if record.kind == "output":
            own = record.payload.decode("utf-8", "replace")
            if record.status or _lines(own) != _lines(value):
                return "wrong"
            continue
        encoding = wire.encode(value)
        digest = hashlib.sha256(encoding).digest()
        if (record.kind, record.payload) not in (("returned", encoding), ("digest", digest)):
            return "wrong"
    return "correct"


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


class VerifierJudge:
    """Has a program judged as the response of a model would be."""

    def __init__(self, *, reduced: bool = False) -> None:
        self._stack = contextlib.ExitStack()
        self._setting = Setting(workers=1, reduced=reduced)
        self.tier = "unknown"

    def __enter__(self) -> VerifierJudge:
        from boundary.verify.code import verifier

        self._verify = self._stack.enter_context(verifier(self._setting))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def __call__(self, program: Program) -> Judged:
        (row,) = self._verify(pl.DataFrame([item(program)], schema=ITEMS)).iter_rows(named=True)
        self.tier = row["sandbox"] or self.tier
        return Judged(row["verdict"], row["breach"], row["detail"])


def item(program: Program) -> dict[str, Any]:
    """Return the row that a verifier is given; what a program may not know is in all of it."""
    return {
        "problem_id": program.task.name,
        "sample_index": 0,
        "response": f"Here is the program.\n```python\n{program.text}\n```\n",
        "finish_reason": "stop",
        "question": f"What is {_hint(program)}?",
        "answer": None,
        "tests": _tests(program),
        "metadata": json.dumps({"note": _hint(program)}),
    }


def _hint(program: Program) -> str:
    """Return the first expected value as text, where it is one."""
    return str(program.task.expected[0])[:200] if program.task.name == "secret" else "it"


def _tests(program: Program) -> str:
    task = program.task
    cases: list[dict[str, Any]]
    if program.style == "stdio":
        pairs = zip(task.stdin, task.stdout, strict=True)
        cases = [{"stdin": given, "stdout": wanted} for given, wanted in pairs]
        return json.dumps({"style": "stdio", "cases": cases})
    cases = [{"args": [tagged.encode(arg) for arg in args]} for args in task.args]
    tests = {"style": "function", "entry_point": "f", "cases": cases}
    wanted = [tagged.encode(value) for value in _carried(task.expected)]
    if len(wanted) == len(cases):
        for case, value in zip(cases, wanted, strict=True):
            case["expected"] = value
    else:  # the honest program is its own reference
        tests["reference"] = {"program": program.text}
    return json.dumps(tests)


def _carried(values: tuple[Any, ...]) -> list[Any]:
    """Return the values that JSON can carry: integers of no more than 4,300 digits, no Counter."""
    found = []
    for value in values:
        try:
            json.dumps(tagged.encode(value))
        except (InputError, ValueError):
            continue
        found.append(value)
    return found


@contextlib.contextmanager
def judge(through: str, *, reduced: bool = False) -> Iterator[SandboxJudge | VerifierJudge]:
    """Open a judge by its name, ``sandbox`` or ``verifier``."""
    kind = {"sandbox": SandboxJudge, "verifier": VerifierJudge}[through]
    with kind(reduced=reduced) as opened:
        yield opened
