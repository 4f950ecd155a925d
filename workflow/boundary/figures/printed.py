"""Numbers that others printed, as hollow marks beside the curves of a study."""

from __future__ import annotations

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.words import apart, clean
from boundary.jobs.pages import PrintedPoint

#: Outlines by the order of their sources: a path with a hole, so that legends show it hollow too.
OUTLINES = (
    "M0,-1A1,1,0,1,1,0,1A1,1,0,1,1,0,-1ZM0,-.7A.7,.7,0,1,0,0,.7A.7,.7,0,1,0,0,-.7Z",
    "M-.9,-.9H.9V.9H-.9ZM-.6,-.6V.6H.6V-.6Z",
    "M0,-1.2L1.2,0L0,1.2L-1.2,0ZM0,-.8L-.8,0L0,.8L.8,0Z",
    "M0,-1L1.1,.9H-1.1ZM0,-.4L-.6,.6H.6Z",
)
#: Characters of a legend entry.
LABEL = 60


def printed(study: theme.Study, frame: pl.DataFrame) -> pl.DataFrame:
    """Return printed pass@k of the models and benchmarks of a frame.

    Returns
    -------
    polars.DataFrame
        ``benchmark``, ``k``, ``pass_at_k``, ``arm`` (the legend entry), ``source``, ``citation``,
        ``colour`` of the model and ``outline`` of the source, in the order of the study.
    """
    drawn = {*frame.select("model", "benchmark").unique().rows()}
    shown = [point for point in study.points if (point.model, point.benchmark) in drawn]
    sources = list(dict.fromkeys((point.citation, point.source) for point in shown))
    entries: dict[tuple[str, ...], str] = {}
    for point in shown:
        if (key := _entry(point)) not in entries:
            entries[key] = apart(clean(point.label, LABEL), entries.values())
    return pl.DataFrame(
        [
            {
                "benchmark": point.benchmark,
                "k": point.k,
                "pass_at_k": point.value,
                "arm": entries[_entry(point)],
                "source": clean(point.source, LABEL),
                "citation": point.citation,
                "colour": study.style(point.model).colour,
                "outline": OUTLINES[sources.index((point.citation, point.source)) % len(OUTLINES)],
            }
            for point in shown
        ],
        schema={
            **dict.fromkeys(("benchmark", "arm", "source", "citation"), pl.String),
            **{"k": pl.Int64, "pass_at_k": pl.Float64},
            **dict.fromkeys(("colour", "outline"), pl.String),
        },
    )


def _entry(point: PrintedPoint) -> tuple[str, ...]:
    return point.citation, point.source, point.label, point.model


def with_entries(
    scales: tuple[alt.Scale, alt.Scale], shown: pl.DataFrame
) -> tuple[alt.Scale, alt.Scale]:
    """Return scales of colours and shapes that have an entry for each printed curve too."""
    added = shown.unique("arm", maintain_order=True)
    columns = added["colour"].to_list(), added["outline"].to_list()
    colours, shapes = (
        alt.Scale(domain=[*scale.domain, *added["arm"]], range=[*scale.range, *column])
        for scale, column in zip(scales, columns, strict=True)
    )
    return colours, shapes


def marks(
    shown: pl.DataFrame, x: alt.X, y: alt.Y, colour: alt.Color, shape: alt.Shape
) -> alt.Chart:
    """Return the layer of printed points of one panel."""
    kept = shown.select("k", "pass_at_k", "arm", "source")
    return (
        alt.Chart(panels.data(kept))
        .mark_point(size=120, filled=True, opacity=1)
        .encode(
            x,
            y,
            colour,
            shape,
            tooltip=[
                alt.Tooltip("arm:N", title="printed"),
                alt.Tooltip("k:Q"),
                alt.Tooltip("pass_at_k:Q", title="pass@k", format=".4f"),
            ],
        )
    )


def caption(shown: pl.DataFrame) -> list[str]:
    """Return where printed points are from, where there are any."""
    if shown.is_empty():
        return []
    works = shown.group_by("citation", maintain_order=True).agg(
        pl.col("source").unique(maintain_order=True)
    )
    places = "; ".join(f"{clean(work, 200)} ({', '.join(at)})" for work, at in works.rows())
    return [f"Hollow: printed by others, and no part of any estimate here: {places}."]
