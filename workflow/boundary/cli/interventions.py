"""The command that edits responses and lets the model that wrote them go on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boundary.cli.options import Output, ProblemsFile, SamplesFiles, Spec, Threads
from boundary.cli.responses import Device, GpuMemory, Gpus, Hardware, load_engine, read_sampled
from boundary.cli.spec import read_spec


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("intervene")(intervene)


def intervene(
    spec: Spec,
    problems: ProblemsFile,
    samples: SamplesFiles,
    output: Output,
    edited: Annotated[Path, typer.Option("--edited", help="Table of edits to write (Parquet).")],
    most_tokens: Annotated[
        int | None, typer.Option("--most-tokens", min=1, help="Refuse to take more; default: any.")
    ] = None,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Edit the steps of responses, and let their model go on from there, greedily.

    The pipeline calls it as `python -m boundary intervene --spec '{"edits": …}'
    --problems P.parquet --samples S.parquet --output D.parquet --edited E.parquet`.
    """
    from boundary.engines import Machine
    from boundary.interventions.sample import intervene as draw
    from boundary.jobs.making import InterventionJob
    from boundary.origins import ALL_QUESTIONS, questions_digest
    from boundary.store import GOING, provenance, read_table, write_table
    from boundary.tables import EDITED, PROBLEMS, SAMPLES, UNTESTED

    job = read_spec(spec, InterventionJob)
    asked = read_table(problems, PROBLEMS, columns=UNTESTED)
    rows = read_sampled(samples, job.sampling, asked, problems, job.responses)
    engine = load_engine(job, Machine(threads, device, gpus, gpu_memory))
    drawn, edits = draw(engine, asked, rows, job, most_tokens)
    by = provenance(
        sampled_by=engine.provenance(),
        hardware=engine.hardware(),
        spec=job.model_dump(mode="json", exclude_unset=True),
        inputs={ALL_QUESTIONS: questions_digest(asked.filter(benchmark=job.benchmark))},
        # Some problems, or all of them, may have no response that can be edited.
        **{GOING: drawn["problem_id"].n_unique()},
    )
    write_table(edits, edited, EDITED, provenance=by)
    write_table(drawn, output, SAMPLES, provenance=by)
