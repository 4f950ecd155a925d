"""Settings that every verifier gets beside its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boundary.extraction import DEFAULT

if TYPE_CHECKING:
    from boundary.verify.cache import Cache


@dataclass(frozen=True)
class Setting:
    """How a verifier works; only ``extract`` and ``stdout_tolerance`` may change a verdict.

    Attributes
    ----------
    workers : int
        Processes, or sandboxes, that work at a time.
    cache : Cache or None
        Verdicts of earlier jobs of the same grader.
    reduced : bool
        Whether the study allows the reduced sandbox by name, where no better
        one works on this machine.
    extract : str
        The rule by which final answers are read (`boundary.extraction.RULES`),
        which is part of the grader's digest.
    stdout_tolerance : float
        By how much floats that a program prints may differ; part of the digest too.
    """

    workers: int = 1
    cache: Cache | None = None
    reduced: bool = False
    extract: str = DEFAULT
    stdout_tolerance: float = 0.0
