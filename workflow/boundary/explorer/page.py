"""The page of a problem: no script, and all that a model or a file said is escaped text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from markupsafe import escape

from boundary.analysis.intervals import clopper_pearson
from boundary.explorer.choose import DRAWN, GRADERS, REASONS, RULES
from boundary.explorer.marks import LEVELS, Piece, pieces
from boundary.jobs.explorer import ExploredArm, Explorer
from boundary.report.template import environment
from boundary.report.text import share, visible
from boundary.rows import Row
from boundary.wording import number

HERE = Path(__file__).resolve().parent
#: Characters of what a verifier says, and of what a benchmark says beside the question.
LONGEST_DETAIL, LONGEST_METADATA, LONGEST_QUESTION = 2_000, 4_000, 20_000
SETS = {
    "both": "both solve it",
    "base_only": "the base alone solves it",
    "other_only": "the other alone solves it",
    "neither": "neither solves it",
}


#: What makes text that is shown of text that was written, as `visible` does.
Show = Callable[..., str]
#: A command of LaTeX whose name may go on.
_CUT = re.compile(r"\\[A-Za-z]+\Z")
#: What stands in place of a response where a reason needs more than a right one.
ABSENT = {
    REASONS.index("shortest right"): "no right one of known length",
    REASONS.index("most surprising right"): "no right one was scored",
}


@dataclass(frozen=True)
class Response:
    """A response as the page shows it; ``marked`` where its tokens were scored."""

    index: int
    reasons: list[str]
    right: bool
    facts: list[tuple[str, str]]
    pieces: list[Piece]
    marked: bool
    left_out: int


@dataclass(frozen=True)
class Cell:
    """What an arm has for a reason: a response, one that stands above, or words in its place."""

    response: Response | None = None
    above: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class Column:
    """An arm on the page; ``classes`` name the comparisons that it is a side of."""

    name: str
    classes: str
    cells: list[Cell]

    @property
    def scored(self) -> bool:
        """Whether a response was scored, so that marks are to be expected."""
        return any(cell.response and cell.response.marked for cell in self.cells)


def arm_name(arm: ExploredArm, by_protocol: bool) -> str:
    """Return an arm as pages name it."""
    return visible(f"{arm.model} · {arm.protocol}" if by_protocol else arm.model)


def rate_rows(
    arms: Iterable[tuple[str, Row | None, int | None]], confidence: float
) -> list[list[str]]:
    """Return a row an arm of how often it solves a problem, with interval and n.

    Parameters
    ----------
    arms : iterable of (str, row or None, int or None)
        Name, row of SCORES (None: dashes), and the responses that another grader judges
        otherwise.
    confidence : float
    """
    rows = []
    for name, row, graded in arms:
        if row is None:
            rows.append([name, *("–",) * 6])
            continue
        # c/n of a problem that stopped early says too much of it, as does a mean over its samples.
        stops = row.get("n_max") is not None
        low, high = _interval(row["correct"], row["n"], confidence)
        rate = f"{share(row['correct'] / row['n'])} [{share(low)}, {share(high)}]"
        tricks = [row.get(key) for key in ("tricked", "violations")]
        rows.append(
            [
                name,
                f"{number(row['correct'])} of {number(row['n'])}",
                "–" if stops else rate,
                number(row["truncated"]),
                number(graded),
                "–" if tricks == [None, None] else " · ".join(map(number, tricks)),
                "–" if stops else number(row["mean_tokens"]),
            ]
        )
    return rows


@cache
def _interval(hits: int, n: int, confidence: float) -> tuple[float, float]:
    import numpy as np

    low, high = clopper_pearson(np.array([float(hits)]), np.array([float(n)]), confidence)
    return float(low[0]), float(high[0])


def column_of(
    arm: ExploredArm,
    name: str,
    classes: str,
    rows: Sequence[Row],
    marks: Mapping[int, Any],
    shown: Sequence[int],
    most: int,
    show: Show,
) -> Column:
    """Return the cells of an arm, one for each reason and one for each response drawn.

    Parameters
    ----------
    arm : ExploredArm
    name, classes : str
        As of `Column`.
    rows : sequence of rows
        Its responses that were kept, by rank.
    marks : mapping
        Marks of `pieces` by sample.
    shown : sequence of int
        Places in `RULES` for which some arm has a response; further cells are of those drawn.
    most : int
        Responses that were kept at most; a reason's own may be among the others.
    show : callable
        Makes what is shown of a text.
    """
    if arm.quoted is None:
        return Column(name, classes, [Cell(words="its responses are not at hand")])
    cells = []
    first: dict[int, str] = {}
    for place in shown:
        row = next((row for row in rows if place in row["reasons"]), None)
        if row is None:
            # The response to a reason has a rank of at most the reason's place.
            left_out = place >= most
            absent = ABSENT.get(place, "none") if any(row["correct"] for row in rows) else "none"
            cells.append(Cell(words="none is kept" if left_out else absent))
        elif row["sample_index"] in first:
            cells.append(Cell(above=first[row["sample_index"]]))
        else:
            first[row["sample_index"]] = REASONS[place]
            cells.append(Cell(_response(row, arm.scorer, marks, show)))
    drawn = [row for row in rows if row["reasons"] == [len(RULES)]]
    cells += [Cell(_response(row, arm.scorer, marks, show)) for row in drawn]
    return Column(name, classes, cells)


def _response(row: Row, scorer: str | None, marks: Mapping[int, Any], show: Show) -> Response:
    marked = marks.get(row["sample_index"], [])
    text = row["response"]
    return Response(
        index=row["sample_index"],
        reasons=[REASONS[place] for place in row["reasons"]],
        right=row["correct"],
        facts=list(_facts(row, scorer)),
        pieces=list(shown_pieces(text, marked, show)),
        marked=bool(row.get("tokens_scored")),
        left_out=row["left_out"],
    )


def shown_pieces(text: str, marked: Any, show: Show) -> Iterable[Piece]:
    """Yield pieces as they are shown; a command that the end of one cuts stays as written.

    Parameters
    ----------
    text, marked
        As of `pieces`.
    show : callable
        As of `column_of`.
    """
    parts = list(pieces(text, marked))
    for part, after in zip_longest(parts, parts[1:], fillvalue=Piece("")):
        cut = _CUT.search(part.text) if after.text[:1].isalpha() else None
        end = cut.start() if cut else len(part.text)
        yield Piece(escape(show(part.text[:end])) + part.text[end:], part.level, part.chance)


def _facts(row: Row, scorer: str | None) -> Iterable[tuple[str, str]]:
    """Yield what is known of a response, by name."""
    if row.get("answer") is not None:
        yield "answer", visible(row["answer"], LONGEST_DETAIL)
    yield "verdict", visible(row["verdict"])
    for name in ("detail", "remarks", "breach", "tricks"):
        if row.get(name):
            yield "reason" if name == "detail" else name, visible(row[name], LONGEST_DETAIL)
    for name, column in GRADERS.items():
        if row.get(column) is not None:
            verdict = "right" if row[column] else "wrong"
            differs = " (otherwise than ours)" if row[column] != row["correct"] else ""
            yield f"{name} grader", f"{verdict}{differs}"
    if row["n_tokens"] is not None:
        yield "tokens", number(row["n_tokens"])
    if row["finish_reason"] is not None:
        yield "ended by", visible(row["finish_reason"])
    if row["logprob_sum"] is not None:
        yield "log-probability", number(row["logprob_sum"])
    if scorer is not None and row.get("scorer_logprob") is not None:
        value = f"{number(row['scorer_logprob'])} in {number(row['scorer_tokens'])} tokens"
        yield f"log-probability under {visible(scorer)}", value
    if row.get("tokens_scored"):
        yield "tokens scored", f"by {visible(scorer)}"


def problem_page(
    job: Explorer,
    problem: Row,
    alike: Sequence[tuple[str, str]],
    rates: list[list[str]],
    sets: Sequence[tuple[str, str]],
    columns: Sequence[Column],
    shown: Sequence[int],
    most: int,
    show: Show,
) -> str:
    """Return the page of a problem.

    Parameters
    ----------
    job : Explorer
    problem : row
        Of `boundary.explorer.read.read_problems`.
    alike : sequence of (str, str)
        Name and file of each other problem that asks the same question.
    rates : list of list of str
        As of `rate_rows`.
    sets : sequence of (str, str)
        Title of each comparison with what it says of the problem.
    columns : sequence of Column
    shown : sequence of int
        Places in `RULES`, as of `column_of`.
    most : int
        Responses of an arm that were kept.
    show : callable
        As of `column_of`.
    """
    names = [REASONS[place] for place in shown]
    drawn = max((len(column.cells) for column in columns), default=0) - len(names)
    rows = [*names, *(f"{DRAWN}, {i + 1}" for i in range(drawn))]
    text = (
        environment(HERE)
        .get_template("problem.html")
        .render(
            study=visible(job.study),
            benchmark=visible(problem["benchmark"]),
            name=visible(problem["problem_id"]),
            alike=alike,
            question=show(problem["question"], LONGEST_QUESTION),
            answer=problem["answer"] and show(problem["answer"], LONGEST_METADATA),
            tests=problem["tests"] and visible(problem["tests"]),
            tests_left_out=problem["tests_left_out"],
            metadata=problem["metadata"] and visible(problem["metadata"], LONGEST_METADATA),
            rates=rates,
            level=f"{100 * job.confidence:.3g} %",
            sets=sets,
            columns=columns,
            rows=rows,
            scorers=sorted({visible(arm.scorer) for arm in job.arms if arm.scorer}),
            levels=LEVELS,
            most=most,
            asked=job.responses,
            megabytes=job.megabytes,
        )
    )
    return str(text)
