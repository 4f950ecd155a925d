"""What share of its samples an arm takes whose problems stop once they are solved often enough."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import bdtr

from boundary.config.published import counts_of
from boundary.counts_csv import source_of
from boundary.errors import InputError
from boundary.plan import Arm
from boundary.stopping import StoppingRule
from boundary.store import read_table, read_tables
from boundary.tables import SCORES, VERDICTS_TABLE

#: Where a share comes from: from the finished arm, expected at the rates of its first responses
#: or of published counts, or at most.
ACTUAL, PILOT, RATES, BOUND = "actual", "pilot", "rates", "at most"


def expected_share(rule: StoppingRule, rates: NDArray[np.float64]) -> float:
    """Return the expected share of n samples a problem, by the chance that each is solved.

    Counts never fall, so that a problem goes on after a look L where C(L) < s, and then takes L
    samples more.  So E[t] = f + Σ_L L·P(C(L) < s), C(L) binomial: the sum over all ends.

    Parameters
    ----------
    rule : StoppingRule
    rates : float64 array [P]
        Chances of success.
    """
    going = [look * bdtr(rule.stop_after - 1, look, rates) for look in rule.looks[:-1]]
    return float(np.mean(rule.first_look + np.sum(going, axis=0)) / rule.n_max)


def share_of(arm: Arm, rates: str | None = None) -> tuple[float, str]:
    """Return the share of an arm, and where it comes from.

    Parameters
    ----------
    arm : Arm
        Whose problems may stop.
    rates : str, optional
        ``FILE.csv#NAME`` of published counts, which serve where nothing was verified yet.

    Raises
    ------
    InputError, TableError
        When a file that is there cannot be read, or has no counts of that name.
    """
    if arm.stopping is None:
        return 1.0, ACTUAL
    if Path(arm.scores).is_file():
        ends = read_table(Path(arm.scores), SCORES)["n"].to_numpy()
        return float(np.mean(ends) / arm.n), ACTUAL
    verdicts = [Path(path) for path in arm.verdicts(arm.n_each) if Path(path).is_file()]
    if verdicts:
        judged = read_tables(
            verdicts, VERDICTS_TABLE, columns=("problem_id", "sample_index", "correct")
        )
        solved = judged.group_by("problem_id").agg(pl.col("correct").mean())
        return expected_share(arm.stopping, solved["correct"].to_numpy()), PILOT
    if rates is not None:
        return expected_share(arm.stopping, _published(rates, arm)), RATES
    return 1.0, BOUND


def _published(rates: str, arm: Arm) -> NDArray[np.float64]:
    path, name = source_of(rates if rates.startswith("counts:") else f"counts:{rates}", arm.model)
    counts = counts_of(path)
    rows = counts.of_model(name, arm.benchmark)
    if not rows:
        raise InputError(
            f"--rates: {path} has no counts of {name!r} on {arm.benchmark!r}; it has: "
            f"{', '.join(counts.models)}. Write FILE.csv#NAME."
        )
    return np.array([row.correct / row.n for row in rows])
