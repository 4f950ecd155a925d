"""Which share of a gain another explanation has too: a ratio of two differences, paired.

Of each problem the control less the start, and the trained model less the start; the ratio
of their means.  Its interval is Fieller's (1954, J. R. Stat. Soc. B 16, 175-185): every
ratio r for which the mean of control − start − r · (trained − start) may be 0.  It is one
finite stretch where the gain itself is above 0 by the same interval, and else nothing is
told.
"""

from __future__ import annotations

from scipy.optimize import brentq

from boundary.analysis.intervals import Floats, difference_and_p
from boundary.analysis.questions import Questions


def mean_between(
    values: Floats, problems: Questions, confidence: float, reach: float = 1.0
) -> tuple[float, float, float]:
    """Return a mean over problems with its interval, by Student's t.

    Parameters
    ----------
    values : float64 array [M]
        One a problem.
    problems : Questions
        With a row a problem, for clusters.
    confidence : float
    reach : float
        Largest absolute value that a problem can have.
    """
    mean, se = problems.mean_and_se(values[:, None])
    low, high, _ = difference_and_p(
        float(mean[0]), float(se[0]), problems.units, confidence, (-reach, reach)
    )
    return float(mean[0]), low, high


def explained_share(
    start: Floats, trained: Floats, control: Floats, problems: Questions, confidence: float
) -> tuple[float, float, float] | None:
    """Return the share of a gain that a control has too, with its interval over problems.

    Parameters
    ----------
    start, trained, control : float64 arrays [M]
        pass@k of each problem.
    problems : Questions
        With a row a problem, for clusters.
    confidence : float

    Returns
    -------
    tuple of float, or None
        None where the interval of the gain does not lie above 0: no share is determined.
    """
    gain, least, _ = mean_between(trained - start, problems, confidence)
    if least <= 0:
        return None

    def end(ratio: float, side: int) -> float:
        values = control - start - ratio * (trained - start)
        return mean_between(values, problems, confidence, max(1.0, ratio, 1 - ratio))[side]

    share = float((control - start).mean()) / gain
    far = 1.0
    while end(share - far, 1) <= 0 or end(share + far, 2) >= 0:
        far *= 2
    # What a problem shows beyond the share is above 0 below the interval, and below 0 above it.
    low = brentq(end, share - far, share, args=(1,))
    high = brentq(end, share, share + far, args=(2,))
    return share, float(low), float(high)
