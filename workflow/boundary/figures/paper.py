"""Figures for papers: SVG, PDF and PNG of a width, and captions that stand by themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boundary.analyses.parts import caption_of
from boundary.analyses.registry import figure_owners
from boundary.figures.interactive import PARTS
from boundary.figures.save import drawn
from boundary.figures.theme import POINTS_PER_PIXEL
from boundary.figures.words import unwrapped
from boundary.store import write_atomic, write_text
from boundary.typeset import latex_figure

SUFFIXES = (".svg", ".pdf", ".png", ".txt", ".tex")
#: Dots an inch of PNGs.
PPI = 300
#: Of what intervals over problems speak.
POPULATION = (
    "Intervals over problems speak of the population of which the M problems are a random sample, "
    "not of these problems alone, unless said otherwise."
)
_SIZE = re.compile(r'(<svg\b[^>]*?) width="([0-9.]+)(?:pt)?" height="([0-9.]+)')
_BOX = re.compile(r'viewBox="0 0 ([0-9.]+)')
_TEXT = re.compile(r'font-size="([0-9.]+)px"')
#: Smallest text that a print can be read at, in points.
LEGIBLE = 5.0


def save_for_paper(
    chart: Any, folder: Path, stem: str, figure: str, points: float | None
) -> list[Path]:
    """Write a figure as a paper takes it.

    Parameters
    ----------
    chart : altair chart
        A top-level chart.
    folder : Path
        Where the files go; made when absent.
    stem : str
        Name of the files, without suffix.
    figure : str
        Name of the figure.
    points : float, optional
        Width in points; by default what it is on a screen of 96 pixels an inch.

    Returns
    -------
    list of Path
        ``.svg``, ``.pdf``, ``.png`` of 300 dots an inch, ``.txt`` with the caption, which holds
        all titles and facts, and ``.tex`` with a float of both.

    Raises
    ------
    MachineError
        When it cannot be drawn.
    """
    import vl_convert

    specification = chart.to_dict()
    svg = drawn(bare(specification), stem)
    # To vl-convert a pixel without unit is a point.
    sized, shown = resized(svg, points, ""), resized(svg, points, "pt")
    caption = full_caption(specification, figure)
    files = [folder / f"{stem}{suffix}" for suffix in SUFFIXES]
    write_text(files[0], shown)
    write_atomic(files[1], lambda path: path.write_bytes(vl_convert.svg_to_pdf(sized)))
    write_atomic(files[2], lambda path: path.write_bytes(vl_convert.svg_to_png(sized, ppi=PPI)))
    write_text(files[3], caption + "\n")
    write_text(files[4], latex_figure(stem, caption.replace("\n\n", " ")))
    return files


def bare(specification: dict[str, Any]) -> dict[str, Any]:
    """Return a chart without its title and without the facts of its panels, which a caption has."""

    def panel(node: dict[str, Any]) -> dict[str, Any]:
        title = node.get("title")
        named = {"title": title | {"subtitle": []}} if isinstance(title, dict) else {}
        parts = {key: [panel(part) for part in node[key]] for key in PARTS if key in node}
        return node | named | parts

    if not any(key in specification for key in PARTS):
        return specification  # says why nothing is drawn
    return panel({key: value for key, value in specification.items() if key != "title"})


def smallest_text(svg: str) -> float:
    """Return the size of the smallest text of an SVG of a width in points, in points."""
    size, box = _SIZE.search(svg), _BOX.search(svg)
    sizes = [float(each) for each in _TEXT.findall(svg)]
    if not size or not box or not sizes:
        return math.inf
    return min(sizes) * float(size[2]) / float(box[1])


def resized(svg: str, points: float | None, unit: str) -> str:
    """Return an SVG of a width in points, its height in proportion.

    Parameters
    ----------
    svg : str
        With ``width`` and ``height`` in pixels, and a ``viewBox``.
    points : float, optional
        The width; by default that of its pixels, 96 an inch.
    unit : str
        What follows each number.
    """

    def size(tag: re.Match[str]) -> str:
        width, height = float(tag[2]), float(tag[3])
        scale = points / width if points else POINTS_PER_PIXEL
        return f'{tag[1]} width="{width * scale:.6g}{unit}" height="{height * scale:.6g}{unit}'

    return _SIZE.sub(size, svg, count=1)


def full_caption(specification: dict[str, Any], figure: str) -> str:
    """Return a caption in plain text: what is drawn, what marks mean, and each panel's facts.

    Parameters
    ----------
    specification : dict
        Vega-Lite; titles of the chart and its panels hold n, M, verdicts and what is flagged.
    figure : str
        Name of the figure.
    """
    heading, owner = specification.get("title", {}), figure_owners()[figure].name
    first = _stops(" ".join(unwrapped(heading.get("text", []))))
    panels = [
        f"{name}: {'; '.join(facts)}" if facts else name for name, facts in _panels(specification)
    ]
    parts = [
        f"{first} {' '.join(caption_of(owner, figure))}",
        " ".join(map(_stops, unwrapped(heading.get("subtitle", [])))),
        _stops(". ".join(panels)) if panels else "",
    ]
    whole = "\n\n".join(part for part in parts if part)
    return f"{whole}\n\n{POPULATION}" if "over problems" in whole else whole


def _panels(node: Any, top: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Yield title and facts of each panel within a specification, in the order of the page."""
    if not isinstance(node, dict):
        return
    title = node.get("title")
    if not top and isinstance(title, dict) and "text" in title:
        name = " ".join(unwrapped(title["text"]))
        yield name, unwrapped(title.get("subtitle", []))
    for key in PARTS:
        for child in node.get(key, ()):
            yield from _panels(child, top=False)


def _stops(sentence: str) -> str:
    """Return a sentence that ends in a full stop."""
    return sentence if not sentence or sentence[-1] in ".:!?" else f"{sentence}."
