"""The command that tells how many problems and samples a study needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boundary.jobs.reading import ArmKey
    from boundary.plan import Plan
    from boundary.rows import Row

Numbers = Annotated[str | None, typer.Option(help="Numbers with commas between.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("plan-n")(plan_n)


def plan_n(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, run to its scores.")],
    problems: Numbers = None,
    samples: Numbers = None,
) -> None:
    """Tell how often studies of more problems or samples would come to a verdict, and the cost.

    A finished study, small or large, is the pilot: its counts tell how far problems spread and
    how much of that is sampling.  Assurance is the chance of the likeliest verdict, given what the
    pilot leaves open; power takes the differences seen for true; settled: no k up to K is open.

    Example: `python -m boundary plan-n config/config.yaml --problems 120,500 --samples 256,1024`
    """
    import polars as pl

    from boundary.analyses.planning.compute import PROBLEMS, SAMPLES, can_plan, planned_rows
    from boundary.analyses.planning.section import sentence
    from boundary.analysis.differences import default_k_max
    from boundary.analysis.pairs import pair_from_spec
    from boundary.config import read_study
    from boundary.errors import InputError
    from boundary.plan import Plan
    from boundary.plan.compared_specs import comparison_rows
    from boundary.store import read_table
    from boundary.tables import SCORES
    from boundary.wording import reveal

    plan = Plan(read_study(file))
    settings = plan.study.analyses
    missing = [arm.scores for arm in plan.arms if not Path(arm.scores).exists()]
    if missing:
        raise InputError(
            f"{file}: {len(missing)} of its scores are not made yet, the first {missing[0]}; run "
            f"`snakemake scores --configfile {file}` first. A small n will do."
        )
    scores = pl.concat([read_table(Path(a.scores), SCORES) for a in plan.arms], how="diagonal")
    costs = _sampling_seconds(plan)
    for row in comparison_rows(plan):
        pair = pair_from_spec(scores, row, settings.min_n)
        typer.echo(f"{reveal(row.comparison)} on {reveal(pair.labels['benchmark'])}:")
        if not can_plan(pair):
            why = "problems that stop early" if pair.stops_early else "too few"
            sizes = f"M = {pair.m}, {pair.questions.units} of them independent, n = {pair.n}"
            typer.echo(f"  {sizes}: {why} to plan from.")
            continue
        rows = list(
            planned_rows(
                pair,
                default_k_max(pair.n, settings.k_max, row.comparison),
                _numbers("--problems", problems) or [pair.m * times for times in PROBLEMS],
                _numbers("--samples", samples) or [pair.n * times for times in SAMPLES],
                settings.confidence,
            )
        )
        seconds: dict[str, float] = {}
        for arm in row.arms.values():
            if arm in costs:
                unit, each = costs[arm]
                seconds[unit] = seconds.get(unit, 0.0) + each
        for design in rows:
            typer.echo(_line(design, seconds))
        typer.echo(f"  {sentence(rows)}")


def _numbers(option: str, text: str | None) -> list[int]:
    """Read numbers with commas between."""
    from boundary.errors import InputError

    if text is None:
        return []
    parts = [part.strip() for part in text.split(",")]
    if not all(
        part.isascii() and part.isdecimal() and len(part) < 8 and 2 <= int(part) <= 10**6
        for part in parts
    ):
        raise InputError(f"{option} {text}: give numbers from 2 to 1,000,000, commas between.")
    return sorted({int(part) for part in parts})


def _sampling_seconds(plan: Plan) -> dict[ArmKey, tuple[str, float]]:
    """Return what sampling each arm takes, in seconds of GPUs or else of cores."""
    from boundary.estimate.estimate import estimate_study

    seconds: dict[ArmKey, tuple[str, float]] = {}
    for arm in estimate_study(plan).arms:
        work = arm.work
        if work.seconds is not None:
            unit, units = ("GPU", work.gpus) if work.gpus else ("core", work.threads)
            key = arm.model, arm.benchmark, arm.protocol
            seconds[key] = unit, units * work.jobs * work.seconds
    return seconds


def _line(row: Row, seconds: Mapping[str, float]) -> str:
    """Return a design with its chances, and what sampling all of it costs."""
    from boundary.estimate.render import hours
    from boundary.report.text import share
    from boundary.wording import number

    which = "the same" if row["same_problems"] else number(row["problems"])
    times = row["problems"] * row["samples"] / (row["n_problems"] * row["n"])
    costs = ", ".join(f"{hours(times * each)} {unit}-hours" for unit, each in seconds.items())
    return (
        f"  {which} problems, n = {number(row['samples'])}: {row['likeliest']} with an "
        f"assurance of {share(row['assurance'])} (power {share(row['power'])}), settled "
        f"{share(row['settled'])}, a crossing {share(row['crossing'])}, K = {number(row['k_max'])}"
        + (f"; {costs}" if costs else "")
    )
