"""The command that lets two models write responses together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from boundary.cli.options import Output, ProblemsFile, SamplesFiles, Spec, Threads
from boundary.cli.responses import (
    Device,
    GpuMemory,
    Gpus,
    Hardware,
    load_engine,
    read_sampled,
    shards_of,
)
from boundary.cli.spec import read_spec
from boundary.errors import InputError

if TYPE_CHECKING:
    from boundary.engines.transformers.engine import TransformersEngine


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("cross-sample")(cross_sample)


def cross_sample(
    spec: Spec,
    problems: ProblemsFile,
    samples: SamplesFiles,
    verdicts: Annotated[
        list[Path], typer.Option("--verdicts", help="Verdict shard, or their folder; repeat.")
    ],
    output: Output,
    positions: Annotated[
        Path, typer.Option("--positions", help="Table of positions to write (Parquet).")
    ],
    most_tokens: Annotated[
        int | None, typer.Option("--most-tokens", min=1, help="Refuse to take more; default: any.")
    ] = None,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Sample responses in which one model chooses a few tokens and another all others.

    The pipeline calls it as `python -m boundary cross-sample --spec '{"host": …, "donor": …}'
    --problems P.parquet --samples DONORS.parquet --verdicts V.parquet --output S.parquet
    --positions R.parquet`.
    """
    from boundary.crossing.sample import cross_sample as draw
    from boundary.engines import Machine
    from boundary.jobs.crossing import ENGINE
    from boundary.jobs.making import CrossingJob
    from boundary.meetings import read_verdicts
    from boundary.origins import KEY, questions_digest, response_digests
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import CROSSED_POSITIONS, PROBLEMS, SAMPLES, UNTESTED

    job = read_spec(spec, CrossingJob)
    if job.sampling.engine != ENGINE:
        raise InputError(
            f"--spec: sampling.engine is {job.sampling.engine!r}; two models take turns in the "
            f"engine {ENGINE!r} alone."
        )
    asked = read_table(problems, PROBLEMS, columns=UNTESTED)
    rows = read_sampled(samples, job.sampling, asked, problems, job.n)
    judged = read_verdicts(
        shards_of(verdicts, job.sampling, job.n),
        problems,
        job.benchmark,
        columns=("correct",),
        responses=rows.select(*KEY, response_digests(rows["response"])),
        samples=samples,
    )
    machine = Machine(threads, device, gpus, gpu_memory)
    host, donor = (
        cast("TransformersEngine", load_engine(job.loaded(side), machine))
        for side in (job.host, job.donor)
    )
    drawn, ranked = draw(host, donor, asked, rows, judged.select(*KEY, "correct"), job, most_tokens)
    of_benchmark = asked.filter(benchmark=job.benchmark)
    by = provenance(
        sampled_by=host.provenance(),
        hardware=host.hardware(),
        spec=job.model_dump(mode="json", exclude_unset=True),
        inputs={"questions": questions_digest(of_benchmark)},
    )
    write_table(ranked, positions, CROSSED_POSITIONS, provenance=by)
    write_table(drawn, output, SAMPLES, provenance=by)
