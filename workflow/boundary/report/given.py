"""What a study says of counts and responses that others made: their settings, never ours."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.jobs.pages import Report
from boundary.report.references import References
from boundary.wording import listed, number

#: What provenance calls such files, and what is said of them.
_KINDS = {"counts": "Counts of correct responses", "imports": "Responses or their counts"}


def given(
    job: Report, passk: pl.DataFrame, provenance: Mapping[str, object], cited: References
) -> list[str]:
    """Say of each file of others where it is from and what it says of itself.

    Parameters
    ----------
    job : Report
        What the study states of protocols.
    passk : polars.DataFrame
        How many samples of each problem there are.
    provenance : mapping
        ``counts`` and ``imports``: what is known of each, by model and benchmark; ``inputs``:
        files that were compared without a study.
    cited : References
    """
    ways: dict[str, dict[str, None]] = {}
    for row in passk.unique(("model", "benchmark", "protocol"), maintain_order=True).to_dicts():
        way = f"n = {number(row['n_min'])}, protocol {row['protocol']}"
        ways.setdefault(f"{row['model']} on {row['benchmark']}", {})[way] = None
    texts: dict[tuple[str, str], list[str]] = {}
    for key, words in _KINDS.items():
        for arm, entry in _mapping(provenance.get(key)).items():
            sizes = ", ".join(ways.get(str(arm), ()))
            texts.setdefault((words, _described(entry, cited)), []).append(f"{arm} ({sizes})")
    given_arms = [
        f"{words} of {listed(arms)} were given, not sampled here: {described}"
        for (words, described), arms in texts.items()
    ]
    protocols = [
        f"The study states of protocol {name}: {stated(protocol)}."
        for name, protocol in _mapping(job.config.get("protocols")).items()
        if given_arms and name not in job.prompts and protocol
    ]
    inputs = [_file(_mapping(each)) for each in _list(provenance.get("inputs"))]
    return given_arms + protocols + inputs


def _file(entry: Mapping[str, object]) -> str:
    by = stated(entry.get("judged_by"))
    text = f"{entry['label']}: read from {entry['path']} (SHA-256 {entry['sha256']})"
    text += f" as {entry['format']}{f', judged by {by}' if by else ''}"
    remarks = "".join(f" {remark}." for remark in _list(entry.get("remarks")))
    return f"{text}. How it was sampled is not stated.{remarks}"


def _described(record: object, cited: References) -> str:
    entry = _mapping(record)
    citation = entry.get("citation")
    parts = [f"{citation} {cited.source(str(citation))}"] if citation else []
    parts.append(f"File {entry.get('file')}, SHA-256 {entry.get('sha256')}")
    parts += ["; ".join(map(str, remarks))] if (remarks := _list(entry.get("remarks"))) else []
    settings = stated(entry.get("settings"))
    parts.append(
        f"As the source states: {settings}"
        if settings
        else "How it was sampled and graded is not stated"
    )
    text = ". ".join(parts) + "."
    return text + (f" Caution: {entry['caution']}" if entry.get("caution") else "")


def stated(settings: object) -> str:
    """Return settings as ``key: value; …``."""
    return "; ".join(
        f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in _mapping(settings).items()
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
