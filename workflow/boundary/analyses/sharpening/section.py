"""What the report says of sharpening."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.links import of_pair, of_problem
from boundary.report.text import share, visible
from boundary.report.verdicts import side_of
from boundary.rows import PairRow, Row, rows_by_pair
from boundary.wording import listed, number, p_value, with_interval

#: Problems that a sentence names.
NAMED = 3


def sharpening(frame: pl.DataFrame) -> Summary:
    """Summarise the line of log-odds of each comparison."""
    columns: dict[str, Cell] = {
        **PAIR,
        "slope": estimate_of("slope", number),
        "at even odds of base": number_of("shift"),
        "correlation": number_of("correlation"),
        "sharper": lambda row: side_of(row, row["sharper"]),
        "off the line": number_of("off_line"),
        "other beyond": number_of("other_beyond"),
        "base beyond": number_of("base_beyond"),
        "n base": number_of("n_base"),
        "n other": number_of("n_other"),
        "M": number_of("n_problems"),
        "note": text_of("note"),
    }
    about = (
        "Slope of the other model's log-odds of success on the base's, with error on both, and an "
        "interval over problems: above 1, rates are further apart. Sharper: the model of which "
        "scatter about the line alone does not account for it. At even odds of base: log-odds of "
        "the other. Off the line: the share of problems that stand "
        "elsewhere. Beyond: problems of which a model solves more than the line and the other "
        "model's count allow, at a false discovery rate of 10 %."
    )
    ordered = frame.sort("benchmark", "comparison")
    return summary("sharpening", "Sharpening", about, ordered, columns, {"M": of_pair()})


def sharpening_problems(frame: pl.DataFrame) -> Summary:
    """Summarise the problems beyond the line."""

    def of(name: str) -> Cell:
        return lambda row: f"{number(row[f'{name}_correct'])} of {number(row[f'{name}_n'])}"

    columns: dict[str, Cell] = {
        **PAIR,
        "problem": text_of("problem_id"),
        "solved by base": of("base"),
        "solved by other": of("other"),
        "more than expected by": lambda row: side_of(row, row["beyond"]),
        "expected": lambda row: share(row[f"{row['beyond']}_expected"]),
        "p": lambda row: p_value(row[f"{row['beyond']}_p"]),
    }
    about = (
        "Candidates for a person to read: one model solves more than the line of log-odds and the "
        "other's count allow. p: as many or more, given the other's count. No ability is proven "
        "by it: a wrong gold answer or a guess stands out too."
    )
    shown = frame.filter(pl.col("beyond").is_not_null()).with_columns(
        least=pl.min_horizontal("base_p", "other_p")
    )
    ordered = shown.sort("benchmark", "comparison", "least", "problem_id")
    links = {"problem": of_problem}
    return summary("sharpening_problems", "Beyond sharpening", about, ordered, columns, links)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict whether rates moved apart, and which problems exceed it."""
    if "sharpening" not in tables:
        return {}
    problems = tables.get("sharpening_problems")
    if problems is not None:
        problems = problems.filter(pl.col("beyond").is_not_null())
    beyond = rows_by_pair(problems)
    rows = ((PairRow.of(row).key, row) for row in tables["sharpening"].iter_rows(named=True))
    return {key: sentence(row, beyond.get(key, [])) for key, row in rows if row["slope"]}


def sentence(row: Row, beyond: list[Row]) -> str:
    """Say what one line of log-odds comes to.

    Parameters
    ----------
    row : mapping
        Of SHARPENING, with a slope.
    beyond : list of mapping
        Rows of SHARPENING_PROBLEMS beyond it.
    """
    base, other = side_of(row, "base"), side_of(row, "other")
    slope = with_interval(row, "slope", number)
    head = f"The log-odds of {other} are {slope} times as far apart as those of {base}"
    if row["sharper"]:
        sharp = (
            "sharpening" if row["sharper"] == "other" else f"less, so that {base} is the sharper"
        )
        head += f": {sharp}"
    elif row["slope_low"] > 1 or row["slope_high"] < 1:
        head += (
            ", as scatter about the line, or problems that both solve always or never, could put "
            "them: no sharpening is shown"
        )
    else:
        head += ": no sharpening is shown"
    parts = [_named(row, side, beyond) for side in ("other", "base")]
    named = "; ".join(part for part in parts if part)
    return f"{head}. {named + '.' if named else 'No problem is shown to exceed the line.'}"


def _named(row: Row, side: str, beyond: list[Row]) -> str:
    rows = sorted(
        (each for each in beyond if each["beyond"] == side),
        key=lambda each: (each[f"{side}_p"], each["problem_id"]),
    )
    if not rows:
        return ""
    first = [visible(each["problem_id"], 40) for each in rows[:NAMED]]
    more = len(rows) - len(first)
    names = listed(first + ([f"{number(more)} more"] if more else []))
    who = side_of(row, side)
    return f"{who} solves more than the line allows of {names}, for a person to read"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"sharpening": sharpening, "sharpening_problems": sharpening_problems}
