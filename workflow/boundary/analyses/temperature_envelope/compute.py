"""Both models of a comparison over a grid of temperatures: envelopes, and matched entropy.

A gap at k = 1 or at K may be one of temperature alone: each model sampled otherwise might
have what the other has.  Here each is taken at its best temperature of the grid, at each k
by itself, and the one that is behind is held against the one that is ahead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analyses.temperature_envelope.matched import matched_temperature
from boundary.analyses.temperature_envelope.tables import ENVELOPE, MATCHED
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.common import columns_on, common_problems, counts_on
from boundary.analysis.crossfit import FEWEST, best, crossfitted, halves
from boundary.analysis.entropy import with_corrected_entropy
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, difference_interval, share_interval, z_value
from boundary.analysis.passk import curve_at, few_ks
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import stops_early, with_rule
from boundary.columns import ARM_KEY

Arms = dict[tuple[str, ...], pl.DataFrame]


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tables, of comparisons whose protocols stand in one grid; none without any."""
    scores = with_corrected_entropy(inputs.enough)
    by_arm: Arms = {tuple(labels[name] for name in ARM_KEY): arm for labels, arm in arms(scores)}
    envelopes: list[dict[str, Any]] = []
    matched: list[dict[str, Any]] = []
    for each in inputs.compared:
        sides = _sides(each, inputs, by_arm)
        if sides is None:
            continue
        common = common_problems([frame for side in sides for frame in side.values()])
        if common.is_empty():
            continue
        envelopes += _envelopes(each, sides, common, inputs.confidence)
        matched.append(_matched(each, sides, common, inputs.confidence))
    if not envelopes:
        return {}
    return {
        table.name: pl.DataFrame(rows, schema=column_types(table))
        for table, rows in ((ENVELOPE, envelopes), (MATCHED, matched))
    }


#: Of base and other, the arm at each temperature, ascending.
Sides = tuple[dict[float, pl.DataFrame], dict[float, pl.DataFrame]]


def _sides(each: Compared, inputs: ScoreInputs, by_arm: Arms) -> Sides | None:
    """Return the arms of both models over the grid in which both protocols stand, if in any."""
    row = each.of.row
    protocols = {row.protocol, row.other_protocol or row.protocol}
    for grid in inputs.grids:
        if protocols <= grid.temperatures.keys():
            ordered = sorted(grid.temperatures.items(), key=lambda item: item[1])
            base, other = (
                {
                    temperature: by_arm[model, row.benchmark, name]
                    for name, temperature in ordered
                    if (model, row.benchmark, name) in by_arm
                }
                for model in (row.base, row.other)
            )
            return (base, other) if max(len(base), len(other)) > 1 else None
    return None


def _place(each: Compared, name: str, side: dict[float, pl.DataFrame]) -> int:
    """Return the place in the grid of the temperature at which a side is compared.

    ``name`` is ``protocol`` for the base, ``other_protocol`` for the other.
    """
    return [frame["protocol"][0] for frame in side.values()].index(each.pair.labels[name])


def _envelopes(
    each: Compared, sides: Sides, common: pl.DataFrame, confidence: float
) -> list[dict[str, Any]]:
    arms = [[counts_on(common, frame) for frame in side.values()] for side in sides]
    n_min = int(min(arm.longest.min() for side in arms for arm in side))
    ks, questions = few_ks(n_min), Questions.of(common)
    values = [
        np.stack([questions.mean(curve_at(arm.n, arm.correct, ks, arm.rule)) for arm in side])
        for side in arms
    ]
    compared = [
        of[_place(each, name, side)]
        for name, of, side in zip(("protocol", "other_protocol"), values, sides, strict=True)
    ]
    few = questions.units < FEWEST
    if not few:
        # Exchanging the models changes no halving.
        counts = [
            [with_rule(np.stack([arm.n, arm.correct]), arm.rule).T for arm in side] for side in arms
        ]
        seed = min(content_seed(*one, *two) for one, two in (counts, counts[::-1]))
        first = halves(questions.units, seed)
        if questions.cluster is not None:
            first = first[:, questions.cluster]
        fitted = [crossfitted(of, first) for of in values]
    problems = Questions(np.arange(questions.m), questions.cluster)

    def difference(name: str, of: Floats) -> dict[str, Floats]:
        mean, se = problems.mean_and_se(of)
        low, high = difference_interval(
            mean,
            se,
            problems.units,
            multiplier=z_value(confidence),
            miss=(1 - confidence) / 2,
        )
        return {name: mean, f"{name}_low": low, f"{name}_high": high}

    columns: dict[str, Any] = {"k": ks, "flagged": 2 * ks > n_min}
    columns |= difference("gap", compared[0] - compared[1])
    for side, at, of, grid in zip(("base", "other"), compared, values, sides, strict=True):
        columns[f"{side}_pass_at_k"] = np.clip(at.mean(axis=0), 0, 1)
        columns[f"{side}_best"] = np.array([*grid])[best(of)]
    if not few:
        for side, of in zip(("base", "other"), fitted, strict=True):
            mean, se = problems.mean_and_se(of)
            low, high = share_interval(mean, se, problems.units, confidence)
            ends = np.clip(mean, 0, 1), low, high
            names = ("envelope", "envelope_low", "envelope_high")
            columns |= {f"{side}_{name}": end for name, end in zip(names, ends, strict=True)}
        columns |= difference("envelope_gap", fitted[0] - fitted[1])
        # The one that is behind at its best temperature, less the one ahead as compared.
        behind_base = columns["gap"] < 0
        ahead = np.where(behind_base, fitted[0] - compared[1], fitted[1] - compared[0])
        columns |= difference("caught_up", ahead)
        columns["recovered"] = _recovered(columns, [len(side) for side in sides])
    notes = [
        f"{side} has one temperature alone"
        for side, grid in zip(("base", "other"), sides, strict=True)
        if len(grid) == 1
    ]
    if few:
        notes.append(f"fewer than {FEWEST} problems: no temperature is chosen")
    shared = {
        **each.pair.labels,
        "base_temperatures": ", ".join(f"{t:g}" for t in sides[0]),
        "other_temperatures": ", ".join(f"{t:g}" for t in sides[1]),
        "n_problems": questions.m,
        "n_min": n_min,
        "note": "; ".join(notes) or None,
    }
    lists = {name: np.asarray(column, dtype=object).tolist() for name, column in columns.items()}
    return [shared | {name: lists[name][i] for name in lists} for i in range(len(ks))]


def _recovered(columns: dict[str, Any], grids: list[int]) -> list[str | None]:
    """Return of each k whether the model behind catches up; None where neither is behind for sure.

    None too where the one behind has no other temperature.
    """
    outcomes: list[str | None] = []
    rows = zip(
        *(columns[name] for name in ("gap_low", "gap_high", "caught_up_low", "caught_up_high")),
        strict=True,
    )
    for gap_low, gap_high, low, high in rows:
        behind = 1 if gap_low > 0 else 0 if gap_high < 0 else None
        if behind is None or grids[behind] == 1:
            outcomes.append(None)
        else:
            outcomes.append("yes" if low > 0 else "no" if high < 0 else "open")
    return outcomes


def _matched(
    each: Compared, sides: Sides, common: pl.DataFrame, confidence: float
) -> dict[str, Any]:
    """Return the row of the temperature at which the other has the base's entropy of answers."""
    place = _place(each, "protocol", sides[0])
    temperature, base = list(sides[0].items())[place]
    frames = [base, *sides[1].values()]
    sizes = [columns_on(common, frame, "n")["n"] for frame in frames]
    row: dict[str, Any] = {
        **each.pair.labels,
        "base_temperature": temperature,
        "n_problems": 0,
        "n_min": min(int(size.min()) for size in sizes),  # type: ignore[arg-type]
    }
    entropies = pl.DataFrame(
        [
            columns_on(common, frame, "answer_entropy_corrected")["answer_entropy_corrected"].alias(
                str(i)
            )
            for i, frame in enumerate(frames)
        ]
    )
    known = pl.all_horizontal(pl.all().is_not_null())
    kept = entropies.select(known).to_series()
    if len(sides[1]) == 1:
        return row | {"note": "other has one temperature alone"}
    if any(map(stops_early, frames)):
        return row | {"note": "not worked out where problems stop early: entropy grows with n"}
    if not kept.any():
        return row | {"note": "the entropy of answers is not known"}
    if any(size.to_list() != sizes[0].to_list() for size in sizes):
        return row | {"note": "n differs, with which entropy grows"}
    values = entropies.filter(kept).to_numpy().T
    questions = Questions.of(common.filter(kept))
    estimate, low, high = matched_temperature(
        values[1:], np.array([*sides[1]]), values[0], questions, z_value(confidence)
    )
    notes = []
    if estimate is None:
        above = questions.mean(values[1] - values[0]).mean() > 0
        where = "above the base's at the lowest" if above else "below the base's at the highest"
        notes.append(f"outside the grid: other's entropy is {where} temperature of it")
    if not kept.all():
        notes.append(f"known of {int(kept.sum())} of {len(kept)} problems")
    return row | {
        "base_entropy": float(questions.mean(values[0]).mean()),
        "temperature": estimate,
        "temperature_low": low,
        "temperature_high": high,
        "n_problems": questions.m,
        "note": "; ".join(notes) or None,
    }
