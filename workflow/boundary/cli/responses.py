"""Commands that make, verify and count responses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boundary.cli.options import (
    Output,
    ProblemsFile,
    SamplesFiles,
    Spec,
    Threads,
    read_spec,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sample")(sample)
    app.command("verify")(verify)
    app.command("score")(score)
    app.command("counts")(counts)
    app.command("likelihood")(likelihood)


def sample(spec: Spec, problems: ProblemsFile, output: Output, threads: Threads = 1) -> None:
    """Sample one block of responses; a killed job resumes where it was.

    The pipeline calls it as `python -m boundary sample --spec '{"block": 0, …}'
    --problems P.parquet --output S.parquet`.
    """
    from dataclasses import fields

    from boundary import engines
    from boundary.sampling import Block, sample_block
    from boundary.store import read_table
    from boundary.tables import PROBLEMS

    keys = [field.name for field in fields(Block)]
    wanted = read_spec(spec, *keys)
    block = Block(**{key: wanted[key] for key in keys})
    frame = read_table(problems, PROBLEMS)
    engine = engines.load(block.sampling["engine"], Path(block.checkpoint), threads)
    sample_block(engine, frame, block, output)


def verify(problems: ProblemsFile, samples: SamplesFiles, output: Output) -> None:
    """Give every response its verdict.

    Example: `python -m boundary verify --problems P.parquet --samples S.parquet
    --output V.parquet`
    """
    from boundary.store import provenance, read_table, read_tables, write_table
    from boundary.tables import PROBLEMS, SAMPLES, VERDICTS_TABLE
    from boundary.verify import verify_samples

    frame = verify_samples(read_table(problems, PROBLEMS), read_tables(samples, SAMPLES))
    write_table(frame, output, VERDICTS_TABLE, provenance=provenance())


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
) -> None:
    """Count correct responses, one row a problem.

    Example: `python -m boundary score --problems P.parquet --samples S.parquet
    --verdicts V.parquet --output C.parquet`
    """
    from boundary.scoring import score as count
    from boundary.store import provenance, read_table, read_tables, write_table
    from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE

    frame = count(
        read_table(problems, PROBLEMS),
        read_tables(samples, SAMPLES),
        read_tables(verdicts, VERDICTS_TABLE),
        n=n,
    )
    write_table(frame, output, SCORES, provenance=provenance(sampled_by=_sampled_by(samples)))


def _sampled_by(paths: list[Path]) -> dict[str, str]:
    """Return the one engine that made all shards.

    Raises
    ------
    InputError
        When shards come from different engines or versions of one.
    """
    from boundary.engines import differences
    from boundary.errors import InputError
    from boundary.store import read_provenance

    keys = ("engine", "transformers", "vllm", "torch", "device")
    seen: dict[str, tuple[Path, dict[str, str]]] = {}
    for path in paths:
        found = {key: value for key, value in read_provenance(path).items() if key in keys}
        if found:
            seen.setdefault(str(sorted(found.items())), (path, found))
    if len(seen) > 1:
        (first, one), (second, two) = list(seen.values())[:2]
        differing = ", ".join(differences(one, two))
        raise InputError(
            f"samples of one model come from different engines: {differing} ({first} and "
            f"{second}). Delete the shards of one of them, so that they are sampled again."
        )
    return next(iter(seen.values()))[1] if seen else {}


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
) -> None:
    """Score the responses of one model under another.

    The pipeline calls it as `python -m boundary likelihood --spec '{"scorer": …}'
    --problems P.parquet --samples S.parquet --output L.parquet`.
    """
    from boundary import engines
    from boundary.likelihood import score_responses
    from boundary.store import provenance, read_table, read_tables, write_table
    from boundary.tables import LIKELIHOODS, PROBLEMS, SAMPLES

    wanted = read_spec(spec, "scorer", "checkpoint", "responses", "sampling")
    engine = engines.load(wanted["sampling"]["engine"], Path(wanted["checkpoint"]), threads)
    frame = score_responses(
        engine,
        wanted["scorer"],
        read_table(problems, PROBLEMS),
        read_tables(samples, SAMPLES),
        responses=wanted["responses"],
        sampling=wanted["sampling"],
    )
    write_table(frame, output, LIKELIHOODS, provenance=provenance(**engine.provenance()))
