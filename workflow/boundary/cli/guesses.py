"""The command that works out what guessing would solve."""

from __future__ import annotations

from pathlib import Path

import typer

from boundary.cli.options import OutputFolder, Spec
from boundary.cli.spec import read_spec


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("guess-floor")(guess_floor)


def guess_floor(spec: Spec, output: OutputFolder) -> None:
    """Work out what a model's answers to other problems would solve by luck.

    Example: `python -m boundary guess-floor --output tables/ --spec '{"arms": [{"model": "m",
    "benchmark": "b", "protocol": "p", "problems": "P.parquet", "verdicts": ["V.parquet"]}],
    "confidence": 0.95}'`
    """
    import polars as pl

    from boundary.analysis.frames import column_types
    from boundary.analysis.guess import guess_floor_table
    from boundary.jobs.reading import GuessFloor
    from boundary.jobs.shards import shard_paths
    from boundary.meetings import read_verdicts, solved_by
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import PASSK, PROBLEMS

    job = read_spec(spec, GuessFloor)
    frames = [pl.DataFrame(schema=column_types(PASSK))]
    solved: dict[str, str] = {}
    for arm in job.arms:
        path, columns = Path(arm.problems), ("answer", "correct")
        judged = read_verdicts(shard_paths(arm.verdicts), path, arm.benchmark, columns=columns)
        solved |= solved_by(judged, arm.labels)
        frames.append(
            guess_floor_table(
                read_table(path, PROBLEMS),
                judged.select("problem_id", "answer"),
                arm.labels,
                confidence=job.confidence,
                k_max=job.k_max,
                min_n=job.min_n,
                max_unset=job.max_unset,
            )
        )
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True), solved=solved)
    write_table(pl.concat(frames), output / "guess_floor.parquet", PASSK, provenance=by, csv=True)
