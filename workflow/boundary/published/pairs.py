"""Published sets of solved problems, and temperatures of equal entropy, beside a study's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from boundary.analysis.intervals import ROUNDING
from boundary.checking import around, count, flag, real, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY, SETS
from boundary.published.points import Entropies, Published, Sets
from boundary.report.text import share as percent
from boundary.rows import PairRow, Row
from boundary.wording import number, points

#: Columns of SOLVED_SETS with our value, and the stem of its ends, by what is published.
_OURS = {
    "both": ("retained_share", "retained"),
    "base_only": ("forgotten_share", "forgotten"),
    "other_only": ("learned_share", "learned"),
    "neither": ("never_share", "never"),
    "srr": ("srr", "srr"),
    "ndr": ("ndr", "ndr"),
}
#: Where the other model has the base's entropy.
TEMPERATURE = "temperature"
_WORDS = {
    "both": "solved by both",
    "base_only": "by the base alone",
    "other_only": "by the other alone",
    "neither": "by neither",
    "srr": "share of the base's that the other solves (SRR)",
    "ndr": "share of the other's that is new (NDR)",
    TEMPERATURE: "the other's temperature of equal entropy (theirs of output, ours of answers)",
}

#: Published values of two models beside those of a comparison; what it has not is null.
PAIRS_AGAINST_PUBLISHED = table(
    "pairs_against_published",
    (*("citation", "source", "published_base", "published_other", "measure"), *PAIR_KEY),
    {
        "citation": text(),
        "source": text(),
        "published_base": text(),
        "published_other": text(),
        "measure": text(among=(*_WORDS,)),
        **PAIR,
        "k": count(null=True, least=1),
        "published": real(),
        **around(real(null=True), "value"),
        "difference": real(null=True),
        "inside": flag(null=True),
        "n_problems": count(null=True),
        "n_min": count(null=True),
    },
)


def published_shares(sets: Sets) -> dict[str, float]:
    """Return shares of problems by who solves them, SRR and NDR, as far as numbers tell."""
    parts = sets.parts
    shares = {
        name: (parts[name] or 0) / sets.problems for name in SETS if sets.problems is not None
    }
    both = parts["both"] or 0
    for name, part, whole in (
        ("srr", both, sets.base_solved),
        ("ndr", sets.other_solved - both, sets.other_solved),
    ):
        if whole:
            shares[name] = part / whole
    return shares


def held(
    published: float,
    value: float | None,
    ends: tuple[float | None, float | None],
    rounding: float,
) -> dict[str, float | bool | None]:
    """Return a published value, ours less it, and whether our interval holds it."""
    low, high = ends
    inside = None
    if low is not None and high is not None:
        inside = low - rounding <= published <= high + rounding
    difference = None if value is None else value - published
    return {"published": published, "difference": difference, "inside": inside}


def pair_rows(
    tables: Mapping[str, pl.DataFrame], file: Published, names: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield rows of PAIRS_AGAINST_PUBLISHED of a file.

    A value is inside where it lies within the study's pointwise interval over problems.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study; of ``solved_sets`` and ``matched_temperature`` there may be none.
    file : Published
    names : mapping
        Names of the study by names of the file.
    """
    entries: tuple[Sets | Entropies, ...] = (*file.sets, *file.entropies)
    for entry in entries:
        of = "solved_sets" if isinstance(entry, Sets) else "matched_temperature"
        ours = tables.get(of)
        base, other = names.get(entry.base), names.get(entry.other)
        if ours is None or base is None or other is None:
            continue
        arms = ours.filter(benchmark=entry.benchmark, base=base, other=other)
        facts = {
            "citation": file.citation,
            "source": entry.source,
            "published_base": entry.base,
            "published_other": entry.other,
        }
        for _, rows in sorted(arms.group_by("comparison")):
            made = _sets(entry, rows) if isinstance(entry, Sets) else _temperature(entry, rows)
            yield from ({**facts, **row} for row in made)


def _sets(sets: Sets, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    whole = rows.filter(key="").sort("k")
    at = whole if sets.k is None else whole.filter(k=sets.k)
    row = at.row(-1, named=True) if at.height else None
    for name, published in published_shares(sets).items():
        value, stem = _OURS[name]
        ends = [row[f"{stem}_low"], row[f"{stem}_high"]] if row else [None, None]
        made = _row(whole, name, published, row[value] if row else None, ends)
        # Without their k, ours stands at our largest, and neither agrees nor disagrees.
        unknown = {"inside": None} if sets.k is None else {}
        yield made | {"k": row["k"] if row else sets.k} | unknown


def _temperature(entropies: Entropies, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield where entropies are equal; the comparison's base must be sampled as theirs was."""
    for row in rows.filter(base_temperature=entropies.base_temperature).to_dicts():
        ends = [row[f"temperature_{end}"] for end in ("low", "high")]
        yield _row(rows, TEMPERATURE, entropies.temperature, row["temperature"], ends)


def _row(
    rows: pl.DataFrame,
    measure: str,
    published: float,
    value: float | None,
    ends: list[float | None],
) -> dict[str, Any]:
    first, (low, high) = rows.row(0, named=True), ends
    return {
        **{name: first[name] for name in PAIR},
        "measure": measure,
        "k": None,
        "value": value,
        "value_low": low,
        "value_high": high,
        **held(published, value, (low, high), ROUNDING),
        "n_problems": first["n_problems"],
        "n_min": first["n_min"],
    }


def sentence(row: Row) -> str:
    """Say one row of PAIRS_AGAINST_PUBLISHED."""
    of_share = row["measure"] != TEMPERATURE
    words = percent if of_share else number
    unprinted = row["inside"] is None and row["value_low"] is not None
    at = f", k = {number(row['k'])}" if row["k"] and not unprinted else ""
    head = (
        f"{row['source']}, {row['benchmark']}{at}, {_WORDS[row['measure']]}: published "
        f"{words(row['published'])} ({row['published_other']} and {row['published_base']}); "
        f"{PairRow.of(row).comparison} "
    )
    facts = f"n = {number(row['n_min'])}, M = {number(row['n_problems'])}"
    if row["value"] is None:
        return f"{head}has none ({facts})"
    more = f"{points(row['difference'])} points" if of_share else number(row["difference"])
    if row["value_low"] is None:
        return f"{head}{words(row['value'])}, without an interval, {more} ({facts})"
    ends = f"[{words(row['value_low'])}, {words(row['value_high'])}]"
    place = "inside" if row["inside"] else "OUTSIDE"
    if unprinted:
        place = f"ours at k = {number(row['k'])}; theirs is not printed"
    return f"{head}{words(row['value'])} {ends}, {more}, {place} ({facts})"
