"""What a study says of problems, and of responses that were sampled or graded here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from boundary.jobs.pages import Report
from boundary.jobs.sampling import FILTERS, setting_text
from boundary.kinds import kind
from boundary.report.references import References
from boundary.wording import listed, number, span

#: What was drawn with, by the name in which an arm records it and that in a text.
_DECODING = {
    "temperature": "temperature",
    "top_p": "top_p",
    **{key: key for key in FILTERS},
    "max_tokens": "at most {} tokens",
    "seed": "seed",
}


@dataclass(frozen=True)
class ArmFacts:
    """What the shards of an arm record of themselves.

    Attributes
    ----------
    model, benchmark, protocol, kind : str
        Of what kind problems are may not be known.
    sampled, verified : mapping
        Provenance of the first shard of responses, and of that of verdicts.
    """

    model: str
    benchmark: str
    protocol: str
    kind: str | None
    sampled: Mapping[str, Any]
    verified: Mapping[str, Any]


def problems(job: Report, tables: Mapping[str, pl.DataFrame], cited: References) -> list[str]:
    """Say which problems there are, where from, and how many."""
    texts = []
    counts = (
        tables["passk"]
        .group_by("benchmark", maintain_order=True)
        .agg(pl.col("n_problems").min().alias("least"), pl.col("n_problems").max().alias("most"))
    )
    for row in counts.iter_rows(named=True):
        name, source = row["benchmark"], job.problems.get(row["benchmark"])
        text = f"{name}: {span(row['least'], row['most'])} problems"
        if source is None:
            texts.append(f"{text}, as the files have them.")
            continue
        if source.title and source.title != name:
            text += f" of {source.title}"
        text += f" from {source.source}"
        text += f" at {source.revision}" if source.revision else ""
        text += " (revision not established)" if source.unverified else ""
        if source.drawn:
            stated = ", ".join(f"{key} {_json(value)}" for key, value in source.drawn.items())
            text += f", drawn with {stated}"
        papers = cited.papers(source.citation) if source.citation else ""
        texts.append(f"{text} {papers}".rstrip() + ".")
    return texts


def sampling(
    job: Report,
    tables: Mapping[str, pl.DataFrame],
    arms: Sequence[ArmFacts],
    cited: References,
) -> list[str]:
    """Say how responses were drawn that were drawn here, a paragraph a way of drawing them."""
    sizes = {
        (row["model"], row["benchmark"], row["protocol"]): row["n_min"]
        for row in tables["passk"].iter_rows(named=True)
    }
    ways: dict[str, list[ArmFacts]] = {}
    for arm in arms:
        by = arm.sampled.get("sampled_by")
        if isinstance(by, Mapping):
            ways.setdefault(_way(arm, by, job, cited), []).append(arm)
    texts = []
    for way, drawn in ways.items():
        by_n: dict[int, dict[str, list[str]]] = {}
        for arm in drawn:
            n = sizes.get((arm.model, arm.benchmark, arm.protocol))
            if n is not None:
                by_n.setdefault(n, {}).setdefault(arm.model, []).append(arm.benchmark)
        each = "; ".join(
            f"n = {number(n)} of "
            + ", ".join(f"{model} on {listed(names)}" for model, names in models.items())
            for n, models in by_n.items()
        )
        texts.append(f"{way}. Samples a problem: {each}.")
    return texts


def _way(arm: ArmFacts, by: Mapping[str, Any], job: Report, cited: References) -> str:
    """Say engine, versions, decoding and prompt of an arm."""
    engine = str(by.get("engine"))
    versions = {key: by[key] for key in (engine, "torch", "dtype", "quantization") if by.get(key)}
    device = _flat(_mapping(arm.sampled.get("hardware")))
    settings = _mapping(arm.sampled.get("sampling"))
    decoding = [
        words.format(settings[key]) if "{}" in words else f"{words} {setting_text(settings[key])}"
        for key, words in _DECODING.items()
        if settings.get(key) is not None
    ]
    text = f"Protocol {arm.protocol}: responses were drawn by {engine}"
    text += f" {cited.cite(engine)}" if cited.knows(engine) else ""
    text += f" ({_flat(versions)}"
    text += f"; {device})" if device else ")"
    text += f" with {', '.join(decoding)}" if decoding else ""
    if settings.get("stop"):
        text += f", stopping at {_json(settings['stop'])}"
    prompt = job.prompts.get(arm.protocol)
    return text + (f", from the prompt {prompt.name}: {_json(prompt.text)}" if prompt else "")


def grading(arms: Sequence[ArmFacts]) -> list[str]:
    """Say who graded the responses that were graded here, and where programs ran."""
    ways: dict[str, dict[str, None]] = {}
    for arm in arms:
        if arm.verified:
            ways.setdefault(_graded(arm), {})[arm.benchmark] = None
    return [f"Responses on {listed([*names])} were graded by {way}." for way, names in ways.items()]


def _graded(arm: ArmFacts) -> str:
    record = arm.verified
    if arm.kind is None:
        return f"{record.get('package')}"
    identity = _mapping(record.get("graders")).get(arm.kind)
    text = f"the verifier of {arm.kind} problems of {record.get('package')}"
    text += f" (identity {identity}, commit {record.get('git')})" if identity else ""
    libraries = _mapping(record.get("libraries"))
    used = {name: libraries[name] for name in kind(arm.kind).libraries if name in libraries}
    text += f", with {_flat(used)}" if used else ""
    takes = kind(arm.kind).takes
    if "extract" in takes and record.get("extract"):
        text += f", answers read by the rule {record['extract']}"
    if "sandbox" in takes and record.get("sandbox"):
        text += f", programs run in the sandbox tier {record['sandbox']}"
    if "stdout_tolerance" in takes and record.get("stdout_tolerance"):
        text += f", floats compared within {record['stdout_tolerance']}"
    return text


def _flat(value: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {item}" for key, item in value.items() if item is not None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
