"""The command that lets a model complete parts of problems."""

from __future__ import annotations

import typer

from boundary.cli.options import Output, ProblemsFile, Spec, Threads
from boundary.cli.responses import Device, GpuMemory, Gpus, Hardware, load_engine
from boundary.cli.spec import read_spec


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("screen")(screen)


def screen(
    spec: Spec,
    problems: ProblemsFile,
    output: Output,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Show a model parts of problems, and of twins of theirs, and keep what it goes on with.

    The pipeline calls it as `python -m boundary screen --spec '{"shares": [0.6], …}'
    --problems P.parquet --output C.parquet`.
    """
    from boundary.engines import Machine
    from boundary.jobs.making import ScreenJob
    from boundary.origins import ALL_QUESTIONS, questions_digest
    from boundary.screen.sample import complete
    from boundary.screen_tables import COMPLETIONS
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import PROBLEMS, UNTESTED

    job = read_spec(spec, ScreenJob)
    asked = read_table(problems, PROBLEMS, columns=UNTESTED)
    engine = load_engine(job, Machine(threads, device, gpus, gpu_memory))
    made = complete(engine, asked, job)
    by = provenance(
        sampled_by=engine.provenance(),
        hardware=engine.hardware(),
        spec=job.model_dump(mode="json", exclude_unset=True),
        inputs={ALL_QUESTIONS: questions_digest(asked.filter(benchmark=job.benchmark))},
    )
    write_table(made, output, COMPLETIONS, provenance=by)
