"""Options that several commands share, and the reading of specs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from boundary.errors import InputError

ProblemsFile = Annotated[Path, typer.Option("--problems", help="Problem table (Parquet).")]
SamplesFiles = Annotated[
    list[Path], typer.Option("--samples", help="Sample shard; repeat for several.")
]
ScoresFiles = Annotated[
    list[Path], typer.Option("--scores", help="Score table; repeat for several.")
]
Output = Annotated[Path, typer.Option("--output", help="File to write.")]
OutputFolder = Annotated[Path, typer.Option("--output", help="Folder to write into.")]
Spec = Annotated[str, typer.Option("--spec", help="What to do, as JSON; the pipeline makes it.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="CPU threads.")]
Confidence = Annotated[
    float, typer.Option("--confidence", min=0.5, max=0.9999, help="Level of the intervals.")
]
Bootstrap = Annotated[int, typer.Option("--bootstrap", min=100, help="Bootstrap replicates.")]


def read_spec(text: str) -> dict[str, Any]:
    """Parse the JSON of a ``--spec``.

    Raises
    ------
    InputError
        When it is no JSON object.
    """
    try:
        spec = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"--spec: is not JSON: {error}.") from None
    if not isinstance(spec, dict):
        raise InputError("--spec: should be a JSON object.")
    return spec
