"""Read a raw study mapping leniently: whatever is malformed is left to the types."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from boundary.config.model import BEHIND, Model
from boundary.config.protocol import Protocol
from boundary.config.tasks import LabRun

#: A mapping of a study file, before its types were looked at.
Raw = dict[str, Any]
Typed = TypeVar("Typed")
#: Model, benchmark, protocol.
ArmNames = tuple[str, str, str]

_MODEL: TypeAdapter[Model] = TypeAdapter(Model)
_PROTOCOL: TypeAdapter[Protocol] = TypeAdapter(Protocol)
_RUN: TypeAdapter[LabRun] = TypeAdapter(LabRun)
_STEP = re.compile(r"[0-9]{1,5}")


def entries(raw: Raw, section: str) -> dict[str, Raw]:
    """Return those entries of a section that are mappings."""
    value = raw.get(section)
    if not isinstance(value, dict):
        return {}
    return {str(name): entry for name, entry in value.items() if isinstance(entry, dict)}


def listed(raw: Raw, section: str) -> Iterator[tuple[int, Raw]]:
    """Yield those items of a list that are mappings, with their places."""
    value = raw.get(section)
    for i, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, dict):
            yield i, entry


def texts(entry: Raw, key: str) -> list[str]:
    """Return those items of a list that are text."""
    value = entry.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def models(raw: Raw) -> dict[str, Model]:
    """Return the models that are in order by themselves."""
    return _typed(entries(raw, "models"), _MODEL)


def protocols(raw: Raw) -> dict[str, Protocol]:
    """Return the protocols that are in order by themselves."""
    return _typed(entries(raw, "protocols"), _PROTOCOL)


def runs(raw: Raw) -> dict[str, LabRun]:
    """Return the training runs that are in order by themselves."""
    return _typed(entries(raw, "lab"), _RUN)


def _typed(section: dict[str, Raw], adapter: TypeAdapter[Typed]) -> dict[str, Typed]:
    valid = {}
    for name, entry in section.items():
        try:
            valid[name] = adapter.validate_python(entry)
        except ValidationError:
            continue  # the types tell what is wrong with it
    return valid


def step_problem(source: str, runs: Mapping[str, LabRun]) -> str | None:
    """Say why the step of `lab:RUN@STEP` cannot be had; None when it can, or none is named."""
    run, at, step = source.removeprefix("lab:").partition("@")
    if not at:
        return None
    if not _STEP.fullmatch(step):
        return f"{at + step!r} should be @STEP, a whole number."
    if run in runs and int(step) not in runs[run].steps_kept():
        kept = ", ".join(map(str, runs[run].steps_kept()))
        return f"run {run!r} keeps the steps {kept}, not {int(step)}."
    return None


def resolves(model: Model, runs: Mapping[str, LabRun]) -> bool:
    """Whether a lab model names a run that is in order and a step that it keeps."""
    run = model.source.removeprefix("lab:").partition("@")[0]
    return model.kind == "lab" and run in runs and step_problem(model.source, runs) is None


def stage_entry(raw: Raw, name: str) -> Raw:
    """Return the section of a stage under analyses, empty when there is none."""
    analyses = raw.get("analyses")
    entry = analyses.get(name) if isinstance(analyses, dict) else None
    return entry if isinstance(entry, dict) else {}


def counted(raw: Raw, model: str) -> bool:
    """Whether a model has published counts and is not sampled."""
    return str(entries(raw, "models").get(model, {}).get("source")).startswith("counts:")


def imported(raw: Raw, model: str) -> bool:
    """Whether another tool made the responses of a model."""
    return str(entries(raw, "models").get(model, {}).get("source")).startswith("import:")


def behind(raw: Raw, model: str) -> bool:
    """Whether others run a model, behind an endpoint."""
    source = str(entries(raw, "models").get(model, {}).get("source"))
    return source.startswith(f"{BEHIND}:")


def given(raw: Raw, model: str) -> bool:
    """Whether files tell of a model what is known, and it is not sampled."""
    return counted(raw, model) or imported(raw, model)


def sampled_arms(raw: Raw) -> list[ArmNames]:
    """Return the arms whose model is there and is sampled."""
    known = entries(raw, "models")
    return [arm for arm in arms(raw) if arm[0] in known and not given(raw, arm[0])]


def pair_arms(comparison: Raw) -> Iterator[ArmNames]:
    """Yield the arms of a comparison: on each benchmark the base's, then the other's."""
    protocol = comparison.get("protocol")
    second = comparison.get("other_protocol") or protocol
    for benchmark in texts(comparison, "benchmarks"):
        for model, by in ((comparison.get("base"), protocol), (comparison.get("other"), second)):
            if isinstance(model, str) and isinstance(by, str):
                yield model, benchmark, by


def arms(raw: Raw) -> list[ArmNames]:
    """Return the arms that comparisons and series name, each once."""
    named = [arm for _, pair in listed(raw, "comparisons") for arm in pair_arms(pair)]
    for series in entries(raw, "series").values():
        protocol = series.get("protocol")
        if isinstance(protocol, str):
            named += [
                (model, benchmark, protocol)
                for benchmark in texts(series, "benchmarks")
                for model in texts(series, "models")
            ]
    return list(dict.fromkeys(named))


def closest(value: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like a value, if one is like it."""
    return next(iter(difflib.get_close_matches(value, list(names), n=1)), None)


def hint(value: str, names: Iterable[str]) -> str:
    """Return a guess at what was meant, or nothing."""
    close = closest(value, names)
    return f" Did you mean {close!r}?" if close else ""


def reference(where: str, value: Any, names: Iterable[str], what: str) -> Iterator[str]:
    """Yield a problem when a name refers to nothing."""
    there = list(names)
    if isinstance(value, str) and value not in there:
        yield (
            f"{where}: no {what} is called {value!r}; there are: {', '.join(there) or 'none'}."
            f"{hint(value, there)}"
        )


def names(raw: Raw, section: str) -> list[str]:
    """Return the names in a section, whatever they stand for."""
    value = raw.get(section)
    return [str(name) for name in value] if isinstance(value, dict) else []
