"""Read the spec of a job: JSON from an option or from standard input, to its typed model.

An argument of a command holds at most 131,071 bytes on Linux, and specs grow with a
study; standard input has no such limit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from boundary.errors import InputError
from boundary.inputs import note_input
from boundary.strict_json import no_key_twice

if TYPE_CHECKING:
    from pydantic import ValidationError

    from boundary.jobs.endpoint import Reached

Job = TypeVar("Job")
#: The JSON object of a spec, before it was held against its model.
Given = dict[str, Any]
#: Far more than any study needs; without a bound a wrong pipe would fill the memory.
MOST_BYTES = 256 * 2**20
#: Problems that one message names, and characters of a value that it quotes.
NAMED, SHOWN = 5, 60
#: Pydantic's names of what is told in words of our own.
UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
NO_MEMBER = ("union_tag_invalid", "union_tag_not_found")
NO_OBJECT = ("model_type", "dataclass_type", "dict_type")


def read_spec(option: str, model: type[Job]) -> Job:
    """Read the spec of a job.

    Parameters
    ----------
    option : str
        The value of ``--spec``: JSON, or ``-`` for standard input.
    model : type
        What the job is, such as `boundary.jobs.reading.Audit`; a pydantic model or
        a dataclass.

    Raises
    ------
    InputError
        When it is no JSON object, lacks a key, has one that means nothing, or a
        value is of a wrong type; names the key paths.
    """
    return as_job(parse_spec(option), model)


def parse_spec(option: str) -> Given:
    """Parse the JSON object of a spec; ``-`` stands for standard input.

    Raises
    ------
    InputError
        When there is none.
    """
    text = _standard_input() if option == "-" else option
    try:
        value = json.loads(text, object_pairs_hook=no_key_twice, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise InputError("--spec: is nested too deeply to be the spec of a job.") from None
    except UnicodeEncodeError:
        raise InputError("--spec: holds half of a surrogate pair, which is no character.") from None
    except ValueError as error:
        raise InputError(f"--spec: is not JSON: {error}.") from None
    _note_files(value)
    if not isinstance(value, dict):
        raise InputError(f"--spec: should be a JSON object (found {_shown(value)}).")
    return value


def _note_files(part: Any) -> None:
    """Note the files and folders that a spec names, which the command reads."""
    if isinstance(part, str):
        note_input(Path(part.removeprefix("file:")))
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            _note_files(each)


def as_job(value: Given, model: type[Job]) -> Job:
    """Turn a parsed spec into its model.

    Raises
    ------
    InputError
        With the key path of each problem, and what was found there.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        # As JSON: only there does a strict model take a list for a tuple.
        return TypeAdapter(model).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        lines = _problems(error, value)
        more = [f"and {len(lines) - NAMED} more"] if len(lines) > NAMED else []
        raise InputError(
            f"--spec: {'; '.join(lines[:NAMED] + more)}. Valid keys: {', '.join(_keys(model))}."
        ) from None


def reached(option: str | None) -> Reached | None:
    """Return how a model is reached that runs elsewhere, as ``--endpoint`` says.

    Raises
    ------
    InputError
        As of `read_spec`.
    """
    from boundary.jobs.endpoint import Reached

    return None if option is None else read_spec(option, Reached)


def files_of(option: str, given: Sequence[Path] | None, listed: Sequence[str] | None) -> list[Path]:
    """Return the files that a repeated option names, or the spec in its place.

    Raises
    ------
    InputError
        When neither does, or both do.
    """
    key = option.removeprefix("--")
    if given and listed:
        raise InputError(f"{option}: the spec has {key} too; give the files in one place.")
    if not given and not listed:
        raise InputError(f"{option}: missing; give it once a file, or name the files in the spec.")
    return list(given or map(Path, listed or ()))


def _standard_input() -> str:
    """Return the text on standard input."""
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("--spec -: standard input is closed.")
    if sys.stdin.isatty():
        raise InputError(
            "--spec -: standard input is a terminal; pipe the JSON in, as in "
            "`--spec - < spec.json`, or give it in place of the dash."
        )
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(f"--spec -: standard input holds more than {MOST_BYTES:,} bytes.")
    if not content.strip():
        raise InputError("--spec -: standard input is empty; the JSON of the spec belongs there.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"--spec -: standard input is not UTF-8 text (byte {error.start + 1} is "
            f"0x{content[error.start]:02x})."
        ) from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _problems(error: ValidationError, value: Any) -> list[str]:
    """Return each validation error as ``key.path: what``; keys that one object lacks together."""
    lines: list[str] = []
    missing: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        path, current = "", value
        for part in item["loc"]:
            if isinstance(part, int) or (
                isinstance(current, dict) and _is_key(part, current, item)
            ):
                path = f"{path}.{part}" if path else str(part)
                current = _step(current, part)
        if item["type"] in NO_MEMBER:
            key = item["ctx"]["discriminator"].strip("'()")
            path, current = f"{path}.{key}", _step(current, key)
        if item["type"] == "missing":
            owner, _, key = path.rpartition(".")
            missing.setdefault(owner, []).append(key)
        elif item["type"] in UNKNOWN:
            lines.append(f"{path}: unknown key")
        elif item["type"] in NO_OBJECT:
            lines.append(f"{path} should be a JSON object (found {_shown(current)})")
        else:
            what = f"{item['msg'].removeprefix('Value error, ')} (found {_shown(current)})"
            lines.append(f"{path}: {what}" if path else what)
    return [
        f"{at} has no {', '.join(keys)}".strip() for at, keys in sorted(missing.items())
    ] + lines


def _is_key(part: str, current: Given, item: Any) -> bool:
    """Whether a part of a place is a key, and not the name of a member of a union."""
    return part in current or (item["type"] == "missing" and part == item["loc"][-1])


def _step(current: Any, part: Any) -> Any:
    try:
        return current[part]
    except (KeyError, IndexError, TypeError):
        return None


def _keys(model: Any) -> list[str]:
    from pydantic import BaseModel

    fields = model.model_fields if issubclass(model, BaseModel) else model.__dataclass_fields__
    return list(fields)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
