"""Published numbers beside those of a study: within its intervals, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from boundary.analysis.frames import column_types
from boundary.checking import count, flag, real, share, table, text
from boundary.errors import InputError
from boundary.published.pairs import PAIRS_AGAINST_PUBLISHED, held, pair_rows
from boundary.published.points import Published
from boundary.report.text import share as percent
from boundary.rows import Row
from boundary.wording import number, points

#: Published values beside a study's; what it has not is null.
AGAINST_PUBLISHED = table(
    "against_published",
    ("citation", "source", "benchmark", "published_model", "k", "model", "protocol"),
    {
        "citation": text(),
        "source": text(),
        "benchmark": text(),
        "published_model": text(),
        "model": text(),
        "protocol": text(),
        "k": count(least=1),
        "published": share(),
        "pass_at_k": share(null=True),
        "ci_low": share(null=True),
        "ci_high": share(null=True),
        "difference": real(null=True),
        "inside": flag(null=True),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)


def against_published(
    tables: Mapping[str, pl.DataFrame],
    study: str,
    files: Sequence[tuple[Published, Mapping[str, str]]],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return tables AGAINST_PUBLISHED and PAIRS_AGAINST_PUBLISHED.

    A published value of pass@k is inside where it lies within the study's pointwise interval
    over problems, but for its rounding.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study: ``passk``, and as far as it has them ``solved_sets`` and
        ``matched_temperature``.
    study : str
        Its name.
    files : sequence
        Each with the names of the study by names of the file.  Equal names alone are no proof
        of equal models.

    Raises
    ------
    InputError
        When no published model is known to be one of the study on one of its benchmarks, or
        one that is named says nothing.
    """
    rows = [
        row
        for file, names in files
        for published, model in names.items()
        for row in _rows(tables["passk"], file, published, model)
    ]
    pairs = [row for file, names in files for row in pair_rows(tables, file, names)]
    if not rows and not pairs:
        models = ", ".join(tables["passk"]["model"].unique().sort())
        raise InputError(
            f"study {study}: of no published model is it known to be one of the study's on the "
            f"same benchmark. Say which is, as --model PUBLISHED=OURS, or under published in the "
            f"study file; the study has the models {models}."
        )
    met = {(row["published_model"], row["model"]) for row in rows}
    met |= {(row[f"published_{side}"], row[side]) for row in pairs for side in ("base", "other")}
    named = {pair for _, names in files for pair in names.items()}
    if idle := sorted("=".join(pair) for pair in named - met):
        raise InputError(
            f"study {study}: no benchmark has both published numbers of the one and the study's "
            f"of the other: {idle[0]}."
        )
    schema = column_types(PAIRS_AGAINST_PUBLISHED)
    return (
        pl.DataFrame(rows, schema=column_types(AGAINST_PUBLISHED)),
        pl.DataFrame(pairs, schema=schema).select(*schema),
    )


def _rows(passk: pl.DataFrame, file: Published, published: str, model: str) -> list[dict[str, Any]]:
    rows = []
    for entry in file.points:
        for k, printed in entry.models.get(published, {}).items():
            value = entry.share(printed)
            arms = passk.filter(model=model, benchmark=entry.benchmark)
            for protocol in arms["protocol"].unique().sort():
                arm = arms.filter(protocol=protocol)
                at_k = arm.filter(pl.col("k") == k, pl.col("pass_at_k").is_not_null())
                ours = at_k.row(0, named=True) if at_k.height else {}
                ends = ours.get("ci_low"), ours.get("ci_high")
                rows.append(
                    {
                        "citation": file.citation,
                        "source": entry.source,
                        "benchmark": entry.benchmark,
                        "published_model": published,
                        "model": model,
                        "protocol": protocol,
                        "k": k,
                        "pass_at_k": ours.get("pass_at_k"),
                        "ci_low": ends[0],
                        "ci_high": ends[1],
                        **held(value, ours.get("pass_at_k"), ends, entry.rounding),
                        "n_problems": arm["n_problems"][0],
                        "n_min": arm["n_min"][0],
                        "flagged": 2 * k > arm["n_min"][0],
                    }
                )
    return rows


def sentence(row: Row) -> str:
    """Say one row of AGAINST_PUBLISHED."""
    head = (
        f"{row['source']}, {row['benchmark']}, k = {number(row['k'])}: published "
        f"{percent(row['published'])} ({row['published_model']}); {row['model']} "
    )
    facts = f"n = {number(row['n_min'])}, M = {number(row['n_problems'])}"
    if row["pass_at_k"] is None:
        return f"{head}has none at this k ({facts})"
    ends = f"[{percent(row['ci_low'])}, {percent(row['ci_high'])}]"
    place = "inside" if row["inside"] else "OUTSIDE"
    flagged = ", flagged: k > n/2" if row["flagged"] else ""
    return (
        f"{head}{percent(row['pass_at_k'])} {ends}, {points(row['difference'])} points, {place} "
        f"({facts}{flagged})"
    )
