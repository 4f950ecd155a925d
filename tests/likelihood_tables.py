"""Likelihoods of simulated responses, and the tables that are made of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.masks.compute import masks_table
from boundary.analyses.perplexity.compute import perplexity_table
from boundary.analyses.phases.compute import phases_table
from boundary.analyses.reachability.compute import reachability_table
from boundary.analyses.support_sum.compute import support_sums
from boundary.analyses.token_means.compute import token_means_table
from boundary.analyses.typicality.compute import typicality_table
from boundary.analysis.spans import MASKS
from boundary.tables import LIKELIHOODS, check


def likelihoods(models: list[str], problems: int, samples: int) -> pl.DataFrame:
    """Log-normal perplexities of each model's responses under each model."""
    rng = np.random.default_rng(5)
    frames = []
    for i, scorer in enumerate(models):
        for j, source in enumerate(models):
            size = problems * samples
            correct = rng.random(size) < 0.6
            log_ppl = np.exp(rng.normal(-1.6 + 0.5 * abs(i - j) - 0.3 * correct, 0.5, size))
            tokens = rng.integers(50, 1500, size)
            outside = np.stack([rng.binomial(tokens, p) for p in (0.001, 0.002)], axis=1)
            frames.append(
                pl.DataFrame(
                    {
                        "scorer": scorer,
                        "source_model": source,
                        "benchmark": "math500",
                        "protocol": "paper",
                        "problem_id": np.repeat(np.arange(problems).astype(str), samples),
                        "sample_index": np.tile(np.arange(samples), problems),
                        "n_tokens": tokens,
                        "logprob_sum": -log_ppl * tokens,
                        "perplexity": np.exp(log_ppl),
                        "correct": correct,
                        "response_digest": np.arange(size),
                        "top_tokens": tokens - rng.binomial(tokens, 0.1),
                        "top_logprob_sum": -0.4 * log_ppl * tokens,
                        "entropy_sum": 0.2 * tokens,
                        "varentropy_sum": 0.3 * tokens,
                        "temperatures": [[1.0, 0.6]] * size,
                        "top_ps": [[0.95, 0.95]] * size,
                        "outside_tokens": outside.tolist(),
                        "undecided_tokens": [[0, 0]] * size,
                        "first_outside": [[7 if n else None for n in row] for row in outside],
                    }
                )
            )
    return check(pl.concat(frames), LIKELIHOODS, "likelihoods")


def likelihood_tables(models: list[str], problems: int, samples: int) -> dict[str, pl.DataFrame]:
    """What figures read of likelihoods, by the name of the table."""
    drawn = likelihoods(models, problems, samples)
    names = {model: f"grpo-{150 * i}" for i, model in enumerate(models)}
    checkpoints = drawn.with_columns(pl.col("source_model").replace(names))
    return {
        "likelihoods": drawn,
        "perplexity": perplexity_table(pl.concat([drawn, checkpoints]), replicates=50),
        "support_sums": support_sums(drawn),
        "typicality": typicality_table(drawn, replicates=50),
        "phases": phases_table(
            drawn.with_columns(chain_correct=pl.col("correct") & (pl.col("n_tokens") % 4 > 0))
        ),
        "reachability": reachability_table(drawn),
        "token_means": token_means_table(drawn, replicates=50),
        "masks": masks_table(masked_sums(drawn), replicates=50),
    }


def masked_sums(likelihoods: pl.DataFrame) -> pl.DataFrame:
    """A tenth of the tokens masked, with a hundredth of the surprisal; one problem unplaced."""
    kept = pl.when(pl.col("problem_id") != "0")
    masked = likelihoods.with_columns(
        kept_tokens=kept.then((0.9 * pl.col("n_tokens")).cast(pl.Int64)),
        kept_logprob_sum=kept.then(0.99 * pl.col("logprob_sum")),
    )
    return masked.join(pl.DataFrame({"mask": MASKS}), how="cross")
