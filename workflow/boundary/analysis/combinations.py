"""Numbers of ways to choose, as logarithms: they outgrow every float."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from boundary.analysis.intervals import Floats, Integers


def log_choose(n: Integers | int, k: Integers) -> Floats:
    """Return the logarithms of binomial coefficients; of none where k < 0 or k > n."""
    logs: Floats = gammaln(np.add(n, 1.0)) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return logs
