"""What an exporter declares of itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from boundary.exporters.arm import ExportedArm
from boundary.store import write_text


class Write(Protocol):
    """Write arms of a study into an empty folder."""

    def __call__(self, arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
        """Write ``arms``, at least one, below ``folder``."""


@dataclass(frozen=True)
class Exporter:
    """A form of files that another tool reads.

    Attributes
    ----------
    name : str
        Its module, and the value of ``--to``.
    about : str
        What a person calls it, with the tool's name.
    texts : bool
        Whether it holds responses, so that arms without any are left out.
    rule : bool
        Whether it holds the rule by which problems of an arm stopped early.
    """

    name: str
    about: str
    texts: bool
    rule: bool = False

    @property
    def write(self) -> Write:
        """What writes it."""
        written: Write = import_module(f"boundary.exporters.{self.name}").write
        return written


def write_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write JSON lines with sorted keys, in ASCII, as some readers end lines at U+2028 too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, sort_keys=True, allow_nan=False) for row in rows)
    write_text(path, "".join(f"{line}\n" for line in lines))
