"""The checks of the lab for people."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table

from boundary.estimate.lab_checks import LabChecks, Rate, Share
from boundary.estimate.render import grid, line, terminal
from boundary.wording import counted, first_of

#: log10 of numbers that are shown as a decimal fraction.
DECIMAL = -4.0
#: Runs that a row names.
SHOWN = 3


def show(checks: LabChecks, confidence: float, file: Path, console: Console | None = None) -> None:
    """Print what `boundary.estimate.lab_checks.lab_checks` says of a study file."""
    out = console or terminal()
    interval = f"{confidence:.0%} interval"
    if checks.shared:
        out.print(_shares("Answers that families share", checks.shared, interval))
        line(
            out,
            "Of the benchmark's problems and more of their draw: the share whose right answer the "
            "strategy of another family gives. Where it is above the rate of the right "
            "response below, a reward on answers alone pays for the wrong strategy first.",
        )
    for name in checks.silent:
        line(out, f"benchmarks.{name}: its task does not say what other families would answer.")
    if checks.constant:
        out.print(_shares("The floor without a chain", checks.constant, interval))
        line(
            out,
            "Share of problems that the most frequent answer of the others answers: what a model "
            "reaches that reads nothing. Any accuracy near it is nothing.",
        )
    if checks.rates:
        out.print(_rates(checks.rates))
        line(
            out,
            "Probability of the whole right response under the start, at temperature 1, by one "
            "forward pass: exact for these problems. Expected hits = responses x steps x rate, "
            "were all rollouts of such problems: below one expected hit nothing will happen. "
            "Other responses with the right answer come on top where the answer alone is rewarded.",
        )
    for run in checks.unsolved:
        line(out, f"lab.{run}: its task has no solver, so that no rate is known.")
    if checks.missing:
        line(
            out,
            f"{counted(len(checks.missing), 'start')} not trained yet; the rates follow after: "
            f"snakemake --cores 1 {' '.join(checks.missing)} --configfile {shlex.quote(str(file))}",
        )
    if not (checks.constant or checks.rates or checks.missing):
        line(out, "There is nothing of the lab in this study.")


def _shares(title: str, shares: list[Share], interval: str) -> Table:
    names = ["benchmark", "family", "length", *(["strategy of"] if shares[0].strategy else [])]
    table = grid(title, [*names, "problems", "share", interval], len(names))
    for share in shares:
        cells = [share.benchmark, share.family, share.length]
        table.add_row(
            *cells,
            *([share.strategy] if share.strategy else []),
            f"{share.problems:,}",
            f"{share.hits / share.problems:.1%}",
            f"{share.low:.1%} to {share.high:.1%}",
        )
    return table


def _rates(rates: list[Rate]) -> Table:
    columns = ["problems", "rate", "of single problems", "responses", "expected hits"]
    names = ["run", "start", "benchmark", "family", "length"]
    table = grid("Rate of the right response before reinforcement learning", names + columns, 5)
    for rate in rates:
        table.add_row(
            first_of(rate.runs, SHOWN),
            rate.start,
            rate.benchmark,
            rate.family,
            rate.length,
            f"{rate.problems:,}",
            power(rate.mean),
            f"{power(rate.lowest)} to {power(rate.highest)}",
            f"{rate.rollouts:,}",
            f"{rate.hits:.2g}" + (" (below one)" if rate.hits < 1 else ""),
        )
    return table


def power(log10: float) -> str:
    """Write a probability by its logarithm, however small: ``0.012`` or ``3e-24``.

    Examples
    --------
    >>> power(-1.0), power(-23.5)
    ('0.1', '3e-24')
    """
    if log10 > DECIMAL:
        return f"{10**log10:.2g}"
    exponent = int(log10 // 1)
    mantissa = round(10 ** (log10 - exponent))
    return f"1e{exponent + 1}" if mantissa == 10 else f"{mantissa}e{exponent}"
