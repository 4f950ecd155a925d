"""The command that makes the tables of an analysis, and older names of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boundary.cli.options import OutputFolder, SomeScores, Spec
from boundary.cli.spec import Given, as_job, files_of, parse_spec
from boundary.errors import InputError

if TYPE_CHECKING:
    from boundary.analyses.record import Analysis, Options

LikelihoodFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--likelihoods", help="Likelihood table; repeat for several, or name them in the spec."
    ),
]
ItemsFile = Annotated[
    Path | None,
    typer.Option("--items", help="Selected chains of thought: chain_items.parquet."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("analysis")(analysis)
    app.command("analyse")(analyse)
    app.command("perplexity")(perplexity)
    app.command("audit")(audit)
    app.command("guess-floor")(guess_floor)


def analysis(
    name: Annotated[str, typer.Argument(help="Its key under `analyses` in a study file.")],
    spec: Spec,
    output: OutputFolder,
    scores: SomeScores = None,
    likelihoods: LikelihoodFiles = None,
    items: ItemsFile = None,
) -> None:
    """Make the tables of one analysis; docs/analyses.md lists them, and what each reads.

    Example: `python -m boundary analysis guess_floor --output tables/ --spec '{"arms": [{"model":
    "m", "benchmark": "b", "protocol": "p", "problems": "P.parquet", "verdicts": ["V.parquet"]}],
    "confidence": 0.95}'`
    """
    from boundary.analyses.registry import analyses
    from boundary.config.raw import hint

    known = analyses()
    if name not in known:
        valid = ", ".join(known)
        raise InputError(
            f"analysis: none is called {name!r}; there are: {valid}.{hint(name, known)}"
        )
    entry = known[name]
    if given := [
        option
        for option, value, need in (
            ("--scores", scores, ("scores", "labels")),
            ("--likelihoods", likelihoods, ("likelihoods",)),
            ("--items", items, ("labels",)),
        )
        if value is not None and entry.needs not in need
    ]:
        raise InputError(f"{given[0]}: {name} reads {entry.needs}, which its spec names.")
    settings = parse_spec(spec)
    if entry.needs == "scores":
        _of_scores(settings, {name: _options(entry, settings.pop("options", {}))}, scores, output)
    elif entry.needs == "likelihoods":
        _of_likelihoods(entry, settings, likelihoods, output)
    elif entry.needs == "crossings":
        _of_crossings(entry, settings, output)
    elif entry.needs == "interventions":
        _of_interventions(entry, settings, output)
    elif entry.needs == "screen":
        _of_screen(entry, settings, output)
    elif entry.needs == "labels":
        _of_labels(entry, settings, items, scores, output)
    else:
        _of_arms(entry, settings, output)


def analyse(spec: Spec, output: OutputFolder, scores: SomeScores = None) -> None:
    """Make the tables of all analyses of a study that need no more than scores.

    Example: `python -m boundary analyse --scores C.parquet --scores D.parquet --output tables/
    --spec '{"comparisons": [{"comparison": "d-vs-c", "base": "c", "other": "d", "benchmark": "b",
    "protocol": "p"}]}'`
    """
    from boundary.analyses.registry import analyses

    settings = parse_spec(spec)
    named = settings.get("analyses")
    known = {name: entry for name, entry in analyses().items() if entry.needs == "scores"}
    if isinstance(named, dict):
        if strange := [name for name in named if name not in known]:
            raise InputError(f"--spec: analyses.{strange[0]}: no analysis of scores is called so.")
        known = {name: known[name] for name in named}
    options = {name: _options(entry, (named or {}).get(name, {})) for name, entry in known.items()}
    spare = [name for name, entry in known.items() if entry.spare] if named is None else []
    _of_scores(settings, options, scores, output, spare)


def perplexity(spec: Spec, output: OutputFolder, likelihoods: LikelihoodFiles = None) -> None:
    """Summarise log-probabilities, by scorer, source and correctness: `analysis perplexity`.

    Example: `python -m boundary perplexity --likelihoods L.parquet --output tables/ --spec
    '{"arms": [{"model": "m", "benchmark": "b", "protocol": "p", "verdicts": ["V.parquet"]}],
    "bootstrap": 10000, "confidence": 0.95}'`
    """
    analysis("perplexity", spec, output, likelihoods=likelihoods)


def audit(spec: Spec, output: OutputFolder) -> None:
    """Count what was tried against the verifier, and where rules differ: `analysis audit`.

    Example: `python -m boundary audit --output tables/ --spec '{"arms": [{"model": "m",
    "benchmark": "b", "protocol": "p", "kind": "math", "problems": "P.parquet",
    "verdicts": ["V.parquet"]}], "confidence": 0.95}'`
    """
    analysis("audit", spec, output)


def guess_floor(spec: Spec, output: OutputFolder) -> None:
    """Work out what a model's answers to other problems would solve: `analysis guess_floor`.

    Example: `python -m boundary guess-floor --output tables/ --spec '{"arms": [{"model": "m",
    "benchmark": "b", "protocol": "p", "problems": "P.parquet", "verdicts": ["V.parquet"]}],
    "confidence": 0.95}'`
    """
    analysis("guess_floor", spec, output)


def _options(entry: Analysis, given: object) -> Options:
    if not isinstance(given, dict):
        raise InputError(f"--spec: the options of {entry.name} should be a JSON object.")
    return as_job(given, entry.options)


def _of_scores(
    settings: Given,
    options: dict[str, Options],
    scores: list[Path] | None,
    output: Path,
    spare: Sequence[str] = (),
) -> None:
    from boundary.analyses.run_scores import run
    from boundary.jobs.reading import Tables

    job = as_job(settings, Tables)
    run(job, files_of("--scores", scores, job.scores), options, output, spare)


def _of_arms(entry: Analysis, settings: Given, output: Path) -> None:
    from boundary.analyses.run_arms import run
    from boundary.jobs.reading import ArmTables

    job = as_job(settings, ArmTables)
    run(entry.name, job, _options(entry, job.options), output)


def _of_likelihoods(
    entry: Analysis, settings: Given, likelihoods: list[Path] | None, output: Path
) -> None:
    from boundary.analyses.run_likelihoods import run
    from boundary.jobs.reading import Perplexity

    job = as_job(settings, Perplexity)
    files = files_of("--likelihoods", likelihoods, job.likelihoods())
    run(entry.name, job, files, _options(entry, job.options), output)


def _of_crossings(entry: Analysis, settings: Given, output: Path) -> None:
    from boundary.analyses.run_crossings import run
    from boundary.jobs.crossing import CrossingTables

    job = as_job(settings, CrossingTables)
    run(entry.name, job, _options(entry, job.options), output)


def _of_interventions(entry: Analysis, settings: Given, output: Path) -> None:
    from boundary.analyses.run_interventions import run
    from boundary.jobs.interventions import InterventionTables

    job = as_job(settings, InterventionTables)
    run(entry.name, job, _options(entry, job.options), output)


def _of_screen(entry: Analysis, settings: Given, output: Path) -> None:
    from boundary.analyses.run_screen import run
    from boundary.jobs.screen import ScreenTables

    job = as_job(settings, ScreenTables)
    run(entry.name, job, _options(entry, job.options), output)


def _of_labels(
    entry: Analysis,
    settings: Given,
    items: Path | None,
    scores: list[Path] | None,
    output: Path,
) -> None:
    from boundary.analyses.run_labels import run
    from boundary.jobs.chains import ChainCurves

    job = as_job(settings, ChainCurves)
    options = _options(entry, job.options)
    selected = items or (Path(job.items) if job.items else None)
    if selected is None:
        raise InputError("--items: missing; name what `chains select` wrote.")
    run(entry.name, job, selected, files_of("--scores", scores, job.scores), options, output)
