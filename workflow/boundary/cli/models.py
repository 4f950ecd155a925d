"""Commands that make problems and models."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from boundary.cli.options import Output, OutputFile, Spec, Threads
from boundary.cli.spec import as_job, parse_spec, read_spec
from boundary.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("problems")(problems)
    app.command("train")(train)


def problems(spec: Spec, output: Output) -> None:
    """Make the table of a benchmark's problems: fetched, from a file, or drawn for the lab.

    Example: `python -m boundary problems --output P.parquet --spec
    '{"benchmark": "gsm8k", "entry": "gsm8k", "source": "file:test.jsonl", "limit": 20}'`, with an
    entry of `config/benchmarks.yaml` and a `hf:`, `github:` or `file:` source (of the first two at
    a `revision`, by default the registry's); for the lab
    `'{"benchmark": "short", "lab": {"problems": 120, "lengths": [3, 4, 5, 6]}}'`
    """
    from boundary.store import Provenance, provenance, write_table
    from boundary.tables import PROBLEMS

    settings = parse_spec(spec)
    details: Provenance = {}
    if "lab" in settings:
        from boundary.jobs.making import LabProblems
        from boundary.lab.material import material

        job = as_job(settings, LabProblems)
        frame = material(job.lab.task).problems(job.benchmark, job.lab)
    else:
        from boundary.config.benchmarks import REGISTRY_FILE
        from boundary.data.benchmark import ProblemRequest, benchmark_problems

        frame, details = benchmark_problems(as_job(settings, ProblemRequest), output.parent)
        if details["unverified"]:
            typer.echo(
                f"Warning: {settings['benchmark']}: revision or content of {details['source']} are "
                f"only recalled; see the note in {REGISTRY_FILE}.",
                err=True,
            )
        if "left_out" in details:
            left_out = f"{details['left_out']} rows are no problems of it and were left out"
            typer.echo(f"Note: {settings['benchmark']}: {left_out}.", err=True)
        if "repeated" in details:
            typer.echo(f"Note: {settings['benchmark']}: {details['repeated']}.", err=True)
    by = provenance(spec=settings, **details)
    # Tests of one problem may take tens of megabytes, and are read for a few at a time.
    write_table(frame, output, PROBLEMS, provenance=by, row_group_size=16)


def train(spec: Spec, output: OutputFile, threads: Threads = 1) -> None:
    """Train one run of the lab; checkpoints stand beside the output, `run.json`.

    Example: `python -m boundary train --output base/run.json --spec
    '{"run": {"recipe": "pretrain"}, "parents": {}}'`
    """
    from boundary.jobs.making import Training

    job = read_spec(spec, Training)
    absent = [name for name in job.run.parents() if name not in job.parents]
    if absent:
        raise InputError(f"--spec: parents: has no folder for {', '.join(absent)}.")

    from boundary.lab.train import train as train_run
    from boundary.store import provenance, write_text

    parents = {name: Path(path) for name, path in job.parents.items()}
    summary = train_run(job.run, output.parent, parents=parents, threads=threads)
    summary["provenance"] = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write_text(output, json.dumps(summary, indent=1, sort_keys=True) + "\n")
