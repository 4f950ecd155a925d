"""Commands about study files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("check-config")(check_config)
    app.command("lint")(lint)
    app.command("schema")(schema)
    app.command("generate")(generate)


def check_config(
    file: Annotated[Path, typer.Argument(help="Study file (YAML).")],
) -> None:
    """Check a study file and show all its problems at once.

    Example: `python -m boundary check-config config/config.yaml`
    """
    from boundary.cli.sampling_defaults import default_notes
    from boundary.config import read_study
    from boundary.config.published import label_notes
    from boundary.estimate.concerns import MANY_JOBS
    from boundary.plan import Plan, specs
    from boundary.plan.analyses import analysis_jobs

    plan = Plan(read_study(file))
    specs.analysis_spec(plan, analysis_jobs(plan)[0])
    for path in plan.unused():
        typer.echo(f"Warning: {path} is used by no comparison or series.", err=True)
    for warning in plan.warnings():
        typer.echo(f"Warning: {warning}", err=True)
    blocks = sum(len(arm.samples()) for arm in plan.arms if arm.sampled)
    if 2 * blocks > MANY_JOBS:
        typer.echo(
            f"Warning: samples_per_shard: {2 * blocks:,} jobs sample and verify, more than "
            f"{MANY_JOBS:,}, which take minutes to plan; larger blocks make fewer.",
            err=True,
        )
    typer.echo(
        f"{file}: study {plan.study.study!r} is in order: "
        + ", ".join(
            f"{count:,} {noun}{'s' * (count != 1)}{after}"
            for noun, count, after in (
                ("model", len(plan.study.models), ""),
                ("benchmark", len(plan.study.benchmarks), ""),
                ("arm", len(plan.arms), " (model × benchmark × protocol)"),
                ("block", blocks, " to sample"),
                ("training run", len(plan.runs), ""),
            )
        )
        + "."
    )
    for note in (*label_notes(plan.study), *default_notes(plan)):
        typer.echo(f"Note: {note}.")


def lint(
    file: Annotated[Path, typer.Argument(help="Study file (YAML).")],
) -> None:
    """Tell how a study departs from the paper's protocol, and what is known to mislead.

    Example: `python -m boundary lint config/config.yaml`
    """
    from boundary.config import read_study
    from boundary.plan import Plan
    from boundary.plan.lint import lint as lint_plan
    from boundary.wording import counted

    plan = Plan(read_study(file))
    remarks = lint_plan(plan)
    for remark in remarks:
        typer.echo(f"{remark.key}: {remark.kind}: {remark.text}")
    kinds = [remark.kind for remark in remarks]
    typer.echo(
        f"{file}: study {plan.study.study!r}: {counted(kinds.count('departure'), 'departure')} "
        f"from arXiv 2504.13837, {counted(kinds.count('trap'), 'known trap')}."
    )


def schema() -> None:
    """Print the JSON schema of study files.

    Example: `python -m boundary schema > config/study.schema.json`
    """
    from boundary.config import json_schema

    typer.echo(json_schema(), nl=False)


def generate(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 2 when a file is out of date.")
    ] = False,
) -> None:
    """Write the files of the repository that follow from its code: schema, docs, lists.

    Example: `python -m boundary generate`, in the repository's folder
    """
    from boundary.errors import InputError
    from boundary.generated import documents
    from boundary.store import write_text

    for name, text in documents().items():
        path = Path(name)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if not path.parent.is_dir():
            raise InputError(f"{path.parent}: no such folder; run this in the repository's folder.")
        if check:
            raise InputError(f"{path}: is out of date; run python -m boundary generate.")
        write_text(path, text)
        typer.echo(f"{path}: written")
