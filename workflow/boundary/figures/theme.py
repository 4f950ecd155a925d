"""Colours, shapes and type: a model looks the same in every figure.

Colours are those of Okabe and Ito (2008), which readers with any common form
of colour blindness can tell apart.  Black belongs to the base model.  Beyond
six other models colours repeat, so that every model also has a shape and the
pair is unique up to 36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from boundary.figures.words import clean
from boundary.jobs.pages import Figures, Named
from boundary.rows import PairRow

BASE_COLOURS = ("#000000", "#7F7F7F", "#B0B0B0")
OTHER_COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
NEUTRAL = {"both": "#BDBDBD", "neither": "#EDEDED"}
INK, FAINT = "#222222", "#5A5A5A"
FONT = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"


@dataclass(frozen=True)
class Style:
    """How one model is drawn."""

    colour: str
    shape: str


@dataclass(frozen=True)
class Study:
    """What every figure needs to know about the study.

    Attributes
    ----------
    name : str
        The study's name.
    styles : dict of str to Style
        One style a model, in study order.
    confidence : float
        Level of the intervals, such as 0.95.
    by_protocol : bool
        Whether labels must name the protocol, as the study has several.
    """

    name: str
    styles: dict[str, Style]
    confidence: float
    by_protocol: bool

    def label(self, model: str, protocol: str) -> str:
        """Return the legend entry of a model under a protocol."""
        return clean(f"{model} · {protocol}" if self.by_protocol else model)

    def arms(self, model: str = "model") -> pl.Expr:
        """Return the legend entries of rows by their model, in a column, and ``protocol``."""
        return pl.struct(model, "protocol").map_elements(
            lambda arm: self.label(arm[model], arm["protocol"]), return_dtype=pl.String
        )

    def rank(self, model: str) -> int:
        """Return a model's place in the study, beyond all for an unlisted one."""
        return list(self.styles).index(model) if model in self.styles else len(self.styles)

    def place(self, row: PairRow) -> tuple[str, int, int, str]:
        """Return the key by which rows of a comparison table are drawn in order."""
        return row.benchmark, self.rank(row.base), self.rank(row.other), row.comparison

    def style(self, model: str) -> Style:
        """Return the style of a model, grey for one that the study does not list."""
        return self.styles.get(model, Style("#7F7F7F", "circle"))


def assign(models: Iterable[Named]) -> dict[str, Style]:
    """Give each model its style by role and by its order in the study."""
    bases = others = 0
    styles = {}
    for model in models:
        if model.role == "base":
            styles[model.name] = Style(BASE_COLOURS[min(bases, 2)], SHAPES[bases % 6])
            bases += 1
        else:
            # The shift by whole rounds keeps (colour, shape) unique up to 36 models.
            shape = SHAPES[(1 + others + others // 6) % 6]
            styles[model.name] = Style(OTHER_COLOURS[others % 6], shape)
            others += 1
    return styles


def tint(colour: str, turn: int) -> str:
    """Lighten a colour, the more the later its turn; none at turn 0.

    Parameters
    ----------
    colour : str
        ``#RRGGBB``.
    turn : int
        0 for a model's first protocol, 1 for its second…
    """
    share = 1 - 0.55**turn
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)


def study_of(job: Figures, tables: Mapping[str, pl.DataFrame]) -> Study:
    """Return the study's look; without ``by_protocol`` in the job, tables tell of it."""
    protocols: set[str] = set()
    for frame in tables.values():
        for column in ("protocol", "other_protocol"):
            if column in frame.columns:
                protocols.update(frame[column].drop_nulls().unique().to_list())
    return Study(
        name=job.study,
        styles=assign(job.models),
        confidence=job.confidence,
        by_protocol=len(protocols) > 1 if job.by_protocol is None else job.by_protocol,
    )


def config(sides: int = 14) -> dict[str, Any]:
    """Return the Vega-Lite config that all charts share.

    ``sides`` is the padding left and right in pixels: a viewer's font may be
    wider than that with which the layout was measured.
    """
    return {
        "background": "white",
        "padding": {"left": sides, "right": sides, "top": 12, "bottom": 12},
        "font": FONT,
        "view": {"stroke": "#CCCCCC"},
        "axis": {
            "gridColor": "#EEEEEE",
            "domainColor": "#999999",
            "tickColor": "#999999",
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "legend": {
            "labelFontSize": 11,
            "labelLimit": 340,
            "labelColor": INK,
            "titleFontSize": 11,
            "symbolSize": 70,
            "symbolStrokeWidth": 2,
            "symbolOpacity": 1,
        },
        "title": {
            "anchor": "start",
            "color": INK,
            "fontSize": 15,
            "subtitleColor": FAINT,
            "subtitleFontSize": 11,
            "subtitlePadding": 5,
            "offset": 12,
        },
    }
