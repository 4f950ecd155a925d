"""Published pass@k beside that of a study: within its interval, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from boundary.analysis.frames import column_types
from boundary.checking import count, flag, real, share, table, text
from boundary.errors import InputError
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
    passk: pl.DataFrame,
    study: str,
    files: Sequence[Published],
    named: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Return a table AGAINST_PUBLISHED.

    A published value is inside where it lies within the study's pointwise interval of
    pass@k over problems, but for its rounding.

    Parameters
    ----------
    passk : polars.DataFrame
        A PASSK table of the study.
    study : str
        Its name.
    files : sequence of Published
    named : mapping, optional
        Further models that are the same: names of the study by published names.

    Raises
    ------
    InputError
        When no published model is known to be one of the study on one of its benchmarks, or
        one of `named` is not.
    """
    rows = [
        row
        for each in files
        for published, model in {**each.studies.get(study, {}), **(named or {})}.items()
        for row in _rows(passk, each, published, model)
    ]
    if not rows:
        models = ", ".join(passk["model"].unique().sort())
        raise InputError(
            f"study {study}: of no published model is it known to be one of the study's on the "
            f"same benchmark. Say which is, as --model PUBLISHED=OURS, or under studies in the "
            f"file; the study has the models {models}."
        )
    pairs = {(row["published_model"], row["model"]) for row in rows}
    if idle := [f"{theirs}={ours}" for theirs, ours in {*(named or {}).items()} - pairs]:
        raise InputError(
            f"study {study}: no benchmark has both published pass@k of the one and the study's of "
            f"the other: --model {min(idle)}."
        )
    return pl.DataFrame(rows, schema=column_types(AGAINST_PUBLISHED))


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
                low, high = ours.get("ci_low"), ours.get("ci_high")
                rows.append(
                    {
                        "citation": file.citation,
                        "source": entry.source,
                        "benchmark": entry.benchmark,
                        "published_model": published,
                        "model": model,
                        "protocol": protocol,
                        "k": k,
                        "published": value,
                        "pass_at_k": ours.get("pass_at_k"),
                        "ci_low": low,
                        "ci_high": high,
                        "difference": ours["pass_at_k"] - value if ours else None,
                        "inside": low - entry.rounding <= value <= high + entry.rounding
                        if low is not None and high is not None
                        else None,
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
