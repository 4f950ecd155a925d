"""Commands that make, verify and count responses."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boundary.allowed import MAX_UNSET
from boundary.cli.options import (
    Output,
    ProblemsFile,
    SamplesFiles,
    Spec,
    Threads,
    read_spec,
)
from boundary.errors import InputError

if TYPE_CHECKING:
    from boundary.engines import Engine, Machine


class Sandbox(StrEnum):
    """Which sandboxes may be used."""

    isolated = "isolated"
    reduced = "reduced"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sample")(sample)
    app.command("verify")(verify)
    app.command("score")(score)
    app.command("counts")(counts)
    app.command("likelihood")(likelihood)


Device = Annotated[str, typer.Option("--device", help="What to run on: cpu or gpu.")]
Gpus = Annotated[int, typer.Option("--gpus", min=1, help="GPUs to split the model over.")]
GpuMemory = Annotated[
    float, typer.Option("--gpu-memory", min=0.05, max=1, help="Share of GPU memory for vllm.")
]


def sample(
    spec: Spec,
    problems: ProblemsFile,
    output: Output,
    threads: Threads = 1,
    device: Device = "cpu",
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Sample one block of responses; a killed job resumes where it was.

    The pipeline calls it as `python -m boundary sample --spec '{"block": 0, …}'
    --problems P.parquet --output S.parquet`.
    """
    from dataclasses import fields

    from boundary.engines import Machine
    from boundary.sampling import Block, sample_block
    from boundary.store import read_table
    from boundary.tables import PROBLEMS, UNTESTED

    keys = [field.name for field in fields(Block)]
    wanted = read_spec(spec, *(key for key in keys if key != "loading"))
    block = Block(**{key: wanted[key] for key in keys if key in wanted})
    frame = read_table(problems, PROBLEMS, columns=UNTESTED)
    engine = _engine(wanted, Machine(threads, device, gpus, gpu_memory))
    sample_block(engine, frame, block, output)
    # The shard is there, and Snakemake would remove that of a job which ends with an error.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _engine(wanted: dict[str, Any], machine: Machine) -> Engine:
    """Load the weights of a spec into the engine of its protocol."""
    from boundary import engines

    loading = dict(wanted.get("loading", {}))
    if "adapter" in loading:
        loading["adapter"] = Path(loading["adapter"])
    weights = engines.Weights(Path(wanted["checkpoint"]), **loading)
    return engines.load(wanted["sampling"]["engine"], weights, machine)


Workers = Annotated[
    int | None,
    typer.Option("--threads", min=1, help="Responses judged at a time; default: all cores."),
]
CacheFolder = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder of verdicts that jobs share; none is kept by default."),
]
SandboxTier = Annotated[
    Sandbox,
    typer.Option("--sandbox", help="Whether programs may run where they are not walled off."),
]


def verify(
    problems: ProblemsFile,
    samples: SamplesFiles,
    output: Output,
    threads: Workers = None,
    cache: CacheFolder = None,
    sandbox: SandboxTier = Sandbox.isolated,
) -> None:
    """Give every response its verdict.

    Example: `python -m boundary verify --problems P.parquet --samples S.parquet
    --output V.parquet`
    """
    from boundary.store import provenance, write_table
    from boundary.tables import VERDICTS_TABLE
    from boundary.verify import grader_digest
    from boundary.verify.cache import Cache
    from boundary.verify.setting import Setting
    from boundary.verify.stream import verify_files

    graders: dict[str, str] = {}

    def setting(kind: str) -> Setting:
        graders[kind] = grader_digest(kind, sandbox.value)
        kept = None if cache is None else Cache(cache, graders[kind])
        workers = threads or len(os.sched_getaffinity(0))
        return Setting(workers, kept, reduced=sandbox is Sandbox.reduced)

    frame = verify_files(problems, samples, setting)
    by = provenance(sandbox=sandbox.value, graders=graders)
    write_table(frame, output, VERDICTS_TABLE, provenance=by)


def score(
    problems: ProblemsFile,
    samples: SamplesFiles,
    verdicts: Annotated[
        list[Path], typer.Option("--verdicts", help="Verdict shard; repeat for several.")
    ],
    output: Output,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="Samples that every problem must have.")
    ] = None,
    max_unset: Annotated[
        float,
        typer.Option(
            "--max-unset", min=0, max=1, help="Largest share of responses without outcome."
        ),
    ] = MAX_UNSET,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", help="`provenance`: shards that tell nothing of themselves beside others."
        ),
    ] = None,
) -> None:
    """Count correct responses, one row a problem, once all samples prove to be whole.

    Example: `python -m boundary score --problems P.parquet --samples S.parquet
    --verdicts V.parquet --output C.parquet`
    """
    from boundary.guards import (
        check_repeats,
        check_unset,
        made_by,
        read_reduced,
        sampling_of,
        silent_shards,
    )
    from boundary.meetings import graders_of, read_problem_digests, read_verdicts
    from boundary.origins import check_questions, scored
    from boundary.scoring import VERDICT_COLUMNS
    from boundary.scoring import score as count
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import PROBLEMS, SCORES

    if strange := sorted({*(allow or ())} - {"provenance"}):
        raise InputError(f"--allow {strange[0]}: score lets nothing pass but 'provenance'.")
    by, sampling = made_by(samples, allow or ()), sampling_of(samples)
    graders = graders_of(verdicts)
    rows = read_reduced(samples)
    responses = rows.rename({"fingerprint": "response_digest"})
    named = read_table(problems, PROBLEMS, columns=(*PROBLEMS.key, "question"))
    check_questions(samples, rows, named, problems)
    judged = read_verdicts(
        verdicts,
        problems,
        rows["benchmark"].to_list()[0] if rows.height else None,
        columns=VERDICT_COLUMNS,
        responses=responses,
        samples=samples,
    )
    frame = scored(count(named, rows, judged, n=n), responses, read_problem_digests(problems))
    if told := check_unset(rows, samples, max_unset):
        typer.echo(f"Warning: {told}", err=True)
    check_repeats(rows, samples, sampling)
    details: dict[str, Any] = {"sampled_by": by, "sampling": sampling, "graders": graders}
    if by and (silent := silent_shards(samples)):
        details["silent_shards"] = [len(silent), len(samples)]
    write_table(frame, output, SCORES, provenance=provenance(**details))


def counts(
    spec: Spec,
    csv: Annotated[Path, typer.Option("--csv", help="CSV with model, problem, n, correct.")],
    output: Output,
    n: Annotated[int | None, typer.Option("--n", min=1, help="Samples a problem.")] = None,
) -> None:
    """Take published counts as scores.

    Example: `python -m boundary counts --csv counts.csv --output C.parquet --spec
    '{"model": "m", "name": "m", "benchmark": "b", "protocol": "p"}'`
    """
    from boundary.data.counts import counts_scores
    from boundary.store import provenance, write_table
    from boundary.tables import SCORES

    wanted = read_spec(spec, "model", "name", "benchmark", "protocol")
    frame = counts_scores(
        csv, wanted["name"], wanted["model"], wanted["benchmark"], wanted["protocol"], n=n
    )
    write_table(frame, output, SCORES, provenance=provenance(source=str(csv)))


def likelihood(
    spec: Spec,
    problems: ProblemsFile,
    samples: SamplesFiles,
    output: Output,
    threads: Threads = 1,
    device: Device = "cpu",
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
) -> None:
    """Score the responses of one model under another.

    The pipeline calls it as `python -m boundary likelihood --spec '{"scorer": …}'
    --problems P.parquet --samples S.parquet --output L.parquet`.
    """
    from boundary.engines import Machine
    from boundary.likelihood.responses import score_responses
    from boundary.origins import check_questions
    from boundary.store import provenance, read_table, read_tables, write_table
    from boundary.tables import LIKELIHOODS, PROBLEMS, SAMPLES, UNTESTED

    wanted = read_spec(spec, "scorer", "checkpoint", "responses", "sampling")
    asked, rows = read_table(problems, PROBLEMS, columns=UNTESTED), read_tables(samples, SAMPLES)
    check_questions(samples, rows, asked, problems)
    engine = _engine(wanted, Machine(threads, device, gpus, gpu_memory))
    frame = score_responses(
        engine,
        wanted["scorer"],
        asked,
        rows,
        responses=wanted["responses"],
        sampling=wanted["sampling"],
    )
    by = provenance(scored_by=engine.provenance(), hardware=engine.hardware())
    write_table(frame, output, LIKELIHOODS, provenance=by)
