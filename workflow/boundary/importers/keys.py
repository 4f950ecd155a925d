"""Messages about files in the words of a study."""

from __future__ import annotations

#: What a study calls the options that messages about files name.
_KEYS = {
    "--format NAME": "reading: {format: NAME}",
    "--format": "reading.format",
    "--field": "reading.fields",
    "--trust theirs": "reading: {trust: theirs}",
    "--benchmark": "reading.benchmarks",
    "--problems": "reading.problems",
    "--kind": "kind of the benchmark",
}


def in_study(text: str) -> str:
    """Return a message about files in words of a study: keys in place of options."""
    for option, key in _KEYS.items():
        text = text.replace(option, key)
    return text
