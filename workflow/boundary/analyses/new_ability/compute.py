"""What one model solves of the problems that the other leaves unsolved.

Problems chosen because a model fails h samples are harder than they look to
that model by luck, and it solves some of them in its next samples.  So both
models are judged on samples that chose nothing, in exact expectation over all
ways to split (`boundary.analysis.halves`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.new_ability.strata import gained_in, strata_of
from boundary.analyses.new_ability.tables import GAIN_BY_RATE, JUDGED, LABELS, NEW_ABILITY, SIDES
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.differences import oriented
from boundary.analysis.frames import column_types
from boundary.analysis.halves import within
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import pass_at_k
from boundary.analysis.questions import Profiles
from boundary.analysis.ratios import change_interval, ratio_interval
from boundary.analysis.sharpening import Sharpening

#: Samples of either model below which a problem has no halves worth the name.
LEAST_N = 8
#: Right samples up to which a problem is more likely than not unsolved in a half.
HARDLY = 1
#: Edges of the bins of rates (`tables.LABELS`); the first bin is 0 alone.
EDGES = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)


def halves_of(counts: Integers) -> Integers:
    """Return h = ⌊min(n)/2⌋ of counts ``[4, R]``."""
    half: Integers = np.minimum(counts[0], counts[2]) // 2
    return half


def judged(counts: Integers, k: Integers) -> tuple[Floats, Floats, Floats]:
    """Return how likely each problem is unsolved in a half, and what follows.

    With fail(k) = C(n−c, k)/C(n, k), the first model fails h = ⌊min(n)/2⌋ samples
    and then solves within k of the rest with probability fail(h) − fail(h + k).
    The second model's samples are others than those that chose.

    Parameters
    ----------
    counts : int64 array [4, R]
        n and correct of the model that chooses, then of the other; n ≥ 2.
    k : int64 array [R]
        At most h.

    Returns
    -------
    chosen, regained, solved : float64 arrays [R]
        Probability that the first fails h; that in addition it solves within k
        others; and that in addition the second solves within k.
    """
    n, correct, size, hits = counts
    half = halves_of(counts)
    unsolved = 1 - pass_at_k(n, correct, half)
    again = pass_at_k(n, correct, half + k) - (1 - unsolved)
    return unsolved, again, unsolved * pass_at_k(size, hits, k)


def _enough(counts: Integers) -> Integers:
    """Return which rows of counts ``[4, R]`` have samples enough to halve."""
    return np.flatnonzero(np.minimum(counts[0], counts[2]) >= LEAST_N)


@dataclass(frozen=True)
class _Halved:
    """The problems of a pair that have halves, in an order that exchanging does not change."""

    profiles: Profiles
    exchanged: bool
    kept: Integers

    @classmethod
    def of(cls, pair: Pair) -> _Halved:
        profiles, exchanged = oriented(pair)
        return cls(profiles, exchanged, _enough(profiles.counts))

    def counts(self, side: str) -> Integers:
        """Return the counts of the kept rows ``[4, R]``, those of a side first."""
        counts = self.profiles.counts[:, self.kept]
        return counts if (side == "other") == self.exchanged else counts[[2, 3, 0, 1]]

    @property
    def half(self) -> Integers:
        """Samples in a half of each kept row, ``[R]``."""
        return halves_of(self.counts("base"))

    @property
    def problems(self) -> int:
        """Number of problems of which any id has halves."""
        some = np.zeros((len(self.profiles.shares), 1))
        some[self.kept] = 1.0
        return int(self.profiles.times @ (self.profiles.mean(some)[:, 0] > 0))

    def summed(self, values: Floats) -> Floats:
        """Return sums over units ``[C, B]`` of values of the kept rows ``[R, B]``."""
        rows = np.zeros((len(self.profiles.shares), values.shape[1]))
        rows[self.kept] = values
        units: Floats = self.profiles.units @ self.profiles.mean(rows)
        return units


def new_ability_rows(
    pair: Pair, line: Sharpening, confidence: float = 0.95
) -> Iterator[dict[str, Any]]:
    """Yield the rows of NEW_ABILITY of one comparison: two sides, judged in one and in h samples.

    Parameters
    ----------
    pair : Pair
    line : Sharpening
        Tells which problems exceed what sharpening predicts.
    confidence : float
    """
    halved = _Halved.of(pair)
    few = pair.m - halved.problems
    note = f"{few} of {pair.m} problems have fewer than {LEAST_N} samples and no halves"
    beyond = {"base": line.other, "other": line.base}
    right = {"base": pair.base_correct, "other": pair.other_correct}
    for side in SIDES:
        gains, unsolved = beyond[side], pair.questions.mean(1.0 * (right[side] <= HARDLY)) >= 0.5
        for name in JUDGED:
            row: dict[str, Any] = {
                **pair.labels,
                "unsolved_by": side,
                "judged": name,
                "chosen": 0.0,
                "beyond_line": int((gains.beyond & unsolved).sum()) if gains else None,
                "n_problems": halved.problems,
                "note": note if few else None,
            }
            if halved.problems:
                row |= _judged(halved, side, name, confidence)
                row["claim"] = claim(row) if name == "half" else None
            yield row


def _judged(halved: _Halved, side: str, name: str, confidence: float) -> dict[str, Any]:
    half = halved.half
    k = half if name == "half" else np.ones_like(half)
    each = np.stack(judged(halved.counts(side), k), axis=1)
    chosen, again, solved = halved.summed(each).T
    made = {
        "regained": ratio_interval(chosen, again, confidence, looks=2),
        "solved": ratio_interval(chosen, solved, confidence, looks=2),
        "gain": change_interval(chosen, solved - again, confidence),
    }
    ends = ("", "_low", "_high")
    row = {f"{key}{end}": x for key, of in made.items() for end, x in zip(ends, of, strict=True)}
    total = float(chosen.sum())
    return row | {"h_min": int(half.min()), "h_max": int(half.max()), "chosen": max(total, 0.0)}


def claim(row: dict[str, Any]) -> str | None:
    """Return what a row judged in h samples allows to claim of the model that did not choose.

    ``gain`` needs an interval above 0.  ``new-ability`` needs besides a problem
    beyond the line of log-odds that the model that chose solves `HARDLY` or not
    at all: sharpening too may raise what failed h times, but along the line.
    """
    if row["gain"] is None:
        return None
    if row["gain_low"] > 0:
        return "new-ability" if row["beyond_line"] else "gain"
    return "loss" if row["gain_high"] < 0 else "undecided"


def _where(pair: Pair, side: str, strata: list[dict[str, str]]) -> str | None:
    """Name the groups of problems that a gain in h samples lies in."""
    counts = pair.counts if side == "base" else pair.counts[[2, 3, 0, 1]]
    enough = _enough(counts)
    kept = counts[:, enough]
    _, again, solved = judged(kept, halves_of(kept))
    gain = np.zeros(counts.shape[1])
    gain[enough] = solved - again
    questions = pair.questions
    return gained_in([strata[row] for row in questions.first], questions.mean(gain))


def gain_by_rate_rows(pair: Pair, confidence: float = 0.95) -> Iterator[dict[str, Any]]:
    """Yield the rows of GAIN_BY_RATE of one comparison, none where no problem has halves.

    A model's rate in one half puts a problem into a bin; its rate in the other
    half, and the second model's, are what follows.

    Parameters
    ----------
    pair : Pair
    confidence : float
    """
    halved = _Halved.of(pair)
    if not halved.problems:
        return
    half = halved.half
    edges = np.floor(half[:, None] * np.array(EDGES) + 1e-9).astype(np.int64)
    edges = np.concatenate([np.full((len(half), 1), -1), edges], axis=1)
    for side in SIDES:
        n, correct, size, hits = halved.counts(side)
        chance, then = within(n, correct, half, edges)
        seen = then / half[:, None]
        again = (chance * correct[:, None] - then) / (n - half)[:, None]
        other = chance * (hits / size)[:, None]
        sums = [halved.summed(each) for each in (chance, seen, again, other)]
        for place, label in enumerate(LABELS):
            chosen, before, after, second = (each[:, place] for each in sums)
            gain, low, high = change_interval(chosen, second - after, confidence)
            row = {
                **pair.labels,
                "rates_of": side,
                "bin": place,
                "label": label,
                "low": EDGES[max(place - 1, 0)],
                "high": EDGES[place],
                "problems": max(float(chosen.sum()), 0.0),
                "n_problems": halved.problems,
            }
            if gain is not None:
                rates = [float(each.sum() / chosen.sum()) for each in (before, after, second)]
                rates = [min(max(rate, 0.0), 1.0) for rate in rates]
                row |= dict(zip(("rate_seen", "rate_again", "rate_other"), rates, strict=True))
                row |= {"naive_gain": rates[2] - rates[0]}
                row |= {"gain": gain, "gain_low": low, "gain_high": high}
            yield row


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return both tables of a study; none without a comparison."""
    if not inputs.compared:
        return {}
    abilities: list[dict[str, Any]] = []
    rates: list[dict[str, Any]] = []
    for each, line in zip(inputs.compared, inputs.sharpening, strict=True):
        pair, permitted = each.pair, each.of.permitted
        arms = (
            strata_of(inputs.scores, arm, pair.problem_ids) for arm in each.of.row.arms.values()
        )
        strata = next(filter(None, arms), [])
        for row in new_ability_rows(pair, line, inputs.confidence):
            gained = strata and row.get("claim") in ("gain", "new-ability")
            where = _where(pair, row["unsolved_by"], strata) if gained else None
            abilities.append({**row, "strata": where, "permitted": permitted})
        rates += gain_by_rate_rows(pair, inputs.confidence)
    return {
        NEW_ABILITY.name: pl.DataFrame(abilities, schema=column_types(NEW_ABILITY)),
        GAIN_BY_RATE.name: pl.DataFrame(rates, schema=column_types(GAIN_BY_RATE)),
    }
