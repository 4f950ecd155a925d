"""Coverage of bands, of intervals of pass@k and of k_cross, where the truth is known.

Run it with the project's Python, from anywhere (about 40 minutes with the defaults)::

    OMP_NUM_THREADS=1 python tests/benchmarks/coverage.py [--runs 2000]
        [--replicates 1000] [--cells 1 2 …] [--keep FOLDER]

The cells, their seeds, and what one run is stand in tests/simulations.py, the
populations in tests/populations.py; ``--keep`` shares the runs with
null_verdicts.py.  Prints a row of Markdown a cell, in percent with exact 99 %
intervals:

band          all k ≤ n/2 at once, D(k) of the population; beside it the mean width at n/2 in points
fixed         the same, of the fixed benchmark's band and the D(k) of the problems drawn
pass@k        pointwise, of k = 1..n the worst, and the mean over k, for base / other
k_cross       of the interval, where the population has one crossing up to n/2

Exit code 1 when a bar fails, which is when its whole 99 % interval lies beyond it: band and
pass@k at least 93 % from 100 problems on, the band 90 % from 30 on, k_cross 93
to 98 % from 100 on.  Clusters that nobody names are held to none.  A point
beyond a bar whose interval is not gets a ``~``, a failed one a ``!``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from simulations import Rate, Simulated, print_table, rate

HEAD = "| population | M | n | band | width | fixed band | pass@k | k_cross | interval |"


def judge(measured: Rate, least: float, most: float = 1.0) -> str:
    """Return a mark: none within the bars, ~ where only the point is beyond, ! where all is."""
    low, high = measured.ends
    if high < least or low > most:
        return "!"
    return "" if least <= measured.value <= most else "~"


def line(result: Simulated) -> str:
    """Return a row of the table; ``!`` in it says that a bar fails."""
    cell, runs = result.cell, result.runs
    least = (0.93 if cell.m >= 100 else 0.9 if cell.m >= 30 else 0.0) if result.held else 0.0
    band = rate(runs["holds"])
    shown = [
        cell.population,
        f"{cell.m}",
        f"{cell.n}",
        f"{band}{judge(band, least)}",
        f"{100 * runs['width'].mean():.1f}",
        f"{rate(runs['holds_fixed'])}",
    ]
    arms = []
    for inside in result.inside:
        worst = Rate(int(inside.min()), runs.height)
        mark = judge(worst, 0.93) if cell.m >= 100 and result.held else ""
        where = int(np.argmin(inside)) + 1
        mean = 100 * inside.mean() / runs.height
        arms.append(f"{worst}{mark} at {where}, mean {mean:.1f}")
    shown.append(" / ".join(arms))
    crossing = result.truth.crossing(cell.n // 2)
    if crossing is None:
        shown += ["", ""]
    else:
        held = rate(runs["holds_crossing"])
        shown += [f"{crossing:.2f}", f"{held}{judge(held, 0.93, 0.98) if cell.m >= 100 else ''}"]
    return f"| {' | '.join(shown)} |"


if __name__ == "__main__":
    sys.exit(print_table(__doc__.splitlines()[0], HEAD, line))
