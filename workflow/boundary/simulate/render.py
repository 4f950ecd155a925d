"""What simulated studies came to: tables in Markdown as docs/statistics.md has them, and JSON.

A verdict is *false* when at some decided k (a k ≤ n/2 at which the simultaneous band excludes 0)
the model that the band puts ahead is not ahead in the population; no weaker reading of a
verdict's words can be false then.  Of ``verdict_fixed`` the truth is D(k) of the problems drawn.
A rate whose whole exact 99 % interval lies beyond its bar gets a ``!``, one of which only the
point does a ``~``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from boundary.decisions import CROSSOVER_VERDICTS
from boundary.simulate.populations import Population
from boundary.simulate.runs import Rate, Simulated, rate

#: Bars: kinds of verdict that are false without a guard, and the published crossing seen.
MOST_FALSE, LEAST_POWER = 0.02, 0.5
#: Coverage from 100 problems on and from 30 on, and that of k×, which is not to be too wide.
LEAST_COVER, LEAST_COVER_FEW, MOST_COVER = 0.93, 0.9, 0.98
VERDICTS_HEAD = "| population | M | n | guarded | {} | false | fixed | naive |".format(
    " | ".join(f"`{verdict}`" for verdict in CROSSOVER_VERDICTS)
)
COVERAGE_HEAD = "| population | M | n | band | width | fixed band | pass@k | k_cross | interval |"
_AHEAD = {1: "base", -1: "other", 0: "neither"}


def judge(measured: Rate, least: float = 0.0, most: float = 1.0) -> str:
    """Return a mark: none within the bars, ~ where only the point is beyond, ! where all is."""
    low, high = measured.ends
    if high < least or low > most:
        return "!"
    return "" if least <= measured.value <= most else "~"


def worst(runs: pl.DataFrame, verdict: str, false: str) -> tuple[str | None, Rate]:
    """Return the kind most often false while no guard fired, and how often."""
    wrong = runs.filter(pl.col(false) & pl.col("guard").is_null())[verdict].value_counts()
    if not wrong.height:
        return None, Rate(0, runs.height)
    kind, count = wrong.sort("count", verdict).row(-1)
    return kind, Rate(count, runs.height)


def verdicts_line(result: Simulated) -> str:
    """Return the row of a design in the table of verdicts, in percent of its replicates."""
    design, runs = result.design, result.runs
    shown = [design.population, f"{design.m}", f"{design.n}"]
    shown.append(f"{100 * rate(runs['guard'].is_not_null()).value:.0f}")
    for verdict in CROSSOVER_VERDICTS:
        given = runs["verdict"] == verdict
        false = rate(given & runs["false"])
        text = f"{100 * rate(given).value:.1f}"
        text += f" ({100 * false.value:.1f})" if false.hits else ""
        if (design.population, design.m, verdict) == ("published", 500, "crossover"):
            text += judge(rate(given & ~runs["false"]), LEAST_POWER)
        shown.append(text if given.any() else "-")
    most = MOST_FALSE if result.held else 1.0
    for verdict, false_column in (("verdict", "false"), ("verdict_fixed", "false_fixed")):
        kind, measured = worst(runs, verdict, false_column)
        shown.append(f"{measured}{judge(measured, most=most)}" + (f" `{kind}`" if kind else ""))
    shown[-1] = f"{100 * rate(runs['verdict_fixed'] != 'undetermined').value:.1f}, {shown[-1]}"
    shown.append(f"{100 * rate(runs['naive']).value:.1f}")
    return f"| {' | '.join(shown)} |"


def coverage_line(result: Simulated) -> str:
    """Return the row of a design in the table of what bands and intervals cover."""
    design, runs = result.design, result.runs
    many = design.m >= 100
    least = LEAST_COVER if many else LEAST_COVER_FEW if design.m >= 30 else 0.0
    band = rate(runs["holds"])
    shown = [
        design.population,
        f"{design.m}",
        f"{design.n}",
        f"{band}{judge(band, least if result.held else 0.0)}",
        f"{100 * float(np.mean(runs['width'].to_numpy())):.1f}",
        f"{rate(runs['holds_fixed'])}",
    ]
    arms = []
    for inside in result.inside:
        lowest = Rate(int(inside.min()), runs.height)
        mark = judge(lowest, LEAST_COVER) if many and result.held else ""
        mean = 100 * inside.mean() / runs.height
        arms.append(f"{lowest}{mark} at {int(np.argmin(inside)) + 1}, mean {mean:.1f}")
    shown.append(" / ".join(arms))
    if result.crossing is None:
        shown += ["", ""]
    else:
        held = rate(runs["holds_crossing"])
        mark = judge(held, LEAST_COVER, MOST_COVER) if many else ""
        shown += [f"{result.crossing:.2f}", f"{held}{mark}"]
    return f"| {' | '.join(shown)} |"


def lines(result: Simulated) -> str:
    """Return the rows of a design in both tables."""
    return verdicts_line(result) + coverage_line(result)


def table(head: str, line: Callable[[Simulated], str], results: Sequence[Simulated]) -> str:
    """Return a table in Markdown, a row a design."""
    rule = "|---" * head.count(" | ") + "|---|"
    return "\n".join([head, rule, *map(line, results)])


def who_is_ahead(truth: Population, k_max: int) -> str:
    """Return who is truly ahead up to k_max, such as ``other, base (from k = 15.3)``."""
    turns = truth.turns(k_max)
    places = ", ".join(f"{k:.1f}" for k, _ in turns[1:])
    return ", ".join(_AHEAD[side] for _, side in turns) + (f" (from k = {places})" * bool(places))


def truth_line(result: Simulated) -> str:
    """Return who is truly ahead of a design, and what its rule drew."""
    design = result.design
    text = (
        f"{design.population}, M = {design.m}, n = {design.n}: truly ahead up to k = {design.n} "
        f"{who_is_ahead(result.truth, design.n)}"
    )
    if design.rule is None:
        return text
    base, other = (float(result.runs[f"share_{arm}"].sum()) for arm in ("base", "other"))
    shares = [f"{100 * share / result.runs.height:.1f} %" for share in (base, other)]
    return f"{text}; {' and '.join(shares)} of the samples drawn of base and other"


def as_text(results: Sequence[Simulated], bootstrap: int) -> str:
    """Return both tables with what they were made of."""
    replicates = results[0].runs.height
    low, high = Rate(replicates // 2, replicates).ends
    return "\n".join(
        [
            f"{replicates} replicates a row, each with {bootstrap} of the bootstrap; percent, in "
            f"brackets exact 99 % intervals; a share of 50 % is uncertain by "
            f"{50 * (high - low):.1f} points.",
            "",
            table(VERDICTS_HEAD, verdicts_line, results),
            "",
            table(COVERAGE_HEAD, coverage_line, results),
            "",
            *map(truth_line, results),
        ]
    )


def as_json(result: Simulated) -> dict[str, Any]:
    """Return the rates of a design with their exact 99 % intervals."""
    runs = result.runs
    verdicts = {
        verdict: (runs["verdict"] == verdict, runs["verdict_fixed"] == verdict)
        for verdict in CROSSOVER_VERDICTS
    }
    return {
        **asdict(result.design),
        "replicates": runs.height,
        "truly_ahead": [
            {"from": k, "side": _AHEAD[side]} for k, side in result.truth.turns(result.design.n)
        ],
        "k_cross": result.crossing,
        "guarded": _rate(rate(runs["guard"].is_not_null())),
        "verdicts": {name: _rate(rate(given)) for name, (given, _) in verdicts.items()},
        "verdicts_fixed": {name: _rate(rate(given)) for name, (_, given) in verdicts.items()},
        "false": _rate(rate(runs["false"])),
        "false_unguarded": _rate(rate(runs["false"] & runs["guard"].is_null())),
        "false_fixed": _rate(rate(runs["false_fixed"])),
        "naive_crossover": _rate(rate(runs["naive"])),
        "covered": {
            "band": _rate(rate(runs["holds"])),
            "fixed_band": _rate(rate(runs["holds_fixed"])),
            "k_cross": None if result.crossing is None else _rate(rate(runs["holds_crossing"])),
            **{
                f"pass_at_k_{arm}": [_rate(Rate(int(hits), runs.height)) for hits in inside]
                for arm, inside in zip(("base", "other"), result.inside, strict=True)
            },
        },
        "band_width": _mean(runs["width"]),
        "share_drawn": {arm: _mean(runs[f"share_{arm}"]) for arm in ("base", "other")},
    }


def _rate(measured: Rate) -> dict[str, float]:
    low, high = measured.ends
    return {"value": measured.value, "low": low, "high": high}


def _mean(column: pl.Series) -> dict[str, float | None]:
    values = column.to_numpy()
    several = len(values) > 1
    se = float(values.std(ddof=1) / np.sqrt(len(values))) if several else None
    return {"mean": float(values.mean()), "se": se}
