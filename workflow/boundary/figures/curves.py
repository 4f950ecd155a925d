"""pass@k curves with their bands: the layers shared by several figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import panels, printed, theme
from boundary.figures.thin import thin
from boundary.figures.words import by_permission, clean, percent, span, verdict
from boundary.rows import PairRow, VerdictRow
from boundary.verdict_words import established
from boundary.wording import percent as share_of

VERDICTS_SHOWN = 11
#: Share of truncated responses above which a panel says so, and how many arms it names.
TRUNCATED = 0.01
ARMS_SHOWN = 4


def prepare(
    passk: pl.DataFrame, crossovers: pl.DataFrame | None, study: theme.Study
) -> pl.DataFrame:
    """Drop k > n, thin the curves and add what the marks need.

    Returns
    -------
    polars.DataFrame
        The passk columns with ``arm`` (the legend entry), ``part`` (solid or
        flagged; the last solid point stands in both, so that the dashed line
        joins) and ``power`` (whether a symbol is drawn at this k).
    """
    frame = passk.filter(pl.col("pass_at_k").is_not_null())
    n = {
        (row["model"], row["benchmark"], row["protocol"]): row["n_min"]
        for row in frame.unique(ARM_KEY).iter_rows(named=True)
    }
    crossings: dict[tuple[Any, ...], list[float | None]] = {}
    for row in crossovers.iter_rows(named=True) if crossovers is not None else ():
        pair = PairRow.of(row)
        for model, protocol in pair.arms:
            crossings.setdefault((model, pair.benchmark, protocol), []).append(row["k_cross"])
    return with_parts(thin(frame, [*ARM_KEY], n, crossings), [*ARM_KEY]).with_columns(
        arm=study.arms(),
        power=_is_power_of_two(),
    )


def _is_power_of_two() -> pl.Expr:
    powers = [1 << exponent for exponent in range(40)]
    return pl.col("k").is_in(powers)


def with_parts(frame: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Add ``part``; the last unflagged point of a curve opens its flagged part too."""
    frame = frame.sort(*by, "k").with_columns(
        part=pl.when("flagged").then(pl.lit("flagged")).otherwise(pl.lit("solid"))
    )
    mixed = frame.filter(pl.col("flagged").any().over(by) & ~pl.col("flagged"))
    joint = mixed.group_by(by, maintain_order=True).last().select(frame.columns)
    joint = joint.with_columns(part=pl.lit("flagged"))
    return pl.concat([frame, joint]).sort(*by, "part", "k")


def dash() -> alt.StrokeDash:
    """Return the encoding by which flagged stretches are dashed."""
    scale = alt.Scale(domain=["solid", "flagged"], range=[[1, 0], [4, 3]])
    return alt.StrokeDash("part:N", scale=scale, legend=None)


def fade(frame: pl.DataFrame) -> alt.Opacity:
    """Return the encoding by which bands are faint: the more of them, and where flagged."""
    strength = 0.16 * min(1.0, 3 / frame["arm"].n_unique())
    scale = alt.Scale(domain=["solid", "flagged"], range=[strength, strength / 2])
    return alt.Opacity("part:N", scale=scale, legend=None)


def y_axis(limits: list[float], title: str = "pass@k") -> alt.Y:
    """Return the encoding of pass@k within limits."""
    scale = alt.Scale(domain=limits, zero=False, nice=False)
    return alt.Y("pass_at_k:Q", scale=scale, axis=alt.Axis(format=".2~%"), title=title)


def tooltip(*more: alt.Tooltip, arm: str = "model", estimate: str = "pass@k") -> list[alt.Tooltip]:
    """Return what a mark says: the arm, what else is given, k, and the estimate."""
    return [
        alt.Tooltip("arm:N", title=arm),
        *more,
        alt.Tooltip("k:Q"),
        alt.Tooltip("pass_at_k:Q", title=estimate, format=".4f"),
        alt.Tooltip("ci_low:Q", title="interval from", format=".4f"),
        alt.Tooltip("ci_high:Q", title="interval to", format=".4f"),
    ]


def layers(
    frame: pl.DataFrame,
    colour: alt.Color,
    shape: alt.Shape,
    y_domain: list[float],
    y_title: str,
    beside: pl.DataFrame | None = None,
) -> list[Any]:
    """Return band, line and symbols of the curves of one panel, and printed points beside them."""
    x, y = panels.k_axis(_longest(frame, beside)), y_axis(y_domain, y_title)
    shown = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part", "power"]
    base = alt.Chart(panels.data(frame.select(shown)))
    band = base.mark_area().encode(
        x, alt.Y("ci_low:Q").title(y_title), alt.Y2("ci_high:Q"), colour, fade(frame)
    )
    line = base.mark_line(strokeWidth=1.8).encode(x, y, colour, dash())
    symbols = (
        base.transform_filter("datum.power")
        .mark_point(size=34, filled=True, opacity=1)
        .encode(x, y, colour, shape, tooltip=tooltip())
    )
    hollow = [] if beside is None else [printed.marks(beside, x, y, colour, shape)]
    return [band, line, symbols, *hollow]


def _longest(frame: pl.DataFrame, beside: pl.DataFrame | None) -> int:
    """Return the largest k of curves, and of printed points beside them."""
    return max(int(each["k"].max()) for each in (frame, beside) if each is not None)  # type: ignore[arg-type]


def y_domain(frame: pl.DataFrame) -> list[float]:
    """Return limits around curves and bands, on fifths of ten per cent."""
    low = float(frame.select(pl.min_horizontal("ci_low", "pass_at_k").min()).item() or 0)
    high = float(frame.select(pl.max_horizontal("ci_high", "pass_at_k").max()).item() or 1)
    return [max(0.0, int(low * 20) / 20), min(1.0, -(int(-high * 20 - 1e-9) - 1) / 20)]


def crossing_rules(crossovers: pl.DataFrame, study: theme.Study, k_max: int) -> list[Any]:
    """Return a dotted rule in the other model's colour at each k× that the band establishes."""
    rules = []
    sound = crossovers.filter((pl.col("verdict") == "crossover") & pl.col("guard").is_null())
    for row in map(VerdictRow.of, sound.iter_rows(named=True)):
        if row.k_cross is None or not established(row) or not 1 <= row.k_cross <= k_max:
            continue
        chart = alt.Chart(alt.Data(values=[{"k": row.k_cross}]))
        mark = chart.mark_rule(
            color=study.style(row.other).colour, strokeDash=[1, 3], strokeWidth=1.6
        )
        rules.append(mark.encode(panels.k_axis(k_max)))
    return rules


def facts(frame: pl.DataFrame) -> str:
    """Return ``n = …, M = …`` of a panel's curves."""
    n = span(frame["n_min"].to_list())
    return f"n = {n} samples a problem, M = {span(frame['n_problems'].to_list())} problems"


def verdict_lines(crossovers: pl.DataFrame, study: theme.Study) -> list[str]:
    """Return lines for each comparison, the other model named when there are several."""
    rows = sorted(map(VerdictRow.of, crossovers.iter_rows(named=True)), key=study.place)
    lines = [
        (f"{_other(row, study)}: " if len(rows) > 1 else "") + line
        for row in rows[:VERDICTS_SHOWN]
        for line in (verdict(row, short=len(rows) > 1), *by_permission(row.permitted))
    ]
    if len(rows) > VERDICTS_SHOWN:
        lines.append(f"{len(rows) - VERDICTS_SHOWN} more verdicts are in the crossovers table")
    return lines


def _other(row: VerdictRow, study: theme.Study) -> str:
    """Return the other model, with what tells the comparison from others of it."""
    protocol = row.other_protocol
    name = clean(row.other, 24) + (f" · {clean(protocol, 16)}" if protocol != row.protocol else "")
    return name + (
        f" ({clean(study.alike[row.comparison], 24)})" if row.comparison in study.alike else ""
    )


def truncation_lines(responses: pl.DataFrame, study: theme.Study) -> list[str]:
    """Say whose responses were cut at the token limit, where that is no rarity."""
    rows = responses.filter(pl.col("truncated_share") > TRUNCATED).sort(
        "truncated_share", "model", "protocol", descending=[True, False, False]
    )
    if rows.is_empty():
        return []
    shares = [
        f"{clean(study.label(row['model'], row['protocol']), 30)} "
        f"{share_of(row['truncated_share'])}".replace(" ", "\u00a0")  # no line breaks within
        for row in rows.head(ARMS_SHOWN).to_dicts()
    ]
    more = f" and {rows.height - ARMS_SHOWN} more" if rows.height > ARMS_SHOWN else ""
    return [f"cut at max_tokens, so pass@k is a lower bound: {', '.join(shares)}{more}"]


def caption(study: theme.Study) -> list[str]:
    """Return what the marks of a pass@k figure mean."""
    level = percent(study.confidence)
    return [
        f"Bands: pointwise {level} intervals over problems. Dashed and faded: k > n/2, "
        "flagged, as a curve's own sampling error cannot be estimated there. "
        "Symbols at powers of two.",
    ]


def panel(
    name: str,
    frame: pl.DataFrame,
    crossovers: pl.DataFrame | None,
    study: theme.Study,
    *,
    encodings: tuple[alt.Color, alt.Shape],
    size: tuple[int, int],
    limits: Sequence[float] | None = None,
    y_title: str = "pass@k",
    notes: Sequence[str] = (),
    beside: pl.DataFrame | None = None,
) -> alt.LayerChart:
    """Return one panel: curves, bands, crossings, and its facts and notes as title.

    ``beside`` are points as of `printed.printed`.
    """
    beside = None if beside is None or beside.is_empty() else beside
    around = frame if beside is None else pl.concat([frame, beside], how="diagonal")
    drawn = layers(frame, *encodings, list(limits or y_domain(around)), y_title, beside)
    lines = [facts(frame)]
    if crossovers is not None:
        drawn += crossing_rules(crossovers, study, _longest(frame, beside))
        lines += verdict_lines(crossovers, study)
    width, height = size
    return alt.layer(*drawn).properties(
        width=width, height=height, title=panels.panel_title(name, [*lines, *notes], width)
    )


def encodings(
    frame: pl.DataFrame, study: theme.Study, width: int, beside: pl.DataFrame | None = None
) -> tuple[alt.Color, alt.Shape]:
    """Return the colour and shape encodings, with one shared legend, of all arms.

    ``beside`` are points as of `printed.printed`, which have entries too.
    """
    colours, shapes = panels.model_scale(frame.select("model", "protocol").rows(), study)
    if beside is not None:
        colours, shapes = printed.with_entries((colours, shapes), beside)
    shown = panels.legend(colours.domain, width)
    return (
        alt.Color("arm:N", scale=colours, legend=shown),
        alt.Shape("arm:N", scale=shapes, legend=shown),
    )
