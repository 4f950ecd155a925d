"""Differences between a reference and what a recipe trains, over its seeds and problems.

The models of a recipe are a sample of those that it could have made, as the problems are
one of those that could have been asked: `boundary.analysis.crossed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analyses.training_seeds import SeedOptions
from boundary.analyses.training_seeds.tables import TRAINING_RUNS, TRAINING_SEEDS
from boundary.analysis.crossed import LEAST_SEEDS, Crossed, crossed
from boundary.analysis.differences import comparison_grid, default_k_max
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import BLOCK_K, curve_blocks
from boundary.analysis.questions import Questions
from boundary.errors import InputError
from boundary.notes import join_parts


@dataclass
class Group:
    """The seeds of a recipe against one reference on one benchmark.

    Attributes
    ----------
    labels : dict
        The first columns of TRAINING_SEEDS.
    asked : sequence of str
        All models of the recipe.
    runs : dict
        Each seed's place among the study's comparisons, by model.
    """

    labels: dict[str, str]
    asked: Sequence[str]
    runs: dict[str, int] = field(default_factory=dict)


def groups(compared: Sequence[Compared], recipes: Mapping[str, Sequence[str]]) -> list[Group]:
    """Return what each recipe is held against, in the study's order.

    A comparison of two models of one recipe is of none; of two comparisons of a seed with
    one reference under the same protocols the first counts.

    Parameters
    ----------
    compared : sequence of Compared
    recipes : mapping
        Models by recipe.
    """
    made: dict[tuple[str, ...], Group] = {}
    for place, each in enumerate(compared):
        of = each.pair.labels
        base, other = (of["base"], of["protocol"]), (of["other"], of["other_protocol"])
        for recipe, models in recipes.items():
            if (base[0] in models) == (other[0] in models):
                continue
            side = "base" if base[0] in models else "other"
            run, reference = (base, other) if side == "base" else (other, base)
            labels = {
                "recipe": recipe,
                "reference": reference[0],
                "benchmark": of["benchmark"],
                "protocol": run[1],
                "reference_protocol": reference[1],
                "side": side,
            }
            group = made.setdefault(tuple(labels.values()), Group(labels, models))
            group.runs.setdefault(run[0], place)
    return list(made.values())


def on_common_problems(pairs: Sequence[Pair]) -> list[Pair]:
    """Return pairs on the rows that all of them share, which are then the same rows."""
    common = set(pairs[0].problem_ids).intersection(*(pair.problem_ids for pair in pairs[1:]))
    return [pair.rows(np.array([name in common for name in pair.problem_ids])) for pair in pairs]


def seeds_frame(
    group: Group, pairs: Sequence[Pair], *, confidence: float = 0.95, k_max: int | None = None
) -> pl.DataFrame:
    """Return the rows of TRAINING_SEEDS of one group.

    Parameters
    ----------
    group : Group
    pairs : sequence of Pair
        One a seed, each of the study's comparison.
    confidence : float
    k_max : int, optional
        Default n/2, with n the smallest of all arms.

    Raises
    ------
    InputError
        When no problem is one of all seeds.
    """
    shared = on_common_problems(pairs)
    if not shared[0].problem_ids:
        labels = group.labels
        raise InputError(
            f"analyses.training_seeds.recipes.{labels['recipe']}: {', '.join(group.runs)} share no "
            f"problem of {labels['benchmark']} that {labels['reference']} has too; name seeds that "
            f"were asked the same."
        )
    n = min(pair.n for pair in shared)
    stop = default_k_max(n, k_max, f"recipe {group.labels['recipe']}")
    ks = comparison_grid(n, stop)
    # Where one arm alone names questions or clusters, they hold for all.
    questions = min((pair.questions for pair in shared), key=lambda each: (each.m, each.units))
    parts = []
    for block, values in _blocks(shared, questions, ks):
        made = crossed(values, questions.cluster)
        parts.append(_block_frame(block, made, confidence))
    facts = {
        **group.labels,
        "k_max": stop,
        "n_seeds": len(shared),
        "n_problems": questions.m,
        "n_independent": questions.units,
        "n_min": n,
        "note": _note(group, pairs, shared),
    }
    types = column_types(TRAINING_SEEDS)
    return (
        pl.concat(parts)
        .with_columns(flagged=2 * pl.col("k") > n)
        .with_columns(pl.lit(value, dtype=types[name]).alias(name) for name, value in facts.items())
        .select(list(types))
    )


def _blocks(
    pairs: Sequence[Pair], questions: Questions, ks: Integers
) -> Iterator[tuple[Integers, Floats]]:
    """Yield blocks of the grid with base less other, ``[S, M, K]``: memory whatever n is."""
    last = int(ks[-1])
    arms = [
        zip(
            *(curve_blocks(n, correct, last, BLOCK_K, rule) for n, correct, rule in pair.sides),
            strict=True,
        )
        for pair in pairs
    ]
    for seeds in zip(*arms, strict=True):
        first = seeds[0][0][0]
        block = ks[(ks >= first) & (ks < first + BLOCK_K)]
        if len(block):
            yield (
                block,
                np.stack(
                    [
                        questions.mean((base - other)[:, block - first])
                        for (_, base), (_, other) in seeds
                    ]
                ),
            )


def _block_frame(ks: Integers, made: Crossed, confidence: float) -> pl.DataFrame:
    none = [None] * len(ks)
    low, high = made.problems_alone(confidence)
    both = made.interval(confidence) or (none, none)
    sd = made.seed_sd_interval(confidence)
    columns: dict[str, Any] = {
        "k": ks,
        "diff": made.mean,
        "ci_low": both[0],
        "ci_high": both[1],
        "problems_low": low,
        "problems_high": high,
        "seed_sd": made.seed_sd,
        "seed_sd_low": sd[0],
        "seed_sd_high": sd[1],
        "problem_sd": made.problem_sd,
        "residual_sd": made.residual_sd,
    }
    types = column_types(TRAINING_SEEDS)
    return pl.DataFrame(columns, schema={name: types[name] for name in columns}).with_columns(
        pl.col(name).fill_nan(None) for name in columns if name.endswith(("sd", "_low", "_high"))
    )


def _note(group: Group, pairs: Sequence[Pair], shared: Sequence[Pair]) -> str | None:
    """Say which seeds are not here, what that leaves out, and which problems were dropped."""
    absent = [model for model in group.asked if model not in group.runs]
    parts = [f"not compared here: {', '.join(absent)}"] if absent else []
    if len(pairs) < LEAST_SEEDS:
        what = "variance" if len(pairs) < 2 else "interval over seeds, for which three are needed"
        parts.append(f"{len(pairs)} seed{'s' * (len(pairs) > 1)}: no {what}")
    most = max(len(pair.problem_ids) for pair in pairs)
    if dropped := most - len(shared[0].problem_ids):
        parts.append(f"{dropped} of {most} problems that not all seeds share dropped")
    return join_parts(parts)


def run_rows(group: Group, verdicts: Sequence[pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Yield the rows of TRAINING_RUNS of one group."""
    for model, place in group.runs.items():
        row = {**verdicts[place].row(0, named=True), **group.labels, "model": model}
        yield {name: row[name] for name in TRAINING_RUNS.columns}


def compute(inputs: ScoreInputs, options: SeedOptions) -> dict[str, pl.DataFrame]:
    """Return both tables of a study; none where no recipe is compared."""
    made = groups(inputs.compared, options.recipes)
    if not made:
        return {}
    frames = [
        seeds_frame(
            group,
            [inputs.compared[place].pair for place in group.runs.values()],
            confidence=inputs.confidence,
            k_max=inputs.k_max,
        )
        for group in made
    ]
    runs = [row for group in made for row in run_rows(group, inputs.verdicts)]
    return {
        TRAINING_SEEDS.name: pl.concat(frames),
        TRAINING_RUNS.name: pl.DataFrame(runs, schema=column_types(TRAINING_RUNS)),
    }
