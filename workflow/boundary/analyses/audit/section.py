"""What the report says of audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from boundary.report.cells import (
    ARM,
    Cell,
    Summary,
    bracket_of,
    number_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.links import of_problem
from boundary.report.tags import Tag
from boundary.report.text import arm_named, share, visible
from boundary.rows import Row
from boundary.wording import number, percent, with_interval

ANY = "any"
#: Names of breaches or tricks that a sentence lists.
NAMES_SHOWN = 6
#: Rows of the table of answers, and characters of each.
DISAGREEMENTS_SHOWN, ANSWER_LIMIT = 40, 120


def _yes(column: str) -> Cell:
    return lambda row: {True: "correct", False: "wrong", None: "–"}[row[column]]


def audit(frame: pl.DataFrame) -> Summary:
    """Summarise the audit table."""
    columns: dict[str, Cell] = {
        **ARM,
        "kind": text_of("kind"),
        "name": text_of("name"),
        "responses": number_of("responses"),
        "of": number_of("n_responses"),
        "problems": number_of("problems"),
        "M": number_of("n_problems"),
        "share": share_of("share"),
        "interval": bracket_of("ci", share),
    }
    about = (
        "Breach: an attack on the verifier seen at run time, a violation. Trick: one seen only in "
        "the source; the verdict stands. Sandbox: by which one programs were run. Extraction: in "
        "which form the answer stood. Remark: of the verifier of mathematics. Shares are means "
        "over problems, and so are their intervals; “any” takes the names of a kind together."
    )
    ordered = frame.sort("kind", "name", "benchmark", "model", "protocol")
    return summary(
        "audit", "Attacks on the verifier, forms of answers, and remarks", about, ordered, columns
    )


def disagreements(frame: pl.DataFrame) -> Summary:
    """Summarise the answers on which rules of grading differ, the most frequent first."""
    columns: dict[str, Cell] = {
        **ARM,
        "problem": lambda row: visible(row["problem_id"], ANSWER_LIMIT),
        "gold": lambda row: visible(row["gold"], ANSWER_LIMIT),
        "answer": lambda row: visible(row["answer"], ANSWER_LIMIT),
        "strict": _yes("correct"),
        "lenient": _yes("correct_lenient"),
        "agreed": _yes("correct_agreed"),
        "responses": number_of("responses"),
    }
    about = "Answers that one rule of grading takes for correct and another does not."
    key = ("responses", "benchmark", "model", "protocol", "problem_id", "answer")
    ordered = frame.sort(key, descending=[True, *[False] * 5])
    kept = ordered.head(DISAGREEMENTS_SHOWN)
    title, links = "Answers on which rules differ", {"problem": of_problem}
    made = summary("disagreements", title, about, kept, columns, links)
    return replace(made, hidden=frame.height - kept.height)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say what was tried against the verifier, and in which sandbox programs ran."""
    seen = tables.get("audit")
    if seen is None or seen.is_empty():
        return []
    return [*_sandbox(seen), *_attacks(seen, confidence)]


def _sandbox(audit: pl.DataFrame) -> Iterator[tuple[Tag, str]]:
    rows = audit.filter((pl.col("kind") == "sandbox") & (pl.col("name") == "reduced"))
    for row in rows.filter(pl.col("responses") > 0).iter_rows(named=True):
        yield (
            "warning",
            f"{number(row['responses'])} of {number(row['n_responses'])} programs of "
            f"{arm_named(row)} ran in the reduced sandbox, as the study allows. A program can "
            f"leave it and reach its grader: what these were found to solve is no proof. Verify "
            f"them anew where `python -m boundary doctor` shows a better one.",
        )


def _attacks(audit: pl.DataFrame, confidence: float) -> Iterator[tuple[Tag, str]]:
    words = {
        "breach": (
            "attacked the verifier while they ran",
            "Each is a violation and counts as wrong",
        ),
        "trick": ("hold a trick in their source", "Their verdicts stand"),
    }
    for kind, (did, then) in words.items():
        rows = audit.filter((pl.col("kind") == kind) & (pl.col("name") == ANY))
        seen = rows.filter(pl.col("responses") > 0)
        for row in seen.iter_rows(named=True):
            names = _names(audit, row)
            yield (
                "tried",
                f"{number(row['responses'])} of {number(row['n_responses'])} programs of "
                f"{arm_named(row)}, to {number(row['problems'])} of {number(row['n_problems'])} "
                f"problems, {did} ({names}): {_share(row, confidence)}. {then}.",
            )
        if rows.height and seen.is_empty():
            most = max(row["ci_high"] for row in rows.iter_rows(named=True))
            yield (
                "same",
                f"None of {number(int(rows['n_responses'].sum()))} programs {did}; the "
                f"{100 * confidence:.3g} % intervals of the models' shares all end at or below "
                f"{percent(most)}.",
            )


def _names(audit: pl.DataFrame, row: Row) -> str:
    arm = {name: row[name] for name in ("model", "benchmark", "protocol", "kind")}
    shown = audit.filter(**arm).filter((pl.col("name") != ANY) & (pl.col("responses") > 0))
    listed = shown.sort("responses", "name", descending=[True, False]).head(NAMES_SHOWN)
    counted = [
        f"{visible(name, 60)} {number(count)}"
        for name, count in listed.select("name", "responses").iter_rows()
    ]
    more = shown.height - listed.height
    return ", ".join(counted) + (f" and {more} more kinds" if more else "")


def _share(row: Row, confidence: float) -> str:
    return (
        f"{with_interval(row, 'share', percent, 'ci')}, "
        f"the {100 * confidence:.3g} % interval being over problems"
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"audit": audit, "disagreements": disagreements}
