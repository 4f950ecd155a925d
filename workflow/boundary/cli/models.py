"""Commands that make problems and models."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from boundary.cli.options import Output, Spec, Threads, read_spec, typed
from boundary.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("problems")(problems)
    app.command("train")(train)


def problems(spec: Spec, output: Output) -> None:
    """Draw the problems of a lab benchmark.

    Example: `python -m boundary problems --output P.parquet --spec
    '{"benchmark": "short", "lab": {"problems": 120, "lengths": [3, 4, 5, 6]}}'`
    """
    from boundary.config.lab import LabBenchmark
    from boundary.store import provenance, write_table
    from boundary.tables import PROBLEMS
    from boundary.tasks import registers

    wanted = read_spec(spec, "benchmark", "lab")
    frame = registers.problems(wanted["benchmark"], typed(LabBenchmark, wanted["lab"], "lab"))
    write_table(frame, output, PROBLEMS, provenance=provenance(spec=wanted))


def train(spec: Spec, output: Output, threads: Threads = 1) -> None:
    """Train one run of the lab; checkpoints stand beside the output, `run.json`.

    Example: `python -m boundary train --output base/run.json --spec
    '{"run": {"recipe": "pretrain"}, "parents": {}}'`
    """
    from boundary.config.lab import LabRun
    from boundary.lab.train import train as train_run
    from boundary.store import provenance, write_text

    wanted = read_spec(spec, "run", "parents")
    run = typed(LabRun, wanted["run"], "run")
    folders = typed(dict[str, str], wanted["parents"], "parents")
    absent = [name for name in run.parents() if name not in folders]
    if absent:
        raise InputError(f"--spec: parents: has no folder for {', '.join(absent)}.")
    parents = {name: Path(path) for name, path in folders.items()}
    summary = train_run(run, output.parent, parents=parents, threads=threads)
    summary["provenance"] = provenance(spec=wanted)
    write_text(output, json.dumps(summary, indent=1, sort_keys=True) + "\n")
