"""Checks of what is cross-sampled: comparisons that are there, one engine, a budget."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from boundary.config import raw as lenient
from boundary.config import sampled
from boundary.config.analyses import CrossSampling
from boundary.config.protocol import Protocol
from boundary.config.raw import Raw, reference
from boundary.config.study import Comparison
from boundary.jobs.crossing import ENGINE, direction, over_budget, tokens_of

_WHERE = "analyses.cross_sampling"


def cross_sampling(raw: Raw) -> Iterator[str]:
    """Yield what of the section cannot be sampled."""
    entry = lenient.stage_entry(raw, "cross_sampling")
    pairs = _comparisons(raw)
    for key in ("comparisons", "benchmarks", "positions"):
        listed = entry.get(key)
        values = listed if isinstance(listed, list) else []
        for i, value in enumerate(values):
            if value in values[:i]:
                yield f"{_WHERE}.{key}[{i}]: {value!r} is listed twice."
    for i, name in enumerate(lenient.texts(entry, "comparisons")):
        labels = dict.fromkeys(pair.label for pair in pairs)
        yield from reference(f"{_WHERE}.comparisons[{i}]", name, labels, "comparison")
        for benchmark in lenient.texts(entry, "benchmarks"):
            of_name = [pair for pair in pairs if pair.label == name]
            on = [pair for pair in of_name if benchmark in pair.benchmarks]
            if of_name and not on:
                yield f"{_WHERE}: no comparison {name!r} is on a benchmark {benchmark!r}."
            for pair in on:
                yield from _pair(raw, entry, pair, benchmark)


def _comparisons(raw: Raw) -> list[Comparison]:
    """Return the comparisons that are in order by themselves."""
    valid = []
    for _, pair in lenient.listed(raw, "comparisons"):
        try:
            valid.append(Comparison.model_validate(pair))
        except ValidationError:
            continue  # the types tell what is wrong with it
    return valid


def _pair(raw: Raw, entry: Raw, pair: Comparison, benchmark: str) -> Iterator[str]:
    """Yield why two models cannot write together on a benchmark."""
    if pair.other_protocol not in (None, pair.protocol):
        yield (
            f"{_WHERE}: {pair.label!r} compares two protocols ({pair.protocol!r} and "
            f"{pair.other_protocol!r}), and one response follows one."
        )
        return
    if given := [name for name in (pair.base, pair.other) if lenient.given(raw, name)]:
        yield f"{_WHERE}: {given[0]!r} of {pair.label!r} is not sampled here; leave the pair out."
        return
    if pair.base == pair.other:
        yield f"{_WHERE}: {pair.label!r} is of one model, which cannot write with itself."
        return
    protocol = lenient.protocols(raw).get(pair.protocol)
    if protocol is None:
        return
    if protocol.engine != ENGINE:
        yield (
            f"{_WHERE}: {pair.label!r} is sampled by the engine {protocol.engine!r}, and two "
            f"models take turns in {ENGINE!r} alone; compare them under a protocol of it."
        )
    if protocol.sampler is not None:
        yield (
            f"{_WHERE}: {pair.label!r} is sampled by {protocol.sampler}, which redraws responses, "
            f"so that no token would stay with who wrote it; compare under another protocol."
        )
    yield from _budget(raw, entry, pair, benchmark, protocol)


def _budget(
    raw: Raw, entry: Raw, pair: Comparison, benchmark: str, protocol: Protocol
) -> Iterator[str]:
    """Yield that a benchmark of known size takes more tokens than may be."""
    problems = sampled.rows_of(raw, benchmark)
    try:
        asked = CrossSampling.model_validate(entry)
    except ValidationError:
        return  # the types tell what is wrong with it
    if problems is None or protocol.max_tokens is None:
        return
    tokens = tokens_of(problems, asked.positions, asked.responses, protocol.max_tokens)
    if tokens > asked.most_tokens:
        name = direction(pair.base, pair.other)
        yield f"{_WHERE}.most_tokens: {over_budget(name, benchmark, tokens, asked.most_tokens)}"
