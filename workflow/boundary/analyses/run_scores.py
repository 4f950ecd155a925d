"""Make the tables of all analyses that need no more than scores: one job a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import polars as pl

from boundary.analyses.parts import declared, finished, part, write
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analysis.fairness import (
    Origin,
    check_engines,
    note_of,
    origin_note,
    origin_of,
    permitted_of,
)
from boundary.columns import ARM_KEY
from boundary.imported import IMPORTED, disagreement_words
from boundary.jobs.reading import ArmKey, ComparisonRow, Tables
from boundary.looks import LOOKS, Look, record_looks
from boundary.meetings import check_scores, solved_by
from boundary.notes import join_parts
from boundary.rows import VerdictRow
from boundary.store import Provenance, provenance, read_provenance, read_table
from boundary.tables import SCORES


def run(
    job: Tables,
    files: list[Path],
    chosen: Mapping[str, Options],
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
    chosen : mapping
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
    imported = imports(frames)
    differences = check_engines(job.comparisons, made_by)
    comparisons = [
        Admitted(
            row,
            permitted_of(differing),
            join_parts(
                filter(
                    None, (note_of(row), origin_note(row, made_by, silent), graded(row, imported))
                )
            ),
        )
        for row, differing in zip(job.comparisons, differences, strict=True)
    ]
    inputs = ScoreInputs(
        pl.concat(frames.values(), how="diagonal"),
        comparisons,
        job.series,
        bootstrap=job.bootstrap,
        confidence=job.confidence,
        k_max=job.k_max,
        min_n=job.min_n,
        decides=job.decides,
        grids=job.grids or (),
        controls=job.controls or (),
        looks=getattr(chosen.get("crossover"), "looks", ()),
    )
    by = provenance(
        spec=job.model_dump(exclude={"scores", "analyses"}),
        scores=[str(path) for path in files],
        solved=solved_by(inputs.scores),
        **published(frames),
        **(
            {"imports": {" on ".join(arm[:2]): of for arm, of in imported.items()}}
            if imported
            else {}
        ),
    )
    made = tables_of(inputs, chosen, spare)
    if job.scores and "crossover" in made:  # of a study; recorded before anybody can have seen it
        record_looks(output.parent / LOOKS, looks_of(inputs, frames))
    for analysis, tables in made.items():
        write(analysis, tables, output, by)


def tables_of(
    inputs: ScoreInputs, chosen: Mapping[str, Options], spare: Collection[str] = ()
) -> dict[str, dict[str, pl.DataFrame]]:
    """Return the tables of each analysis by name, empty ones where nothing applies.

    Parameters
    ----------
    inputs : ScoreInputs
    chosen : mapping
        Options by analysis.
    spare : collection of str
        Analyses that are left out where they make no table at all.
    """
    made = {name: computed(name, inputs, options) for name, options in chosen.items()}
    return {
        name: finished(name, [parts]) for name, parts in made.items() if parts or name not in spare
    }


def computed(analysis: str, inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return what an analysis makes of scores, tables by name, as it makes them.

    One that is not worked out for arms whose problems stop early is given the others.
    """
    given = inputs if declared(analysis).stops_early else inputs.never_stopping
    if given is None:
        return {}
    tables: dict[str, pl.DataFrame] = part(analysis, "compute").compute(given, options)
    return tables


def looks_of(inputs: ScoreInputs, scores: Mapping[Path, pl.DataFrame]) -> list[Look]:
    """Return the verdicts of a study as they enter its record of looks."""
    paths = {
        arm: path
        for path, frame in scores.items()
        for arm in frame.select(ARM_KEY).unique().iter_rows()
    }
    looks = []
    for compared, verdict in zip(inputs.compared, inputs.verdicts, strict=True):
        row = VerdictRow.of(verdict.row(0, named=True))
        files = [paths[arm] for arm in compared.of.row.arms.values()]
        base, other = ("/".join(path.parts[-4:-1]) for path in files)
        graders = " ".join(dict.fromkeys(path.stem.rpartition("-")[2] for path in files))
        n = compared.pair.n
        looks.append(Look(*row.key, base, other, graders, n, row.deciding, inputs.plan_at(n)))
    return looks


def origins(
    scores: Mapping[Path, pl.DataFrame],
) -> tuple[dict[ArmKey, Origin], dict[ArmKey, list[int]]]:
    """Return what made each arm, as far as its scores tell, and how many shards did not tell."""
    made_by: dict[ArmKey, Origin] = {}
    silent: dict[ArmKey, list[int]] = {}
    for path, frame in scores.items():
        recorded = read_provenance(path)
        for model, benchmark, protocol in frame.select(ARM_KEY).unique().iter_rows():
            arm = model, benchmark, protocol
            made_by[arm] = origin_of(recorded)
            if "silent_shards" in recorded:
                silent[arm] = recorded["silent_shards"]
    return made_by, silent


def imports(scores: Mapping[Path, pl.DataFrame]) -> dict[ArmKey, Provenance]:
    """Return what the arms that another tool made say of their files."""
    imported = {}
    for path, frame in scores.items():
        if origin := read_provenance(path).get(IMPORTED):
            for model, benchmark, protocol in frame.select(ARM_KEY).unique().iter_rows():
                imported[model, benchmark, protocol] = origin
    return imported


def graded(row: ComparisonRow, imported: Mapping[ArmKey, Provenance]) -> str | None:
    """Say where our verdicts on imported responses differ from those of their files."""
    counts = {
        row_arm[0]: imported.get(row_arm, {}).get("verdicts") for row_arm in row.arms.values()
    }
    return join_parts(
        disagreement_words(name, of)
        for name, of in counts.items()
        if of and of["ours_only"] + of["theirs_only"]
    )


def published(scores: Iterable[Path]) -> dict[str, dict[str, object]]:
    """Return what the scores among these that are published counts say of themselves."""
    counts = {}
    for path in scores:
        if origin := read_provenance(path).get("counts"):
            counts[f"{origin.pop('model')} on {origin.pop('benchmark')}"] = origin
    return {"counts": counts} if counts else {}
