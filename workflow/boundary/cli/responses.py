"""Commands that make, verify and count responses."""

from __future__ import annotations

import signal
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boundary.allowed import BATCH_TOKENS, MAX_UNSET, MOST_SAMPLES, PROVENANCE
from boundary.cli.options import (
    Endpoint,
    Extract,
    ExtractionRule,
    Output,
    ProblemsFile,
    SamplesFiles,
    SandboxChoice,
    SandboxTier,
    Spec,
    Threads,
    Workers,
)
from boundary.cli.spec import reached, read_spec
from boundary.cores import available_cores
from boundary.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from boundary.engines import Engine, Machine
    from boundary.jobs.making import Loaded
    from boundary.jobs.reading import Score
    from boundary.jobs.sampling import Sampling


class Hardware(StrEnum):
    """What a model runs on."""

    cpu = "cpu"
    gpu = "gpu"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sample")(sample)
    app.command("verify")(verify)
    app.command("score")(score)
    app.command("counts")(counts)
    app.command("likelihood")(likelihood)


Device = Annotated[Hardware, typer.Option("--device", help="What to run on.")]
Gpus = Annotated[int, typer.Option("--gpus", min=1, max=1024, help="GPUs to split the model over.")]
GpuMemory = Annotated[
    float, typer.Option("--gpu-memory", min=0.05, max=1, help="Share of GPU memory for vllm.")
]

ArmFolder = Annotated[
    Path | None,
    typer.Option("--arm", help="Folder of the arm's shards; rows of the block there are copied."),
]
KeptTokens = Annotated[
    bool, typer.Option("--token-ids", help="Keep the sampled tokens beside the text.")
]


def sample(
    spec: Spec,
    problems: ProblemsFile,
    output: Output,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
    token_ids: KeptTokens = False,
    arm: ArmFolder = None,
    endpoint: Endpoint = None,
) -> None:
    """Sample one block of responses; a killed job resumes where it was.

    The pipeline calls it as `python -m boundary sample --spec '{"block": 0, …}'
    --problems P.parquet --output S.parquet`.
    """
    from boundary.engines import Machine
    from boundary.jobs.making import SamplingJob
    from boundary.sampling import sample_block, sample_shared, siblings
    from boundary.store import read_table
    from boundary.tables import PROBLEMS, UNTESTED

    job = read_spec(spec, SamplingJob)
    frame = read_table(problems, PROBLEMS, columns=UNTESTED)
    machine = Machine(threads, device, gpus, gpu_memory, endpoint=reached(endpoint))
    load = partial(load_engine, job, machine)
    if arm is not None and siblings(arm, job, output):
        sample_shared(load, frame, [job], [output], arm, token_ids=token_ids)
    else:
        sample_block(load(), frame, job, output, token_ids=token_ids)
    # The shard is there, and Snakemake would remove that of a job which ends with an error.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def load_engine(job: Loaded, machine: Machine) -> Engine:
    """Load the weights of a job into the engine of its protocol."""
    from boundary import engines

    loading = job.loading
    weights = engines.Weights(
        Path(job.checkpoint),
        dtype=loading.dtype,
        quantization=loading.quantization,
        adapter=None if loading.adapter is None else Path(loading.adapter),
    )
    return engines.load(job.loads_with, weights, machine)


CacheFolder = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder of verdicts that jobs share; none is kept by default."),
]
StdoutTolerance = Annotated[
    float,
    typer.Option(
        "--stdout-tolerance", min=0, max=0.01, help="By how much printed floats may differ."
    ),
]


VerifierFile = Annotated[
    str | None,
    typer.Option("--verifier", help="`file:PATH.py`: a verifier of your own, for all problems."),
]


def verify(
    problems: ProblemsFile,
    samples: SamplesFiles,
    output: Output,
    threads: Workers = None,
    cache: CacheFolder = None,
    sandbox: SandboxTier = SandboxChoice.isolated,
    extract: ExtractionRule = Extract.any,
    stdout_tolerance: StdoutTolerance = 0.0,
    verifier: VerifierFile = None,
) -> None:
    """Give every response its verdict.

    Example: `python -m boundary verify --problems P.parquet --samples S.parquet
    --output V.parquet`
    """
    from boundary.imported import samples_table, with_theirs
    from boundary.kinds import grader_digest
    from boundary.store import provenance, write_table
    from boundary.tables import VERDICTS_TABLE
    from boundary.verify.cache import Cache
    from boundary.verify.setting import Setting
    from boundary.verify.stream import verify_files

    graders: dict[str, str] = {}

    def setting(kind: str) -> Setting:
        graders[kind] = grader_digest(
            kind, sandbox.value, extract.value, stdout_tolerance, verifier
        )
        kept = None if cache is None else Cache(cache, graders[kind])
        workers = threads or available_cores()
        return Setting(
            workers, kept, sandbox is SandboxChoice.reduced, extract.value, stdout_tolerance
        )

    frame = verify_files(problems, samples, setting, verifier, samples_table(samples))
    frame = with_theirs(frame, samples)
    by = provenance(
        sandbox=sandbox.value,
        extract=extract.value,
        stdout_tolerance=stdout_tolerance,
        graders=graders,
        **({"verifier": verifier} if verifier else {}),
    )
    write_table(frame, output, VERDICTS_TABLE, provenance=by)


def score(
    output: Output,
    problems: Annotated[
        Path | None, typer.Option("--problems", help="Problem table (Parquet).")
    ] = None,
    samples: Annotated[
        list[Path] | None, typer.Option("--samples", help="Sample shard; repeat for several.")
    ] = None,
    verdicts: Annotated[
        list[Path] | None, typer.Option("--verdicts", help="Verdict shard; repeat for several.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("--n", min=1, max=MOST_SAMPLES, help="Samples that every problem must have."),
    ] = None,
    max_unset: Annotated[
        float | None,
        typer.Option(
            "--max-unset",
            min=0,
            max=1,
            help=f"Largest share of responses without outcome; default {MAX_UNSET}.",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", help="`provenance`: shards that tell nothing of themselves beside others."
        ),
    ] = None,
    spec: Annotated[
        str | None, typer.Option("--spec", help="In place of the others: JSON, or `-`.")
    ] = None,
) -> None:
    """Count correct responses, one row a problem, once all samples prove to be whole.

    Example: `python -m boundary score --problems P.parquet --samples S.parquet
    --verdicts V.parquet --output C.parquet`
    """
    from boundary.ends import check_ends, with_rule
    from boundary.guards import (
        check_repeats,
        check_unset,
        made_by,
        nucleus_of,
        read_reduced,
        sampling_of,
        silent_shards,
    )
    from boundary.imported import IMPORTED, disagreement, origin_of_import, samples_table
    from boundary.jobs.reading import Score
    from boundary.jobs.shards import shard_paths
    from boundary.meetings import graders_of, read_asked, read_problem_digests, read_verdicts
    from boundary.origins import check_questions, scored
    from boundary.questions import repeated_questions, without_blank
    from boundary.scoring import VERDICT_COLUMNS
    from boundary.scoring import score as count
    from boundary.store import provenance, write_table
    from boundary.tables import SCORES

    given = {"problems": problems, "samples": samples, "verdicts": verdicts}
    limits = {"n": n, "max_unset": max_unset, "allow": allow}
    job = _score_of_options(given, limits) if spec is None else read_spec(spec, Score)
    if spec is not None and any(value is not None for value in (*given.values(), *limits.values())):
        raise InputError("--spec: says what to score; leave out the other options.")
    if strange := sorted({*job.allow} - {PROVENANCE}):
        raise InputError(f"--allow {strange[0]}: score lets nothing pass but {PROVENANCE!r}.")
    questions = Path(job.problems)
    shards, judgements = shard_paths(job.samples), shard_paths(job.verdicts)
    by, sampling = made_by(shards, job.allow), sampling_of(shards)
    graders = graders_of(judgements)
    imported = origin_of_import(shards)
    rows = read_reduced(shards, samples_table(shards))
    responses = rows.rename({"fingerprint": "response_digest"})
    named = read_asked(questions)
    check_questions(shards, rows, named, questions)
    judged = read_verdicts(
        judgements,
        questions,
        rows["benchmark"].to_list()[0] if rows.height else None,
        columns=(*VERDICT_COLUMNS, "grader"),
        responses=responses,
        samples=shards,
    )
    asked = named if imported is None else without_blank(named)
    if job.stopping:
        check_ends(rows, judged, shards, job.stopping)
    unequal = imported is not None or job.stopping is not None
    counted = count(asked, rows, judged, n=job.n, unequal=unequal)
    frame = scored(counted, responses, read_problem_digests(questions))
    frame = with_rule(frame, job.stopping) if job.stopping else frame
    if "question" in frame.columns and (repeated := repeated_questions(frame)):
        typer.echo(f"Note: {questions}: {repeated}", err=True)
    if warning := check_unset(rows, shards, job.max_unset):
        typer.echo(f"Warning: {warning}", err=True)
    details: dict[str, object] = {"sampled_by": by, "sampling": sampling, "graders": graders}
    if imported is None:
        check_repeats(
            rows, shards, temperature=sampling.get("temperature"), top_p=nucleus_of(sampling)
        )
    else:
        details[IMPORTED] = {**imported, "verdicts": disagreement(judged)}
    silent = len(silent_shards(shards))
    if 0 < silent < len(shards):
        details["silent_shards"] = [silent, len(shards)]
    write_table(frame, output, SCORES, provenance=provenance(**details))


def _score_of_options(given: dict[str, Any], limits: dict[str, Any]) -> Score:
    """Return the job that the options of ``score`` name."""
    from boundary.jobs.reading import Score

    missing = [f"--{name}" for name, files in given.items() if not files]
    if missing:
        raise InputError(
            f"Missing option {', '.join(missing)}. See python -m boundary score --help."
        )
    shards = {name: [str(path) for path in given[name]] for name in ("samples", "verdicts")}
    set_here = {name: value for name, value in limits.items() if value is not None}
    return Score.model_validate({"problems": str(given["problems"]), **shards, **set_here})


def counts(
    spec: Spec,
    csv: Annotated[Path, typer.Option("--csv", help="CSV with model, problem, n, correct.")],
    output: Output,
    n: Annotated[
        int | None, typer.Option("--n", min=1, max=MOST_SAMPLES, help="Samples a problem.")
    ] = None,
) -> None:
    """Take published counts as scores.

    Example: `python -m boundary counts --csv counts.csv --output C.parquet --spec
    '{"model": "m", "name": "m", "benchmark": "b", "protocol": "p"}'`
    """
    from boundary.data.counts import counts_scores
    from boundary.digests import file_digest
    from boundary.jobs.reading import Counts
    from boundary.store import provenance, write_table
    from boundary.tables import SCORES

    job = read_spec(spec, Counts)
    frame = counts_scores(csv, job.name, job.model, job.benchmark, job.protocol, n=n)
    stated = job.model_dump(exclude={"protocol"}, exclude_none=True)
    origin = {"file": str(csv), "sha256": file_digest(csv), **stated}
    write_table(frame, output, SCORES, provenance=provenance(counts=origin))


SomeSamples = Annotated[
    list[Path] | None,
    typer.Option("--samples", help="Sample shard; none where worked solutions are scored."),
]
TokensOutput = Annotated[
    Path | None,
    typer.Option(
        "--tokens-output", help="Where what is said of each token goes; else it is not kept."
    ),
]
BatchTokens = Annotated[
    int, typer.Option("--batch-tokens", min=1, help="Tokens that transformers scores together.")
]


def likelihood(
    spec: Spec,
    problems: ProblemsFile,
    output: Output,
    samples: SomeSamples = None,
    tokens_output: TokensOutput = None,
    threads: Threads = 1,
    device: Device = Hardware.cpu,
    gpus: Gpus = 1,
    gpu_memory: GpuMemory = 0.9,
    batch_tokens: BatchTokens = BATCH_TOKENS,
) -> None:
    """Score the responses of one model under another.

    The pipeline calls it as `python -m boundary likelihood --spec '{"scorer": …}'
    --problems P.parquet --samples S.parquet --output L.parquet`.
    """
    from boundary.engines import Machine
    from boundary.engines.token_scores import Nucleus
    from boundary.jobs.making import LikelihoodJob
    from boundary.likelihood.gold import gold_samples
    from boundary.likelihood.responses import Scoring, score_responses
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import LIKELIHOODS, PROBLEMS, TOKEN_SCORES, UNTESTED

    job = read_spec(spec, LikelihoodJob)
    asked = read_table(problems, PROBLEMS, columns=UNTESTED)
    if job.gold:
        rows = gold_samples(asked, job.gold.benchmark, job.gold.protocol)
        of_benchmark = asked.filter(benchmark=job.gold.benchmark).height
        asked = asked.join(rows, on=["benchmark", "problem_id"], how="semi")
        if asked.height < of_benchmark:
            typer.echo(
                f"Note: {of_benchmark - asked.height:,} of {of_benchmark:,} problems of "
                f"{job.gold.benchmark!r} have no worked solution and are left out.",
                err=True,
            )
    else:
        rows = read_sampled(
            samples or [], job.sampling, asked, problems, job.responses, first=job.first
        )
    engine = load_engine(job, Machine(threads, device, gpus, gpu_memory, batch_tokens))
    scoring = Scoring(
        job.scorer,
        range(job.first, job.first + job.responses),
        job.sampling,
        tuple(Nucleus(each.temperature, each.top_p) for each in job.samplers),
        job.token_responses if tokens_output else 0,
        cut=job.too_long == "cut",
    )
    frame, by_token = score_responses(engine, asked, rows, scoring)
    by = provenance(scored_by=engine.provenance(), hardware=engine.hardware())
    if tokens_output:
        write_table(by_token, tokens_output, TOKEN_SCORES, provenance=by)
    write_table(frame, output, LIKELIHOODS, provenance=by)


def read_sampled(
    samples: list[Path],
    sampling: Sampling,
    asked: pl.DataFrame,
    problems: Path,
    responses: int,
    first: int = 0,
) -> pl.DataFrame:
    """Read responses, which must be to these problems and under this prompt."""
    from boundary.guards import sampling_of
    from boundary.origins import check_questions
    from boundary.sampled_by import differences
    from boundary.sampling.block import settings_of
    from boundary.store import read_tables
    from boundary.tables import SAMPLES

    if not samples:
        raise InputError("--samples: missing; give the sample shard that holds the responses.")
    shards = shards_of(samples, sampling, responses, first)
    rows = read_tables(shards, SAMPLES)
    check_questions(shards, rows, asked, problems)
    drawn, now = sampling_of(shards), settings_of(sampling)
    if unlike := differences({k: drawn[k] for k in ("prompt", "stop") if k in drawn}, now):
        raise InputError(
            f"{shards[0]}: was sampled under another prompt than the spec has "
            f"({', '.join(unlike.values())}), after which its responses are not what the model "
            f"wrote. Give the sampling of their protocol."
        )
    return rows


def shards_of(paths: list[Path], sampling: Sampling, responses: int, first: int = 0) -> list[Path]:
    """Return shards; a folder stands for its blocks that hold the responses."""
    from boundary.jobs.shards import Shards, shard_paths

    size = sampling.samples_per_shard
    begin, end = first // size, -(-(first + responses) // size)
    shards: list[Path] = []
    for path in paths:
        whole = Shards(folder=str(path), blocks=end)
        shards += shard_paths(whole)[begin:] if path.is_dir() else [path]
    return shards
