"""The pages of all problems, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from boundary.comparison_tables import PAIR
from boundary.explorer.address import page_name
from boundary.explorer.choose import RULES
from boundary.explorer.latex import with_symbols
from boundary.explorer.page import (
    SETS,
    Column,
    Show,
    arm_name,
    column_of,
    problem_page,
    rate_rows,
)
from boundary.explorer.read import Material
from boundary.jobs.explorer import ExploredArm, Explorer
from boundary.questions import asked_digests
from boundary.report.text import visible
from boundary.rows import PairRow


class _InOrder:
    """Rows of problems that are asked for in their order: a table of each would take its time."""

    def __init__(self, frame: pl.DataFrame | None) -> None:
        rows = iter(()) if frame is None else frame.iter_rows(named=True)
        self._groups = groupby(rows, key=itemgetter("problem_id"))
        self._next = next(self._groups, None)

    def of(self, problem: str) -> list[dict[str, Any]]:
        """Return the rows of a problem; none of one before the last that was asked for."""
        while self._next is not None and self._next[0] < problem:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != problem:
            return []
        rows = [*self._next[1]]
        self._next = next(self._groups, None)
        return rows


@dataclass(frozen=True)
class _Shown:
    """An arm on the pages of its benchmark, with its rows by problem."""

    arm: ExploredArm
    name: str
    classes: str
    scores: dict[str, dict[str, Any]]
    graded: dict[str, int | None]
    responses: _InOrder
    marks: dict[str, pl.DataFrame]

    def marked(self, problem: str) -> dict[int, list[tuple[int, int, float]]]:
        """Return the marks of a problem's responses by sample."""
        marks: dict[int, list[tuple[int, int, float]]] = {}
        if (frame := self.marks.get(problem)) is not None:
            columns = frame.select("sample_index", "start", "end", "logprob").iter_rows()
            for index, start, end, logprob in columns:
                marks.setdefault(index, []).append((start, end, logprob))
        return marks


def problem_pages(
    job: Explorer, compared: pl.DataFrame, material: Material
) -> Iterator[tuple[str, str]]:
    """Yield file name and page of each problem of which there is a question.

    Parameters
    ----------
    job : Explorer
    compared : polars.DataFrame
        A COVERAGE_PROBLEMS table.
    material : Material
    """
    pairs = [PairRow.of(row) for row in compared.select(*PAIR).unique().iter_rows(named=True)]
    pairs.sort(key=lambda pair: job.comparisons.index(pair.comparison))
    keys = compared.select("comparison", "benchmark", "problem_id").iter_rows()
    solved = dict(zip(keys, map(SETS.get, compared["set"]), strict=True))
    for benchmark, problems in material.problems.items():
        here = [pair for pair in pairs if pair.benchmark == benchmark]
        alike = _alike(problems)
        shown = list(_shown(job, material, benchmark, here))
        for problem in problems.iter_rows(named=True):
            name = problem["problem_id"]
            same = alike.get(name, [name])
            sets = [
                (
                    visible(job.pairs[pair.comparison].title),
                    # Of equal questions the first stands for all.
                    next(filter(None, (solved.get((*pair.key, each)) for each in same)), None)
                    or "it is not compared",
                )
                for pair in here
            ]
            others = [(visible(each), page_name(benchmark, each)) for each in same if each != name]
            # The answer to a program is a program, of which a backslash is no command.
            show = visible if problem["tests"] else with_symbols
            columns, reasons = _columns(shown, name, material.kept.most, show)
            rates = rate_rows(
                [(each.name, each.scores.get(name), each.graded.get(name)) for each in shown],
                job.confidence,
            )
            yield (
                page_name(benchmark, name),
                problem_page(
                    job, problem, others, rates, sets, columns, reasons, material.kept.most, show
                ),
            )


def _alike(problems: pl.DataFrame) -> dict[str, list[str]]:
    """Return of each problem whose question stands there again all that ask it, itself too."""
    asked = problems.select("problem_id", question=asked_digests(problems))
    groups = asked.drop_nulls().group_by("question", maintain_order=True).agg("problem_id")
    lists = groups.filter(pl.col("problem_id").list.len() > 1)["problem_id"].to_list()
    return {name: names for names in lists for name in names}


def _shown(
    job: Explorer, material: Material, benchmark: str, pairs: list[PairRow]
) -> Iterator[_Shown]:
    for place, arm in enumerate(job.arms):
        if arm.benchmark != benchmark:
            continue
        graded = material.graded.get(place)
        sides = [i for i, pair in enumerate(pairs) if (arm.model, arm.protocol) in pair.arms]
        yield _Shown(
            arm,
            arm_name(arm, job.by_protocol),
            " ".join(["arm", *(f"pair{i}" for i in sides)]),
            material.scores[place].rows_by_key("problem_id", named=True, unique=True),
            {} if graded is None else dict(graded.select("problem_id", "otherwise").iter_rows()),
            _InOrder(material.kept.responses.get(place)),
            _by_problem(material.kept.marks.get(place)),
        )


def _columns(
    shown: list[_Shown], problem: str, most: int, show: Show
) -> tuple[list[Column], list[int]]:
    """Return a column an arm, and the reasons for which any has a response; none of none."""
    rows = [each.responses.of(problem) for each in shown]
    chosen = {reason for each in rows for row in each for reason in row["reasons"]}
    reasons = sorted(chosen & set(range(len(RULES))))
    if not any(rows):
        return [], []
    columns = [
        column_of(
            each.arm, each.name, each.classes, mine, each.marked(problem), reasons, most, show
        )
        for each, mine in zip(shown, rows, strict=True)
    ]
    return columns, reasons


def _by_problem(frame: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    """Return the rows of each problem, in their order."""
    if frame is None or frame.is_empty():
        return {}
    parts = frame.partition_by("problem_id", as_dict=True)
    return {str(problem): rows for (problem,), rows in parts.items()}
