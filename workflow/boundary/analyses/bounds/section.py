"""What the report says of responses that were not graded to their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.analyses.bounds.tables import ALL, KINDS, TAKEN
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    guards_of,
    number_of,
    points_of,
    summary,
    text_of,
)
from boundary.report.verdicts import names
from boundary.rows import Row, VerdictRow, rows_by_pair
from boundary.wording import k_interval, listed, number, percent, points

#: What is said of responses of each kind.
_WORDS = {
    "unset": "without outcome",
    "truncated": "cut at the token limit",
    "timed_out": "given up by the grader for time or memory",
    "errored": "of which grading ended in an error",
    ALL: "not graded to their end",
}


def bounds(frame: pl.DataFrame) -> Summary:
    """Summarise the verdicts by what responses are taken for."""
    columns: dict[str, Cell] = {
        **PAIR,
        "kind": text_of("kind"),
        "taken for": text_of("taken"),
        "guard": guards_of,
        "verdict": text_of("verdict"),
        "robust": lambda row: "yes" if row["robust"] else "no",
        "k×": number_of("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "D(1)": points_of("diff_at_1"),
        "D(K)": points_of("diff_at_k_max"),
        "K": number_of("k_max"),
        "of base": _counted("base"),
        "of other": _counted("other"),
        "M": number_of("n_problems"),
    }
    about = (
        "Wrong responses that might have been right: without outcome (unset), cut at the token "
        "limit (truncated), or given up by the grader (timed_out, errored). Each kind, and all "
        "together, are taken for wrong, as everywhere else; for right; and for right of one model "
        "alone, between which D lies at every k whatever they were. Robust: the verdict is the "
        "same in all four."
    )
    order = (
        pl.col("kind").cast(pl.Enum([*KINDS, ALL])),
        pl.col("taken").cast(pl.Enum(list(TAKEN))),
    )
    ordered = frame.sort("benchmark", "comparison", *order)
    return summary("bounds", "Bounds for what was not graded", about, ordered, columns)


def _counted(side: str) -> Cell:
    return lambda row: f"{number(row[f'{side}_ungraded'])} of {number(row[f'{side}_responses'])}"


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what responses that were not graded could make of it.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study.

    Returns
    -------
    dict
        Sentences by comparison and benchmark, of those that have such responses.
    """
    rows = rows_by_pair(tables.get("bounds"))
    return {key: sentence(each) for key, each in rows.items()}


def sentence(rows: Sequence[Row]) -> str:
    """Say what responses that were not graded could make of one verdict.

    Parameters
    ----------
    rows : sequence of mapping
        The rows of BOUNDS of one comparison on one benchmark.
    """
    by: dict[str, dict[str, Row]] = {}
    for row in rows:
        by.setdefault(row["kind"], {})[row["taken"]] = row
    kinds = [kind for kind in KINDS if kind in by]
    widest = by.get(ALL) or by[kinds[0]]
    name = names(VerdictRow.of(widest["wrong"]))
    counts = "; ".join(_counts(by[kind]["wrong"], name, _WORDS[kind]) for kind in kinds)
    counted = f"Taken for wrong, but perhaps right: {counts}."
    if all(row["robust"] for row in rows):
        what = _verdict(widest["wrong"])
        guarded = any(row["guard"] for row in rows)
        lead = f"No claim can rest on t{what[1:]}, but it" if guarded else f"{what} is robust: it"
        return (
            f"{counted} {lead} is the same were {_which(widest['wrong'])} "
            f"right ({_span(widest, 'diff_at_1', 'D(1)')}, "
            f"{_span(widest, 'diff_at_k_max', _last(widest['wrong']))} points)."
        )
    alone = [kind for kind in kinds if not by[kind]["wrong"]["robust"]]
    hangs = alone if alone or len(kinds) == 1 else [ALL]
    each = [_depends(by[kind], name, _WORDS[kind]) for kind in hangs]
    if alone and (safe := [_WORDS[kind] for kind in kinds if kind not in alone]):
        each.append(f"It does not depend on those {listed(safe)}.")
    if hangs == [ALL]:
        each.append("No kind of them alone changes it.")
    return " ".join([counted, *each])


def _counts(row: Row, name: Mapping[str, str], what: str) -> str:
    """Count responses of a kind, of each model that has any."""
    some = []
    for side in ("base", "other"):
        few, all_ = row[f"{side}_ungraded"], row[f"{side}_responses"]
        if few:
            whose = f"{number(all_)} responses of {name[side]}"
            some.append(f"{number(few)} of {whose} ({percent(few / all_)})")
    return f"{listed(some)} {what}"


def _which(row: Row) -> str:
    both = row["base_ungraded"] and row["other_ungraded"]
    return "all of them, or those of one model alone," if both else "they"


def _last(row: Row) -> str:
    return f"D({number(row['k_max'])})"


def _span(by: Mapping[str, Row], column: str, name: str) -> str:
    """Say between what a difference lies."""
    low, high = (points(by[taken][column]) for taken in ("other-right", "base-right"))
    return f"{name} {low}" if low == high else f"{name} from {low} to {high}"


def _depends(by: Mapping[str, Row], name: Mapping[str, str], what: str) -> str:
    """Say the verdicts by what responses of a kind are taken for."""
    wrong = by["wrong"]
    taken = {"right": "if they were right"}
    if wrong["base_ungraded"] and wrong["other_ungraded"]:
        taken = {
            "right": "if all of them were right",
            "base-right": f"if only those of {name['base']} were right",
            "other-right": f"if only those of {name['other']} were right",
        }
    parts = [_outcome(wrong), *(f"{_outcome(by[key])} {words}" for key, words in taken.items())]
    return f"{_verdict(wrong)} depends on those {what}: {'; '.join(parts)}."


def _verdict(row: Row) -> str:
    """Name the verdict that counts."""
    of = VerdictRow.of(row)
    fixed = of.decides == "benchmark" and of.verdict_fixed is not None
    return "The verdict on these very problems" if fixed else "The verdict"


def _outcome(row: Row) -> str:
    """Say verdict and difference of a row."""
    at_k_max = f"{_last(row)} {points(row['diff_at_k_max'])}"
    claim = "no claim; " * bool(row["guard"])
    verdict = VerdictRow.of(row).deciding
    return f"{verdict} ({claim}D(1) {points(row['diff_at_1'])}, {at_k_max} points)"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"bounds": bounds}
