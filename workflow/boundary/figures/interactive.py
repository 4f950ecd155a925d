"""What the page of a figure can do that a picture cannot: hide, zoom, and tell in words."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

#: Columns of charts as people call them; others are read as they are, without underscores.
WORDS = {
    "arm": "model",
    "c": "correct",
    "ci_low": "interval from",
    "ci_high": "to",
    "low": "interval from",
    "high": "to",
    "band_low": "band from",
    "band_high": "to",
    "bound_low": "bounds from",
    "bound_high": "to",
    "envelope_low": "families from",
    "envelope_high": "to",
    "fixed_low": "band for these problems from",
    "fixed_high": "to",
    "gain_low": "interval from",
    "gain_high": "to",
    "median_ci_low": "interval from",
    "median_ci_high": "to",
    "net": "net change",
    "net_low": "interval from",
    "net_high": "to",
    "net_holm": "p after Holm",
    "diff": "difference",
    "group": "solved by",
    "m": "positions",
    "n": "responses",
    "n_problems": "problems",
    "n_responses": "responses",
    "pass_at_k": "pass@k",
    "problem_id": "problem",
    "q05": "5 %",
    "q25": "25 %",
    "q50": "median",
    "q75": "75 %",
    "q95": "95 %",
    "row": "of",
    "step": "training step",
    "text": "in words",
}
#: Columns that are shares where the axis beside them is in per cent.
SHARES = frozenset(
    (
        *("band_high", "band_low", "ci_high", "ci_low", "cover", "coverage", "diff"),
        *("fixed_high", "fixed_low", "gain_high", "gain_low", "high", "low", "net", "net_high"),
        *("bound_high", "bound_low", "envelope_high", "envelope_low"),
        *("net_low", "pass_at_k", "reliability", "share", "smoothed", "success", "value"),
    )
)
#: Keys of charts that hold others.
PARTS = ("concat", "hconcat", "vconcat")


def interactive(specification: dict[str, Any]) -> dict[str, Any]:
    """Return a chart whose legend hides, whose axes zoom, and whose tooltips are in words.

    Parameters
    ----------
    specification : dict
        Vega-Lite, which stays as it is.
    """
    whole = copy.deepcopy(specification)
    toggles: dict[str, dict[str, Any]] = {}
    zooms: list[dict[str, Any]] = []
    for place, panel in enumerate(panels(whole)):
        marks = list(units(panel))
        percent = any(map(_in_percent, marks))
        for at, unit in enumerate(marks):
            _tell(unit, percent)
            unit["name"] = f"view_{place}_{at}"
            if not (entries := _legend(unit)):
                continue
            field = entries[0]
            # One view has the legend, and all are filtered. What is left out of the selection is
            # hidden, and pale in the legend.
            toggles.setdefault(
                field,
                {
                    "name": f"shown_{field}",
                    "select": {"type": "point", "fields": [field], "toggle": "true"},
                    "bind": "legend",
                    "value": [{field: each} for each in entries[1]],
                    "views": [unit["name"]],
                },
            )
            shown = {"filter": {"param": f"shown_{field}"}}
            unit["transform"] = [*unit.get("transform", []), shown]
        zooms += [
            {"name": f"zoom_{place}", "select": "interval", "bind": "scales", "views": [name]}
            for name in [unit["name"] for unit in marks if _continuous(unit)][-1:]
        ]
    if params := [*toggles.values(), *zooms]:
        whole["params"] = [*whole.get("params", []), *params]
    return whole


def panels(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels within a chart, itself where it has no other."""
    parts = [child for key in PARTS for child in node.get(key, ())]
    for part in parts:
        yield from panels(part)
    if not parts:
        yield node


def units(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the marks within a panel."""
    for layer in node.get("layer", ()):
        yield from units(layer)
    if "mark" in node:
        yield node


def channel(unit: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what a mark encodes by a channel, nothing where it has no such channel."""
    held = unit.get("encoding", {}).get(name)
    return held if isinstance(held, dict) else {}


def _legend(unit: dict[str, Any]) -> tuple[str, list[str]] | None:
    """Return the column that a legend of a mark is of, and its entries, if it has one."""
    for name in ("color", "shape"):
        held = channel(unit, name)
        entries = (held.get("scale") or {}).get("domain")
        if held.get("legend") and held.get("type") == "nominal" and entries:
            return str(held["field"]), list(entries)
    return None


def _in_percent(unit: dict[str, Any]) -> bool:
    """Whether an axis of a mark is in per cent."""
    axes = [channel(unit, name).get("axis") or {} for name in ("x", "y")]
    return any("%" in str(axis.get("format", axis.get("labelExpr", ""))) for axis in axes)


def _continuous(unit: dict[str, Any]) -> bool:
    """Whether both axes of a mark are of numbers."""
    return all(channel(unit, name).get("type") == "quantitative" for name in ("x", "y"))


def _tell(unit: dict[str, Any], percent: bool) -> None:
    """Give each line of a tooltip a title, and shares their per cent."""
    lines = unit.get("encoding", {}).get("tooltip", [])
    for line in lines if isinstance(lines, list) else [lines]:
        field = line.get("field", "")
        line.setdefault("title", WORDS.get(field, field.replace("_", " ")))
        if percent and field in SHARES and line.get("type") == "quantitative":
            line["format"] = "+.1%" if line.get("format", "").startswith("+") else ".1%"
