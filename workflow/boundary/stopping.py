"""The rule by which problems that are solved often enough are sampled no further.

Counts never fall, so that only two looks matter to where a problem stops: the one it stopped
at and the one before.  Light: the study's settings, the plan, jobs and estimators share it.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The rule in scores and in files of counts, in the order of `StoppingRule`.
STOPPING = ("n_max", "first_look", "stop_after")


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

    def impossible(self, n: int, correct: int) -> str | None:
        """Say why no problem ends with so many samples and successes; None where one can."""
        looks = self.looks
        if looks[-1] != self.n_max:
            return f"n_max is {self.n_max}, not first_look {self.first_look} doubled"
        if n not in looks:
            return f"n is {n}, none of the looks {', '.join(map(str, looks))}"
        if self.goes_on(correct, n):
            return (
                f"it ended at n = {n} of {self.n_max} with {correct} correct, fewer than the "
                f"{self.stop_after} that stop it"
            )
        if n > self.first_look and correct - (n - n // 2) >= self.stop_after:
            return (
                f"with {correct} correct of {n} it had at least {self.stop_after} of {n // 2}, and "
                f"would have ended there"
            )
        return None

    def goes_on(self, correct: int, look: int) -> bool:
        """Return whether a problem with so many successes at a look is sampled further."""
        return look < self.n_max and correct < self.stop_after


def default_stop_after(n_max: int) -> int:
    """Return the successes after which problems stop; fewer lose where two curves cross."""
    return 16 if n_max >= 512 else 8
