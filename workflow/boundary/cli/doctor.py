"""The command that tells what this machine can do."""

from __future__ import annotations

from typing import Annotated

import typer

from boundary.errors import MachineError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Tell what this machine can do: GPU, engines, and which sandbox holds programs.

    Every tier of the sandbox is tried with programs that attempt harm.  A tier that holds them
    all works; exit code 3 when none does.

    Example: `python -m boundary doctor`
    """
    import json
    from dataclasses import asdict

    from boundary import doctor as examination
    from boundary.wording import reveal

    report = examination.examine()
    shown = json.dumps(asdict(report), indent=2) if as_json else examination.as_text(report)
    typer.echo(reveal(shown, keep="\n"))
    if report.sandbox.tier is None:
        raise typer.Exit(MachineError.exit_code)
