"""Checks of a study file that span several of its entries.

They read the raw mapping leniently, so that they still speak when some other
entry is malformed: a user sees every problem at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from boundary.config.study import BENCHMARK_SOURCES, MODEL_SOURCES, Comparison

#: Protocol keys in which two arms of a comparison may differ without harm.
FREE_KEYS = frozenset({"n", "seed", "samples_per_shard", "batch_size"})
Raw = dict[str, Any]


def semantic_problems(raw: Raw) -> Iterator[str]:
    """Yield one line for each problem, beginning with its key path."""
    yield from _models(raw)
    yield from _benchmarks(raw)
    yield from _lab(raw)
    yield from _comparisons(raw)
    yield from _series(raw)
    yield from _likelihood(raw)
    yield from _counts_per_block(raw)
    yield from _figures(raw)


def entries(raw: Raw, section: str) -> dict[str, Raw]:
    """Return those entries of a section that are mappings."""
    found = raw.get(section)
    if not isinstance(found, dict):
        return {}
    return {str(name): entry for name, entry in found.items() if isinstance(entry, dict)}


def reference(where: str, value: Any, names: Any, what: str) -> Iterator[str]:
    """Yield a problem when a name refers to nothing."""
    if not isinstance(value, str) or value in names:
        return
    close = difflib.get_close_matches(value, list(names), n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    yield (
        f"{where}: no {what} is called {value!r}; there are: {', '.join(names) or 'none'}.{hint}"
    )


def _source(where: str, source: Any, kinds: dict[str, bool]) -> Iterator[str]:
    if not isinstance(source, str):
        return
    kind, colon, rest = source.partition(":")
    built = ", ".join(f"{name}:" for name, ready in kinds.items() if ready)
    if kind not in kinds or not colon:
        yield f"{where}: {source!r} names no source kind; this version has {built}."
    elif not kinds[kind]:
        yield f"{where}: source kind '{kind}:' is not built yet; this version has {built}."
    elif not rest:
        yield f"{where}: {source!r} names nothing after '{kind}:'."


def _models(raw: Raw) -> Iterator[str]:
    models, runs = entries(raw, "models"), entries(raw, "lab")
    for name, model in models.items():
        where = f"models.{name}"
        yield from _source(f"{where}.source", model.get("source"), MODEL_SOURCES)
        yield from reference(f"{where}.base", model.get("base"), models, "model")
        if model.get("base") == name:
            yield f"{where}.base: a model cannot be its own base."
        source = model.get("source")
        if isinstance(source, str) and source.startswith("lab:"):
            run, at, step = source.removeprefix("lab:").partition("@")
            yield from reference(f"{where}.source", run, runs, "run under lab")
            if at and not step.isdigit():
                yield f"{where}.source: {source!r} should end in @STEP, a whole number."


def _benchmarks(raw: Raw) -> Iterator[str]:
    sampled = {benchmark for _, benchmark, _ in _arms(raw, sampled=True)}
    for name, benchmark in entries(raw, "benchmarks").items():
        where = f"benchmarks.{name}"
        source = benchmark.get("source")
        yield from _source(f"{where}.source", source, BENCHMARK_SOURCES)
        if source is None and name in sampled:
            yield f"{where}.source: missing, and models are sampled on it; use 'lab:registers'."
        if isinstance(source, str) and source.startswith("lab:"):
            if source != "lab:registers":
                yield f"{where}.source: the lab has one task family, 'lab:registers'; found {source!r}."
            if benchmark.get("lab") is None:
                yield f"{where}.lab: missing; it says which problems the lab draws."
        elif benchmark.get("lab") is not None:
            yield f"{where}.lab: only goes with source 'lab:registers'."


def _lab(raw: Raw) -> Iterator[str]:
    runs = entries(raw, "lab")
    for name, run in runs.items():
        for key in ("start", "teacher"):
            yield from reference(f"lab.{name}.{key}", run.get(key), runs, "run under lab")
    for name in runs:
        trail, current = [name], runs[name].get("start")
        while isinstance(current, str) and current in runs and current not in trail:
            trail.append(current)
            current = runs[current].get("start")
        if current == name:
            yield f"lab.{name}.start: runs start from each other in a circle: {' > '.join(trail)}."


def _comparisons(raw: Raw) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for i, comparison in _listed(raw, "comparisons"):
        where = f"comparisons[{i}]"
        yield from _pair_references(raw, where, comparison)
        base, other = comparison.get("base"), comparison.get("other")
        if base == other and comparison.get("other_protocol") in (
            None,
            comparison.get("protocol"),
        ):
            yield f"{where}: compares {base!r} with itself; give another model or other_protocol."
        yield from _fairness(raw, where, comparison)
        try:
            label = Comparison.model_validate(comparison).label
        except ValueError:
            continue
        for benchmark in comparison["benchmarks"]:
            first = seen.setdefault((label, benchmark), i)
            if first != i:
                yield f"{where}: repeats comparisons[{first}] ({label} on {benchmark}); set name."


def _pair_references(raw: Raw, where: str, comparison: Raw) -> Iterator[str]:
    models, protocols = entries(raw, "models"), entries(raw, "protocols")
    for key in ("base", "other"):
        yield from reference(f"{where}.{key}", comparison.get(key), models, "model")
    for key in ("protocol", "other_protocol"):
        yield from reference(f"{where}.{key}", comparison.get(key), protocols, "protocol")
    yield from _references(raw, where, comparison, "benchmarks", "benchmark")


def _references(raw: Raw, where: str, entry: Raw, key: str, what: str) -> Iterator[str]:
    values = entry.get(key)
    if not isinstance(values, list):
        return
    for j, value in enumerate(values):
        yield from reference(f"{where}.{key}[{j}]", value, entries(raw, key), what)
        if value in values[:j]:
            yield f"{where}.{key}[{j}]: {value!r} is listed twice."


def _fairness(raw: Raw, where: str, comparison: Raw) -> Iterator[str]:
    """Arms sampled differently are an error unless the difference is named."""
    from boundary.config.study import Protocol

    protocols = entries(raw, "protocols")
    pair = [protocols.get(str(comparison.get(key))) for key in ("protocol", "other_protocol")]
    allowed = comparison.get("allow_differences", [])
    known = set(Protocol.model_fields)
    if isinstance(allowed, list):
        for j, key in enumerate(allowed):
            if isinstance(key, str) and key not in known:
                yield from reference(
                    f"{where}.allow_differences[{j}]", key, sorted(known), "protocol key"
                )
    if pair[0] is None or pair[1] is None or not isinstance(allowed, list):
        return
    try:
        first, second = (Protocol.model_validate(entry).model_dump() for entry in pair)
    except ValueError:
        return
    for key in sorted(first):
        if first[key] != second[key] and key not in FREE_KEYS and key not in allowed:
            yield (
                f"{where}: the two protocols differ in {key} ({first[key]!r} and "
                f"{second[key]!r}); if that is meant, list it under allow_differences."
            )


def _series(raw: Raw) -> Iterator[str]:
    for name, series in entries(raw, "series").items():
        where = f"series.{name}"
        yield from _references(raw, where, series, "models", "model")
        yield from _references(raw, where, series, "benchmarks", "benchmark")
        yield from reference(
            f"{where}.protocol", series.get("protocol"), entries(raw, "protocols"), "protocol"
        )


def _likelihood(raw: Raw) -> Iterator[str]:
    likelihood = _likelihood_entry(raw)
    if not likelihood:
        return
    where = "analyses.likelihood"
    yield from _references(raw, where, likelihood, "models", "model")
    yield from _references(raw, where, likelihood, "benchmarks", "benchmark")
    yield from reference(
        f"{where}.protocol", likelihood.get("protocol"), entries(raw, "protocols"), "protocol"
    )
    for j, name in enumerate(likelihood.get("models") or []):
        if str(_model(raw, name).get("source")).startswith("counts:"):
            yield f"{where}.models[{j}]: {name!r} has published counts only, and no responses."
    sampled = set(_arms(raw, sampled=True))
    for name in likelihood.get("models") or []:
        for benchmark in likelihood.get("benchmarks") or []:
            arm = (name, benchmark, likelihood.get("protocol"))
            if arm not in sampled and name in entries(raw, "models"):
                yield (
                    f"{where}: no comparison or series samples {name!r} on {benchmark!r} under "
                    f"{arm[2]!r}, so it has no responses to score."
                )


def _counts_per_block(raw: Raw) -> Iterator[str]:
    """N is a whole number of blocks, or raising it would change a block's identity."""
    models, benchmarks = entries(raw, "models"), entries(raw, "benchmarks")
    protocols = entries(raw, "protocols")
    told = set()
    for model, benchmark, protocol in sorted(set(_arms(raw, sampled=True))):
        spec = protocols.get(protocol)
        if spec is None:
            continue
        own = benchmarks.get(benchmark, {}).get("samples_per_shard")
        shard = own or spec.get("samples_per_shard")
        key = f"benchmarks.{benchmark}" if own else f"protocols.{protocol}"
        if shard is None:
            line = f"{key}.samples_per_shard: missing; it is the block size of sampling."
        else:
            n = models.get(model, {}).get("n") or spec.get("n")
            whose = (
                f"models.{model}.n" if models.get(model, {}).get("n") else f"protocols.{protocol}.n"
            )
            if not (isinstance(n, int) and isinstance(shard, int)) or shard < 1 or n % shard == 0:
                continue
            up = -(-n // shard) * shard
            line = f"{whose}: {n} is not a multiple of {key}.samples_per_shard {shard}; try {up}."
        if line not in told:
            told.add(line)
            yield line


def _figures(raw: Raw) -> Iterator[str]:
    figures = raw.get("figures")
    if not isinstance(figures, list):
        return
    names = [entry.get("name") if isinstance(entry, dict) else entry for entry in figures]
    needs: dict[str, tuple[Callable[[], bool], str]] = {
        "perplexity": (lambda: bool(_likelihood_entry(raw)), "analyses.likelihood"),
        "series": (lambda: bool(entries(raw, "series")), "series"),
    }
    for i, name in enumerate(names):
        if name in names[:i]:
            yield f"figures[{i}]: {name!r} is listed twice."
        need = needs.get(str(name))
        if need and not need[0]():
            yield f"figures[{i}]: {name!r} needs the section {need[1]}, which is missing."


def _listed(raw: Raw, key: str) -> Iterator[tuple[int, Raw]]:
    found = raw.get(key)
    for i, entry in enumerate(found if isinstance(found, list) else []):
        if isinstance(entry, dict):
            yield i, entry


def _likelihood_entry(raw: Raw) -> Raw:
    analyses = raw.get("analyses")
    found = analyses.get("likelihood") if isinstance(analyses, dict) else None
    return found if isinstance(found, dict) else {}


def _model(raw: Raw, name: Any) -> Raw:
    return entries(raw, "models").get(str(name), {})


def _arms(raw: Raw, *, sampled: bool) -> Iterator[tuple[str, str, str]]:
    """Yield (model, benchmark, protocol) that comparisons and series name."""
    wanted = []
    for _, entry in _listed(raw, "comparisons"):
        protocol = entry.get("protocol")
        wanted.append(([entry.get("base")], entry.get("benchmarks"), protocol))
        other = entry.get("other_protocol") or protocol
        wanted.append(([entry.get("other")], entry.get("benchmarks"), other))
    for entry in entries(raw, "series").values():
        wanted.append((entry.get("models"), entry.get("benchmarks"), entry.get("protocol")))
    for models, benchmarks, protocol in wanted:
        for model in models if isinstance(models, list) else []:
            counted = str(_model(raw, model).get("source")).startswith("counts:")
            for benchmark in benchmarks if isinstance(benchmarks, list) else []:
                if not (sampled and counted):
                    yield str(model), str(benchmark), str(protocol)
