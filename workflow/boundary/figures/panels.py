"""What the figures share: titles, panels, k axes, empty charts, rounded data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import theme
from boundary.figures.words import clean, wrap

DIGITS = 6
#: Labels of an axis of differences in per cent; d3 would write "+0%".
SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+.2~%')"


def data(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with reals at six decimals, which no screen can tell apart.

    Charts hold the frame itself: Altair copies lists of rows at every step,
    which takes longer than all else, but never a frame.
    """
    return frame.with_columns(
        pl.col(name).round(DIGITS) for name, kind in frame.schema.items() if kind.is_float()
    )


def nothing(title: str, why: str) -> alt.Chart:
    """Return a chart that says plainly why there is nothing to draw."""
    lines = wrap(f"nothing to draw: {why}", 340)
    return (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(fontSize=13, color=theme.FAINT, text=lines, align="center")
        .properties(width=460, height=90, title=heading(title, [], 460))
        .configure(**theme.config())
    )


def heading(title: str, caption: Sequence[str], width: int) -> alt.Title:
    """Return the chart's title with its caption as wrapped subtitle lines."""
    lines = [line for sentence in caption for line in wrap(sentence, width)]
    return alt.Title(text=wrap(clean(title, 200), int(width * 0.7)), subtitle=lines)


def panel_title(name: str, lines: Sequence[str], width: int) -> alt.Title:
    """Return a panel's title and the facts below it, wrapped to the panel."""
    wrapped = [part for line in lines for part in wrap(line, width)]
    named = wrap(clean(name, 200), int(width * 0.85))
    return alt.Title(
        text=named if len(named) > 1 else named[0],
        subtitle=wrapped,
        fontSize=12,
        subtitleFontSize=10.5,
        offset=6,
    )


def grid(
    panels: Sequence[Any],
    columns: int,
    panel_width: int,
    title: str,
    caption: Sequence[str],
    *,
    sides: int = 14,
) -> alt.ConcatChart:
    """Lay panels out in rows under one title and one shared legend."""
    width = max(440, columns * (panel_width + 70))
    return (
        alt.concat(*panels, columns=columns, spacing={"row": 26, "column": 26})
        .resolve_scale(color="shared", shape="shared")
        .properties(title=heading(title, caption, width))
        .configure(**theme.config(sides))
    )


def k_axis(k_max: int, title: str = "k (samples drawn), log scale") -> alt.X:
    """Return a log axis for k with ticks at powers of two, or of ten when long."""
    base = 2 if k_max <= 4096 else 10
    ticks = [1]
    while ticks[-1] * base <= k_max:
        ticks.append(ticks[-1] * base)
    return alt.X(
        "k:Q",
        scale=alt.Scale(type="log", domain=[1, max(k_max, 2)], nice=False),
        axis=alt.Axis(values=ticks, format="~s" if base == 10 else "d", labelOverlap=True),
        title=title,
    )


def model_scale(
    arms: Sequence[tuple[str, str]], study: theme.Study, extra: dict[str, str] | None = None
) -> tuple[alt.Scale, alt.Scale]:
    """Return colour and shape scales over arms (model, protocol) in study order."""
    known = sorted(set(arms), key=study.arm_place)
    extra = extra or {}
    labels = [study.label(*arm) for arm in known]
    colours, shapes = [], []
    for model, protocol in known:
        # Under a second protocol a model takes a tint of its colour, which may be much like that
        # of another base, and a shape that the first three of those do not have.
        turn = [p for m, p in known if m == model].index(protocol)
        first = theme.SHAPES.index(study.style(model).shape)
        colours.append(theme.tint(study.style(model).colour, turn))
        shapes.append(theme.SHAPES[(first + 3 * turn + turn // 2) % len(theme.SHAPES)])
    return (
        alt.Scale(domain=[*labels, *extra], range=[*colours, *extra.values()]),
        alt.Scale(domain=labels, range=shapes),
    )


def legend(labels: Sequence[str], width: int) -> alt.Legend:
    """Return a legend below the panels whose columns fit the figure's width."""
    longest = max((len(label) for label in labels), default=1)
    columns = max(1, min(len(labels), int(width / (longest * 6.2 + 40))))
    return alt.Legend(
        orient="bottom", direction="horizontal", columns=columns, columnPadding=26, title=None
    )
