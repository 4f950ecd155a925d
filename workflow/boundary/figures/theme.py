"""Colours, shapes and type: a model looks the same in every figure.

Black belongs to the base model, and the strongest colour to the first model that
comparisons are about.  `PALETTES` are made so that black and the first five colours stay
apart as a reader without green cones sees them (Machado, Oliveira and Fernandes 2009)
and in grey print, by lightness; tests hold them to it.  Beyond six other models colours
repeat, so that every model also has a shape and the pair is unique up to 36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from boundary.figures.words import clean
from boundary.jobs.pages import (
    Figures,
    Named,
    Palette,
    PrintedEntropy,
    PrintedPoint,
    PrintedSets,
)
from boundary.rows import PairRow

BASE_COLOURS = ("#000000", "#7F7F7F", "#B0B0B0")
#: Colours of all models but bases, the strongest first.
PALETTES: dict[Palette, tuple[str, ...]] = {
    "vivid": ("#D55E00", "#1B2A7A", "#56B4E9", "#8E1F6E", "#117A54", "#E8B800"),
    "muted": ("#C4695A", "#1F365F", "#58ADEA", "#7A5878", "#255633", "#B3CFA2"),
    "grey": ("#5A5A5A", "#9E9E9E", "#303030", "#7D7D7D", "#BDBDBD", "#D0D0D0"),
}
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
NEUTRAL = {"both": "#BDBDBD", "neither": "#EDEDED"}
INK, FAINT = "#222222", "#5A5A5A"
FONT = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"


POINTS_PER_PIXEL = 0.75
#: Panels in a row, and room for the axis beside one, in pixels.
MOST_COLUMNS, BESIDE = 4, 70
#: Narrowest panel, in pixels.
LEAST = 200
_SIDES = ("comparison", "base", "other", "protocol", "other_protocol")


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
    benchmarks, protocols : tuple of str
        In study order.
    alike : dict of str to str
        Title of each comparison that has both models in common with another one, which it needs.
    width : float, optional
        Widest that a figure may be, in pixels of a screen.
    points, sets, entropies : tuple
        Numbers that others printed of these models.
    """

    name: str
    styles: dict[str, Style]
    confidence: float
    by_protocol: bool
    benchmarks: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    alike: Mapping[str, str] = field(default_factory=dict)
    width: float | None = None
    points: tuple[PrintedPoint, ...] = ()
    sets: tuple[PrintedSets, ...] = ()
    entropies: tuple[PrintedEntropy, ...] = ()

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

    def arm_place(self, arm: tuple[str, str]) -> tuple[int, str, int, str]:
        """Return the key by which arms (model, protocol) stand in the study's order."""
        model, protocol = arm
        known = self.protocols
        turn = known.index(protocol) if protocol in known else len(known)
        return self.rank(model), model, turn, protocol

    def at(self, benchmark: str) -> tuple[int, str]:
        """Return the key by which benchmarks stand in the study's order, unlisted ones last.

        Benchmarks that are taken together, as ``a + b``, stand where the first of them does.
        """
        known, first = self.benchmarks, benchmark.partition(" + ")[0]
        return known.index(first) if first in known else len(known), benchmark

    def benchmarks_of(self, frame: pl.DataFrame) -> list[str]:
        """Return the benchmarks of a frame, in the study's order."""
        return sorted(frame["benchmark"].unique(), key=self.at)

    def place(self, row: PairRow) -> tuple[tuple[int, str], int, int, str]:
        """Return the key by which rows of a comparison table are drawn in order."""
        return self.at(row.benchmark), self.rank(row.base), self.rank(row.other), row.comparison

    def pair(self, row: PairRow, between: str, limit: int = 30) -> str:
        """Return the two sides of a comparison as no other on the benchmark is called.

        Parameters
        ----------
        row : PairRow
        between : str
            What stands between the models.
        limit : int
            Characters of a model's name.
        """
        more = []
        if row.protocol != row.other_protocol:
            sides = (clean(each, limit * 2 // 3) for each in (row.protocol, row.other_protocol))
            more.append(f" {between} ".join(sides))
        elif row.comparison in self.alike and self.by_protocol:
            more.append(clean(row.protocol, limit * 2 // 3))
        if row.comparison in self.alike:
            more.append(clean(self.alike[row.comparison], limit))
        name = f"{clean(row.base, limit)} {between} {clean(row.other, limit)}"
        return f"{name} ({': '.join(reversed(more))})" if more else name

    def narrow(self, width: int) -> int:
        """Return the width of a panel, which is no wider than the figure."""
        return width if self.width is None else max(LEAST, min(width, int(self.width) - BESIDE))

    def columns(self, count: int, width: int, across: int = 1) -> int:
        """Return how many panels of a width stand side by side.

        They are at most four, rows evenly filled, and no wider than the figure.  Where every
        ``across`` panels belong together, as the benchmarks of one series, a row has these.
        """
        if 1 < across < count and count % across == 0 and across <= min(4, self.fitting(width)):
            return across
        even = count if count <= 3 else (2 if count == 4 else (3 if count <= 6 else 4))
        return min(even, self.fitting(width))

    def fitting(self, width: int) -> int:
        """Return how many panels of a width are no wider than the figure, at least one."""
        return MOST_COLUMNS if self.width is None else max(1, int(self.width / (width + BESIDE)))

    def style(self, model: str) -> Style:
        """Return the style of a model, grey for one that the study does not list."""
        return self.styles.get(model, Style("#7F7F7F", "circle"))


def assign(
    models: Sequence[Named], studied: Iterable[str] = (), palette: Palette = "vivid"
) -> dict[str, Style]:
    """Give each model its style by role and by its place in the study.

    Parameters
    ----------
    models : sequence of Named
        In study order, which is that of the styles.
    studied : iterable of str
        Models that comparisons are about: of those, trained by RL come first.
    palette : str
        One of `PALETTES`.
    """
    about = set(studied)

    def strength(model: Named) -> int:
        return 2 - (model.name in about) * (1 + (model.role == "rl"))

    bases = [model.name for model in models if model.role == "base"]
    others = [model.name for model in sorted(models, key=strength) if model.role != "base"]
    colours = PALETTES[palette]
    styles = {
        name: Style(BASE_COLOURS[min(place, 2)], SHAPES[place % 6])
        for place, name in enumerate(bases)
    }
    # The shift by whole rounds keeps (colour, shape) unique up to 36 models.
    styles |= {
        name: Style(colours[place % 6], SHAPES[(1 + place + place // 6) % 6])
        for place, name in enumerate(others)
    }
    return {model.name: styles[model.name] for model in models}


def tint(colour: str, turn: int) -> str:
    """Lighten a colour, the more the later its turn, none at turn 0, and never out of sight.

    Parameters
    ----------
    colour : str
        ``#RRGGBB``.
    turn : int
        0 for a model's first protocol, 1 for its second…
    """
    share = 0.72 * (1 - 0.375**turn)
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in parts)


def study_of(job: Figures, tables: Mapping[str, pl.DataFrame]) -> Study:
    """Return the study's look; without ``by_protocol`` in the job, tables tell of it."""
    protocols: set[str] = set()
    pairs: dict[tuple[str, ...], set[str]] = {}
    for frame in tables.values():
        for column in ("protocol", "other_protocol"):
            if column in frame.columns:
                protocols.update(frame[column].drop_nulls().unique().to_list())
        if {"comparison", "other_protocol"} <= set(frame.columns):
            for name, *models, protocol, other in frame.select(_SIDES).unique().rows():
                ways = () if protocol == other else (protocol, other)
                pairs.setdefault((*models, *ways), set()).add(name)
    points = job.theme.points
    return Study(
        name=job.study,
        styles=assign(job.models, job.studied, job.theme.palette),
        confidence=job.confidence,
        by_protocol=len(protocols) > 1 if job.by_protocol is None else job.by_protocol,
        benchmarks=tuple(job.benchmarks),
        protocols=tuple(job.protocols or ()),
        alike={
            name: job.titles.get(name, name)
            for names in pairs.values()
            if len(names) > 1
            for name in names
        },
        width=points and points / POINTS_PER_PIXEL,
        points=tuple(job.printed_points or ()),
        sets=tuple(job.printed_sets or ()),
        entropies=tuple(job.printed_entropies or ()),
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
