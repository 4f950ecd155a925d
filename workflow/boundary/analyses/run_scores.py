"""Make the tables of all analyses that need no more than scores: one job a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from boundary.analyses.parts import finished, part, schemas
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.fairness import (
    check_engines,
    note_of,
    origin_note,
    permitted_of,
    told_by,
)
from boundary.jobs.reading import Tables
from boundary.meetings import check_scores, solved_by
from boundary.notes import join_parts
from boundary.store import provenance, read_provenance, read_table, write_table
from boundary.tables import SCORES

#: Model, benchmark and protocol.
Names = tuple[str, str, str]


def run(
    job: Tables,
    files: list[Path],
    wanted: Mapping[str, Options],
    output: Path,
    spare: Collection[str] = (),
) -> None:
    """Make and write the tables of some analyses.

    Parameters
    ----------
    job : Tables
        Comparisons, series and settings.
    files : list of Path
        The scores of every arm.
    wanted : mapping
        Options by analysis.
    output : Path
        Folder of the tables.
    spare : collection of str
        Analyses that are left out where they have nothing to show.

    Raises
    ------
    InputError
        When a comparison names an arm that is not there, or arms that were not
        sampled alike.
    """
    frames = {path: read_table(path, SCORES) for path in files}
    check_scores(frames)
    made_by, silent = origins(frames)
    rows = job.model_dump()["comparisons"]
    entries = [
        {
            **row,
            "permitted": permitted_of(differing),
            "note": join_parts(filter(None, (note_of(row), origin_note(row, made_by, silent)))),
        }
        for row, differing in zip(rows, check_engines(rows, made_by), strict=True)
    ]
    inputs = ScoreInputs(
        pl.concat(frames.values(), how="diagonal"),
        entries,
        job.series,
        bootstrap=job.bootstrap,
        confidence=job.confidence,
        k_max=job.k_max,
        min_n=job.min_n,
        decides=job.decides,
    )
    by = provenance(
        spec=job.model_dump(exclude={"scores", "analyses"}),
        scores=[str(path) for path in files],
        solved=solved_by(inputs.scores),
        **published(frames),
    )
    for analysis, tables in tables_of(inputs, wanted, spare).items():
        for name, frame in tables.items():
            table = schemas(analysis)[name]
            write_table(frame, output / f"{name}.parquet", table, provenance=by, csv=True)


def tables_of(
    inputs: ScoreInputs, wanted: Mapping[str, Options], spare: Collection[str] = ()
) -> dict[str, dict[str, pl.DataFrame]]:
    """Return the tables of each analysis by name, empty ones where nothing applies.

    Parameters
    ----------
    inputs : ScoreInputs
    wanted : mapping
        Options by analysis.
    spare : collection of str
        Analyses that are left out where they make no table at all.
    """
    made = {
        name: part(name, "compute").compute(inputs, options) for name, options in wanted.items()
    }
    return {
        name: finished(name, [parts]) for name, parts in made.items() if parts or name not in spare
    }


def origins(scores: Mapping[Path, pl.DataFrame]) -> tuple[dict[Names, Any], dict[Names, Any]]:
    """Return what made each arm, as far as its scores tell, and how many shards did not tell."""
    made_by, silent = {}, {}
    for path, frame in scores.items():
        origin = read_provenance(path)
        for arm in frame.select("model", "benchmark", "protocol").unique().iter_rows():
            made_by[arm] = told_by(origin)
            if "silent_shards" in origin:
                silent[arm] = origin["silent_shards"]
    return made_by, silent


def published(scores: Iterable[Path]) -> dict[str, Any]:
    """Return what the scores among these that are published counts say of themselves."""
    counts = {}
    for path in scores:
        if origin := read_provenance(path).get("counts"):
            counts[f"{origin.pop('model')} on {origin.pop('benchmark')}"] = origin
    return {"counts": counts} if counts else {}
