"""What every verifier is told beside its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundary.verify.cache import Cache


@dataclass(frozen=True)
class Setting:
    """How a verifier works; nothing here may change a verdict.

    Attributes
    ----------
    workers : int
        Processes, or sandboxes, that work at a time.
    cache : Cache or None
        Verdicts of earlier jobs of the same grader.
    reduced : bool
        Whether the study allows the reduced sandbox by name, where no better
        one works on this machine.
    """

    workers: int = 1
    cache: Cache | None = None
    reduced: bool = False
