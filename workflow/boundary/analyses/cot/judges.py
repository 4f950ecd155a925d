"""How well a judge of chains tells valid from invalid ones, held against people."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import betaincinv

from boundary.analysis.bootstrap import content_seed
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats
from boundary.chain_tables import ALL_ARMS, JUDGE_QUALITY
from boundary.tables import check

#: Jeffreys' prior of a probability: Beta(½, ½).
PRIOR = 0.5
DRAWS = 4000


class Quality(NamedTuple):
    """Counts of chains that people and the judge both decided.

    Attributes
    ----------
    valid, valid_accepted : int
        Chains that people call valid, and those of them that the judge does.
    invalid, invalid_rejected : int
        Chains that people call invalid, and those of them that the judge does
        not call valid (``unclear`` is no acceptance).
    """

    valid: int
    valid_accepted: int
    invalid: int
    invalid_rejected: int

    def draw(self, draws: int) -> tuple[Floats, Floats]:
        """Return draws of sensitivity and specificity from their posteriors, ``[draws]`` each."""
        rng = np.random.default_rng(content_seed(np.array(self)))
        return (
            rng.beta(self.valid_accepted + PRIOR, self.valid - self.valid_accepted + PRIOR, draws),
            rng.beta(
                self.invalid_rejected + PRIOR, self.invalid - self.invalid_rejected + PRIOR, draws
            ),
        )

    def informative(self, confidence: float) -> bool:
        """Tell whether sensitivity + specificity exceeds 1, that of a coin, by the posterior."""
        sensitivity, specificity = self.draw(DRAWS)
        above = float(np.mean(sensitivity + specificity > 1))
        return above >= 0.5 + confidence / 2


def quality_of(chains: pl.DataFrame) -> Quality:
    """Count over distinct responses that both decided.

    Parameters
    ----------
    chains : polars.DataFrame
        A CHAINS table; a response given twice counts once.
    """
    both = _both(chains)
    valid, invalid = both.filter(human="valid"), both.filter(human="invalid")
    return Quality(
        valid.height,
        valid.filter(judge="valid").height,
        invalid.height,
        invalid.filter(pl.col("judge") != "valid").height,
    )


def _both(chains: pl.DataFrame) -> pl.DataFrame:
    return chains.drop_nulls(["judge", "human"]).unique("id").select("id", "judge", "human")


def quality_table(chains: pl.DataFrame, judge: str, confidence: float) -> pl.DataFrame:
    """Return the judge's quality over all arms and for each arm.

    Intervals are equal-tailed, of the posterior under Jeffreys' prior; without
    any chain that people call valid the sensitivity is null and its interval
    that of the prior.  The corrected curve uses the row over all arms.

    Parameters
    ----------
    chains : polars.DataFrame
        A CHAINS table.
    judge : str
        The judge's name.
    confidence : float
    """
    rows = [_row(ALL_ARMS, chains, judge, confidence)]
    for labels, arm in arms(chains):
        rows.append(_row(" / ".join(labels.values()), arm, judge, confidence))
    frame = pl.DataFrame(rows, schema=column_types(JUDGE_QUALITY))
    return check(frame, JUDGE_QUALITY, "judge_quality").sort(JUDGE_QUALITY.key)


def _row(scope: str, chains: pl.DataFrame, judge: str, confidence: float) -> dict[str, object]:
    quality = quality_of(chains)
    row: dict[str, object] = {
        "scope": scope,
        "judge": judge,
        **quality._asdict(),
        "undecided": _both(chains).filter(human="unclear").height,
        "informative": quality.informative(confidence),
    }
    tails = [0.5 - confidence / 2, 0.5 + confidence / 2]
    for name, hits, total in (
        ("sensitivity", quality.valid_accepted, quality.valid),
        ("specificity", quality.invalid_rejected, quality.invalid),
    ):
        low, high = betaincinv(hits + PRIOR, total - hits + PRIOR, tails)
        row[name] = hits / total if total else None
        row[f"{name}_ci_low"], row[f"{name}_ci_high"] = float(low), float(high)
    return row
