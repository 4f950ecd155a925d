"""The command that compares models on files of other tools, without a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boundary.cli.options import Bootstrap, Confidence, FewestSamples
from boundary.errors import InputError
from boundary.inputs import note_input

if TYPE_CHECKING:
    from boundary.comparison.side import Side
    from boundary.importers.sides import Reading


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
    format_: Annotated[
        str | None,
        typer.Option("--format", help="Form of the files; default: what their content tells."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Column that holds something: NAME=COLUMN; repeat."),
    ] = None,
    k_max: Annotated[
        int | None, typer.Option("--k-max", min=1, help="Largest k; default n/2.")
    ] = None,
    min_n: FewestSamples = None,
    trust: Annotated[
        Literal["ours", "theirs"],
        typer.Option("--trust", help="Whose verdicts count where responses can be graded."),
    ] = "ours",
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

    asked = gate(fail_if, require)
    sides = [_place(text) for text in (base, *other)]
    if output is not None:
        from boundary.comparison.folder import refuse_foreign

        for path, _ in sides:
            note_input(path)
        refuse_foreign(output)
    from boundary.comparison.inputs import Settings
    from boundary.comparison.result import compare_sides
    from boundary.importers.sides import Reading

    reading = Reading(form=format_, benchmark=benchmark, fields=_fields(field or ()), trust=trust)
    settings = Settings(k_max, min_n, confidence, bootstrap)
    result = compare_sides(_read(sides, reading, label or ()), settings)
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


def _place(text: str) -> tuple[Path, str | None]:
    """Return the path and the model that an argument names; a path may hold a ``#``."""
    if Path(text).exists() or "#" not in text:
        return Path(text), None
    places = [i for i, char in enumerate(text) if char == "#"]
    first = next((i for i in places if Path(text[:i]).exists()), places[-1])
    path, model = text[:first], text[first + 1 :]
    if not model:
        raise InputError(f"{text}: names no model after the #; write PATH#MODEL, or PATH alone.")
    return Path(path), model


def _fields(given: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for text in given:
        name, equals, column = text.partition("=")
        if not name or not equals or not column:
            raise InputError(f"--field {text}: should be NAME=COLUMN, such as response=output.")
        if name in fields:
            raise InputError(f"--field {text}: {name} is {fields[name]} already; name it once.")
        fields[name] = column
    return fields


def _read(
    places: Sequence[tuple[Path, str | None]], reading: Reading, labels: Sequence[str]
) -> list[Side]:
    """Return one side for each place.

    Raises
    ------
    InputError
        When a file holds several models of which none was chosen, one side stands twice,
        or there are more labels than sides.
    """
    import tempfile

    from boundary.importers.sides import read_side

    if len(labels) > len(places):
        raise InputError(f"--label: {len(labels)} names for {len(places)} sides.")
    named = [*labels, *[None] * (len(places) - len(labels))]
    sides: list[Side] = []
    with tempfile.TemporaryDirectory(prefix="boundary-") as folder:
        for i, ((path, model), label) in enumerate(zip(places, named, strict=True)):
            read = read_side(path, reading, Path(folder) / str(i), model=model, label=label)
            if len(read) > 1:
                names = ", ".join(side.label for side in read)
                raise InputError(
                    f"{path}: holds {len(read)} models: {names}. Say which, as in "
                    f"'{path}#{read[0].label}'."
                )
            sides += read
    for i, side in enumerate(sides):
        for j in range(i):
            if side.sha256 == sides[j].sha256 and _same(places[i][1], places[j][1]):
                raise InputError(
                    f"{sides[j].path} and {side.path}: are one and the same model of files with "
                    f"the same content, and nothing is ahead of itself. Give two models."
                )
    return sides


def _same(one: str | None, other: str | None) -> bool:
    """Return whether two choices of a model of one file come to the same."""
    return one is None or other is None or one == other
