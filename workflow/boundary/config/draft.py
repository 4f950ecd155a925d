"""The mapping of a new study: a base model, those made from it, benchmarks, one protocol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from boundary.config.benchmarks import registry
from boundary.config.model import GIVEN, OUTSIDE

#: Most samples a problem of one block, so that a killed job loses little.
_SHARD = 32
#: Kinds of sources that a revision pins.
PINNED = ("hf", "pypi", "github")
_PINNED = re.compile(r"(.+)@([0-9a-fA-F]{7,64})")


@dataclass(frozen=True)
class Draft:
    """What a person says of a study.

    Attributes
    ----------
    name : str
        Of the study.
    base : str
        Source of the base model: ``hf:ORG/NAME@COMMIT``, ``pypi:PACKAGE==VERSION#PATH@SHA256`` or
        any other of `Study`.
    others : sequence of str
        Sources of the models that are compared with it.
    role : str
        What the others are.
    benchmarks : sequence of str
        Names; ``NAME=SOURCE``, as ``mine=file:mine.jsonl`` or ``mine=hf:ORG/NAME@COMMIT``, of
        those that the registry does not know.
    kind : str, optional
        What problems are of benchmarks that the registry does not know.
    protocol : dict
        Keys of `Protocol`; of no account where nothing is sampled.
    dtype : str
        Of models from outside.
    """

    name: str
    base: str
    others: Sequence[str]
    benchmarks: Sequence[str]
    role: str = "rl"
    kind: str | None = None
    protocol: dict[str, Any] = field(default_factory=dict)
    dtype: str = "bfloat16"

    @property
    def sampled(self) -> bool:
        """Whether any model is sampled."""
        return any(one.partition(":")[0] not in GIVEN for one in (self.base, *self.others))


def draft_study(draft: Draft) -> dict[str, Any]:
    """Return the mapping of a study file, unchecked."""
    sources = (draft.base, *draft.others)
    names = _names(sources)
    models = {
        name: _model(draft, source, names[0] if i else None)
        for i, (name, source) in enumerate(zip(names, sources, strict=True))
    }
    benchmarks = dict(map(_benchmark, draft.benchmarks))
    if draft.kind is not None:
        for name in benchmarks.keys() - registry().keys():
            benchmarks[name]["kind"] = draft.kind
    pair = {"benchmarks": [*benchmarks], **({"protocol": "p"} if draft.sampled else {})}
    study: dict[str, Any] = {
        "study": draft.name,
        "models": models,
        "benchmarks": benchmarks,
    }
    if draft.sampled:
        study["protocols"] = {"p": _protocol(draft.protocol)}
    study["comparisons"] = [{"base": names[0], "other": other, **pair} for other in names[1:]]
    return study


def _protocol(settings: dict[str, Any]) -> dict[str, Any]:
    n = settings["n"]
    sizes = range(1, min(n, _SHARD) + 1)
    block = max((size for size in sizes if n % size == 0), default=1)
    return settings | {"samples_per_shard": block}


def _model(draft: Draft, source: str, base: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"source": source, "role": draft.role if base else "base"}
    kind = source.partition(":")[0]
    if kind in PINNED:
        entry |= _pinned(source)
    if kind in OUTSIDE:
        entry["dtype"] = draft.dtype
    return entry | ({"base": base} if base else {})


def _benchmark(text: str) -> tuple[str, dict[str, Any]]:
    """Return name and entry of a benchmark of the registry, or of one with its source."""
    name, given, source = text.partition("=")
    if not given:
        return name, {}
    pins = source.partition(":")[0] in PINNED
    return name, _pinned(source) if pins else {"source": source}


def _pinned(source: str) -> dict[str, Any]:
    """Return a source and what stands behind its last ``@``, which pins it."""
    if pinned := _PINNED.fullmatch(source):
        return {"source": pinned[1], "revision": pinned[2]}
    return {"source": source, "revision": None, "unverified": True}


def _names(sources: Sequence[str]) -> list[str]:
    """Return what to call each model: the end of its source, told apart by numbers."""
    names: list[str] = []
    for source in sources:
        kind, _, rest = source.partition(":")
        path, _, inner = rest.partition("#")
        if kind in GIVEN:
            name = inner or Path(path).name.partition(".")[0]
        elif kind == "pypi":
            name = Path(inner.partition("@")[0]).stem
        elif kind == "hf":
            name = path.partition("@")[0].rpartition("/")[2].lower()
        else:
            name = Path(path).stem if kind == "file" else rest
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-")[:70] or "model"
        apart = (f"{name}-{number}" for number in count(len(names) + 1))
        names.append(name if name not in names else next(one for one in apart if one not in names))
    return names
