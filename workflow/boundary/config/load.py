"""Read a study: from a file or a mapping to the typed model, or all its errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from boundary.config import published
from boundary.config.analyses import (
    OPTIONS_TAG,
    SETTABLE,
    Analyses,
    Chains,
    Likelihood,
)
from boundary.config.check import semantic_problems
from boundary.config.controls import controls
from boundary.config.figures import ChosenFigure, FigureSettings
from boundary.config.hints import written_hint
from boundary.config.model import Adapter, Model
from boundary.config.protocol import Protocol
from boundary.config.raw import Raw, hint
from boundary.config.study import Benchmark, Comparison, Series, Study, Verification
from boundary.config.tasks import FIRST, RUNS, TASKS, recipes_of, task
from boundary.errors import ConfigError, InputError
from boundary.jobs.chains import ChainJudge
from boundary.jobs.pages import Theme
from boundary.yamlfile import KEY, Spellings, read_spelled

SHOWN = 80  # characters of a value that a message quotes


def read_study(path: Path) -> Study:
    """Read a study file.

    Raises
    ------
    InputError
        When the file is missing or no YAML mapping, or a key stands twice.
    ConfigError
        With every problem of its content.
    """
    raw, spellings = read_spelled(path)
    if not isinstance(raw, dict):
        raise InputError(f"{path}: holds no mapping; a study file begins with 'study: NAME'.")
    return parse_study(raw, str(path), spellings)


def parse_study(raw: Raw, where: str, spellings: Spellings | None = None) -> Study:
    """Turn a raw mapping into a study.

    Parameters
    ----------
    raw : dict
        What the file holds.
    where : str
        The file, for messages.
    spellings : mapping, optional
        How values are spelled there, as of `boundary.yamlfile.read_spelled`.

    Raises
    ------
    ConfigError
        With every problem: types and unknown keys, then what spans several entries; where there
        are none of these, what speaks against controls.
    """
    raw = published.with_protocols(raw)
    problems: list[str] = []
    study = None
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        errors = [item for item in error.errors(include_url=False) if not _other_member(item)]
        lines = [_line(item, raw, spellings or {}) for item in errors]
        # A value that fits no member of a union breaks each; one line is enough.
        problems += {line.partition(": ")[0]: line for line in reversed(lines)}.values()
        problems.reverse()
    problems += semantic_problems(raw)
    if study is not None and not problems:
        problems += controls(study)
    if problems or study is None:
        raise ConfigError(list(dict.fromkeys(problems)), where)
    return study


def _other_member(item: Any) -> bool:
    """Whether a figure with a title of its own is told that it is no plain name."""
    place = item["loc"]
    return place[:2] == ("figures", "draw") and len(place) == 4 and isinstance(item["input"], dict)


def _line(item: Any, raw: Any, spellings: Spellings) -> str:
    """One validation error as `key.path: what (found …). How to write it`."""
    path, current = "", raw
    keys: list[Any] = []
    loc = item["loc"][:-2] if item["loc"][-1] == KEY else item["loc"]
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(current, list) and isinstance(part, int):
            path += f"[{part}]"
        elif isinstance(current, dict) and (part in current or (last and _names_key(item))):
            path += f".{part}" if path else str(part)
        else:
            continue  # a member of a union, no key of the file
        current = _step(current, part)
        keys.append(part)
    kind, shown = item["type"], _shown(item["input"])
    if item["loc"][-1] == KEY:
        return _bad_key(item, keys, path, spellings)
    if kind == "extra_forbidden":
        return f"{path}: unknown key (found {shown}).{_valid_keys(item['loc'])}"
    if kind == "missing":
        return f"{path}: missing."
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        name = task(item["input"])
        of_run = keys[0] == "lab" and name in TASKS
        key, there = ("recipe", recipes_of(name)) if of_run else ("task", list(TASKS))
        value = item["input"].get(key) if isinstance(item["input"], dict) else None
        fault = "missing" if value is None else f"no {key} is called {_shown(value)}"
        return f"{path}.{key}: {fault}; there are: {', '.join(there)}."
    message = item["msg"][:1].lower() + item["msg"][1:]
    hint = written_hint(item, spellings.get(tuple(keys)))
    return f"{path}: {message.removeprefix('value error, ')} (found {shown}).{hint}"


def _bad_key(item: Any, keys: Sequence[Any], path: str, spellings: Spellings) -> str:
    """One error of a name that is a key of a mapping, such as a model's."""
    value = item["input"]
    text = spellings.get((*keys, value, KEY))
    spelled = str(value) if text is None else text
    message = item["msg"][:1].lower() + item["msg"][1:]
    path = f"{path}.{spelled}" if spelled else path
    return f"{path}: this name {message.replace('input ', '')}.{written_hint(item, text)}"


def _names_key(item: Any) -> bool:
    """Whether the last part of the place is a key that the file lacks or should lack."""
    return item["type"] in ("missing", "extra_forbidden")


def _step(current: Any, part: Any) -> Any:
    try:
        return current[part]
    except (KeyError, IndexError, TypeError):
        return None


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):  # keys that are no text, or a mapping within itself
        text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _valid_keys(place: tuple[Any, ...]) -> str:
    """List the keys that a mapping with an unknown key may have."""
    owner: type[BaseModel] | None
    match place[:-1]:
        case (str() as section, _) if section in _ENTRIES:
            owner = _ENTRIES[section]
        case ("lab", _, tag):
            owner = RUNS.get(tag)
        case ("benchmarks", _, "lab", str() as tag):
            owner = TASKS[tag].drawing
        case ("figures", "draw", _, _):
            owner = ChosenFigure
        case (section, _, key) if (section, key) in _INNER:
            owner = _INNER[section, key]
        case path:
            owner = _SECTIONS.get(path)
    if owner is None:
        return ""
    keys = list(owner.model_fields)
    return f" Valid keys: {', '.join(keys)}.{hint(str(place[-1]), keys)}"


_SECTIONS: dict[tuple[Any, ...], type[BaseModel]] = {
    (): Study,
    ("analyses",): Analyses,
    ("analyses", "likelihood"): Likelihood,
    ("analyses", "chains"): Chains,
    ("analyses", "chains", "judge"): ChainJudge,
    ("verification",): Verification,
    ("figures",): FigureSettings,
    ("figures", "theme"): Theme,
    **{("analyses", name, OPTIONS_TAG): entry.options for name, entry in SETTABLE.items()},
}
_ENTRIES: dict[str, type[BaseModel]] = {
    "models": Model,
    "benchmarks": Benchmark,
    "protocols": Protocol,
    "comparisons": Comparison,
    "series": Series,
}
_INNER: dict[tuple[str, str], type[BaseModel]] = {
    ("benchmarks", "lab"): TASKS[FIRST].drawing,
    ("models", "adapter"): Adapter,
}
