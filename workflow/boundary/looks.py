"""The record of a study's looks: at which n which verdict was seen, in their order.

It stands beside the study's tables and is no output of a rule, so that none removes it, and no
input, so that it makes nothing stale.  It holds no dates.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from boundary.errors import InputError
from boundary.store import storage_error

#: The file in the folder of a study.
LOOKS = "looks.jsonl"


class Planned(Protocol):
    """A look of a written plan: n, and the error spent by then."""

    n: int
    alpha: float


def plan_text(looks: Sequence[Planned]) -> str:
    """Return a plan of looks in words."""
    sizes, spent = ([f"{getattr(look, key):g}" for look in looks] for key in ("n", "alpha"))
    return f"n = {', '.join(sizes)}; error spent by then {', '.join(spent)}"


@dataclass(frozen=True)
class Look:
    """A verdict that was seen.

    Attributes
    ----------
    comparison, benchmark : str
    base, other : str
        Model, benchmark and protocol of each arm, with their digests.
    graders : str
        What judged both.
    n : int
        Samples a problem, of the arm with fewer.
    verdict : str
        The one that decides.
    plan : str or None
        The written plan of looks that n is one of.
    """

    comparison: str
    benchmark: str
    base: str
    other: str
    graders: str
    n: int
    verdict: str
    plan: str | None

    @property
    def key(self) -> tuple[str, str]:
        """Comparison and benchmark."""
        return self.comparison, self.benchmark

    @property
    def arms(self) -> tuple[str, str]:
        """Base and other."""
        return self.base, self.other


def record_looks(path: Path, looks: Iterable[Look]) -> None:
    """Add looks that are not the last of their comparison and benchmark.

    Runs that write at the same time wait for each other; a line that a crash cut short goes.

    Raises
    ------
    InputError
        When a line of the record cannot be read.
    StorageError
        When it cannot be written.
    """
    import fcntl  # a study runs on Unix, what compares counts anywhere

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            held = file.read()
            whole = held[: held.rfind(b"\n") + 1]
            last = {look.key: look for look in _parsed(path, whole)}
            new = [json.dumps(asdict(look)) for look in looks if last.get(look.key) != look]
            if len(whole) < len(held):
                file.truncate(len(whole))
            file.write("".join(f"{line}\n" for line in new).encode())
    except OSError as error:
        raise storage_error(path, error) from error


def read_looks(path: Path) -> list[Look]:
    """Return the looks of a study; none where there is no record.

    Raises
    ------
    InputError
        When a line of the record cannot be read.
    """
    try:
        held = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(path, error, "read") from error
    return _parsed(path, held[: held.rfind(b"\n") + 1])


def _parsed(path: Path, text: bytes) -> list[Look]:
    looks = []
    for place, line in enumerate(text.splitlines(), start=1):
        try:
            look = Look(**json.loads(line))
            valid = isinstance(look.n, int) and isinstance(look.verdict, str)
        except (ValueError, TypeError):
            valid = False
        if not valid:
            raise InputError(
                f"{path}: line {place} is no look as this tool writes them. Restore the line, or "
                f"keep the file elsewhere: without it no look is known."
            )
        looks.append(look)
    return looks
