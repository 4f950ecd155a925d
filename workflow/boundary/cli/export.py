"""The command that writes what a finished study holds in the forms of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boundary.exporters.arm import ExportedArm
    from boundary.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("export")(export)


def export(
    file: Annotated[Path, typer.Argument(help="Study file (YAML), run to its scores.")],
    to: Annotated[str, typer.Option("--to", help="Form; docs/import.md lists them.")],
    output: Annotated[Path, typer.Option("--output", help="A new or empty folder.")],
) -> None:
    """Write samples, verdicts and counts of a finished study for another tool.

    Example: `python -m boundary export config/config.yaml --to every_eval_ever --output exported`
    """
    from boundary.analysis.stopped import stops_early
    from boundary.config import read_study
    from boundary.errors import InputError
    from boundary.exporters.registry import EXPORTERS
    from boundary.plan import Plan
    from boundary.wording import listed

    if to not in EXPORTERS:
        there = "; ".join(f"{each.name} ({each.about})" for each in EXPORTERS.values())
        raise InputError(f"--to {to}: there is no such form; there are: {there}.")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"--output {output}: is there and not empty; name a new folder.")
    exporter = EXPORTERS[to]
    plan = Plan(read_study(file))
    arms = _arms(plan)
    silent = [arm for arm in arms if exporter.texts and not arm.samples]
    kept = [arm for arm in arms if arm not in silent]
    if not kept:
        raise InputError(
            f"{file}: has no responses, which {to} holds; counts alone go to 'counts' and "
            f"'passk_inference'."
        )
    if not exporter.rule and (early := [arm for arm in kept if stops_early(arm.counts)]):
        forms = listed([each.name for each in EXPORTERS.values() if each.rule])
        raise InputError(
            f"{file}: problems of {early[0].place} stopped early, and {to} has no place for the "
            f"rule, without which its n and right ones would be read as if none had; {forms} "
            f"hold it."
        )
    output.mkdir(parents=True, exist_ok=True)
    exporter.write(kept, output, plan.study.study)
    for arm in silent:
        typer.echo(f"Note: {arm.place} has no responses and is left out.", err=True)
    typer.echo(f"{output}: {len(kept)} arms of {plan.study.study} as {exporter.about}")


def _arms(plan: Plan) -> list[ExportedArm]:
    """Return what the study finished.

    Raises
    ------
    InputError
        When a file is missing; names the first.
    """
    from boundary.errors import InputError
    from boundary.exporters.arm import ExportedArm

    arms = []
    for arm in plan.arms:
        files = [arm.scores, *arm.samples(), *arm.verdicts()]
        if missing := [name for name in files if not Path(name).is_file()]:
            raise InputError(
                f"{missing[0]}: is not there yet ({len(missing)} files of {arm.model} on "
                f"{arm.benchmark} are not). Run the study first: snakemake scores --cores 2 "
                f"--configfile FILE."
            )
        # A model may have an n of its own; counts tell it.
        settings = plan.study.protocols[arm.protocol].model_dump(exclude_none=True, exclude={"n"})
        arms.append(
            ExportedArm(
                arm.model,
                arm.benchmark,
                arm.protocol,
                plan.study.models[arm.model].source,
                settings if arm.sampled else {},
                Path(arm.scores),
                Path(arm.problems),
                tuple(map(Path, arm.samples())),
                tuple(map(Path, arm.verdicts())),
            )
        )
    return arms
