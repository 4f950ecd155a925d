"""Perplexity and total surprisal with some tokens masked out.

Text that a model copies from its question is likely, token by token, whatever
follows it: it lowers the perplexity of a response and makes the response less
likely.  A perplexity without the copied tokens does not move.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from boundary.analyses.masks.tables import MASKS, STATISTICS
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats
from boundary.analysis.scored import by_class, mean_intervals
from boundary.analysis.spans import MASKS as NAMES
from boundary.analysis.spans import mask_spans, token_mask
from boundary.tables import LIKELIHOODS

RESPONSE = [name for name in LIKELIHOODS.key if name != "scorer"]
#: Of a response under one mask.
SUMS = {
    "n_tokens": pl.Int64,
    "logprob_sum": pl.Float64,
    "kept_tokens": pl.Int64,
    "kept_logprob_sum": pl.Float64,
}


def masked_sums(tokens: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Sum log-probabilities over all tokens of each response and over those outside each mask.

    Parameters
    ----------
    tokens : polars.DataFrame
        A TOKEN_SCORES table, with ``correct`` if known; ``token_ends`` may be null.
    texts : polars.DataFrame
        ``response``, ``question`` and ``answer`` (null where none was read) of each
        of these responses, beside their key.

    Returns
    -------
    polars.DataFrame
        Without the lists, a row a scored response and mask: ``mask``, ``n_tokens``,
        ``logprob_sum``, and the same of the tokens outside the mask in
        ``kept_tokens`` and ``kept_logprob_sum``, null where the place of the mask or
        of the tokens is not known.
    """
    passages = texts.select("response", "question", "answer").iter_rows()
    spans = {
        key: mask_spans(*each)
        for key, each in zip(texts.select(RESPONSE).iter_rows(), passages, strict=True)
    }
    known = [name for name in (*LIKELIHOODS.key, "correct") if name in tokens.columns]
    sums = []
    keys = tokens.select(RESPONSE).iter_rows()
    for key, ends, scores in zip(keys, tokens["token_ends"], tokens["logprobs"], strict=True):
        logprobs = scores.to_numpy().astype(np.float64)
        for where in spans[key].values():
            sums.append([len(logprobs), logprobs.sum(), None, None])
            if where is not None and ends is not None:
                kept = logprobs[~token_mask(ends.to_numpy(), where)]
                sums[-1][2:] = len(kept), kept.sum()
    each = tokens.select(known).join(
        pl.DataFrame({"mask": NAMES}), how="cross", maintain_order="left_right"
    )
    return each.hstack(pl.DataFrame(sums, schema=SUMS, orient="row"))


def masks_table(
    sums: pl.DataFrame, *, replicates: int = 10_000, confidence: float = 0.95
) -> pl.DataFrame:
    """Summarise perplexity and surprisal with and without each mask.

    Parameters
    ----------
    sums : polars.DataFrame
        As of `masked_sums`.
    replicates : int
        Bootstrap replicates over problems.
    confidence : float
        Of the percentile intervals.

    Returns
    -------
    polars.DataFrame
        A MASKS table, three rows a scorer, source and class of responses.  A perplexity
        is exp of the negative mean over problems of the mean over responses of the mean
        log-probability per token; ``perplexity_ratio`` is the masked over the unmasked
        one, its interval a paired one.  All statistics of a row are of the same
        responses, without those whose mask has no place (``n_unplaced``), those without
        a token outside it (``n_all_masked``) and those that the scorer cannot produce
        (``n_impossible``).
    """
    frames = [pl.DataFrame(schema=column_types(MASKS))]
    for labels, group in by_class(sums):
        for mask in NAMES:
            summary = _summary(group.filter(mask=mask), replicates, confidence)
            row = {**labels, "mask": mask, **summary}
            frames.append(pl.DataFrame([row], schema=column_types(MASKS)))
    return pl.concat(frames)


def _summary(
    rows: pl.DataFrame, replicates: int, confidence: float
) -> dict[str, int | float | None]:
    placed = rows.filter(pl.col("kept_tokens").is_not_null())
    kept = placed.filter(pl.col("kept_tokens") > 0)
    used = kept.filter(pl.col("logprob_sum").is_finite())
    ids, problem = np.unique(used["problem_id"].to_numpy(), return_inverse=True)
    summary: dict[str, int | float | None] = {
        "n_responses": used.height,
        "n_problems": len(ids),
        "n_unplaced": rows.height - placed.height,
        "n_all_masked": placed.height - kept.height,
        "n_impossible": kept.height - used.height,
    }
    if not used.height:
        return summary
    total, rest = (-used[name].to_numpy() for name in ("logprob_sum", "kept_logprob_sum"))
    length, left = (used[name].to_numpy() for name in ("n_tokens", "kept_tokens"))
    each: list[Floats] = [
        *(total / length, rest / left, rest / left - total / length),
        *(total, rest, 1 - left / length),
    ]
    sizes = np.bincount(problem)
    means = np.column_stack([np.bincount(problem, weights=values) / sizes for values in each])
    *made, share = mean_intervals(means, np.ones(len(ids)), replicates, confidence)
    for name, ends in zip(STATISTICS, made, strict=True):
        summary |= dict(zip((name, f"{name}_ci_low", f"{name}_ci_high"), ends, strict=True))
    with np.errstate(over="ignore"):  # beyond e^709 a perplexity is infinite, and so shown
        for name, value in summary.items():
            if "perplexity" in name and value is not None:
                summary[name] = float(np.exp(value))
    summary["masked_share"] = share[0]
    summary["log10_probability"] = -made[3][0] / math.log(10)
    summary["masked_log10_probability"] = -made[4][0] / math.log(10)
    return summary


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the table of masks, of the responses that were scored token by token."""
    sums = masked_sums(inputs.tokens(), inputs.texts())
    made = masks_table(sums, replicates=inputs.bootstrap, confidence=inputs.confidence)
    return {MASKS.name: made}
