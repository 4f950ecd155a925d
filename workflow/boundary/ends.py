"""Where problems stop, by their verdicts: who goes on after a look, and whether shards agree.

Who went on was decided before the later samples were drawn.  Scores work it out anew, so that
verdicts which have changed since never count samples that the rule would not have drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import polars as pl

from boundary.errors import TableError
from boundary.stopping import STOPPING, StoppingRule
from boundary.wording import first_of

#: Problems that an error names.
SHOWN = 5


def goes_on(verdicts: pl.DataFrame, look: int, stop_after: int) -> list[str]:
    """Return the problems that are sampled further after a look, sorted.

    Parameters
    ----------
    verdicts : polars.DataFrame
        ``problem_id``, ``sample_index`` and ``correct`` of all samples up to the look; problems
        that stopped before have fewer.
    look : int
        Samples at the look.
    stop_after : int
        Successes that end a problem there.
    """
    up_to = verdicts.filter(pl.col("sample_index") < look)
    counted = up_to.group_by("problem_id").agg(n=pl.len(), correct=pl.col("correct").sum())
    going = counted.filter((pl.col("n") == look) & (pl.col("correct") < stop_after))
    return [*going["problem_id"].sort()]


def ends(verdicts: pl.DataFrame, rule: StoppingRule) -> pl.DataFrame:
    """Return the number of samples at which each problem ends, ``problem_id`` and ``end``."""
    counts = [
        pl.col("correct").filter(pl.col("sample_index") < look).sum().alias(str(look))
        for look in rule.looks[:-1]
    ]
    stops = [
        pl.when(pl.col(str(look)) >= rule.stop_after).then(pl.lit(look)) for look in rule.looks[:-1]
    ]
    end = pl.coalesce(*stops, pl.lit(rule.n_max)).cast(pl.Int64)
    return verdicts.group_by("problem_id").agg(counts).select("problem_id", end=end)


def check_ends(
    rows: pl.DataFrame, verdicts: pl.DataFrame, shards: Sequence[Path], rule: StoppingRule
) -> None:
    """Require that each problem has the samples that the rule draws, by the verdicts as they are.

    Parameters
    ----------
    rows : polars.DataFrame
        ``problem_id``, ``sample_index`` and ``shard``, the number of its file.
    verdicts : polars.DataFrame
        ``problem_id``, ``sample_index`` and ``correct``.
    shards : sequence of Path
        The files.
    rule : StoppingRule
        When problems stop.

    Raises
    ------
    TableError
        Naming the first shard that holds other problems than go on, and these.
    """
    drawn = rows.join(ends(verdicts, rule), on="problem_id")
    beyond = drawn.filter(pl.col("sample_index") >= pl.col("end"))
    if beyond.height:
        shard = int(beyond["shard"].min())  # type: ignore[arg-type]
        raise TableError(
            f"{shards[shard]}: holds samples of problems that had stopped before this block, by "
            f"the verdicts as they are: {_names(beyond.filter(shard=shard))}. {_again(shards)}"
        )
    counted = drawn.group_by("problem_id", "end").agg(n=pl.len())
    short = counted.filter(pl.col("n") < pl.col("end")).sort("n", "problem_id")
    if short.height:
        name, end, n = short.row(0)
        size = rows.filter(shard=0)["sample_index"].n_unique()  # the first holds all problems
        raise TableError(
            f"{shards[n // size]}: lacks samples of problems that go on to this block, by the "
            f"verdicts as they are: {_names(short.filter(n=n))} (problem {name} has {n} samples, "
            f"and ends at {end}). {_again(shards)}"
        )


def with_rule(scores: pl.DataFrame, rule: StoppingRule) -> pl.DataFrame:
    """Put beside each score the rule by which its problem ended."""
    values = zip(STOPPING, astuple(rule), strict=True)
    return scores.with_columns(pl.lit(value).cast(pl.Int64).alias(name) for name, value in values)


def _names(rows: pl.DataFrame) -> str:
    return first_of(rows["problem_id"].unique().sort().to_list(), SHOWN)


def _again(shards: Sequence[Path]) -> str:
    later = shards[-1].parent
    return (
        f"Verdicts have changed since it was decided who goes on. Rename the folder {later} (what "
        f"it holds is copied and not drawn anew), move {_going(later)} away, and run the study "
        f"again."
    )


def _going(later: Path) -> Path:
    """Return the folder of who goes on, beside that of the later blocks."""
    parts = ["going" if part == "samples" else part for part in later.parts]
    return Path(*parts)
