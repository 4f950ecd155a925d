"""The command that says before any training of the lab what it can find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("lab-check")(lab_check)


def lab_check(
    file: Annotated[Path, typer.Argument(help="Study file (YAML) with a lab section.")],
) -> None:
    """Say before any training of the lab what it can find, by its problems and its base.

    Answers that families share, the floor without a chain, and, where the start of reinforcement
    learning is trained already, how likely it is to write the right response.

    Example: `python -m boundary lab-check config/config.yaml`
    """
    from boundary.config import read_study
    from boundary.estimate.lab_checks import lab_checks
    from boundary.estimate.render_lab import show
    from boundary.plan import Plan

    plan = Plan(read_study(file))
    show(lab_checks(plan), plan.study.analyses.confidence, file)
