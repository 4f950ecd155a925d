"""Verdicts on batches of responses: each distinct program of a problem once."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from boundary.tables import VERDICTS_TABLE
from boundary.verify.cache import Cache
from boundary.verify.code.expected import Expectation
from boundary.verify.code.program import Ask, programs_of
from boundary.verify.code.reference import expectations
from boundary.verify.code.scan import Scan, scan
from boundary.verify.code.special_casing import FLAG, disagree, fails_held_back, suspected
from boundary.verify.code.suite import Suite, read_suite
from boundary.verify.code.verdict import NO_ANSWER, Verdict, Watch, program_key
from boundary.verify.sandbox import Job, Limits, Sandbox

#: Problems whose references and then whose programs run together.
TOGETHER = 32
#: Expected values and verdicts that stay in memory.
MOST_EXPECTED_BYTES = 512 << 20
MOST_VERDICTS = 200_000
#: Processor time of a program: at least, and as a multiple of the reference's; and of a
#: test where there is no reference to measure by, as LiveCodeBench allows.
LEAST_SECONDS, _TIMES, SECONDS_A_TEST = 4.0, 4, 6.0
#: Remark on a program that was read by its fences alone.
NOT_PARSED = "response read without parsing"


class Task(NamedTuple):
    """A program under the tests of a problem."""

    key: str
    suite: Suite
    text: str


class Judge:
    """Judges programs in one sandbox, and remembers what it judged.

    Parameters
    ----------
    sandbox : Sandbox
        Open.
    cache : Cache or None
    grader : str
        What verdict rows carry.
    stdout_tolerance : float
        Of floats on standard output.
    """

    def __init__(
        self, sandbox: Sandbox, cache: Cache | None, grader: str, stdout_tolerance: float = 0.0
    ) -> None:
        self._sandbox, self._cache, self._grader = sandbox, cache, grader
        self._printed = stdout_tolerance
        self._suites: dict[str, Suite] = {}
        self._expected: OrderedDict[str, Expectation] = OrderedDict()
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()

    def verify(self, items: pl.DataFrame) -> pl.DataFrame:
        """Return a verdict for each response to a code problem.

        Parameters
        ----------
        items : polars.DataFrame
            ``problem_id``, ``sample_index``, ``response``, ``question`` and ``tests`` are read.

        Returns
        -------
        polars.DataFrame
            A verdicts table with ``extraction``, ``correct_fenced``, ``remarks``,
            ``breach``, ``tricks`` and ``sandbox``.

        Raises
        ------
        InputError
            When the tests of a problem cannot be used.
        MachineError
            When the sandbox fails.
        """
        # Tests of tens of megabytes would else become a text of their own for each row.
        tests = items.select("problem_id", "tests").unique("problem_id", maintain_order=True)
        self._suites = {
            name: read_suite(name, text, self._printed) for name, text in tests.iter_rows()
        }
        suites = [self._suites[name] for name in items["problem_id"]]
        texts = items.select("response", "question").iter_rows()
        asks = [
            Ask(response, suite.entry_point, question)
            for suite, (response, question) in zip(suites, texts, strict=True)
        ]
        programs = programs_of(self._sandbox, asks)
        tasks = [
            _task(suite, one.text) if one.own else None
            for suite, one in zip(suites, programs, strict=True)
        ]
        # Most often both rules read the same program.
        fenced = [
            task
            if task is not None and task.text == one.fenced
            else _task(suite, one.fenced)
            if one.fenced
            else None
            for suite, one, task in zip(suites, programs, tasks, strict=True)
        ]
        judged = self._judged([task for task in [*tasks, *fenced] if task is not None])
        found = [NO_ANSWER if task is None else judged[task.key] for task in tasks]
        rows = {
            "problem_id": items["problem_id"],
            "sample_index": items["sample_index"],
            "answer": [None] * len(found),  # a program has none to compare or vote on
            "extraction": [one.form for one in programs],
            "verdict": [row.verdict for row in found],
            "correct": [row.verdict == "correct" for row in found],
            "correct_fenced": [
                task is not None and judged[task.key].verdict == "correct" for task in fenced
            ],
            "grader": [self._grader] * len(found),
            "detail": [row.detail for row in found],
            "remarks": [
                ",".join(filter(None, [row.remarks, None if one.parsed else NOT_PARSED])) or None
                for row, one in zip(found, programs, strict=True)
            ],
            "breach": [row.breach for row in found],
            "tricks": [",".join(row.tricks) or None for row in found],
            "sandbox": [row.sandbox for row in found],
        }
        columns = VERDICTS_TABLE.schema.columns
        types = {name: columns[name].dtype.type for name in rows if name != "sample_index"}
        return pl.DataFrame(rows, schema_overrides=types)

    def _judged(self, tasks: Sequence[Task]) -> dict[str, Verdict]:
        """Return verdicts by key: from memory, the cache, or the sandbox."""
        wanted = {task.key: task for task in tasks}
        found = {key: self._verdicts[key] for key in wanted if key in self._verdicts}
        if self._cache is not None:
            kept = self._cache.get(key for key in wanted if key not in found)
            found |= {key: _from_row(row) for key, row in kept.items()}
        fresh = [task for key, task in wanted.items() if key not in found]
        for new in self._run(list(_groups(fresh))):
            found |= new
            if self._cache is not None:
                self._cache.put({k: _to_row(v) for k, v in new.items() if v.lasting})
        for key in wanted:
            self._verdicts[key] = found[key]
            self._verdicts.move_to_end(key)
        while len(self._verdicts) > max(MOST_VERDICTS, len(wanted)):
            self._verdicts.popitem(last=False)
        return found

    def _run(self, groups: Sequence[Sequence[Task]]) -> Iterator[dict[str, Verdict]]:
        """Judge programs, and yield the verdicts on those of a few problems together.

        A program that hangs does not keep those of the next problems waiting: they all go
        through the sandbox in one stream.
        """
        begun: deque[Watch] = deque()

        def jobs() -> Iterator[Job]:
            for group in groups:
                expected = self._expectations({task.suite.key: task.suite for task in group})
                for task in group:
                    begun.append(Watch(expected[task.suite.key]))
                    yield _job(task, begun[-1])

        outcomes = self._sandbox.run(jobs())
        for group in groups:
            watches, found = [], []
            for outcome in islice(outcomes, len(group)):
                watches.append(begun.popleft())
                found.append(watches[-1].verdict(outcome, self._sandbox.tier))
            scans = scan(self._sandbox, [(task.suite, task.text) for task in group])
            flagged = self._special_cased(group, watches, found, scans)
            yield {
                task.key: replace(verdict, tricks=_tricks(look, flag), remarks=look.remark)
                for task, verdict, look, flag in zip(group, found, scans, flagged, strict=True)
            }

    def _special_cased(
        self,
        tasks: Sequence[Task],
        watches: Sequence[Watch],
        verdicts: Sequence[Verdict],
        scans: Sequence[Scan],
    ) -> list[bool]:
        flagged = [False] * len(tasks)
        tried: dict[str, list[int]] = {}
        for index, (task, watch, look) in enumerate(zip(tasks, watches, scans, strict=True)):
            if not suspected(task.suite, look):
                continue
            if verdicts[index].verdict == "correct":
                tried.setdefault(task.suite.key, []).append(index)
            else:
                flagged[index] = fails_held_back(task.suite, watch)
        for own in tried.values():
            expectation = watches[own[0]].expectation
            found = disagree(self._sandbox, expectation, [tasks[index].text for index in own])
            for index, differs in zip(own, found, strict=True):
                flagged[index] = differs
        return flagged

    def _expectations(self, suites: dict[str, Suite]) -> dict[str, Expectation]:
        missing = [suite for key, suite in suites.items() if key not in self._expected]
        self._expected.update(expectations(missing, self._sandbox, self._cache))
        found = {}
        for key in suites:
            found[key] = self._expected[key]
            self._expected.move_to_end(key)
        held = sum(_bytes(expectation) for expectation in self._expected.values())
        while held > MOST_EXPECTED_BYTES and self._expected:
            held -= _bytes(self._expected.popitem(last=False)[1])
        return found


def _task(suite: Suite, text: str) -> Task:
    return Task(program_key(suite.key, text), suite, text)


def _job(task: Task, watch: Watch) -> Job:
    suite, expectation = task.suite, watch.expectation
    own: float | None = SECONDS_A_TEST
    seconds = SECONDS_A_TEST * len(suite.inputs)
    if expectation.cpu_seconds is not None:
        own, seconds = None, max(LEAST_SECONDS, _TIMES * expectation.cpu_seconds)
    # Elapsed time ends what sleeps.
    limits = Limits(
        cpu_seconds=seconds,
        wall_seconds=3 * seconds,
        output_bytes=expectation.output_bytes,
        test_seconds=own,
    )
    return Job(
        task.text,
        suite.style,
        suite.entry_point,
        suite.inputs,
        limits,
        expectation.digest_above,
        watch.accept,
    )


def _groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Put the tasks of a few problems together, in the order of problems."""
    by_suite: dict[str, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: (task.suite.problem_id, task.key)):
        by_suite.setdefault(task.suite.key, []).append(task)
    suites = list(by_suite.values())
    for at in range(0, len(suites), TOGETHER):
        yield [task for own in suites[at : at + TOGETHER] for task in own]


def _tricks(look: Scan, flagged: bool) -> tuple[str, ...]:
    return tuple(sorted({*look.tricks, FLAG})) if flagged else look.tricks


def _bytes(expectation: Expectation) -> int:
    return sum(len(value.payload) for value in expectation.values)


def _to_row(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "detail": verdict.detail,
        "breach": verdict.breach,
        "tricks": list(verdict.tricks),
        "sandbox": verdict.sandbox,
        "remarks": verdict.remarks,
    }


def _from_row(row: dict[str, Any]) -> Verdict:
    return Verdict(**row | {"tricks": tuple(row["tricks"])})
