"""Read a study: from a file or a mapping to the typed model, or all its errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from boundary.config.check import semantic_problems
from boundary.config.study import Study
from boundary.errors import ConfigError, InputError


def read_study(path: Path) -> Study:
    """Read a study file.

    Raises
    ------
    InputError
        When the file is missing or no YAML mapping.
    ConfigError
        With every problem of its content.
    """
    path = Path(path)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(raw, dict):
        raise InputError(f"{path}: holds no mapping; a study file begins with 'study: NAME'.")
    return parse_study(raw, str(path))


def parse_study(raw: dict[str, Any], where: str) -> Study:
    """Turn a raw mapping into a study.

    Raises
    ------
    ConfigError
        With every problem: types and unknown keys, then dangling references.
    """
    problems: list[str] = []
    study = None
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        lines = [_line(item, raw) for item in error.errors(include_url=False)]
        # A value that fits no member of a union breaks each; one line is enough.
        problems += {line.partition(":")[0]: line for line in reversed(lines)}.values()
    problems += semantic_problems(raw)
    if study is not None and not problems:
        problems += _steps(study)
    if problems or study is None:
        raise ConfigError(list(dict.fromkeys(problems)), where)
    return study


def _steps(study: Study) -> list[str]:
    """Each `lab:RUN@STEP` names a step that the run keeps."""
    lines = []
    for name, model in study.models.items():
        if model.kind != "lab":
            continue
        run, at, step = model.source.removeprefix("lab:").partition("@")
        kept = study.lab[run].steps_kept()
        if at and int(step) not in kept:
            steps = ", ".join(map(str, kept))
            lines.append(f"models.{name}.source: run {run!r} keeps the steps {steps}, not {step}.")
    return lines


def _line(item: Any, raw: Any) -> str:
    """One validation error as `key.path: what (found …)`."""
    path, current, shown = "", raw, []
    for part in item["loc"]:
        if isinstance(part, int):
            path += f"[{part}]"
        elif isinstance(current, dict) and (part in current or _is_key(item, part)):
            path += f".{part}" if path else str(part)
        else:
            shown.append(part)  # a member of a union, no key of the file
            continue
        current = _step(current, part)
    kind = item["type"]
    if kind == "extra_forbidden":
        return f"{path}: unknown key."
    if kind == "missing":
        return f"{path}: missing."
    found = json.dumps(item["input"], default=str)
    found = found if len(found) <= 80 else found[:77] + "..."
    message = item["msg"][:1].lower() + item["msg"][1:]
    return f"{path}: {message} (found {found})."


def _is_key(item: Any, part: Any) -> bool:
    return item["type"] == "missing" and part == item["loc"][-1]


def _step(current: Any, part: Any) -> Any:
    try:
        return current[part]
    except (KeyError, IndexError, TypeError):
        return None
