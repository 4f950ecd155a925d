"""Commands that turn scores into curves and verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boundary.cli.options import (
    Bootstrap,
    Confidence,
    FewestSamples,
    Output,
    ScoresFiles,
)
from boundary.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("passk")(passk)
    app.command("crossover")(crossover)


def passk(
    scores: ScoresFiles,
    output: Output,
    confidence: Confidence = 0.95,
    min_n: FewestSamples = None,
) -> None:
    """Estimate pass@k for all k ≤ n, with intervals.

    Example: `python -m boundary passk --scores C.parquet --output K.parquet`
    """
    from boundary.analyses.run_scores import published
    from boundary.analysis.enough import few_in_arms, with_enough
    from boundary.analysis.passk import passk_table
    from boundary.meetings import read_scores
    from boundary.store import provenance, write_table
    from boundary.tables import PASSK

    counted = read_scores(scores)
    kept = with_enough(counted, min_n)
    if kept.height < counted.height:
        dropped = f"{counted.height - kept.height} of {counted.height} problems"
        typer.echo(f"Note: {dropped} with fewer than {min_n} samples dropped.", err=True)
    for few in few_in_arms(kept):
        typer.echo(f"Note: {few}; --min-n drops them, and k goes further.", err=True)
    frame = passk_table(kept, confidence=confidence)
    by = provenance(**published(scores), **({"min_n": min_n} if min_n else {}))
    write_table(frame, output, PASSK, provenance=by, csv=True)


def crossover(
    base: Annotated[Path, typer.Option("--base", help="Scores of the base model.")],
    other: Annotated[Path, typer.Option("--other", help="Scores of the other model.")],
    output: Output,
    k_max: Annotated[
        int | None, typer.Option("--k-max", min=1, help="Largest k; default n/2.")
    ] = None,
    min_n: FewestSamples = None,
    confidence: Confidence = 0.95,
    bootstrap: Bootstrap = 10_000,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            help="Difference to let pass: temperature, top_p, sampler, top_k, min_p, "
            "repetition_penalty, presence_penalty, frequency_penalty, max_tokens, max_model_len, "
            "prompt, engine, engine_version, dtype, quantization, grader.",
        ),
    ] = None,
) -> None:
    """Find the k at which the base overtakes the other model, or say that none is shown.

    Example: `python -m boundary crossover --base C1.parquet --other C2.parquet
    --output X.parquet`
    """
    import polars as pl

    from boundary.analyses.run_scores import origins, published
    from boundary.analysis.crossover import LEAST_REPLICATES, crossover_frame, decide
    from boundary.analysis.differences import difference_curve
    from boundary.analysis.fairness import (
        NAMES,
        check_engines,
        decoding_note,
        origin_note,
        permitted_of,
        sandbox_note,
        with_note,
    )
    from boundary.analysis.pairs import pair_arms
    from boundary.comparison_tables import CROSSOVERS
    from boundary.jobs.reading import ComparisonRow
    from boundary.meetings import check_scores
    from boundary.notes import join_parts
    from boundary.report.sentences import sentence
    from boundary.rows import VerdictRow
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import SCORES

    if strange := sorted({*(allow or ())} - {*NAMES}):
        raise InputError(f"--allow {strange[0]}: no difference is called so; valid: {NAMES}.")
    base_scores, other_scores = read_table(base, SCORES), read_table(other, SCORES)
    frames = {base: base_scores, other: other_scores}
    check_scores(frames)
    models = ["+".join(frame["model"].unique().sort()) for frame in (other_scores, base_scores)]
    pair = pair_arms(base_scores, other_scores, "-vs-".join(models), min_n)
    names = pair.labels
    if (names["base"], names["protocol"]) == (names["other"], names["other_protocol"]):
        raise InputError(
            f"--base {base} and --other {other} are scores of one model ({names['base']}) under "
            f"one protocol, and nothing is ahead of itself. Give the scores of two arms."
        )
    made_by, silent = origins(frames)
    row = ComparisonRow.model_validate({**pair.labels, "allowed": allow or []})
    (differing,) = check_engines([row], made_by, where=f" ({base} and {other})")
    scores = pl.concat(frames.values(), how="diagonal")
    notes = (
        origin_note(row, made_by, silent),
        decoding_note(row, made_by) if pair.n > 1 else None,
        sandbox_note(scores, row),
    )
    replicates = max(bootstrap, LEAST_REPLICATES)
    curve = difference_curve(pair, replicates=replicates, confidence=confidence, k_max=k_max)
    note = join_parts(filter(None, notes))
    frame = with_note(crossover_frame(curve, decide(curve)), note, permitted_of(differing))
    by = provenance(**published(frames))
    write_table(frame, output, CROSSOVERS, provenance=by, csv=True)
    typer.echo(sentence(VerdictRow.of(frame.row(0, named=True)), confidence=confidence))
