"""Commands that turn scores into curves, verdicts and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boundary.cli.options import (
    Bootstrap,
    Confidence,
    FewestSamples,
    Output,
    OutputFolder,
    ScoresFiles,
    SomeScores,
    Spec,
)
from boundary.cli.spec import files_of, read_spec
from boundary.errors import InputError

if TYPE_CHECKING:
    import polars as pl

#: Model, benchmark and protocol.
Names = tuple[str, str, str]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("passk")(passk)
    app.command("crossover")(crossover)
    app.command("analyse")(analyse)
    app.command("perplexity")(perplexity)
    app.command("audit")(audit)


def passk(
    scores: ScoresFiles,
    output: Output,
    confidence: Confidence = 0.95,
    min_n: FewestSamples = None,
) -> None:
    """Estimate pass@k for all k ≤ n, with intervals.

    Example: `python -m boundary passk --scores C.parquet --output K.parquet`
    """
    from boundary.analysis.enough import few_in_arms, with_enough
    from boundary.analysis.passk import passk_table
    from boundary.meetings import read_scores
    from boundary.store import provenance, write_table
    from boundary.tables import PASSK

    counted = read_scores(scores)
    kept = with_enough(counted, min_n)
    if kept.height < counted.height:
        told = f"{counted.height - kept.height} of {counted.height} problems"
        typer.echo(f"Note: {told} with fewer than {min_n} samples dropped.", err=True)
    for few in few_in_arms(kept):
        typer.echo(f"Note: {few}; --min-n drops them, and k goes further.", err=True)
    frame = passk_table(kept, confidence=confidence)
    by = provenance(**_published(scores), **({"min_n": min_n} if min_n else {}))
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
            help="Difference to let pass: temperature, top_p, max_tokens, max_model_len, prompt, "
            "engine, engine_version, dtype, quantization, grader.",
        ),
    ] = None,
) -> None:
    """Find the k at which the base overtakes the other model, or say that none is shown.

    Example: `python -m boundary crossover --base C1.parquet --other C2.parquet
    --output X.parquet`
    """
    import polars as pl

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
    from boundary.meetings import check_scores
    from boundary.notes import join_parts
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
    told, silent = _origins(frames)
    wanted = {**pair.labels, "allowed": allow or [], "where": f" ({base} and {other})"}
    (differing,) = check_engines([wanted], told)
    scores = pl.concat(frames.values(), how="diagonal")
    notes = (
        origin_note(wanted, told, silent),
        decoding_note(wanted, told) if pair.n > 1 else None,
        sandbox_note(scores, wanted),
    )
    replicates = max(bootstrap, LEAST_REPLICATES)
    curve = difference_curve(pair, replicates=replicates, confidence=confidence, k_max=k_max)
    said = join_parts(filter(None, notes))
    frame = with_note(crossover_frame(curve, decide(curve)), said, permitted_of(differing))
    by = provenance(**_published(frames))
    write_table(frame, output, CROSSOVERS, provenance=by, csv=True)


def analyse(spec: Spec, output: OutputFolder, scores: SomeScores = None) -> None:
    """Make the tables of a study from the scores of all its arms.

    Example: `python -m boundary analyse --scores C.parquet --scores D.parquet --output tables/
    --spec '{"comparisons": [{"comparison": "d-vs-c", "base": "c", "other": "d", "benchmark": "b",
    "protocol": "p"}]}'`
    """
    import polars as pl

    from boundary.analysis.fairness import check_engines, note_of, origin_note, permitted_of
    from boundary.analysis.study import study_tables
    from boundary.jobs.reading import Tables
    from boundary.meetings import check_scores, solved_by
    from boundary.notes import join_parts
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import ALL_STUDY_TABLES, SCORES

    job = read_spec(spec, Tables)
    files = files_of("--scores", scores, job.scores)
    frames = {path: read_table(path, SCORES) for path in files}
    wanted = job.model_dump(exclude={"scores"})
    pairs = wanted["comparisons"]
    check_scores(frames)
    told, silent = _origins(frames)
    noted = [
        {
            **pair,
            "permitted": permitted_of(found),
            "note": join_parts(filter(None, (note_of(pair), origin_note(pair, told, silent)))),
        }
        for pair, found in zip(pairs, check_engines(pairs, told), strict=True)
    ]
    scored = pl.concat(frames.values(), how="diagonal")
    made = study_tables(scored, {**wanted, "comparisons": noted})
    by = provenance(
        spec=wanted,
        scores=[str(path) for path in files],
        solved=solved_by(scored),
        **_published(frames),
    )
    for name, frame in made.items():
        path = output / f"{name}.parquet"
        write_table(frame, path, ALL_STUDY_TABLES[name], provenance=by, csv=True)


def _origins(scores: Mapping[Path, pl.DataFrame]) -> tuple[dict[Names, Any], dict[Names, Any]]:
    """Return what made each arm, as far as its scores tell, and how many shards did not tell."""
    from boundary.analysis.fairness import told_by
    from boundary.store import read_provenance

    told, silent = {}, {}
    for path, frame in scores.items():
        found = read_provenance(path)
        for arm in frame.select("model", "benchmark", "protocol").unique().iter_rows():
            told[arm] = told_by(found)
            if "silent_shards" in found:
                silent[arm] = found["silent_shards"]
    return told, silent


def _published(scores: Iterable[Path]) -> dict[str, Any]:
    """Return what the scores among these that are published counts tell of themselves."""
    from boundary.store import read_provenance

    counts = {}
    for path in scores:
        if found := read_provenance(path).get("counts"):
            counts[f"{found.pop('model')} on {found.pop('benchmark')}"] = found
    return {"counts": counts} if counts else {}


def perplexity(
    spec: Spec,
    output: OutputFolder,
    likelihoods: Annotated[
        list[Path] | None,
        typer.Option(
            "--likelihoods",
            help="Likelihood table; repeat for several, or name them in the spec.",
        ),
    ] = None,
) -> None:
    """Summarise log-probabilities, by scorer, source and correctness.

    Example: `python -m boundary perplexity --likelihoods L.parquet --output tables/ --spec
    '{"arms": [{"model": "m", "benchmark": "b", "protocol": "p", "verdicts": ["V.parquet"]}],
    "bootstrap": 10000, "confidence": 0.95}'`
    """
    from boundary.analysis.perplexity import perplexity_table
    from boundary.jobs.reading import Perplexity
    from boundary.jobs.shards import shard_paths
    from boundary.likelihood.verdicts import with_verdicts
    from boundary.meetings import read_likelihoods, read_verdicts
    from boundary.store import provenance, write_table
    from boundary.tables import LIKELIHOODS, PERPLEXITY

    job = read_spec(spec, Perplexity)
    files = files_of("--likelihoods", likelihoods, job.likelihoods())
    judged = {
        (arm.model, arm.benchmark, arm.protocol): shard_paths(arm.verdicts) for arm in job.arms
    }
    verdicts = {
        arm: read_verdicts(paths, None, None, columns=("correct",)) for arm, paths in judged.items()
    }
    joined = with_verdicts(read_likelihoods(files, verdicts, judged), verdicts.items())
    summary = perplexity_table(joined, replicates=job.bootstrap, confidence=job.confidence)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write_table(joined, output / "likelihoods.parquet", LIKELIHOODS, provenance=by)
    write_table(summary, output / "perplexity.parquet", PERPLEXITY, provenance=by, csv=True)


def audit(spec: Spec, output: OutputFolder) -> None:
    """Count what was tried against the verifier, and where rules of grading disagree.

    Example: `python -m boundary audit --output tables/ --spec '{"arms": [{"model": "m",
    "benchmark": "b", "protocol": "p", "kind": "math", "problems": "P.parquet",
    "verdicts": ["V.parquet"]}], "confidence": 0.95}'`
    """
    import polars as pl

    from boundary.analysis.audit import READ, audit_table, count_arm, disagreements
    from boundary.analysis.frames import column_types
    from boundary.jobs.reading import Audit
    from boundary.jobs.shards import shard_paths
    from boundary.kinds import kind
    from boundary.meetings import read_verdicts, solved_by
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import AUDIT, DISAGREEMENTS, PROBLEMS

    job = read_spec(spec, Audit)
    counts, differing = [], [pl.DataFrame(schema=column_types(DISAGREEMENTS))]
    solved: dict[str, str] = {}
    for arm in job.arms:
        path = Path(arm.problems) if arm.problems else None
        verdicts = read_verdicts(shard_paths(arm.verdicts), path, arm.benchmark, columns=READ)
        solved |= solved_by(verdicts, arm.labels)
        columns = ("benchmark", "problem_id", "question", "answer", "kind", "metadata")
        known = read_table(path, PROBLEMS, columns=columns) if path else None
        counts.append(count_arm(arm.labels, verdicts, known))
        if "agreed" in kind(arm.kind).rules:
            differing.append(disagreements(arm.labels, verdicts, known))
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True), solved=solved)
    made = audit_table(counts, job.confidence)
    write_table(made, output / "audit.parquet", AUDIT, provenance=by, csv=True)
    write_table(
        pl.concat(differing),
        output / "disagreements.parquet",
        DISAGREEMENTS,
        provenance=by,
        csv=True,
    )
