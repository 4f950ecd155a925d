"""Options that several commands share, and the reading of specs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from boundary.errors import InputError
from boundary.inputs import note_input

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


Output = Annotated[
    Path, typer.Option("--output", help="Table to write (Parquet).", callback=_table_path)
]
OutputFile = Annotated[Path, typer.Option("--output", help="File to write.")]
OutputFolder = Annotated[Path, typer.Option("--output", help="Folder to write into.")]
Spec = Annotated[str, typer.Option("--spec", help="What to do, as JSON; the pipeline makes it.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="CPU threads.")]
Confidence = Annotated[
    float, typer.Option("--confidence", min=0.5, max=0.9999, help="Level of the intervals.")
]
Bootstrap = Annotated[int, typer.Option("--bootstrap", min=100, help="Bootstrap replicates.")]


def read_spec(text: str, *keys: str) -> dict[str, Any]:
    """Parse the JSON of a ``--spec``.

    Parameters
    ----------
    text : str
        The option's value.
    *keys : str
        Keys that it must have.

    Raises
    ------
    InputError
        When it is no JSON object or lacks a key.
    """
    try:
        spec = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"--spec: is not JSON: {error}.") from None
    _note_files(spec)
    return require(spec, "", *keys)


def _note_files(part: Any) -> None:
    """Note the files and folders that a spec names, which the command reads."""
    if isinstance(part, str):
        note_input(Path(part.removeprefix("file:")))
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            _note_files(each)


def require(part: Any, where: str, *keys: str) -> dict[str, Any]:
    """Return an object of a ``--spec`` that has all keys.

    Parameters
    ----------
    part : any
        A value of the parsed JSON.
    where : str
        Its key path, empty for the whole.
    *keys : str
        Keys that it must have.

    Raises
    ------
    InputError
        When it is no object or lacks a key.
    """
    name = f"--spec: {where} " if where else "--spec: "
    if not isinstance(part, dict):
        raise InputError(f"{name}should be a JSON object.")
    missing = [key for key in keys if key not in part]
    if missing:
        raise InputError(
            f"{name}has no {', '.join(missing)}; it should have {', '.join(keys)}, "
            f"found {', '.join(part) or 'nothing'}."
        )
    return part


def typed(kind: Any, value: Any, where: str) -> Any:
    """Turn a part of a spec into its typed model.

    Raises
    ------
    InputError
        With every problem of the part, in one line.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        found = [
            f"{'.'.join(map(str, (where, *item['loc'])))}: {item['msg']}"
            for item in error.errors(include_url=False)
        ]
        raise InputError(f"--spec: {'; '.join(found)}.") from None
