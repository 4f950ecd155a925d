"""What further studies of the same kind would find, of the comparisons that are left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from boundary.analyses.planning.tables import PLANNED
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import column_types
from boundary.analysis.pairs import Pair
from boundary.analysis.planning import OPEN, Pilot, power

#: Fewer independent problems say too little of how far others spread.
LEAST_PROBLEMS = 30
#: Times as many problems, and samples, as there are.
PROBLEMS = (1, 2, 4)
SAMPLES = (1, 4)


def planned_rows(
    pair: Pair,
    k_max: int,
    problems: Sequence[int],
    samples: Sequence[int],
    confidence: float = 0.95,
) -> Iterator[dict[str, Any]]:
    """Yield rows of PLANNED: other problems by number and samples, then these problems again.

    Parameters
    ----------
    pair : Pair
    k_max : int
        Largest k that a verdict looks at; n/2 where that is smaller.
    problems, samples : sequence of int
        Designs: each with each.
    confidence : float
    """
    pilot = Pilot.of(pair, min(k_max, pair.n // 2))
    designs = [(False, m, n) for m in problems for n in samples]
    for same, m, n in [*designs, *((True, pair.m, n) for n in samples)]:
        chances = asdict(power(pilot, m, n, same=same, confidence=confidence))
        yield {
            **pair.labels,
            "same_problems": same,
            "problems": m,
            "samples": n,
            "likeliest": chances.pop("verdict"),
            **chances,
            "between_share": pilot.between_share,
            "n": pair.n,
            "n_problems": pair.m,
        }


def can_plan(pair: Pair) -> bool:
    """Return whether counts tell enough of how far problems spread, and of their samples.

    Of problems that stop early the spread within them is not worked out.
    """
    return pair.questions.units >= LEAST_PROBLEMS and pair.n >= 2 and not pair.stops_early


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the designs of each comparison whose verdict leaves the largest k open."""
    rows = [
        row
        for each, decided in zip(inputs.compared, inputs.verdicts, strict=True)
        if decided["verdict"][0] in OPEN and can_plan(each.pair)
        for row in planned_rows(
            each.pair,
            each.curve.k_max,
            [each.pair.m * times for times in PROBLEMS],
            [each.pair.n * times for times in SAMPLES],
            inputs.confidence,
        )
    ]
    return {PLANNED.name: pl.DataFrame(rows, schema=column_types(PLANNED))} if rows else {}
