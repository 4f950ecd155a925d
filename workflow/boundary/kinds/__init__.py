"""Kinds of problems: what each has, and who judges it.

A condition asks what a kind has (gold answers, tests, a chain that is checked), never
what it is called.  To add one is a module or package here and a line of `registry`;
verifiers themselves stand in `boundary.verify`, or in the package of their kind.
"""

from boundary.kinds.graders import grader_digest
from boundary.kinds.record import Kind
from boundary.kinds.registry import (
    ABOUT,
    CUSTOM,
    KINDS,
    UNKNOWN,
    KindName,
    OfBenchmark,
    OfEntry,
    kind,
    names,
)

__all__ = [
    "ABOUT",
    "CUSTOM",
    "KINDS",
    "UNKNOWN",
    "Kind",
    "KindName",
    "OfBenchmark",
    "OfEntry",
    "grader_digest",
    "kind",
    "names",
]
