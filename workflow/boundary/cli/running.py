"""Commands that tell how far a study is, and what it came to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("status")(status)
    app.command("verdicts")(verdicts)


def status(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file (YAML).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Tell what is done of a study, what runs, what failed and why, and what is left.

    It looks at files alone, beside a run, after it, or while jobs run on a cluster.

    Example: `python -m boundary status config/config.yaml`
    """
    import json
    from dataclasses import asdict

    from boundary.config import read_study
    from boundary.estimate.estimate import estimate_study
    from boundary.estimate.render import summary
    from boundary.plan import Plan
    from boundary.running.render import show
    from boundary.running.status import status_of

    plan = Plan(read_study(file))
    reached, cost = status_of(plan), estimate_study(plan)
    if as_json:
        data = asdict(reached) | {"left": asdict(cost.total(left=True))}
        typer.echo(json.dumps(data, indent=2))
        return
    show(reached, summary(cost))


def verdicts(
    study: Annotated[Path, typer.Argument(help="Folder of a finished study.")],
) -> None:
    """Print the verdicts of a finished study, as a run does when it ends.

    Example: `python -m boundary verdicts results/studies/registers`
    """
    from boundary.cli.pages import overview_tables
    from boundary.report.overview import lines_of
    from boundary.report.several import read_overview
    from boundary.running.verdicts import show_lines

    job = read_overview(study)
    show_lines(lines_of(overview_tables(study), job), job.confidence)
