"""What responses that were not graded to their end could change: verdicts with them right.

A response without outcome, cut at the token limit, or given up by the grader counts as wrong and
might have been right.  pass@k grows with every right one, so that at each k the difference lies
between that with only the other model's taken for right and that with only the base's, whatever
they were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.bounds.tables import ALL, BOUNDS, KINDS, TAKEN
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Integers
from boundary.analysis.pairs import Pair, pair_arms, select_arm
from boundary.analysis.stopped import widened
from boundary.rows import VerdictRow


def taken_for_right(arm: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
    """Return scores of an arm in which the responses that some columns count are correct."""
    counted = {name: pl.col(name).fill_null(0) for name in columns}
    return arm.with_columns(
        pl.sum_horizontal("correct", *counted.values()).alias("correct"),
        *(each * 0 for each in counted.values()),
    )


def stopped_taken_for_right(
    pair: Pair, more: Mapping[str, Integers], unset: Collection[str]
) -> Pair:
    """Return a pair in which so many further responses of each side are right.

    Of a side whose problems stop early they are no reason to stop.

    Parameters
    ----------
    pair : Pair
    more : mapping of str to int64 array [R]
        By side.
    unset : collection of str
        Sides whose responses without outcome are among them.
    """
    change: dict[str, Any] = {f"{side}_unset": 0 for side in unset}
    for side, counts in zip(("base", "other"), pair.sides, strict=True):
        if counts.rule is None:
            change[f"{side}_correct"] = counts.correct + more[side]
        else:
            change[f"{side}_rule"] = widened(counts.rule, more[side])
    return replace(pair, **change)


def bounds_rows(inputs: ScoreInputs, compared: Compared, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the verdict of one comparison by what responses are taken for.

    Parameters
    ----------
    inputs : ScoreInputs
    compared : Compared
    decided : polars.DataFrame
        Its row of CROSSOVERS, in which they are wrong.

    Returns
    -------
    polars.DataFrame
        Four rows of BOUNDS for all kinds together, or the only kind that there is, and for each
        of several.  Where the verdict is robust to all of them together, each has the row in
        which it is wrong alone, as its D lies between theirs and every curve takes time.
    """
    pair, row = compared.pair, compared.of.row
    where = f"Comparison {row.comparison}"
    arms = {side: select_arm(inputs.scores, *arm, where) for side, arm in row.arms.items()}
    counted = {side: _counted(arm) for side, arm in inputs.shared(compared).items()}
    kinds = {name: [name] for name in KINDS if any(of[name] for of in counted.values())}
    if len(kinds) > 1:
        kinds = {ALL: [*kinds], **kinds}
    made = {frozenset[tuple[str, str]](): decided}  # equal counts have one curve

    def taken_for(sides: Collection[str], parts: Collection[str]) -> pl.DataFrame:
        right = frozenset((side, part) for side in sides for part in parts if counted[side][part])
        if right not in made:
            names = {side: [KINDS[part] for whose, part in right if whose == side] for side in arms}
            if pair.stops_early:
                shared = inputs.shared(compared).items()
                more = {side: _total(arm, names[side]) for side, arm in shared}
                unset = [side for side, part in right if part == "unset"]
                otherwise = stopped_taken_for_right(pair, more, unset)
            else:
                base, other = (taken_for_right(arm, names[side]) for side, arm in arms.items())
                otherwise = pair_arms(base, other, row.comparison, pair.min_n or None)
            made[right] = inputs.decided(compared, inputs.curve_of(otherwise))
        return made[right]

    types = column_types(BOUNDS)
    rows, robust = [pl.DataFrame(schema=types)], False
    for kind, parts in kinds.items():
        asked = {"wrong": TAKEN["wrong"]} if robust else TAKEN
        verdicts = {taken: taken_for(sides, parts) for taken, sides in asked.items()}
        robust_to_it = len({_deciding(verdict) for verdict in verdicts.values()}) == 1
        robust = robust or (kind == ALL and robust_to_it)
        labels = {
            "kind": kind,
            "robust": robust_to_it,
            "base_ungraded": sum(counted["base"][part] for part in parts),
            "base_responses": int(pair.base_n.sum()),
            "other_ungraded": sum(counted["other"][part] for part in parts),
            "other_responses": int(pair.other_n.sum()),
        }
        rows += [
            verdict.with_columns(
                pl.lit(value, dtype=types[name]).alias(name)
                for name, value in {**labels, "taken": taken}.items()
            ).select(list(types))
            for taken, verdict in verdicts.items()
        ]
    return pl.concat(rows)


def _deciding(verdict: pl.DataFrame) -> str:
    return VerdictRow.of(verdict.row(0, named=True)).deciding


def _total(arm: pl.DataFrame, columns: Collection[str]) -> Integers:
    """Return how many responses to each problem some columns count."""
    total = np.zeros(arm.height, dtype=np.int64)
    for name in columns:
        total += arm[name].fill_null(0).to_numpy()
    return total


def _counted(arm: pl.DataFrame) -> dict[str, int]:
    """Count the responses of each kind; none of a kind that scores lack."""
    return {
        kind: int(arm[column].sum()) if column in arm.columns else 0
        for kind, column in KINDS.items()
    }


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the verdicts by what responses are taken for; none where scores tell of none."""
    if set(inputs.scores.columns).isdisjoint(KINDS.values()) or not inputs.compared:
        return {}
    rows = [
        bounds_rows(inputs, each, decided)
        for each, decided in zip(inputs.compared, inputs.verdicts, strict=True)
    ]
    return {BOUNDS.name: pl.concat(rows)}
