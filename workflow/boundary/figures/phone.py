"""A chart laid out for the screen of a phone: one panel below another, names above their rows.

It is made from the Vega-Lite of the chart for wide screens, so that no figure is written twice.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from boundary.figures.interactive import PARTS, channel, panels, units
from boundary.figures.words import unwrapped, wrap

#: Width of a figure, in pixels: what a page of 400 has beside its margins.
WIDTH = 368
#: Padding of a figure at each side; room for a quantitative axis beside a panel.
SIDE, AXIS = 6, 64
#: Height of a line of small text, and room of a row's marks where its step tells none, in pixels.
LINE, BAND = 13, 18
#: Least width of a column of cells, and letters of a line above a row.
CELL, LETTERS = 78, 56


def for_phone(specification: dict[str, Any]) -> dict[str, Any]:
    """Return a chart as wide as a phone.

    Parameters
    ----------
    specification : dict
        Vega-Lite of a chart of this package, which stays as it is.

    Returns
    -------
    dict
        The same data and marks: panels in one column, the legend below, titles wrapped anew,
        and names of rows with their remarks above each row instead of beside the panel.
    """
    whole = copy.deepcopy(specification)
    config = whole.setdefault("config", {})
    config["padding"] = {"left": SIDE, "right": SIDE, "top": 8, "bottom": 8}
    below = {"bottom": {"anchor": "start", "direction": "vertical"}}
    config["legend"] = {**config.get("legend", {}), "layout": below}
    rows = [row for rows in whole.get("datasets", {}).values() for row in rows]
    # Panels below one another begin at one line, so that the axis of one takes room from all.
    inner = (
        WIDTH - 2 * SIDE - AXIS * any(_names(list(units(each))) is None for each in panels(whole))
    )
    _stack(whole, rows, inner)
    return whole


def _stack(node: dict[str, Any], rows: list[dict[str, Any]], inner: int) -> None:
    """Put the parts of a chart into one column, and fit each of them."""
    _retitle(node)
    parts = [part for key in PARTS for part in node.pop(key, ())]
    if parts:
        node |= {"concat": parts, "columns": 1}
    for part in parts:
        _stack(part, rows, inner)
    if not parts:
        _fit(node, rows, inner)


def _retitle(node: dict[str, Any]) -> None:
    """Wrap the title of a chart or panel to its new width."""
    title = node.get("title")
    if isinstance(title, dict):
        for key, width in (("text", 0.72 * WIDTH), ("subtitle", WIDTH - 2 * SIDE)):
            if key in title:
                lines = [part for line in unwrapped(title[key]) for part in wrap(line, int(width))]
                title[key] = lines


def _fit(panel: dict[str, Any], rows: list[dict[str, Any]], inner: int) -> None:
    """Make a panel as wide as the screen."""
    drawn = list(units(panel))
    named = _names(drawn)
    before = panel.get("width")
    panel["width"] = _width(before, drawn, rows, inner)
    for unit in drawn:
        _legends(unit)
        at = channel(unit, "x").get("value")
        beyond = isinstance(at, int | float) and isinstance(before, int) and at >= before
        if beyond and named is None:
            unit["encoding"]["x"] = {"value": inner}
            unit["mark"] |= {"align": "right", "dx": -2, "dy": -6}
        elif beyond:
            unit["encoding"]["x"] = {"value": 0}
    if named is not None:
        _names_above(panel, drawn, named, rows)


def _width(before: Any, drawn: list[dict[str, Any]], rows: list[dict[str, Any]], inner: int) -> Any:
    """Return the width of a panel, or of each of its columns."""
    if not isinstance(before, dict):
        return inner
    across = next(x for x in (channel(unit, "x") for unit in drawn) if "field" in x)
    count = len(_values(across["field"], rows))
    # Names of rows leave the panel a little of the room beside it.
    return {"step": max(CELL, (inner - 12) // max(count, 1))}


def _legends(unit: dict[str, Any]) -> None:
    """Break legends into as many columns as are not wider than the screen."""
    for name in ("color", "shape"):
        held = channel(unit, name)
        if legend := held.get("legend"):
            labels = (held.get("scale") or {}).get("domain") or [" " * WIDTH]
            longest = max(len(str(label)) for label in labels)
            legend["columns"] = max(1, int((WIDTH - 2 * SIDE) / (longest * 6.2 + 40)))
            legend["labelLimit"] = WIDTH - 60


def _names_above(
    panel: dict[str, Any],
    drawn: list[dict[str, Any]],
    named: dict[str, Any],
    rows: list[dict[str, Any]],
) -> None:
    """Write the name of each row above it, and below that what stood beside the panel."""
    field = named["field"]
    lines = max((_lines(value) for value in _values(field, rows)), default=1)
    remarks = [unit for unit in drawn if channel(unit, "x").get("value") == 0]
    gap = LINE * (lines + bool(remarks)) + 4
    band = _band(panel.get("height"), drawn, rows)
    share = gap / (gap + band)
    panel["height"] = {"step": gap + band, "for": "position"}
    scale = {"type": "band", "paddingInner": share, "paddingOuter": share / 2, "align": 1}
    for unit in drawn:
        y = channel(unit, "y")
        if y.get("field") == field:
            y |= {"axis": None, "scale": {**(y.get("scale") or {}), **scale}}
    top = -(band / 2 + gap - 3)
    for unit in remarks:
        below = {"align": "left", "baseline": "top", "dx": 0, "dy": top + LINE * lines}
        unit["mark"] |= below | {"limit": WIDTH - 2 * SIDE}
    broken = (
        f"split(trim(replace(replace(datum[{json.dumps(field)}], /\\n/g, ' '), "
        f"/(.{{1,{LETTERS}}})( +|$)/g, '$1\\n')), '\\n')"
    )
    names = {
        "mark": {"type": "text", "align": "left", "baseline": "top", "dy": top, "fontSize": 10.5},
        "transform": [
            {"aggregate": [{"op": "count", "as": "rows"}], "groupby": [field]},
            {"calculate": broken, "as": "name_above"},
        ],
        "encoding": {
            "x": {"value": 0},
            "y": named,
            "text": {"field": "name_above", "type": "nominal"},
        },
    }
    of = next(unit for unit in drawn if channel(unit, "y").get("field") == field)
    if "data" in of:
        names["data"] = of["data"]
    if "layer" not in panel:
        kept = {key: panel.pop(key) for key in ("mark", "encoding", "transform") if key in panel}
        panel["layer"] = [kept]
    panel["layer"].append(names)


def _band(height: Any, drawn: list[dict[str, Any]], rows: list[dict[str, Any]]) -> float:
    """Return the height of the marks of a row, in pixels."""
    if not isinstance(height, dict):
        return BAND
    step = float(height["step"])
    inside = {value for unit in drawn for value in _offsets(unit, rows)}
    if inside and height.get("for") != "position":
        return step * len(inside)  # steps are by default of what stands within a row
    return max(min(step, 2 * BAND), BAND)


def _offsets(unit: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[Any]:
    field = channel(unit, "yOffset").get("field")
    yield from _values(field, rows) if field else ()


def _names(drawn: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the axis of a panel that is of names, one a row."""
    axes = (channel(unit, "y") for unit in drawn)
    return next((y for y in axes if y.get("type") == "nominal" and "field" in y), None)


def _values(field: str, rows: list[dict[str, Any]]) -> set[Any]:
    return {row[field] for row in rows if field in row}


def _lines(name: Any) -> int:
    """Return how many lines a name takes above its row."""
    return max(1, -(-len(str(name)) // (LETTERS - 6)))
