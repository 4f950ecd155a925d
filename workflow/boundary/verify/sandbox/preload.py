"""Modules that a worker imports once, so that programs find them already there."""

from __future__ import annotations

import importlib
import random
import sys

from . import plain

MODULES = (
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "numpy.fft",
    "sortedcontainers",
    "abc",
    "array",
    "bisect",
    "base64",
    "calendar",
    "cmath",
    "collections",
    "collections.abc",
    "contextlib",
    "copy",
    "csv",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "gc",
    "hashlib",
    "heapq",
    "html",
    "inspect",
    "io",
    "itertools",
    "json",
    "keyword",
    "locale",
    "math",
    "numbers",
    "operator",
    "os",
    "pprint",
    "queue",
    "random",
    "re",
    "secrets",
    "statistics",
    "string",
    "struct",
    "sys",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "types",
    "typing",
    "unicodedata",
    "urllib.parse",
    "uuid",
    "warnings",
    "weakref",
    "zlib",
)


def preload() -> None:
    """Import them.

    Raises
    ------
    ImportError
        When one is missing: programs would then fail for no fault of theirs.
    """
    for name in MODULES:
        importlib.import_module(name)
    sys.modules["numpy"].random.seed(0)  # which stays so in a fork
    # Without it, a correct answer of 5,000 digits could not be printed.
    sys.set_int_max_str_digits(0)
    plain.remember()


def seed() -> None:
    """Let a program draw the same numbers every time: `random` seeds itself anew at each fork."""
    random.seed(0)
