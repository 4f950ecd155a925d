"""What two models wrote together, made up: counts by host, family and setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from boundary.analyses.gain_carriers.compute import compute
from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_crossings import CrossingInputs
from boundary.jobs.crossing import settings_of

POSITIONS = [1, 2, 4]
#: Responses a setting, and samples of each model alone in the study.
N, STUDY_N = 16, 64
#: Right ones of N, by host, family, choice and m.
Counts = Callable[[str, str | None, str, int | None], int]


def crossing_inputs(
    models: tuple[str, str],
    families: Mapping[str | None, int],
    right: Counts,
    bootstrap: int = 1000,
    reverse: bool = False,
) -> CrossingInputs:
    """Return the inputs of a base and another model.

    ``families`` tells how many problems each has; every second problem has one right
    response more than ``right`` says, where there is room.
    """
    base, other = models
    problems = [
        (f"{family}{i}", family, i) for family, size in families.items() for i in range(size)
    ]
    named = {"comparison": f"{other}-vs-{base}", "benchmark": "short", "protocol": "paper"}
    trials, positions, scores = [], [], []
    for host, donor in ((base, other), (other, base)):
        pair = named | {"host": host, "donor": donor}
        for name, family, i in problems:
            of_problem = pair | {"problem_id": name, "family": family}
            for choice, m in settings_of(POSITIONS):
                c = right(host, family, choice, m)
                c += i % 2 if 0 < c < N else 0
                trials.append(
                    of_problem | {"choice": choice, "m": m, "n": N, "c": c, "tokens": 10 * N}
                )
                if choice == "none":
                    correct = c * STUDY_N // N
                    arm = {"model": host, "benchmark": "short", "protocol": "paper"}
                    scores.append(arm | {"problem_id": name, "n": STUDY_N, "correct": correct})
            positions += [
                of_problem
                | {"rank": rank, "random_rank": 5 - rank, "position": rank, "gain": 6.0 - rank}
                | {"responses": 4, "of_right": i > 0, "token": "<" if rank == 0 else f"v{i}"}
                for rank in range(6)
            ]
    frames = [pl.DataFrame(rows, infer_schema_length=None) for rows in (trials, positions, scores)]
    if reverse:
        frames = [frame.reverse() for frame in frames]
    trials_frame, positions_frame, scores_frame = frames
    return CrossingInputs(
        trials_frame.with_columns(pl.col("m").cast(pl.Int64), pl.col("family").cast(pl.String)),
        positions_frame.with_columns(pl.col("family").cast(pl.String)),
        scores_frame,
        bootstrap,
        0.95,
    )


def one_token_hides(host: str, family: str | None, choice: str, m: int | None) -> int:
    """Give p a gain that sits at two positions, and q one that a single token hides."""
    base_hosts = host.startswith("base")
    alone = {"p": (2, 15), "q": (1, 0), None: (2, 15)}[family]
    mine, theirs = alone if base_hosts else alone[::-1]
    if choice in ("none", "all"):
        return mine if choice == "none" else theirs
    if choice == "random":
        return mine
    if family == "q":
        return 1 if base_hosts else 10
    return mine if m == 1 else theirs


def crossing_tables(base: str, other: str) -> dict[str, pl.DataFrame]:
    """Return the tables of two families of problems."""
    inputs = crossing_inputs((base, other), {"p": 30, "q": 60}, one_token_hides)
    return finished("gain_carriers", [compute(inputs, Options())])
