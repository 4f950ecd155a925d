"""Checks of what edits are asked for: problems whose steps are known, a budget."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pydantic import ValidationError

from boundary import kinds
from boundary.config import raw as lenient
from boundary.config import sampled
from boundary.config.analyses import Interventions
from boundary.config.problems import kind_of
from boundary.config.raw import Raw
from boundary.config.study import Benchmark
from boundary.edits import most_tokens_of, over_budget
from boundary.errors import InputError

_WHERE = "analyses.interventions"


def interventions(raw: Raw) -> Iterator[str]:
    """Yield what of the section cannot be done."""
    entry = lenient.stage_entry(raw, "interventions")
    edits = lenient.texts(entry, "edits")
    for i, edit in enumerate(edits):
        if edit in edits[:i]:
            yield f"{_WHERE}.edits[{i}]: {edit!r} is listed twice."
    for i, benchmark in enumerate(lenient.texts(entry, "benchmarks")):
        with contextlib.suppress(ValidationError, InputError):  # told elsewhere
            known = Benchmark.model_validate(lenient.entries(raw, "benchmarks").get(benchmark))
            kind = kind_of(benchmark, known)
            if (there := kinds.KINDS.get(kind)) and there.steps is None:
                have = ", ".join(kinds.names(lambda one: one.steps))
                yield (
                    f"{_WHERE}.benchmarks[{i}]: {benchmark!r} has problems of kind {kind!r}, in "
                    f"responses to which nobody finds steps; they are found of: {have}."
                )
        yield from _budget(raw, entry, benchmark)


def _budget(raw: Raw, entry: Raw, benchmark: str) -> Iterator[str]:
    """Yield that a benchmark of known size takes more tokens than may be."""
    problems = sampled.rows_of(raw, benchmark)
    try:
        asked = Interventions.model_validate(entry)
    except ValidationError:
        return  # the types tell what is wrong with it
    protocol = lenient.protocols(raw).get(asked.protocol)
    if problems is None or protocol is None or protocol.max_tokens is None:
        return
    each = most_tokens_of(asked.edits, asked.steps, protocol.max_tokens)
    tokens = problems * asked.responses * each
    if tokens > asked.most_tokens:
        message = over_budget(asked.models[0], benchmark, tokens, asked.most_tokens)
        yield f"{_WHERE}.most_tokens: {message}"
