"""Boxes of a quantity of responses: a panel a benchmark and scorer, a row a source and class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.sources import SHADES, colour_of, in_order, labelled, row_axis
from boundary.figures.words import clean

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
WIDTH = 330


def drawn(
    boxes: pl.DataFrame,
    study: theme.Study,
    title: str,
    caption: Sequence[str],
    *,
    name: str,
    log: bool = False,
    at: float | None = None,
) -> alt.ConcatChart:
    """Draw quantiles as boxes: the middle half, whiskers from 5 to 95 %, a tick at the median.

    Parameters
    ----------
    boxes : polars.DataFrame
        A row a benchmark, scorer, source and class, with ``q05`` … ``q95``, ``problems``
        and ``n``; at least one.
    study : Study
    title : str
    caption : sequence of str
    name : str
        Of the axis.
    log : bool
        Whether it is logarithmic.
    at : float, optional
        Where a line of reference stands, which is then within the axis.
    """
    boxes = labelled(boxes, study)
    colour = colour_of(boxes, study)
    keys = in_order(boxes.select("benchmark", "scorer").rows(), study)
    made = []
    for key in keys:
        rows = boxes.filter(benchmark=key[0], scorer=key[1])
        # One logarithmic axis serves all scorers; what is linear may be of another size for each.
        x = _axis(boxes if log else rows, name, log, at)
        made.append(_panel(key, rows, colour, x, at))
    return panels.grid(
        made, min(len(keys), 2, study.fitting(WIDTH + 150)), WIDTH + 150, title, caption, sides=34
    )


def _axis(rows: pl.DataFrame, name: str, log: bool, at: float | None) -> Callable[[str], alt.X]:
    """Return what makes the axis of a column, over all whiskers and the line of reference."""
    ends = [*rows["q05"], *rows["q95"], *([] if at is None else [at])]
    low, high = min(ends), max(ends)
    pad = 0.03 * (high - low) or 1.0
    domain = [low / 1.02, high * 1.02] if log else [low - pad, high + pad]
    scale = alt.Scale(type="log" if log else "linear", domain=domain, nice=False)
    axis = alt.Axis(format="~g" if log else "~r", labelOverlap=True, tickCount=6)
    return partial(alt.X, scale=scale, title=name, axis=axis)


def _panel(
    key: tuple[str, ...],
    rows: pl.DataFrame,
    colour: alt.Color,
    x: Callable[[str], alt.X],
    at: float | None,
) -> alt.LayerChart:
    y = row_axis(rows)
    shown = ["row", "arm", "responses", "n", "problems", *QUANTILES]
    base = alt.Chart(panels.data(rows.select(shown)))
    pale = alt.Opacity(
        "responses:N",
        scale=alt.Scale(domain=[*SHADES], range=[*SHADES.values()]),
        legend=None,
    )
    tooltip = ["row:N", "problems:Q", *(alt.Tooltip(f"{q}:Q", format=".3f") for q in QUANTILES)]
    whiskers = base.mark_rule(strokeWidth=1.4).encode(x("q05:Q"), alt.X2("q95:Q"), y, colour)
    boxes = base.mark_bar(size=13).encode(
        x("q25:Q"), alt.X2("q75:Q"), y, colour, pale, tooltip=tooltip
    )
    halo = base.mark_tick(thickness=4, size=15, color="white").encode(x("q50:Q"), y)
    median = base.mark_tick(thickness=2, size=15, color=theme.INK).encode(x("q50:Q"), y)
    layers = [whiskers, boxes, halo, median]
    if at is not None:
        line = alt.Chart(pl.DataFrame({"at": [at]})).mark_rule(
            color=theme.FAINT, strokeDash=[4, 3], strokeWidth=1
        )
        layers.insert(0, line.encode(x("at:Q")))
    title = f"{clean(key[0], 30)}, scored by {clean(key[1], 40)}"
    return alt.layer(*layers).properties(
        width=WIDTH,
        height=alt.Step(22),
        title=panels.panel_title(title, ["M problems, n responses"], WIDTH),
    )
