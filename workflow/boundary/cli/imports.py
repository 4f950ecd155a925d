"""The command that makes tables of files of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boundary.cli.options import Fields, Form, read_fields
from boundary.cli.spec import read_spec
from boundary.errors import BoundaryError, InputError

if TYPE_CHECKING:
    from boundary.jobs.importing import Import


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("import")(import_files)


def import_files(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            help="Folder for samples and problems, to be verified; with --trust theirs a table of "
            "scores.",
        ),
    ],
    path: Annotated[
        str | None,
        typer.Argument(metavar="PATH", help="File or folder that another tool wrote."),
    ] = None,
    trust: Annotated[
        Literal["ours", "theirs"],
        typer.Option("--trust", help="Whether verdicts are to be ours, or those of the files."),
    ] = "ours",
    model: Annotated[str | None, typer.Option("--model", help="The model's name there.")] = None,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", help="The benchmark's name there.")
    ] = None,
    format_: Form = None,
    field: Fields = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="What the problems are; default: guessed.")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option("--problems", help="Problem table by which to grade.")
    ] = None,
    spec: Annotated[
        str | None, typer.Option("--spec", help="In place of the others: JSON, or `-`.")
    ] = None,
) -> None:
    """Make tables of one model's responses, or counts, that another tool wrote.

    Example: `python -m boundary import samples.jsonl --output imported/`, then `verify
    --problems imported/problems.parquet --samples imported/00000.parquet`
    """
    from boundary.importers.keys import in_study
    from boundary.importers.one_arm import import_responses, import_scores
    from boundary.jobs.importing import Import

    if spec is not None:
        job = read_spec(spec, Import)
    else:
        given = {"name": model, "named": benchmark, "format": format_, "kind": kind}
        job = _job(path, given, read_fields(field), problems)
    try:
        notes = (import_scores if trust == "theirs" else import_responses)(job, output)
    except BoundaryError as error:
        if spec is None:
            raise
        raise type(error)(in_study(str(error))) from None
    for sentence in notes:
        typer.echo(f"Note: {sentence if spec is None else in_study(sentence)}.", err=True)


def _job(
    path: str | None, given: dict[str, str | None], fields: dict[str, str], problems: Path | None
) -> Import:
    """Return the job that options name; what no option says is taken from the files."""
    from boundary import kinds
    from boundary.cli.spec import as_job
    from boundary.comparison.side import BENCHMARK, PROTOCOL
    from boundary.importers.source import split_model, stem
    from boundary.jobs.importing import Import

    if path is None:
        raise InputError("Missing argument PATH. See python -m boundary import --help.")
    file, name = split_model(path)
    name = given["name"] or name
    if given["kind"] is not None:
        kinds.kind(given["kind"])
    names = {
        "model": name or stem(Path(file)),
        "benchmark": given["named"] or BENCHMARK,
        "protocol": PROTOCOL,
    }
    table = None if problems is None else str(problems)
    read = {**given, **names, "path": file, "name": name, "fields": fields, "problems": table}
    return as_job(read, Import)
