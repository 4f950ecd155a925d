"""Commands of arms whose problems may stop: who goes on after a look, and their next blocks."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from boundary.cli.options import OutputFile, ProblemsFile, Spec, Threads
from boundary.cli.responses import Device, GpuMemory, Gpus, Hardware, load_engine
from boundary.cli.spec import read_spec
from boundary.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("look")(look)
    app.command("sample-round")(sample_round)


def look(spec: Spec, output: OutputFile) -> None:
    """Say which problems are sampled further: those with few successes up to a look.

    Example: `python -m boundary look --output 32.json --spec
    '{"look": 32, "stop_after": 16, "verdicts": ["V.parquet"]}'`
    """
    from boundary.ends import goes_on
    from boundary.jobs.reading import GoingOn, Look
    from boundary.jobs.shards import shard_paths
    from boundary.store import read_tables, write_text
    from boundary.tables import VERDICTS_TABLE

    job = read_spec(spec, Look)
    columns = (*VERDICTS_TABLE.key, "correct")
    verdicts = read_tables(shard_paths(job.verdicts), VERDICTS_TABLE, columns=columns)
    going = GoingOn(look=job.look, problems=goes_on(verdicts, job.look, job.stop_after))
    write_text(output, going.model_dump_json(indent=1) + "\n")


Going = Annotated[Path, typer.Option("--going", help="What `look` wrote: who goes on.")]
Outputs = Annotated[
    list[Path], typer.Option("--output", help="Shard of each block, in the order of the spec.")
]
Arm = Annotated[
    Path, typer.Option("--arm", help="Folder of the arm's shards; rows of the blocks are copied.")
]


def sample_round(
    spec: Spec,
    problems: ProblemsFile,
    going: Going,
    output: Outputs,
    arm: Arm,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Sample blocks of the problems that go on; a killed job resumes where it was.

    The pipeline calls it as `python -m boundary sample-round --spec '{"blocks": […], …}'
    --problems P.parquet --going 32.json --arm FOLDER --output S.parquet`.
    """
    from boundary.engines import Machine
    from boundary.jobs.making import SamplingRound
    from boundary.sampling import sample_shared
    from boundary.store import read_table
    from boundary.tables import PROBLEMS, UNTESTED

    job = read_spec(spec, SamplingRound)
    if len(output) != len(job.blocks):
        raise InputError(
            f"--output: {len(output)} files for {len(job.blocks)} blocks; give it once a block."
        )
    frame = read_table(problems, PROBLEMS, columns=UNTESTED)
    load = partial(load_engine, job, Machine(threads, device, gpus, gpu_memory))
    sample_shared(load, frame, job.jobs(), output, arm, _names(going))
    # The shards are there, and Snakemake would remove those of a job which ends with an error.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _names(path: Path) -> list[str]:
    """Return the problems that go on."""
    from pydantic import ValidationError

    from boundary.jobs.reading import GoingOn

    try:
        return GoingOn.model_validate_json(path.read_bytes()).problems
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from None
    except ValidationError:
        raise InputError(
            f"{path}: is no list of the problems that go on. Move it away, and it is made again."
        ) from None
