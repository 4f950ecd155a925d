"""Logs of jobs: the last line of progress, and the error that ended one."""

from __future__ import annotations

import os
import re
from pathlib import Path

from boundary.wording import reveal

#: Bytes at the end of a log that are looked at; engines write much before.
TAIL = 20_000
#: Characters of an error that are shown.
MOST = 4_000
#: Lines of a log without an error that are shown.
LINES = 5
#: What `boundary.progress.Meter` writes where it knows a rate, and its most characters.
_PROGRESS = re.compile(r".+: [\d,]+ of [\d,]+ .+, \d+ s gone, \d+ s left")
_LONGEST = 400


def tail(path: Path) -> str:
    """Return the end of a log; empty where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def last_progress(text: str) -> str | None:
    """Return the last line that tells how far a job is, its rate and the time left."""
    for line in reversed(text.splitlines()):
        if line.endswith(" s left") and len(line) < _LONGEST and _PROGRESS.fullmatch(line):
            return reveal(line)
    return None


def last_error(text: str) -> str | None:
    """Return the error with which a command of this package ended; None where it did not."""
    at = f"\n{text}".rfind("\nError: ")
    return None if at < 0 else _shown(text[at:])


def ending(text: str) -> str:
    """Return the error with which a log ends, else its last lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "its log is empty, so that it was killed or never began."
    last = _shown("\n".join(lines[-LINES:]))
    return last_error(text) or f"its log ends without an error, so that it was killed:\n{last}"


def _shown(text: str) -> str:
    """Return the end of a text, which may quote what a terminal would obey."""
    return reveal(text.strip()[-MOST:], keep="\n\t")
