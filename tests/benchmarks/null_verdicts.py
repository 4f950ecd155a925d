"""Count false verdicts, and true ones, where the truth is known.

Run it with the project's Python, from anywhere (about 40 minutes with the defaults)::

    OMP_NUM_THREADS=1 python tests/benchmarks/null_verdicts.py [--runs 2000]
        [--replicates 1000] [--cells 1 2 …] [--keep FOLDER]

The cells, their seeds, and what one run is stand in tests/simulations.py, the
populations in tests/populations.py; ``--keep`` shares the runs with coverage.py.

A verdict is *false* when at some decided k (a k ≤ n/2 at which the simultaneous
band excludes 0) the model that the band puts ahead is not ahead in the
population.  No weaker reading of a verdict's words can be false then: of
``…-to-K`` the last k is decided, of ``…-early`` some k, of ``crossover`` and
``reverse`` one k of either side, in this order.  For ``verdict_fixed`` the
truth is D(k) of the problems drawn.  Prints a row of Markdown a cell, in percent:

guarded       runs in which some guard fired
a verdict     how often it came, whatever the guard, and in brackets how often falsely; - is never
false         the kind of verdict most often false while no guard fired, exact 99 % interval
fixed         the same of ``verdict_fixed``, after how often it decided anything
naive         the rule "other ahead at k = 1, base ahead at k = n"

Exit code 1 when a bar fails: some kind of verdict false without a guard in more
than 2 % of runs, or the published pair of 500 problems called a crossover, truly, in
less than 50 %, and this by the whole 99 % interval.  Clusters that nobody names are
held to no bar.  A point beyond a bar whose interval is not gets a ``~``, a failed one a ``!``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from boundary.decisions import CROSSOVER_VERDICTS
from simulations import Rate, Simulated, print_table, rate

MOST = 0.02
POWER = 0.5
HEAD = "| population | M | n | guarded | {} | false | fixed | naive |".format(
    " | ".join(f"`{verdict}`" for verdict in CROSSOVER_VERDICTS)
)


def worst(runs: pl.DataFrame, verdict: str, false: str) -> tuple[str | None, Rate]:
    """Return the kind most often false while no guard fired, and how often."""
    wrong = runs.filter(pl.col(false) & pl.col("guard").is_null())[verdict].value_counts()
    if not wrong.height:
        return None, Rate(0, runs.height)
    kind, count = wrong.sort("count", verdict).row(-1)
    return kind, Rate(count, runs.height)


def mark(measured: Rate, result: Simulated) -> str:
    """Return ! where a rate of false verdicts fails the bar, ~ where only the point does."""
    if measured.value <= MOST or not result.held:
        return ""
    return "!" if measured.ends[0] > MOST else "~"


def line(result: Simulated) -> str:
    """Return a row of the table; ``!`` in it says that a bar fails."""
    cell, runs = result.cell, result.runs
    shown = [cell.population, f"{cell.m}", f"{cell.n}"]
    shown.append(f"{100 * runs['guard'].is_not_null().mean():.0f}")
    for verdict in CROSSOVER_VERDICTS:
        given = runs["verdict"] == verdict
        false = rate(given & runs["false"])
        text = f"{100 * rate(given).value:.1f}"
        text += f" ({100 * false.value:.1f})" if false.hits else ""
        if (cell.population, cell.m, verdict) == ("published", 500, "crossover"):
            power = rate(given & ~runs["false"])
            text += "!" if power.ends[1] < POWER else "~" if power.value < POWER else ""
        shown.append(text if given.any() else "-")
    kind, measured = worst(runs, "verdict", "false")
    shown.append(f"{measured}{mark(measured, result)}" + (f" `{kind}`" if kind else ""))
    kind, measured = worst(runs, "verdict_fixed", "false_fixed")
    decided = 100 * (runs["verdict_fixed"] != "undetermined").mean()
    shown.append(
        f"{decided:.1f}, {measured}{mark(measured, result)}" + (f" `{kind}`" if kind else "")
    )
    shown.append(f"{100 * rate(runs['naive']).value:.1f}")
    return f"| {' | '.join(shown)} |"


if __name__ == "__main__":
    sys.exit(print_table(__doc__.splitlines()[0], HEAD, line))
