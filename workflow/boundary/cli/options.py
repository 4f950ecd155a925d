"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from boundary.allowed import MOST_REPLICATES
from boundary.errors import InputError

MOST_THREADS = 4096


class SandboxChoice(StrEnum):
    """Which sandboxes may be used."""

    isolated = "isolated"
    reduced = "reduced"


class Extract(StrEnum):
    """What counts as an answer (`boundary.extraction`)."""

    boxed = "boxed"
    declared = "declared"
    any = "any"


ProblemsFile = Annotated[Path, typer.Option("--problems", help="Problem table (Parquet).")]
SamplesFiles = Annotated[
    list[Path], typer.Option("--samples", help="Sample shard; repeat for several.")
]
ScoresFiles = Annotated[
    list[Path], typer.Option("--scores", help="Score table; repeat for several.")
]


def _table_path(path: Path) -> Path:
    """Refuse, before any work, a name under which no table is written."""
    from boundary.spreadsheet import table_path

    return table_path(path)


SomeScores = Annotated[
    list[Path] | None,
    typer.Option("--scores", help="Score table; repeat for several, or name them in the spec."),
]
Output = Annotated[
    Path, typer.Option("--output", help="Table to write (Parquet).", callback=_table_path)
]
OutputFile = Annotated[Path, typer.Option("--output", help="File to write.")]
OutputFolder = Annotated[Path, typer.Option("--output", help="Folder to write into.")]
Spec = Annotated[
    str, typer.Option("--spec", help="What to do, as JSON; `-`: on standard input, as rules do.")
]
Threads = Annotated[int, typer.Option("--threads", min=1, max=MOST_THREADS, help="CPU threads.")]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", help="Where a model answers that runs elsewhere, as JSON."),
]
Confidence = Annotated[
    float, typer.Option("--confidence", min=0.5, max=0.9999, help="Level of the intervals.")
]
Form = Annotated[
    str | None,
    typer.Option("--format", help="Form of the files; default: what their content tells."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", help="Column that holds something: NAME=COLUMN, or NAME= for none; repeat."
    ),
]
FewestSamples = Annotated[
    int | None,
    typer.Option("--min-n", min=1, help="Drop problems with fewer samples; default: none."),
]
Bootstrap = Annotated[
    int,
    typer.Option(
        "--bootstrap",
        min=100,
        max=MOST_REPLICATES,
        help="Bootstrap replicates; a verdict draws at least 10000.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--threads", min=1, max=MOST_THREADS, help="Responses judged at a time; default: all cores."
    ),
]
SandboxTier = Annotated[
    SandboxChoice,
    typer.Option("--sandbox", help="Whether programs may run where they are not walled off."),
]
ExtractionRule = Annotated[
    Extract,
    typer.Option("--extract", help="What counts as an answer; the others are judged beside it."),
]


def read_fields(given: Sequence[str] | None) -> dict[str, str]:
    """Return columns by what they hold, as ``--field`` names them; an empty one is none.

    Raises
    ------
    InputError
        When one has no equals sign or name, or a name stands twice.
    """
    fields: dict[str, str] = {}
    for text in given or ():
        name, equals, column = text.partition("=")
        if not name or not equals:
            raise InputError(f"--field {text}: should be NAME=COLUMN, such as response=output.")
        if name in fields:
            raise InputError(f"--field {text}: {name} is {fields[name]} already; name it once.")
        fields[name] = column
    return fields
