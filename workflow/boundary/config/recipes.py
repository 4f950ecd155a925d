"""Checks of the recipes of training: seeds that are there, of one base, and compared with one."""

from __future__ import annotations

from collections.abc import Iterator

from boundary.config import raw as lenient
from boundary.config.raw import Raw, reference

_WHERE = "analyses.training_seeds"


def recipes(raw: Raw) -> Iterator[str]:
    """Yield why models are no seeds of one recipe, or nothing can be said of one."""
    switch = (
        raw["analyses"].get("training_seeds") if isinstance(raw.get("analyses"), dict) else None
    )
    entry = lenient.stage_entry(raw, "training_seeds")
    if switch and not entry.get("recipes"):
        yield (
            f"{_WHERE}.recipes: names no recipe; say which models differ in the seed alone, such "
            f"as {{grpo: [rl-1, rl-2, rl-3]}}."
        )
        return
    given = entry.get("recipes")
    named = given if isinstance(given, dict) else {}
    first: dict[str, str] = {}
    for recipe in named:
        seeds, where = lenient.texts(named, recipe), f"{_WHERE}.recipes.{recipe}"
        for i, model in enumerate(seeds):
            place = f"{where}[{i}]"
            yield from reference(place, model, lenient.names(raw, "models"), "model")
            if model in first:
                yield f"{place}: {model!r} stands in {first[model]} already; a model is one seed."
            first.setdefault(model, place)
        if isinstance(named[recipe], list):
            yield from _seeds(raw, where, list(dict.fromkeys(seeds)))


def _seeds(raw: Raw, where: str, seeds: list[str]) -> Iterator[str]:
    """Yield why nothing can be said of the seeds of a recipe, each named once."""
    if len(seeds) < 2:
        yield (
            f"{where}: {len(seeds)} training seed{'s' * (len(seeds) != 1)}, of which no variance "
            f"is known; name two at least, and three for an interval over seeds."
        )
        return
    models = lenient.entries(raw, "models")
    first: dict[tuple[str, ...], str] = {}
    for name in seeds:
        if name in models and (twin := first.setdefault(_weights(models[name]), name)) != name:
            yield (
                f"{where}: {twin} and {name} are of one run of training "
                f"({models[name]['source']}), so that they tell nothing of other seeds; leave one "
                f"of them out."
            )
    bases = {name: models[name]["base"] for name in seeds if models.get(name, {}).get("base")}
    if len(set(map(str, bases.values()))) > 1:
        of = ", ".join(f"{name} of {base}" for name, base in bases.items())
        yield f"{where}: seeds of one recipe start from one base, and these do not: {of}."
    against: dict[tuple[object, ...], set[object]] = {}
    for _, pair in lenient.listed(raw, "comparisons"):
        sides = (pair.get("base"), pair.get("other"))
        for run, reference_model in (sides, sides[::-1]):
            if run in seeds and reference_model not in seeds:
                for benchmark in lenient.texts(pair, "benchmarks"):
                    protocols = str(pair.get("protocol")), str(pair.get("other_protocol"))
                    key = (str(reference_model), benchmark, run == sides[0], *protocols)
                    against.setdefault(key, set()).add(run)
    if all(len(runs) < 2 for runs in against.values()):
        yield (
            f"{where}: no two of {', '.join(seeds)} are compared with one model on one benchmark "
            f"under the same protocols; list them under comparisons."
        )


def _weights(model: Raw) -> tuple[str, ...]:
    """Return what tells runs of training apart: the source, of the lab without the step."""
    source = str(model.get("source"))
    run = source.partition("@")[0] if source.startswith("lab:") else source
    return run, str(model.get("revision")), str(model.get("adapter"))
