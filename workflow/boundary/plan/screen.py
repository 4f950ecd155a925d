"""Which models of a study complete parts of its problems, and the files and specs of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boundary.digests import digest
from boundary.plan.arms import Arm
from boundary.plan.identity import SCREEN_REVISION

if TYPE_CHECKING:
    from boundary.config.analyses import Screen


@dataclass(frozen=True)
class Screened:
    """The problems of an arm, parts of which its model completes.

    Attributes
    ----------
    arm : Arm
        Whose model and problems.
    shares : tuple of float
        Shares of a problem's words that are shown.
    twins, seed : int
        Twins of each problem, and what they are drawn by.
    level : float
        At which a problem is flagged, which decides nothing that is drawn.
    """

    arm: Arm
    shares: tuple[float, ...]
    twins: int
    seed: int
    level: float

    @classmethod
    def of(cls, arm: Arm, asked: Screen) -> Screened:
        """Return what a study asks for of an arm."""
        return cls(arm, tuple(sorted(asked.shares)), asked.twins, asked.seed, asked.level)

    @property
    def settings(self) -> dict[str, object]:
        """What decides, beside the arm, what is drawn."""
        return {"shares": list(self.shares), "twins": self.twins, "seed": self.seed}

    @property
    def folder(self) -> str:
        """The arm and the settings, as they stand in paths."""
        return f"{self.arm.folder}/{digest(self.settings | {'revision': SCREEN_REVISION})}"

    @property
    def completions(self) -> str:
        """Path of the completions."""
        return f"results/screen/{self.folder}/completions.parquet"

    @property
    def per_problem(self) -> int:
        """Completions of a problem and its twins."""
        return len(self.shares) * (1 + self.twins)
