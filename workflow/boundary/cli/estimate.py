"""The command that says what a study costs before it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("estimate")(estimate)


def estimate(
    file: Annotated[Path, typer.Argument(help="Study file (YAML).")],
    actual: Annotated[
        bool,
        typer.Option("--actual", help="Compare what is finished with what was to be expected."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    gpu: Annotated[
        str | None,
        typer.Option("--gpu", help="GPU of config/throughput.yaml; default: its reference."),
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            "--rates",
            help="`FILE.csv` or `FILE.csv#NAME`: counts by which is expected where problems stop.",
        ),
    ] = None,
) -> None:
    """Estimate what a study costs before it runs: tokens, GPU-hours, disk, jobs.

    Finished blocks (a pilot) show how long responses are and how fast they are sampled; where
    there are none, the table `config/throughput.yaml` is used. Where problems stop once they are
    solved, verified blocks, or else `--rates`, show how many go on; without either the numbers are
    the most that may be.

    Example: `python -m boundary estimate config/studies/smoke.yaml`
    """
    import json
    from dataclasses import replace

    from boundary.config import read_study
    from boundary.estimate import render
    from boundary.estimate.compare import compare_finished
    from boundary.estimate.concerns import concerns
    from boundary.estimate.estimate import estimate_study
    from boundary.plan import Plan

    plan = Plan(read_study(file))
    cost = estimate_study(plan, gpu=gpu, cores=os.cpu_count(), pilots=not actual, rates=rates)
    cost = replace(cost, file=str(file))
    if actual:
        arms = compare_finished(plan, cost)
        if as_json:
            typer.echo(json.dumps(render.actual_as_json(cost.study, arms), indent=2))
            return
        render.show_actual(cost.study, arms)
        if not arms:
            typer.echo("Nothing is finished yet, so there is nothing to compare.", err=True)
        return
    warnings = concerns(plan, cost)
    if as_json:
        typer.echo(json.dumps(render.as_json(cost, warnings), indent=2))
        return
    render.show(cost)
    for line in warnings:
        typer.echo(f"Warning: {line}", err=True)
