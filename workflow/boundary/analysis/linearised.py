"""Estimates made of means over problems, with what each problem contributes to their error.

A smooth function of means over problems has, to first order, the error of a mean of the
problems' influences (Hampel 1974), and those of sums, products and ratios follow by the rules of
differentiation.  So a formula written with `Estimate` carries its own standard error, with all
covariances between the means that it is made of (Huber 1967; Miller 2024 of paired models).
"""

from __future__ import annotations

from dataclasses import dataclass

from boundary.analysis.intervals import Floats, mean_and_se
from boundary.analysis.questions import Questions


@dataclass(frozen=True)
class Estimate:
    """A number, and how far each problem moves it.

    Attributes
    ----------
    value : float
    influence : float64 array [M]
        Of mean 0.
    """

    value: float
    influence: Floats

    @classmethod
    def mean(cls, values: Floats) -> Estimate:
        """Return the mean of one value a problem, ``[M]``."""
        mean = float(values.mean())
        return cls(mean, values - mean)

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.influence - other.influence)

    def __mul__(self, other: Estimate) -> Estimate:
        moved = self.influence * other.value + other.influence * self.value
        return Estimate(self.value * other.value, moved)

    def __truediv__(self, other: Estimate) -> Estimate:
        ratio = self.value / other.value
        return Estimate(ratio, (self.influence - ratio * other.influence) / other.value)

    def half(self) -> Estimate:
        """Return half of it."""
        return Estimate(self.value / 2, self.influence / 2)

    def se(self, questions: Questions) -> float:
        """Return the standard error over problems; infinite where they are one, or one cluster."""
        return float(mean_and_se(self.influence, questions.cluster)[1])
