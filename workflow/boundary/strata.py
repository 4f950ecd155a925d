"""Strata: by what the problems of a benchmark are told apart, such as family, level or source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

from boundary import strict_json
from boundary.counts_csv import CountsRow
from boundary.digests import canonical_json

#: Longer texts, such as a solution, tell no groups of problems apart.
LONGEST = 60
#: Has a meaning of its own: problems of a cluster depend on each other.
_NO_STRATUM = frozenset({"cluster"})
#: A key with one value tells nothing apart, one with many names problems rather than groups.
FEWEST_VALUES, MOST_VALUES = 2, 20
#: The group of problems of which nothing is said under a key.
NOT_GIVEN = "(not given)"


def strata_texts(metadata: pl.Series) -> pl.Series:
    """Return what the metadata of each problem say that may be a stratum.

    Parameters
    ----------
    metadata : polars.Series of str [M]
        JSON objects, or null; that they can be read was tried before.

    Returns
    -------
    polars.Series of str [M]
        Of each a JSON object of short texts by key, or null where there are none.
    """
    return pl.Series("strata", [_short(text) for text in metadata], dtype=pl.String)


def strata_columns(strata: pl.Series) -> dict[str, list[str]]:
    """Return the keys by which problems fall into groups, with the group of each problem.

    Parameters
    ----------
    strata : polars.Series of str [M]
        As of `strata_texts`.

    Returns
    -------
    dict of str to list of str [M]
        Of each key with `FEWEST_VALUES` to `MOST_VALUES` different values, in the order of
        the keys, the value of each problem, `NOT_GIVEN` where it has none.
    """
    read = {text: strict_json.loads(text) for text in strata.drop_nulls().unique()}
    each = [read[text] if text is not None else {} for text in strata]
    values: dict[str, set[str]] = {}
    for entries in read.values():
        for key, value in entries.items():
            values.setdefault(key, set()).add(value)
    return {
        key: [entries.get(key, NOT_GIVEN) for entries in each]
        for key in sorted(values)
        if FEWEST_VALUES <= len(values[key]) <= MOST_VALUES
    }


def shared_strata(rows: Sequence[CountsRow]) -> pl.Series:
    """Return what further columns of counts say alike of a problem wherever it stands.

    Parameters
    ----------
    rows : sequence of CountsRow [R]
        Those of a whole file.

    Returns
    -------
    polars.Series of str [R]
        As of `strata_texts`, without keys that differ, or are missing, in another row of the
        problem.
    """
    first: dict[tuple[str | None, str], dict[str, str]] = {}
    unlike: set[str] = set()
    for row in rows:
        texts = _texts(row.more)
        other = first.setdefault((row.benchmark, row.problem), texts)
        unlike.update(key for key, _ in texts.items() ^ other.items())
    written = {}
    for problem, texts in first.items():
        kept = {key: text for key, text in texts.items() if key not in unlike}
        written[problem] = canonical_json(kept) if kept else None
    entries = [written[row.benchmark, row.problem] for row in rows]
    return pl.Series("strata", entries, dtype=pl.String)


def agreed_strata(one: pl.Series, other: pl.Series) -> pl.Series:
    """Return what two arms say alike of the problems that they share.

    A key of which the arms say different things is no property of problems: a column of a file of
    counts may tell how its own model did, and by such strata models that are alike seem
    to learn and to forget.

    Parameters
    ----------
    one, other : polars.Series of str [M]
        As of `strata_texts`, in the same order.

    Returns
    -------
    polars.Series of str [M]
        The entries of either arm, without keys that both have and that differ, or are missing,
        in one of them for some problem.
    """
    if one.equals(other) or not other.count():
        return one
    if not one.count():
        return other
    read = {text: strict_json.loads(text) for text in {*one, *other} - {None}}
    sides = [[read.get(text, {}) for text in side] for side in (one, other)]
    both = set.intersection(*({key for each in side for key in each} for side in sides))
    unlike = {key for a, b in zip(*sides, strict=True) for key in both if a.get(key) != b.get(key)}
    merged = [
        {key: text for key, text in (a | b).items() if key not in unlike}
        for a, b in zip(*sides, strict=True)
    ]
    texts = [canonical_json(each) if each else None for each in merged]
    return pl.Series("strata", texts, dtype=pl.String)


def _short(metadata: str | None) -> str | None:
    entries = strict_json.loads(metadata) if metadata and not metadata.isspace() else None
    kept = _texts(entries) if isinstance(entries, dict) else {}
    return canonical_json(kept) if kept else None


def _texts(entries: Mapping[str, object]) -> dict[str, str]:
    """Return the entries that are short texts, by key."""
    texts = {key: _text(value) for key, value in entries.items() if key not in _NO_STRATUM}
    return {key: text for key, text in texts.items() if text and 0 < len(key) <= LONGEST}


def _text(value: object) -> str | None:
    """Return a short text or a number as text, one of whole value without a point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    if isinstance(value, (int, float)):
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST or "\n" in value:
        return None
    return value.strip() or None
