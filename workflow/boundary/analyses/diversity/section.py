"""What the report says of diversity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from boundary.analyses.diversity.tables import MEASURES
from boundary.columns import ARM_KEY
from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import ARM, PAIR, Cell, Summary, number_of, summary, text_of
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row
from boundary.wording import number, span, with_interval

HEADS = {
    "distinct_answers": "answers",
    "distinct_wrong_answers": "wrong answers",
    "answer_entropy": "entropy of answers",
    "answer_entropy_corrected": "the same, corrected",
    "distinct_responses": "responses",
    "distinct_correct_responses": "correct responses",
}
#: What the sentence beside a verdict speaks of.
TOLD = {
    "distinct_answers": "distinct answers",
    "answer_entropy_corrected": "nats of entropy of answers (corrected)",
    "distinct_correct_responses": "distinct correct responses",
}


def _wide(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return a row an arm or comparison, with the row of each measure as a struct."""
    rows = []
    for group in _groups(frame, key):
        noted: dict[str, list[str]] = {}
        for row in group:
            if row["note"]:
                noted.setdefault(row["note"], []).append(HEADS[row["measure"]])
        notes = [
            note if len(heads) == len(group) else f"{', '.join(heads)}: {note}"
            for note, heads in noted.items()
        ]
        most = max(row["n_problems"] for row in group)
        common = {"note": "; ".join(notes) or None, "n_problems": most}
        rows.append({**group[0], **{f"of {row['measure']}": row for row in group}, **common})
    return pl.DataFrame(rows, infer_schema_length=None)


def _groups(frame: pl.DataFrame, key: tuple[str, ...]) -> Iterator[list[Row]]:
    ordered = frame.sort(*key, pl.col("measure").cast(pl.Enum(list(MEASURES))))
    for part in ordered.partition_by(key, maintain_order=True):
        yield [*part.iter_rows(named=True)]


def _mean(measure: str) -> Cell:
    return lambda row: with_interval(row[f"of {measure}"], "mean", number, "ci")


def _change(measure: str) -> Cell:
    def cell(row: Row) -> str:
        of = row[f"of {measure}"]
        if of["base_mean"] is None:
            return "–"
        sides = f"{number(of['base_mean'])} → {number(of['other_mean'])}"
        return sides if of["change"] is None else f"{sides}: {_signed(of)}"

    return cell


def _signed(of: Row) -> str:
    return f"{'+' if of['change'] > 0 else ''}{with_interval(of, 'change', number, 'ci')}"


_COMMON: dict[str, Cell] = {
    "n": lambda row: span(row["n_min"], row["n_max"]),
    "M": number_of("n_problems"),
    "note": text_of("note"),
}
_ABOUT = (
    "Means over problems of the different answers and responses to a problem among its n samples, "
    "and of the entropy of its answers, in nats, over the samples that have one; corrected: with "
    "(different answers − 1)/(2 samples) added, as the shares of a sample are less diverse than "
    "what they are drawn from."
)


def diversity(frame: pl.DataFrame) -> Summary:
    """Summarise the diversity of each model."""
    columns: dict[str, Cell] = {
        **ARM,
        **{head: _mean(measure) for measure, head in HEADS.items()},
        **_COMMON,
    }
    wide = _wide(frame, ("benchmark", *ARM_KEY))
    return summary("diversity", "Diversity", _ABOUT, wide, columns)


def change(frame: pl.DataFrame) -> Summary:
    """Summarise what became of diversity from base to other."""
    columns: dict[str, Cell] = {
        **PAIR,
        **{head: _change(measure) for measure, head in HEADS.items()},
        **_COMMON,
    }
    about = (
        "The same, base → other: the change, paired by problem, with its interval, where both have "
        "equally many samples; these numbers grow with n."
    )
    wide = _wide(frame, ("benchmark", *PAIR_KEY))
    return summary("diversity_change", "Diversity, base against other", about, wide, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what became of diversity."""
    if "diversity_change" not in tables:
        return {}
    groups = _groups(tables["diversity_change"], PAIR_KEY)
    sentences = {PairRow.of(rows[0]).key: sentence(rows) for rows in groups}
    return {key: text for key, text in sentences.items() if text}


def sentence(rows: Iterable[Row]) -> str | None:
    """Say of one comparison which changes of diversity the intervals tell; None without any known.

    Parameters
    ----------
    rows : iterable of mapping
        Those of DIVERSITY_CHANGE of one comparison on one benchmark.
    """
    known = [row for row in rows if row["measure"] in TOLD and row["base_mean"] is not None]
    if not known:
        return None
    name = names(PairRow.of(known[0]))
    if all(row["change"] is None for row in known):
        return (
            f"Diversity is not held against each other, as {name['base']} and {name['other']} have "
            f"unlike numbers of samples."
        )
    parts = [
        f"{number(row['other_mean'])} {TOLD[row['measure']]} against {number(row['base_mean'])} "
        f"({_signed(row)}{'' if row['ci_low'] > 0 or row['ci_high'] < 0 else ', open'}"
        f"{'' if row['note'] is None else ', ' + row['note']})"
        for row in known
        if row["change"] is not None
    ]
    return f"Per problem {name['other']} gives, against {name['base']}: {'; '.join(parts)}."


#: Tables of the page, by the table that each shows.
SUMMARIES = {"diversity": diversity, "diversity_change": change}
