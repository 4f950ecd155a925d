"""What share of its samples an arm takes whose problems stop once they are solved often enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import bdtr

from boundary.config.published import counts_of
from boundary.counts_csv import source_of
from boundary.errors import InputError, TableError
from boundary.foreign import unreadable
from boundary.imported import samples_table
from boundary.plan import Arm
from boundary.stopping import StoppingRule
from boundary.store import read_table, read_tables
from boundary.tables import SAMPLES, SCORES, VERDICTS_TABLE

#: Where a share comes from: from the finished arm, expected at the rates of its first responses
#: or of published counts, or at most.
ACTUAL, PILOT, RATES, BOUND = "actual", "pilot", "rates", "at most"


@dataclass(frozen=True)
class Share:
    """What an arm takes of its samples.

    Attributes
    ----------
    share : float
        Of n samples of each problem.
    source : str
        Where it comes from.
    going : tuple of float
        Share of problems that are sampled up to each look.
    tokens : float, optional
        Of the tokens that n samples of each problem would take, where a pilot tells lengths.
    """

    share: float
    source: str
    going: tuple[float, ...]
    tokens: float | None = None

    @classmethod
    def of(cls, rule: StoppingRule, going: Sequence[float], source: str) -> Share:
        """Sum over looks: E[t] = f + Σ_L L·P(goes on after L), which is the sum over all ends."""
        more = (first * share for first, share in zip(rule.looks, going[1:], strict=False))
        return cls((rule.first_look + sum(more)) / rule.n_max, source, tuple(going))


def expected_going(
    rule: StoppingRule, rates: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> list[float]:
    """Return the share of problems that are sampled up to each look, as is to be expected.

    Counts never fall, so that a problem goes on after a look L where C(L) < s, C(L) binomial.

    Parameters
    ----------
    rule : StoppingRule
    rates : float64 array [P]
        Chances of success.
    weights : float64 array [P], optional
        Mean tokens of a response to each problem, which make it the share of tokens: a look
        tells nothing of later responses, so that t of them take t times the mean on average
        (Wald), however length and success go together.
    """
    going = (bdtr(rule.stop_after - 1, at, rates) for at in rule.looks[:-1])
    return [1.0, *(float(np.average(each, weights=weights)) for each in going)]


def share_of(arm: Arm, rule: StoppingRule, rates: str | None = None) -> Share:
    """Return the share of an arm.

    Parameters
    ----------
    arm : Arm
        The arm.
    rule : StoppingRule
        When its problems stop.
    rates : str, optional
        ``FILE.csv#NAME`` of published counts, which serve where nothing was verified yet.

    Raises
    ------
    InputError, TableError
        When a file that is there cannot be read, or has no counts of that name.
    """
    verdicts = [Path(path) for path in arm.verdicts(arm.n_each) if Path(path).is_file()]
    if Path(arm.scores).is_file():
        ends = read_table(Path(arm.scores), SCORES)["n"].to_numpy()
        return Share.of(rule, [1.0, *(float(np.mean(ends > at)) for at in rule.looks[:-1])], ACTUAL)
    if verdicts:
        columns = ("problem_id", "sample_index", "correct")
        judged = read_tables(verdicts, VERDICTS_TABLE, columns=columns)
        problems = judged.group_by("problem_id").agg(pl.col("correct").mean())
        share = Share.of(rule, expected_going(rule, problems["correct"].to_numpy()), PILOT)
        return replace(share, tokens=_of_tokens(arm, rule, problems))
    if rates is not None:
        return Share.of(rule, expected_going(rule, _published(rates, arm)), RATES)
    return Share.of(rule, [1.0] * len(rule.looks), BOUND)


def _of_tokens(arm: Arm, rule: StoppingRule, problems: pl.DataFrame) -> float | None:
    """Return the expected share of tokens; None where finished blocks do not tell of each problem.

    Parameters
    ----------
    problems : polars.DataFrame
        ``problem_id`` and ``correct``, the share of right responses.
    """
    paths = [Path(path) for path in arm.samples(arm.n_each) if Path(path).is_file()]
    if not paths:
        return None
    lengths = read_tables(paths, samples_table(paths), columns=(*SAMPLES.key, "n_tokens"))
    known = problems.join(
        lengths.group_by("problem_id").agg(pl.col("n_tokens").mean()), on="problem_id", how="left"
    )
    tokens = known["n_tokens"]
    if tokens.null_count() or not tokens.sum():
        return None
    going = expected_going(rule, known["correct"].to_numpy(), tokens.to_numpy())
    return Share.of(rule, going, PILOT).share


def new_rows(arm: Arm, rule: StoppingRule, share: Share, problems: int) -> int:
    """Return how many responses are still to be drawn, as expected, and not to be copied.

    Parameters
    ----------
    problems : int
        Problems of the benchmark.
    """
    if share.source == ACTUAL:
        return 0
    total, looks = 0.0, np.array(rule.looks)
    for block, path in enumerate(arm.samples()):
        going = share.going[int(np.searchsorted(looks, block * arm.shard, side="right"))]
        total += max(0.0, going * problems * arm.shard - _most_rows(Path(path), arm))
    return round(total)


def _most_rows(shard: Path, arm: Arm) -> int:
    """Return the rows of the fullest shard of a block, which others copy from."""
    folder = Path(arm.sample_shards(arm.n_each).folder)
    paths = (folder / shard.name, *folder.glob(f"*/{shard.name}"))
    return max((_rows(path) for path in paths if path.is_file()), default=0)


def _rows(path: Path) -> int:
    try:
        rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return int(rows.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise TableError(unreadable(path, str(error).splitlines()[0])) from None


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
