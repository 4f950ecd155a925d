"""What a paper says of how a study was done, in sentences made of its settings and provenance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from boundary.jobs.pages import Report
from boundary.report.drawn import ArmFacts, grading, problems, sampling
from boundary.report.given import given, stated
from boundary.report.order import in_study_order
from boundary.report.references import References
from boundary.report.text import visible
from boundary.report.verdicts import band_levels
from boundary.wording import number, span

#: The file beside a study's report.
METHODS = "methods.md"
#: Says to a job which Snakemake runs it, and to the page which wrote it.
SNAKEMAKE = "SNAKEMAKE_VERSION"
#: What a plain text could do to the page of a Markdown reader.
_MARKUP = re.compile(r"([\\<*`]|\[(?!@[\w]))")


@dataclass(frozen=True)
class Part:
    """Paragraphs with a title, plain text; ``[@key]`` stands for a source."""

    title: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Methods:
    """All parts, and BibTeX of every source that they cite."""

    parts: list[Part]
    bibtex: str


def methods_of(
    job: Report,
    tables: Mapping[str, pl.DataFrame],
    provenance: Mapping[str, object],
    arms: Sequence[ArmFacts] = (),
) -> Methods:
    """Return what a paper says of how a study was done.

    Parameters
    ----------
    job : Report
        Models, problems, prompts and settings.
    tables : mapping of str to polars.DataFrame
        Those of the study.
    provenance : mapping
        That of the page: ``counts`` and ``imports`` say of files what they say of themselves.
    arms : sequence of ArmFacts
        What is recorded of responses that were sampled or graded here.
    """
    cited, tables = References(), in_study_order(tables, job, titles=True)
    parts = {
        "Models and comparisons": _compared(job),
        "Problems": problems(job, tables, cited),
        "Sampling": sampling(job, tables, arms, cited),
        "What others sampled or graded": given(job, tables["passk"], provenance, cited),
        "Grading": grading(arms),
        "Estimators and intervals": _statistics(tables, provenance, job, cited),
        "Notes: what was left out, and what differs": _exclusions(tables, provenance),
        "Software": [_software(job, provenance, cited)],
    }
    kept = [Part(title, texts) for title, texts in parts.items() if texts]
    return Methods(kept, cited.bibtex)


def markdown(methods: Methods, study: str) -> str:
    """Return methods as a file of Markdown, with its BibTeX."""
    lines = [f"# Methods of {_escaped(study)}"]
    for part in methods.parts:
        lines += [f"## {part.title}", *map(_escaped, part.paragraphs)]
    return "\n\n".join([*lines, "## BibTeX", f"```bibtex\n{methods.bibtex}```"]) + "\n"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(visible(text).split()))


def _compared(job: Report) -> list[str]:
    described = []
    for model in job.models:
        entry = _mapping(_mapping(job.config.get("models")).get(model.name))
        facts: list[str] = [model.role]
        facts += [f"made from {entry['base']}"] if entry.get("base") else []
        facts += [f"{entry['source']}"] if entry.get("source") else []
        facts += [f"revision {entry['revision']}"] if entry.get("revision") else []
        facts += ["revision not established"] if entry.get("unverified") else []
        if adapter := _mapping(entry.get("adapter")):
            facts.append(f"with the adapter {adapter['source']}, {adapter.get('revision') or '–'}")
        facts += [f"{key} {entry[key]}" for key in ("dtype", "quantization") if entry.get(key)]
        described.append(f"{model.name} ({', '.join(facts)})")
    texts = [f"Models: {'; '.join(described)}."] if described else []
    texts += [
        f"Run {name} of the lab, trained by this pipeline: {stated(run)}."
        for name, run in _mapping(job.config.get("lab")).items()
    ]
    titles = [job.title(label) for label in job.comparisons]
    return texts + ([f"Comparisons: {'; '.join(titles)}."] if titles else [])


def _statistics(
    tables: Mapping[str, pl.DataFrame],
    provenance: Mapping[str, object],
    job: Report,
    cited: References,
) -> list[str]:
    crossovers = tables["crossovers"]
    level = f"{100 * job.confidence:.3g} %"
    texts = [
        f"pass@k is the unbiased estimate 1 − C(n−c, k)/C(n, k) from c correct of n samples, "
        f"averaged over problems {cited.cite('chen2021')}, with {level} intervals of Korn and "
        f"Graubard {cited.cite('korn1998')} that treat the problems as a sample from a larger "
        f"population of such problems."
    ]
    if "stopping" in tables and tables["stopping"].height:
        texts.append(
            "Problems of some arms were sampled no further once solved often enough, at looks that "
            "double; their pass@k is the one estimate from n, c and that rule without bias."
        )
    if crossovers.is_empty():
        return texts
    replicates = _settings(provenance).get("bootstrap")
    drawn = f" ({number(replicates)} replicates)" if isinstance(replicates, int) else ""
    largest = span(int(crossovers["k_max"].min()), int(crossovers["k_max"].max()))  # type: ignore[arg-type]
    levels = crossovers["band_level"] if "band_level" in crossovers.columns else [None]
    band = band_levels(levels, job.confidence)
    texts.append(
        f"D(k) is pass@k of the base less that of the other model, paired by problem. A k up to K "
        f"(K = {largest}) is decided where the simultaneous {band} band of D, from a paired "
        f"bootstrap over problems{drawn}, excludes 0; a verdict follows from the decided k alone. "
        f"k× is the last k up to K at which D turns from below to above 0, interpolated in log k, "
        f"and its {level} interval holds every k at which a paired test does not reject D = 0. "
        f"Beyond K nothing is claimed. A guard, which names small or saturated sets and copies, "
        f"forbids to lean on a verdict."
    )
    if (crossovers["decides"] == "benchmark").any():
        texts.append(
            "By the study's choice the verdict on these very problems decides, their responses "
            "sampled anew, where one is told."
        )
    if cells := crossovers["holm_cells"].max():
        texts.append(
            f"Verdicts are of one comparison on one benchmark each; beside them stand those after "
            f"Holm's correction {cited.cite('holm1979')} over {number(cells)} comparisons."  # type: ignore[arg-type]
        )
    if tables["coverage"].height:
        texts.append(
            f"Sets of problems solved at least once are compared by McNemar's exact test "
            f"{cited.cite('mcnemar1947')}."
        )
    texts.append(
        "Seeds of all resampling are derived from the content of what is resampled, so that the "
        "same data give the same numbers."
    )
    return texts


def _exclusions(tables: Mapping[str, pl.DataFrame], provenance: Mapping[str, object]) -> list[str]:
    texts = []
    if isinstance(least := _settings(provenance).get("min_n"), int):
        texts.append(f"Problems with fewer than {number(least)} samples were left out.")
    for row in tables["responses"].iter_rows(named=True):
        if row.get("n_unset"):
            texts.append(
                f"{number(row['n_unset'])} of {number(row['n_responses'])} responses of "
                f"{row['model']} on {row['benchmark']} ({row['protocol']}) have no outcome, as the "
                f"machine failed, and count as wrong."
            )
    for row in tables["crossovers"].iter_rows(named=True):
        where = f"{row['comparison']} on {row['benchmark']}"
        texts += [f"{where}: {row['note']}."] if row["note"] else []
        texts += [f"{where}: {row['looked']}"] if row.get("looked") else []
        texts += [f"{where} differ by permission: {row['permitted']}."] if row["permitted"] else []
    return texts


def _software(job: Report, provenance: Mapping[str, object], cited: References) -> str:
    libraries = {**_mapping(provenance.get("libraries"))}
    libraries |= _mapping(_mapping(provenance.get("tables")).get("libraries"))
    versions = ", ".join(f"{name} {version}" for name, version in sorted(libraries.items()))
    text = (
        f"Numbers are by {provenance.get('package')} (commit {provenance.get('git')}) "
        f"{cited.cite('boundary')} on Python {provenance.get('python')} with {versions}"
    )
    if job.config:
        runner = f"Snakemake {provenance.get(SNAKEMAKE) or ''}".rstrip()
        text += f", run by {runner} {cited.cite('snakemake')}"
    if job.question is None:
        text += f"; the question is that of Yue et al. {cited.cite('yue2025')}"
    return f"{text}."


def _settings(provenance: Mapping[str, object]) -> Mapping[str, object]:
    """Return settings of the statistics, of a study or of a comparison of files."""
    return _mapping(provenance.get("settings")) or _mapping(
        _mapping(provenance.get("tables")).get("spec")
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
