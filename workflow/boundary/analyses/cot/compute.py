"""CoT-pass@k: pass@k of responses whose chain of thought holds too (arXiv 2506.14245).

Chains are judged for the hardest solved problems only, where luck matters;
all other problems count by their answer.  So every curve here is an upper
bound of the CoT-pass@k in which all chains are judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.cot.judges import quality_of, quality_table
from boundary.analyses.cot.validity import Units, draw_valid_counts
from boundary.analyses.record import Options
from boundary.analyses.run_labels import LabelInputs
from boundary.analysis.bootstrap import content_seed, weight_blocks
from boundary.analysis.enough import with_enough
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, share_interval, widen_to_monotone
from boundary.analysis.passk import curve_at, passk_table
from boundary.analysis.questions import Questions
from boundary.chain_tables import CHAINS, JUDGE_QUALITY, PASSK_COT, VOTED_RULES
from boundary.columns import ARM_KEY
from boundary.errors import TableError
from boundary.tables import check

Integers = NDArray[np.int64]
DRAWS = 1000
#: What is known of a response, the same for all of its copies.
_SAID = ("arithmetic", "judge", "human", "votes", "votes_valid")


def cot_table(
    scores: pl.DataFrame,
    chains: pl.DataFrame,
    confidence: float = 0.95,
    draws: int = DRAWS,
    min_n: int | None = None,
) -> pl.DataFrame:
    """Return pass@k of every arm under each rule for which anything was judged.

    - ``answer``: as everywhere else;
    - ``arithmetic``: a response that states a false equation does not count;
    - ``judged``: only what the language model calls valid counts;
    - ``corrected``: the same, with the judge's errors taken out;
    - ``human``: only what people call valid counts;
    - ``any``, ``majority``, ``all``: only what at least one, more than half or all of
      the judges accept, people and model alike, of the responses that two or more judged.

    Where each response is known under a rule, the estimate is that of
    `passk_table`.  Otherwise the missing validities are drawn many times
    (`boundary.analyses.cot.validity`), the problems with replacement each time,
    and estimate, se and interval are mean, standard deviation and percentiles
    over the draws.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table with the arms that have chains.
    chains : polars.DataFrame
        A CHAINS table: every correct response to the hard problems.
    confidence : float
    draws : int
    min_n : int, optional
        Problems with fewer samples are dropped.

    Raises
    ------
    InputError
        When min_n drops all problems of an arm.
    TableError
        When chains and scores disagree, or an arm of the chains has no scores.
    """
    absent = {"votes", "votes_valid"} - {*chains.columns}
    chains = chains.with_columns(pl.lit(0, dtype=pl.Int64).alias(name) for name in absent)
    quality = quality_of(chains)
    asked = _asked(chains, quality.valid + quality.invalid)
    sensitivity, specificity = quality.draw(draws)
    perfect = np.ones(draws)
    if min_n is not None:
        lacking = scores.filter(pl.col("n") < min_n)
        scores = with_enough(scores, min_n)
        chains = chains.join(lacking, on=(*ARM_KEY, "problem_id"), how="anti")
    known = {tuple(labels.values()): arm for labels, arm in arms(chains)}
    frames = []
    for labels, arm in arms(scores.sort("problem_id")):
        chains_of_arm = known.pop(tuple(labels.values()), chains.clear())
        place = _places(arm, chains_of_arm, " / ".join(labels.values()))
        hard = len(np.unique(Questions.of(arm).index[place]))
        for rule, units in _rules(chains_of_arm, asked):
            judge = (sensitivity, specificity) if rule == "corrected" else (perfect, perfect)
            curve = _curve(arm, units, place, judge, confidence)
            frames.append(
                curve.with_columns(
                    pl.lit(rule).alias("rule"),
                    pl.lit(hard, dtype=pl.Int64).alias("hard_problems"),
                    pl.lit(chains_of_arm.height, dtype=pl.Int64).alias("hard_correct"),
                    pl.lit(_judged(units, rule), dtype=pl.Int64).alias("judged"),
                )
            )
    if known:
        lost = "; ".join(" / ".join(arm) for arm in known)
        raise TableError(f"There are chains of {lost}, but no scores. Give the scores of each arm.")
    types = column_types(PASSK_COT)
    frame = pl.concat([pl.DataFrame(schema=types), *(f.select(list(types)) for f in frames)])
    return check(frame, PASSK_COT, "passk_cot").sort(PASSK_COT.key)


def _places(arm: pl.DataFrame, chains_of_arm: pl.DataFrame, where: str) -> Integers:
    """Return the rows of the hard problems in the arm, and hold both tables together."""
    counted = chains_of_arm.group_by("problem_id").agg(
        listed=pl.len(), stated=pl.col("correct").max(), samples=pl.col("n").max()
    )
    joined = counted.join(arm.with_row_index("row"), on="problem_id", how="left").sort("problem_id")
    wrong = joined.filter(
        ~(
            (pl.col("listed") == pl.col("correct"))
            & (pl.col("stated") == pl.col("correct"))
            & (pl.col("samples") == pl.col("n"))
        ).fill_null(False)
    )
    if wrong.height:
        raise TableError(
            f"{where}: chains and scores disagree on {wrong.height} problem(s), first "
            f"{wrong['problem_id'][0]}. Run chains select again with these scores."
        )
    return joined["row"].to_numpy().astype(np.int64)


def _rules(chains_of_arm: pl.DataFrame, asked: set[str]) -> Iterator[tuple[str, Units]]:
    """Yield each rule that is asked for and of which the arm's chains tell something."""
    units = (
        chains_of_arm.group_by("problem_id", "id")
        .agg(pl.len().alias("weight"), pl.col(*_SAID).first())
        .sort("problem_id", "id")
        .with_columns(index=pl.col("problem_id").rank("dense") - 1)
    )
    index, weight = (_integers(units[name]) for name in ("index", "weight"))
    nobody = np.full(units.height, -1, dtype=np.int64)
    judged = _integers((units["judge"] == "valid").fill_null(-1))
    certain = units.select(
        pl.when(human="valid").then(1).when(human="invalid").then(0).otherwise(-1)
    ).to_series()
    truths = {
        "answer": (np.ones_like(nobody), nobody),
        "arithmetic": (_integers(units["arithmetic"] != "wrong"), nobody),
        "judged": (judged, nobody),
        "corrected": (_integers(certain), judged),
        "human": (_integers((units["human"] == "valid").fill_null(-1)), nobody),
    }
    votes, accept = (_integers(units[name]) for name in ("votes", "votes_valid"))
    counted = (accept > 0, 2 * accept > votes, accept == votes)
    for rule, accepted in zip(VOTED_RULES, counted, strict=True):
        truths[rule] = np.where(votes > 1, accepted, -1), nobody
    for rule, (truth, label) in truths.items():
        known = (truth >= 0) | (label >= 0)
        if rule in asked and (known.any() or not units.height):
            yield rule, Units(index, weight, label, truth)


def _integers(values: pl.Series) -> Integers:
    return values.cast(pl.Int64).to_numpy().astype(np.int64)


def _asked(chains: pl.DataFrame, audited: int) -> set[str]:
    """Return the rules for which any arm has what they need."""
    judged, human = (bool(chains[name].count()) for name in ("judge", "human"))
    several = VOTED_RULES if (chains["votes"] > 1).any() else ()
    needed = {"judged": judged, "human": human, "corrected": judged and audited > 0}
    rules = {rule for rule, given in needed.items() if given}
    return {"answer", "arithmetic", *several} | rules


def _judged(units: Units, rule: str) -> int:
    """Return the samples of which the rule knows or has heard something."""
    if rule == "answer":
        return 0
    return int(units.weight[(units.truth >= 0) | (units.label >= 0)].sum())


def _curve(
    arm: pl.DataFrame,
    units: Units,
    place: Integers,
    judge: tuple[Floats, Floats],
    confidence: float,
) -> pl.DataFrame:
    """Return the PASSK columns of one arm under one rule."""
    known = units.truth == 1
    counts = arm["correct"].to_numpy().astype(np.int64)
    sure = np.bincount(
        units.problem[known], weights=units.weight[known], minlength=len(place)
    ).astype(np.int64)
    exact = counts.copy()
    exact[place] = sure
    curve = passk_table(arm.with_columns(correct=pl.Series(exact)), confidence=confidence)
    if units.known:
        return curve
    seed = content_seed(counts, *units)
    drawn = draw_valid_counts(units, len(place), *judge, seed=seed)
    n = arm["n"].to_numpy().astype(np.int64)
    stop, questions = int(n.min()), Questions.of(arm)
    estimates, resampled = _replicates(n, counts, questions, place, drawn, stop, seed)
    mean, se = np.clip(estimates.mean(axis=0), 0, 1), resampled.std(axis=0, ddof=1)
    tails = [0.5 - confidence / 2, 0.5 + confidence / 2]
    low, high = np.quantile(resampled, tails, axis=0)
    # Percentiles collapse where nothing varies; no interval is narrower than those of all tables.
    least = share_interval(mean, se, questions.units, confidence)
    low, high = widen_to_monotone(np.minimum(low, least[0]), np.maximum(high, least[1]))
    columns = {"pass_at_k": mean, "se": se, "ci_low": low, "ci_high": high}
    padding = np.full(curve.height - stop, np.nan)
    return curve.with_columns(
        pl.Series(name, np.concatenate([np.clip(values, 0, 1), padding])).fill_nan(None)
        for name, values in columns.items()
    )


def _replicates(
    n: Integers,
    counts: Integers,
    questions: Questions,
    place: Integers,
    drawn: Integers,
    stop: int,
    seed: int,
) -> tuple[Floats, Floats]:
    """Return the mean curve of each draw, and of each draw over problems drawn anew.

    Parameters
    ----------
    n, counts : int64 arrays [R]
    questions : Questions
        Which rows are one problem, M in all.
    place : int64 array [H]
        Rows of the hard problems.
    drawn : int64 array [B, H]
        Samples with a valid chain.
    stop : int
        Last k.
    seed : int

    Returns
    -------
    float64 arrays [B, stop]
    """
    ks = np.arange(1, stop + 1, dtype=np.int64)
    draws = len(drawn)
    share = 1 / questions.sizes[questions.index]
    # A row of values for each pair (n, c) that occurs, so that draws are weights of pairs.
    every = np.tile(counts, (draws, 1))
    every[:, place] = drawn
    pairs, row = np.unique(
        np.stack([np.broadcast_to(n, every.shape).ravel(), every.ravel()]),
        axis=1,
        return_inverse=True,
    )
    values = curve_at(pairs[0], pairs[1], ks)
    row = row.reshape(every.shape)
    unit = questions.index if questions.cluster is None else questions.cluster[questions.index]
    weights = np.concatenate(list(weight_blocks(questions.units, draws, seed))).astype(np.float64)
    weights = weights[:, unit] * share
    plain, anew = np.empty((draws, stop)), np.empty((draws, stop))
    for b in range(draws):
        plain[b] = np.bincount(row[b], weights=share, minlength=len(values)) @ values / questions.m
        anew[b] = np.bincount(row[b], weights=weights[b], minlength=len(values)) @ values
    return plain, anew / weights.sum(axis=1, keepdims=True)


def compute(inputs: LabelInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return what was said of each chain, how well the judge judges, and the curves."""
    curves = cot_table(
        inputs.scores, inputs.chains, inputs.confidence, inputs.draws or DRAWS, inputs.min_n
    )
    return {
        CHAINS.name: inputs.chains,
        JUDGE_QUALITY.name: quality_table(inputs.chains, inputs.judge, inputs.confidence),
        PASSK_COT.name: curves,
    }
