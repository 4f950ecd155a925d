"""How long each problem is, by a number among its strata, and which are about equally long."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from boundary import strict_json
from boundary.analysis.intervals import Floats, Integers
from boundary.errors import InputError

#: Keys that tell a length, the first that is there.
KEYS = ("steps", "minutes", "length")
#: More lengths than these stand together from one power of two to the next.
MOST_LENGTHS = 8


def with_lengths(
    scores: pl.DataFrame, by: str | None, together: Sequence[Sequence[str]]
) -> tuple[str, pl.DataFrame]:
    """Return by which key problems have lengths, and the scores of those that have one.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    by : str, optional
        The key; by default the first of `KEYS` with a number.
    together : sequence of sequence of str
        Benchmarks that become one, under their names joined.

    Returns
    -------
    key : str
    scores : polars.DataFrame
        With ``length``, above 0; no rows where no problem has one.

    Raises
    ------
    InputError
        When no problem has a number under the key that is asked for, or a benchmark that
        is to be joined is in none of the scores, or twice.
    """
    joined = [name for group in together for name in group]
    there = set(scores["benchmark"].unique())
    for name in joined:
        if name not in there or joined.count(name) > 1:
            raise InputError(
                f"analyses.horizon.together: the benchmark {name!r} "
                f"{'stands there twice' if name in there else 'is in none of the scores'}; there "
                f"are: {', '.join(sorted(there))}."
            )
    texts = scores["strata"] if "strata" in scores.columns else pl.Series([None] * scores.height)
    entries = {text: strict_json.loads(text) for text in texts.drop_nulls().unique()}
    for key in KEYS if by is None else (by,):
        of = {text: _length(entry.get(key)) for text, entry in entries.items()}
        if any(length is not None for length in of.values()):
            break
    else:
        if by is not None:
            keys = sorted({key for entry in entries.values() for key in entry})
            raise InputError(
                f"analyses.horizon.by: no problem has a number above 0 under {by!r} in its "
                f"metadata; there are: {', '.join(keys) or 'none'}."
            )
        return KEYS[0], scores.clear().with_columns(length=pl.lit(0.0))
    lengths = pl.Series("length", [of.get(text) for text in texts], dtype=pl.Float64)
    measured = scores.with_columns(lengths).filter(pl.col("length").is_not_null())
    for group in together:
        inside = pl.col("benchmark").is_in(list(group))
        full = pl.format("{}/{}", "benchmark", "problem_id")
        measured = measured.with_columns(
            problem_id=pl.when(inside).then(full).otherwise("problem_id"),
            benchmark=pl.when(inside).then(pl.lit(" + ".join(group))).otherwise("benchmark"),
        )
    return key, measured


def _length(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < math.inf else None


def groups(lengths: Floats) -> Iterator[Integers]:
    """Yield the problems of each length, or from one power of two to the next.

    Parameters
    ----------
    lengths : float64 array [M]
    """
    place = lengths
    if len(np.unique(lengths)) > MOST_LENGTHS:
        place = np.floor(np.log2(lengths))
    for value in np.unique(place):
        yield np.flatnonzero(place == value)
