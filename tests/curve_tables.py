"""Tables whose curves follow those of pass@k, made without any estimator."""

from __future__ import annotations

import polars as pl

from boundary.analyses.strategies.tables import STRATEGIES
from boundary.analyses.training_seeds.tables import TRAINING_RUNS, TRAINING_SEEDS
from boundary.chain_tables import JUDGE_QUALITY, PASSK_COT
from boundary.tables import check


def make_strategies(series: pl.DataFrame) -> pl.DataFrame:
    """First words of checkpoints: of two families the one is told from the other in the end."""
    steps = series.unique(["model", "benchmark", "protocol"]).sort("step")
    rows = [
        {
            **{name: row[name] for name in ("model", "benchmark", "protocol", "n_problems")},
            "family": family,
            "word": word,
            "share": share,
            "se": 0.02,
            "ci_low": max(0.0, share - 0.04),
            "ci_high": min(1.0, share + 0.04),
            "n_min": row["n_min"],
            "n_max": row["n_min"],
        }
        for row in steps.iter_rows(named=True)
        for family, up in (("p", -0.0003), ("q", 0.0015))
        for word, share in (("<", 0.15 + up * row["step"]), (">", 0.85 - up * row["step"]))
    ]
    return check(pl.DataFrame(rows), STRATEGIES, "strategies")


def make_cot(passk: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CoT-pass@k under every rule, the lower the stricter, and the quality of a judge."""
    shares = {"answer": 1, "arithmetic": 0.97, "judged": 0.94, "corrected": 0.9, "human": 0.91}
    cot = pl.concat(
        passk.with_columns(
            *(pl.col(name) * by for name in ("pass_at_k", "ci_low", "ci_high")),
            rule=pl.lit(rule),
            hard_problems=pl.lit(9),
            hard_correct=pl.lit(21),
            judged=pl.lit({"answer": 0, "arithmetic": 21, "human": 12}.get(rule, 18)),
        )
        for rule, by in shares.items()
    )
    row = {
        "scope": "all",
        "judge": "judge-32b",
        "valid": 20,
        "valid_accepted": 17,
        "invalid": 16,
        "invalid_rejected": 12,
        "undecided": 2,
        "sensitivity": 0.85,
        "sensitivity_ci_low": 0.65,
        "sensitivity_ci_high": 0.96,
        "specificity": 0.75,
        "specificity_ci_low": 0.51,
        "specificity_ci_high": 0.91,
        "informative": True,
    }
    quality = check(pl.DataFrame([row]), JUDGE_QUALITY, "judge_quality")
    return check(cot, PASSK_COT, "passk_cot"), quality


def make_costs(passk: pl.DataFrame) -> pl.DataFrame:
    """What such curves solve for equal tokens, at ten a sample."""
    dearer = passk.rename({"k": "budget", "pass_at_k": "solved"}).drop("se")
    return dearer.with_columns(10.0 * pl.col("budget"), unit=pl.lit("tokens"))


def make_rounds(passk: pl.DataFrame) -> pl.DataFrame:
    """What such curves solve within rounds: all at 16, and the less the fewer."""
    budgets = [1.0, 2.0, 4.0, 8.0, 16.0]
    within = (
        passk.drop("se")
        .with_columns(unit=pl.lit("rounds"))
        .join(pl.DataFrame({"budget": budgets, "part": [0.2, 0.5, 0.7, 0.9, 1.0]}), how="cross")
    )
    ends = ("pass_at_k", "ci_low", "ci_high")
    return within.with_columns(pl.col(name) * pl.col("part") for name in ends).drop("part")


def make_floor(passk: pl.DataFrame) -> pl.DataFrame:
    """Guess floors of some curves: one guess in 200 hits."""
    floor = 1 - (1 - 0.005) ** pl.col("k")
    ends = {"ci_low": 0.8 * floor, "ci_high": 1.2 * floor, "bias": -0.1 * floor}
    return passk.with_columns(pass_at_k=floor, flagged=pl.col("k") > 40, **ends)


def make_excess(passk: pl.DataFrame, floors: pl.DataFrame) -> pl.DataFrame:
    """What such curves have above their floors."""
    floor = floors["pass_at_k"]
    return passk.with_columns(
        *(pl.col(name) - floor for name in ("pass_at_k", "ci_low", "ci_high")),
        floor_flagged=floors["flagged"],
        floor_bias=floors["bias"],
    ).rename({"pass_at_k": "excess"})


def make_seeds(differences: pl.DataFrame, crossovers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The comparisons of each benchmark as training seeds of one recipe, with wide ends."""
    names = {"recipe": "grpo", "reference": "base", "side": "other"}
    named = [pl.lit(value).alias(name) for name, value in names.items()]
    named.append(pl.col("protocol").alias("reference_protocol"))
    runs = crossovers.with_columns(*named, model=pl.col("other"))
    mean = (
        differences.with_columns(*named)
        .group_by("benchmark", "protocol", *names, "reference_protocol", "k")
        .agg(pl.col("diff", "ci_low", "ci_high").mean(), pl.col("flagged", "n_problems").first())
        .with_columns(
            *(pl.lit(0.01).alias(sd) for sd in ("problem_sd", "residual_sd", "seed_sd")),
            *(pl.lit(0.1).alias(end) for end in ("seed_sd_low", "seed_sd_high")),
            problems_low=pl.col("ci_low"),
            problems_high=pl.col("ci_high"),
            ci_low=pl.col("ci_low") - 0.1,
            ci_high=pl.col("ci_high") + 0.1,
            n_independent=pl.col("n_problems"),
            **{"k_max": 32, "n_min": 64, "n_seeds": 3, "note": None},
        )
        .with_columns(pl.col("k_max", "n_min", "n_seeds").cast(pl.Int64))
        .with_columns(pl.col("note").cast(pl.String))
    )
    tables = (TRAINING_SEEDS, mean), (TRAINING_RUNS, runs)
    return {
        table.name: check(frame.select(list(table.columns)), table, table.name)
        for table, frame in tables
    }
