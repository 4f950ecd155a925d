"""Checks of which analyses and figures a study asks for: whether it has anything for them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from os.path import normpath

from boundary.analyses.record import Analysis
from boundary.analyses.registry import figure_owners
from boundary.config import imports
from boundary.config.analyses import SETTABLE
from boundary.config.raw import Raw, entries, reference, sampled_arms

#: Sheets of chains of thought that the pipeline writes.
OWN_SHEETS = "*results/studies/*/chains/sheet.csv"
#: Sections of a study whose stage makes what some analyses need.
_STAGES = {
    "likelihoods": "analyses.likelihood",
    "crossings": "analyses.cross_sampling",
    "interventions": "analyses.interventions",
    "screen": "analyses.screen",
    "labels": "analyses.chains",
}


def switches(raw: Raw) -> Iterator[str]:
    """Yield analyses that are asked for by name and have nothing to do."""
    section = _section(raw)
    for name, entry in SETTABLE.items():
        if entry.always and section.get(name) is False:
            yield f"analyses.{name}: no study may do without it; leave the key out."
        if name in section and section[name] is not False and (reason := _idle(raw, entry)):
            yield f"analyses.{name}: {reason}."


def looks(raw: Raw) -> Iterator[str]:
    """Yield that a plan of looks spends more than the level of the study leaves."""
    section = _section(raw)
    options, confidence = section.get("crossover"), section.get("confidence", 0.95)
    planned = options.get("looks") if isinstance(options, dict) else None
    last = planned[-1] if isinstance(planned, list) and planned else None
    alpha = last.get("alpha") if isinstance(last, dict) else None
    if not isinstance(planned, list) or not all(isinstance(x, float) for x in (alpha, confidence)):
        return  # the types tell
    if alpha > 1 - confidence + 1e-9:
        yield (
            f"analyses.crossover.looks[{len(planned) - 1}].alpha: {alpha:g} is spent by the last "
            f"look, and analyses.confidence {confidence:g} leaves {1 - confidence:.4g} for all "
            f"looks together."
        )


def prices(raw: Raw) -> Iterator[str]:
    """Yield models whose samples have no price or time where others have one, and unknown ones."""
    costs = _section(raw).get("equal_cost")
    for key in ("prices", "seconds"):
        given = costs.get(key) if isinstance(costs, dict) else None
        if not isinstance(given, dict):
            continue
        where = f"analyses.equal_cost.{key}"
        for name in given:
            yield from reference(f"{where}.{name}", name, entries(raw, "models"), "model")
        for model in dict.fromkeys(arm[0] for arm in sampled_arms(raw)):
            if model not in given:
                yield f"{where}.{model}: missing; give one for each model that is sampled."


def figures(raw: Raw) -> Iterator[str]:
    """Yield figures that stand twice, or have nothing to show."""
    listed, where = raw.get("figures"), "figures"
    if isinstance(listed, dict):
        listed, where = listed.get("draw"), "figures.draw"
    if not isinstance(listed, list):
        return
    chosen = [entry if isinstance(entry, dict) else {"name": entry} for entry in listed]
    keys = ("name", "benchmark", "models")
    parts = [[entry.get(key) for key in keys] for entry in chosen]
    for i, entry in enumerate(chosen):
        name, place = entry.get("name"), f"{where}[{i}]"
        if parts[i] in parts[:i]:
            yield f"{place}: {name!r} is listed twice."
        yield from reference(
            f"{place}.benchmark", entry.get("benchmark"), entries(raw, "benchmarks"), "benchmark"
        )
        models = entry.get("models")
        for model in models if isinstance(models, list) else ():
            yield from reference(f"{place}.models", model, entries(raw, "models"), "model")
        owner = figure_owners().get(str(name))
        if owner is None:
            continue  # the types tell
        missing = [path for path in owner.figure(str(name)).asks.split() if not _has(raw, path)]
        if missing:
            yield f"{place}: {name!r} needs the section {missing[0]}, which is missing."
        elif _section(raw).get(owner.name) is False:
            yield f"{place}: {name!r} needs analyses.{owner.name}, which is false."
        elif reason := _idle(raw, owner):
            yield f"{place}: {name!r} {reason}."


#: What a reader who has imported counts would ask.
_COUNTS = "; of models that count by their files it has scores alone"


def _idle(raw: Raw, entry: Analysis) -> str | None:
    """Say why a study has nothing for an analysis, if it has not."""
    stage = _STAGES.get(entry.needs)
    if stage and not _has(raw, stage):
        return f"needs the section {stage}, which is missing"
    if entry.kinds and not imports.kinds(raw).intersection(entry.kinds):
        return (
            f"is of responses to problems of the kind {' or '.join(entry.kinds)}, and the study "
            f"has none{_COUNTS}"
        )
    if entry.needs in ("verdicts", "samples") and not imports.kinds(raw):
        return f"reads responses, and the study has none{_COUNTS}"
    return None


def _section(raw: Raw) -> Raw:
    section = raw.get("analyses")
    return section if isinstance(section, dict) else {}


def _has(raw: Raw, path: str) -> bool:
    """Whether a study has a section that holds anything."""
    value: object = raw
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return bool(value) and isinstance(value, dict)


def sheets(raw: Raw) -> Iterator[str]:
    """Yield filled sheets that the pipeline would write anew, empty."""
    chains = _section(raw).get("chains")
    sheet = chains.get("sheet") if isinstance(chains, dict) else None
    for path in sheet if isinstance(sheet, list) else [sheet]:
        if isinstance(path, str) and fnmatch(normpath(path), OWN_SHEETS):
            yield (
                f"analyses.chains.sheet: {path} is the empty sheet that the pipeline writes, anew "
                f"whenever what is on it changes, and judgements in it would be lost. Copy the "
                f"filled file elsewhere and name the copy."
            )
