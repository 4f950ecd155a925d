"""At which lengths one model is ahead of the other at all k that the samples allow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from boundary.analyses.horizon.lengths import groups
from boundary.analyses.horizon.problems import Problems, Row
from boundary.analysis.bootstrap import drawn_columns
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.intervals import Integers, difference_and_p
from boundary.analysis.passk import curve_at


def leads(of: Problems, confidence: float) -> Iterator[Row]:
    """Yield the rows of HORIZON_LEADS of a pair; Holm is over the lengths.

    That a model is ahead at all k up to K, half of the smallest n of a length, is one claim, which
    stands where the difference at each of them is significant and all have one sign: the
    largest p over k holds its level without any correction (Berger 1982, Technometrics 24,
    295-300).
    """
    parts = list(groups(of.lengths))
    rows = [_lead(of, part, confidence) for part in parts]
    adjusted = holm_adjusted([p for _, p in rows])
    for (row, _), p_holm in zip(rows, adjusted, strict=True):
        sure = p_holm is not None and p_holm < 1 - confidence
        yield {**row, "p_holm": p_holm, "ahead": _side(row["diff"]) if sure else None}


def _side(diff: object) -> str:
    return "base" if isinstance(diff, float) and diff > 0 else "other"


def _lead(of: Problems, part: Integers, confidence: float) -> tuple[Row, float]:
    """Return the least difference over k, by p and then by size, and the p of the claim."""
    last = max(1, int(of.facts(1, part)["n_min"]) // 2)  # type: ignore[call-overload]
    grid = np.arange(1, last + 1)
    ks = grid[drawn_columns(grid)]
    inside = np.isin(of.questions.index, part)
    some = of.questions.rows(inside)
    base, other = (
        curve_at(n[inside], correct[inside], ks, None if rule is None else rule[:, inside])
        for n, correct, rule in of.counts
    )
    means, errors = (each.tolist() for each in some.mean_and_se(base - other))
    tested = [
        (k, mean, *difference_and_p(mean, se, some.units, confidence))
        for k, mean, se in zip(ks.tolist(), means, errors, strict=True)
    ]
    k, mean, low, high, p = max(tested, key=lambda row: (row[-1], -abs(row[1])))
    signs = {np.sign(row[1]) for row in tested}
    row = {**of.span(part), "k": k, "k_max": last, **of.facts(last, part)}
    row |= {"diff": mean, "ci_low": low, "ci_high": high}
    return row, p if len(signs) == 1 else 1.0
