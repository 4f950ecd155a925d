"""Commands about study files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("check-config")(check_config)
    app.command("schema")(schema)


def check_config(
    file: Annotated[Path, typer.Argument(help="Study file (YAML).")],
) -> None:
    """Check a study file and show all its problems at once.

    Example: `python -m boundary check-config config/config.yaml`
    """
    from boundary.config import read_study
    from boundary.estimate.concerns import MANY_JOBS
    from boundary.plan import Plan, specs

    plan = Plan(read_study(file))
    specs.tables_spec(plan)
    for path in plan.unused():
        typer.echo(f"Warning: {path} is used by no comparison or series.", err=True)
    for warning in plan.warnings():
        typer.echo(f"Warning: {warning}", err=True)
    blocks = sum(len(arm.samples()) for arm in plan.arms)
    if 2 * blocks > MANY_JOBS:
        typer.echo(
            f"Warning: samples_per_shard: {2 * blocks:,} jobs sample and verify, more than "
            f"{MANY_JOBS:,}, which take minutes to plan; larger blocks make fewer.",
            err=True,
        )
    typer.echo(
        f"{file}: study {plan.study.study!r} is in order: {len(plan.study.models)} models, "
        f"{len(plan.study.benchmarks)} benchmarks, {len(plan.arms)} arms, {blocks} blocks to "
        f"sample, {len(plan.runs)} training runs."
    )


def schema() -> None:
    """Print the JSON schema of study files.

    Example: `python -m boundary schema > config/study.schema.json`
    """
    from boundary.config import json_schema

    typer.echo(json_schema(), nl=False)
