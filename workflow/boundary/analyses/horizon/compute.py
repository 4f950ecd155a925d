"""pass@k by the length of problems, the product rule, and the length that is half solved.

Each arm, on each benchmark or on several taken together: pass@k of the problems of one
length; the rate p of one step with pass@1 = p^L (`boundary.analysis.product_rule`); and the
length at which a logistic curve in log2(length) passes one half (`boundary.analysis.horizon`),
with intervals from a bootstrap of clusters and of problems within them.  Comparisons: the
ratio of both lengths, the difference of pass@k at each, over the problems of both, and where one
model is ahead at all k.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from boundary.analyses.horizon import HorizonOptions
from boundary.analyses.horizon.leads import leads
from boundary.analyses.horizon.lengths import groups, with_lengths
from boundary.analyses.horizon.problems import Problems, Row
from boundary.analyses.horizon.tables import (
    HORIZON_CURVE,
    HORIZON_GAPS,
    HORIZON_LEADS,
    HORIZON_RATIOS,
    HORIZONS,
    STEP_RATES,
    TABLES,
)
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import arms, column_types
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.horizon import ends, ratio_ends
from boundary.analysis.intervals import (
    difference_and_p,
    share_interval,
)
from boundary.analysis.pairs import pair_from_spec
from boundary.analysis.product_rule import excess_at, step_rate
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import Counts, rule_of
from boundary.checking import Table
from boundary.jobs.reading import ComparisonRow

Rows = list[Row]


def _curve(of: Problems, options: HorizonOptions, confidence: float) -> tuple[Rows, Rows]:
    """Return the rows of HORIZON_CURVE and STEP_RATES of an arm."""
    parts = list(groups(of.lengths))
    once = of.shares(1)[0]
    fit = step_rate(of.lengths, once, of.cluster, confidence)
    rates: Rows = [
        {
            "rate": fit.rate,
            "ci_low": fit.low,
            "ci_high": fit.high,
            "lengths": len(np.unique(of.lengths)),
            "n_problems": of.questions.m,
            "n_independent": of.questions.units,
        }
    ]
    rows: Rows = []
    for k in of.ks(options.k):
        share = of.shares(k)[0]
        for part in parts:
            mean, se, units = of.at(part, share)
            interval = share_interval(np.asarray(mean), np.asarray(se), units, confidence)
            shown = dict(zip(("ci_low", "ci_high"), map(float, interval), strict=True))
            named = {**of.span(part), "k": k, "pass_at_k": min(max(mean, 0.0), 1.0)}
            rows.append({**named, **shown, **of.facts(k, part)})
    if len(parts) > 1:
        tested = []
        for row, part in zip([row for row in rows if row["k"] == 1], parts, strict=True):
            mean, se, units = excess_at(part, of.lengths, once, fit, of.cluster)
            predicted = float(fit.predicted[part].mean())
            bounds = -predicted, 1 - predicted
            low, high, p = difference_and_p(mean, se, units, confidence, bounds)
            row |= {"predicted": predicted, "excess": mean, "excess_low": low, "excess_high": high}
            tested.append((row, p))
        for (row, _), p_holm in zip(tested, holm_adjusted([p for _, p in tested]), strict=True):
            row |= {"p_holm": p_holm, "breaks": p_holm is not None and p_holm < 1 - confidence}
    return rows, rates


def _horizons(of: Problems, options: HorizonOptions, confidence: float) -> Iterator[Row]:
    """Yield the rows of HORIZONS of an arm; none where all problems have one length."""
    shortest, longest = float(of.lengths.min()), float(of.lengths.max())
    if shortest == longest or of.questions.units < 2:
        return
    for named, (fit,) in of.fits(options):
        low, high = ends(fit.drawn, of.questions.units, confidence)
        value = fit.horizon
        yield {
            **named,
            "horizon": value if shortest <= value <= longest else None,
            # Beyond the data an end is open, and what lies there wholly is not told apart.
            "ci_low": 0.0 if low < shortest else min(low, longest),
            "ci_high": np.inf if high > longest else max(high, shortest),
            "beyond": "shorter" if value < shortest else "longer" if value > longest else None,
            "intercept": _number(fit.curve.intercept[0]),
            "slope": _number(fit.curve.slope[0]),
            "shortest": shortest,
            "longest": longest,
        }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ratios(of: Problems, options: HorizonOptions, confidence: float) -> Iterator[Row]:
    """Yield the rows of HORIZON_RATIOS of a pair."""
    shortest, longest = float(of.lengths.min()), float(of.lengths.max())
    if shortest == longest or of.questions.units < 2:
        return
    for named, (base, other) in of.fits(options):
        inside = all(shortest <= each.horizon <= longest for each in (base, other))
        drawn, span = np.stack([base.drawn, other.drawn]), (shortest, longest)
        low, high = ratio_ends(drawn[0], drawn[1], span, of.questions.units, confidence)
        yield {
            **named,
            "ratio": other.horizon / base.horizon if inside else None,
            "ci_low": low if inside else None,
            "ci_high": high if inside else None,
            "beyond": float(((drawn < shortest) | (drawn > longest)).any(axis=0).mean()),
        }


def _gaps(of: Problems, options: HorizonOptions, confidence: float) -> Iterator[Row]:
    """Yield the rows of HORIZON_GAPS of a pair; Holm is over the lengths at one k."""
    parts = list(groups(of.lengths))
    for k in of.ks(options.k):
        base, other = of.shares(k)
        tested = []
        for part in parts:
            mean, se, units = of.at(part, base - other)
            tested.append((mean, *difference_and_p(mean, se, units, confidence)))
        adjusted = holm_adjusted([p for *_, p in tested])
        for part, (mean, low, high, _), p_holm in zip(parts, tested, adjusted, strict=True):
            named = {**of.span(part), "k": k, **of.facts(k, part)}
            yield {**named, "diff": mean, "ci_low": low, "ci_high": high, "p_holm": p_holm}


def _of_arm(rows: pl.DataFrame) -> Problems:
    questions = Questions.of(rows)
    lengths = rows["length"].to_numpy()[questions.first]
    counts = Counts(rows["n"].to_numpy(), rows["correct"].to_numpy(), rule_of(rows))
    return Problems(questions, lengths, (counts,))


def _pairs(
    inputs: ScoreInputs, scores: pl.DataFrame, together: list[list[str]]
) -> Iterator[tuple[dict[str, str], Problems]]:
    """Yield labels and problems of each comparison whose arms have problems with lengths."""
    joined = {name: " + ".join(group) for group in together for name in group}
    rows: dict[tuple[str, str], ComparisonRow] = {}
    for each in inputs.compared:
        row = each.of.row
        benchmark = joined.get(row.benchmark, row.benchmark)
        rows[row.comparison, benchmark] = row.model_copy(update={"benchmark": benchmark})
    there = set(scores.select("model", "benchmark", "protocol").unique().iter_rows())
    for row in rows.values():
        if not there.issuperset(row.arms.values()):
            continue
        pair = pair_from_spec(scores, row)
        base = scores.filter(model=row.base, benchmark=row.benchmark, protocol=row.protocol)
        length = dict(base.select("problem_id", "length").iter_rows())
        lengths = np.array([length[name] for name in pair.problem_ids])[pair.questions.first]
        yield pair.labels, Problems(pair.questions, lengths, pair.sides)


def compute(inputs: ScoreInputs, options: HorizonOptions) -> dict[str, pl.DataFrame]:
    """Return the tables of horizons; none where no problem has a length."""
    by, scores = with_lengths(inputs.enough, options.by, options.together)
    made: dict[str, tuple[Table, Rows]] = {name: (table, []) for name, table in TABLES.items()}

    def add(table: Table, labels: dict[str, str], rows: Iterator[Row] | Rows) -> None:
        made[table.name][1].extend({**labels, "by": by, **row} for row in rows)

    for labels, rows in arms(scores.sort("problem_id")):
        of = _of_arm(rows)
        curve, rates = _curve(of, options, inputs.confidence)
        add(HORIZON_CURVE, labels, curve)
        add(STEP_RATES, labels, rates)
        add(HORIZONS, labels, _horizons(of, options, inputs.confidence))
    if scores.height:
        for labels, of in _pairs(inputs, scores, options.together):
            add(HORIZON_RATIOS, labels, _ratios(of, options, inputs.confidence))
            add(HORIZON_GAPS, labels, _gaps(of, options, inputs.confidence))
            add(HORIZON_LEADS, labels, leads(of, inputs.confidence))
    return {
        name: pl.DataFrame(rows, schema=column_types(table))
        for name, (table, rows) in made.items()
        if rows
    }
