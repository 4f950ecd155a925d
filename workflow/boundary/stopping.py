"""The rule by which problems that are solved often enough are sampled no further.

Counts never fall, so that only two looks matter to where a problem stops: the one it stopped
at and the one before.  Light: the study's settings, the plan, jobs and estimators share it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoppingRule:
    """Sample each problem to a first look, then double until it is solved often enough.

    Attributes
    ----------
    n_max : int
        Samples of a problem that never stops: ``first_look`` times a power of two, at least 2.
    first_look : int
        Samples that every problem has.
    stop_after : int
        A problem with this many successes at a look is sampled no further.
    """

    n_max: int
    first_look: int
    stop_after: int

    @property
    def looks(self) -> tuple[int, ...]:
        """Numbers of samples at which problems may stop, the last of them ``n_max``."""
        looks = [self.first_look]
        while looks[-1] < self.n_max:
            looks.append(2 * looks[-1])
        return tuple(looks)

    @property
    def nearest(self) -> tuple[int, int]:
        """The two numbers of samples, around ``n_max``, that doubling from the first reaches."""
        below = self.first_look * 2
        while below * 2 <= self.n_max:
            below *= 2
        return below, below * 2

    def goes_on(self, correct: int, look: int) -> bool:
        """Return whether a problem with so many successes at a look is sampled further."""
        return look < self.n_max and correct < self.stop_after


def default_stop_after(n_max: int) -> int:
    """Return the successes after which problems stop; fewer lose where two curves cross."""
    return 16 if n_max >= 512 else 8
