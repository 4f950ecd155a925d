"""The command that compares models on files of other tools, without a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from boundary.cli.options import (
    Bootstrap,
    Confidence,
    Extract,
    ExtractionRule,
    FewestSamples,
    Fields,
    Form,
    SandboxChoice,
    SandboxTier,
    Workers,
    read_fields,
)
from boundary.cores import available_cores
from boundary.inputs import note_input


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare")(compare)


def compare(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="File or folder of the base: PATH or PATH#MODEL.")
    ],
    other: Annotated[
        list[str], typer.Argument(metavar="OTHER", help="Those of the models to compare it with.")
    ],
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", help="What the problems are called where files do not say it."),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", help="Name of a side; repeat, in the order of the sides."),
    ] = None,
    format_: Form = None,
    field: Fields = None,
    k_max: Annotated[
        int | None, typer.Option("--k-max", min=1, help="Largest k; default n/2.")
    ] = None,
    min_n: FewestSamples = None,
    trust: Annotated[
        Literal["ours", "theirs"],
        typer.Option("--trust", help="Whose verdicts count where responses can be graded."),
    ] = "ours",
    problems: Annotated[
        Path | None,
        typer.Option("--problems", help="Gold answers or tests, where the files have none."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="Kind of the problems; default: what their golds look like."),
    ] = None,
    extract: ExtractionRule = Extract.any,
    sandbox: SandboxTier = SandboxChoice.isolated,
    threads: Workers = None,
    confidence: Confidence = 0.95,
    bootstrap: Bootstrap = 10_000,
    json: Annotated[bool, typer.Option("--json", help="Print JSON in place of sentences.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Folder for the whole report: page, figures, tables, JSON."),
    ] = None,
    fail_if: Annotated[
        str | None,
        typer.Option("--fail-if", help="Verdicts, parted by commas: exit 4 if any comparison has."),
    ] = None,
    require: Annotated[
        str | None,
        typer.Option("--require", help="Verdicts: exit 4 unless each comparison has, unguarded."),
    ] = None,
) -> None:
    """Compare models on samples or counts that other tools made: curves, verdict, gains, losses.

    Example: `python -m boundary compare base.jsonl rl.jsonl --output report/`
    """
    from boundary.comparison.gates import gate, hold
    from boundary.comparison.places import place_of, read_sides

    asked = gate(fail_if, require)
    places = [place_of(text) for text in (base, *other)]
    if output is not None:
        from boundary.comparison.folder import refuse_foreign

        for path, _ in places:
            note_input(path)
        refuse_foreign(output)
    from boundary.comparison.inputs import Settings
    from boundary.comparison.result import compare_sides
    from boundary.importers.sides import Reading

    reading = Reading(
        form=format_,
        benchmark=benchmark,
        problems=problems,
        kind=kind,
        fields=read_fields(field),
        trust=trust,
        extract=extract.value,
        reduced=sandbox is SandboxChoice.reduced,
        workers=threads or available_cores(),
    )
    settings = Settings(k_max, min_n, confidence, bootstrap)
    result = compare_sides(read_sides(places, reading, label or ()), settings)
    if output is not None:
        from boundary.comparison.folder import write_folder

        write_folder(result, output)
    if json:
        from boundary.comparison.document import document, dumps

        typer.echo(dumps(document(result)))
    else:
        from boundary.comparison.words import lines

        typer.echo("\n".join(lines(result)))
        if output is not None:
            typer.echo(f"\nReport: {output / 'report.html'}")
    hold(asked, [outcome.verdict for outcome in result.outcomes])
