"""Verdicts of a file of the user's: trusted code, with the interface of every verifier.

The file defines ``GRADER`` and ``verifier(setting)``, as `boundary.verify` says.
What it raises or returns amiss is told with the file and the row.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from boundary.errors import BoundaryError, InputError
from boundary.kinds.graders import verifier_file
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify.items import KEY
from boundary.verify.setting import Setting

_DOCS = "docs/grading.md has an example"


@contextmanager
def verifier(
    file: str | None, setting: Setting
) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give the function of a file that returns a verdict for each response.

    Parameters
    ----------
    file : str or None
        ``file:PATH.py``.
    setting : Setting
        How it shall work.

    Raises
    ------
    InputError
        When there is no file, it raises or has not what a verifier has; names the file,
        the line and the response.
    TableError
        When it returns no table of verdicts; names rows and columns.
    """
    path = verifier_file(file)
    module = _load(path)
    grader = module.GRADER
    opened = _called(path, "verifier(setting)", lambda: module.verifier(setting))
    if not isinstance(opened, AbstractContextManager):
        raise InputError(
            f"{path}: verifier(setting) returned {_type(opened)}, no context manager; put "
            f"'@contextlib.contextmanager' before it and yield the function that judges ({_DOCS})."
        )
    judge = _called(path, "verifier(setting)", opened.__enter__)
    try:
        if not callable(judge):
            raise InputError(
                f"{path}: verifier(setting) yields {_type(judge)}; it should yield a function that "
                f"takes a table of responses and returns one of verdicts ({_DOCS})."
            )
        yield lambda items: _judged(path, judge, grader, items)
    finally:
        _called(path, "the end of verifier(setting)", lambda: opened.__exit__(None, None, None))


def _load(path: Path) -> ModuleType:
    module = ModuleType(f"verifier_in_{path.stem}")  # which hides no module of that name
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where data classes look their types up

    def run() -> None:
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102  # trusted

    _called(path, "loading it", run)
    if not isinstance(getattr(module, "GRADER", None), str):
        raise InputError(
            f"{path}: does not define GRADER, a text with name and version that stands beside "
            f"each verdict, such as GRADER = 'mine-1' ({_DOCS})."
        )
    if not callable(getattr(module, "verifier", None)):
        raise InputError(f"{path}: does not define the function verifier(setting) ({_DOCS}).")
    return module


def _judged(
    path: Path, judge: Callable[[pl.DataFrame], Any], grader: str, items: pl.DataFrame
) -> pl.DataFrame:
    try:
        rows = judge(items)
    except BoundaryError:
        raise
    except Exception as error:  # whatever it is
        name, index = _first_to_raise(judge, items).select(KEY).row(0)
        raise _raised(path, f"judging problem {name!r}, sample {index}", error) from error
    if not isinstance(rows, pl.DataFrame):
        raise InputError(
            f"{path}: returned {_type(rows)} for {items.height} responses; it should return a "
            f"polars.DataFrame with one row for each ({_DOCS})."
        )
    if "grader" not in rows.columns:
        rows = rows.with_columns(grader=pl.lit(grader))
    if "detail" not in rows.columns:
        rows = rows.with_columns(detail=pl.lit(None, pl.String))
    return check(rows, VERDICTS_TABLE, f"{path}, what it returned")


def _first_to_raise(judge: Callable[[pl.DataFrame], Any], items: pl.DataFrame) -> pl.DataFrame:
    """Return the fewest items on which a verifier still raises: one, where it does alone."""
    while items.height > 1:
        half = items.height // 2
        for part in (items.head(half), items.tail(-half)):
            try:
                judge(part)
            except Exception:  # whatever it is
                items = part
                break
        else:
            break
    return items


def _called(path: Path, what: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except BoundaryError:
        raise
    except Exception as error:  # whatever it is
        raise _raised(path, what, error) from error


def _raised(path: Path, what: str, error: Exception) -> InputError:
    """Say what a file raised, and in which line of it."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    line = lines[-1] if lines else getattr(error, "lineno", None)
    at = f", line {line}" if line else ""
    return InputError(
        f"{path}{at}: {what} raised {type(error).__name__}: {error}. Correct the file."
    )


def _type(value: Any) -> str:
    return f"an object of type {type(value).__name__}"
