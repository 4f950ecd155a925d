"""Levels of the looks of a written plan: how sure each must be, so that all together err seldom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from boundary.analysis.intervals import Floats, z_value

#: Nodes of the integrals over where a sum stands that no look has stopped.
NODES = 400


def look_levels(sizes: Sequence[int], spent: Sequence[float]) -> list[float]:
    """Return the two-sided level of the test at each look (Lan and DeMets 1983).

    A sum of independent samples that is looked at as they grow leaves ±z_j·√n_j at
    look j or before with probability α_j, whatever the sizes of later looks.  The
    recursion is that of Armitage, McPherson and Rowe (1969).  What looks share beside
    samples, such as problems, makes them more alike and errors rarer.

    Parameters
    ----------
    sizes : sequence of int
        Samples at each look, ascending.
    spent : sequence of float
        α_j: the probability of an error by each look, ascending.

    Returns
    -------
    list of float
        Each at most what is spent by its look, rounded to 1e-6.
    """
    levels = [spent[0]]
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    root = math.sqrt(sizes[0])
    edge = z_value(1 - spent[0]) * root
    at = nodes * edge
    mass = weights * edge * _normal(at, root)
    for before, size, least, most in zip(sizes, sizes[1:], spent, spent[1:], strict=False):
        step, root = math.sqrt(size - before), math.sqrt(size)

        excess = partial(_leaving, at=at, mass=mass, step=step, due=most - least)
        edge = brentq(excess, 0.0, 10 * root, xtol=1e-10)
        levels.append(round(float(2 * ndtr(-edge / root)), 6))
        reached = nodes * edge
        mass = weights * edge * (_normal(reached[:, None] - at, step) @ mass)
        at = reached
    return levels


def _leaving(edge: float, at: Floats, mass: Floats, step: float, due: float) -> float:
    """Return how much likelier than due a sum that no look stopped leaves ±edge now."""
    return float(mass @ (ndtr((-edge - at) / step) + ndtr((at - edge) / step))) - due


def _normal(x: Floats, spread: float) -> Floats:
    density: Floats = np.exp(-((x / spread) ** 2) / 2) / (spread * math.sqrt(2 * math.pi))
    return density
