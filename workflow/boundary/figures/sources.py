"""What charts of likelihoods share: a row for each source of responses and class of them."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt
import polars as pl

from boundary.figures import panels, theme

#: Classes of responses as charts name them, and how dark each is drawn.
SHADES = {"correct": 0.85, "wrong": 0.35, "ungraded": 0.6}


def classes(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table that charts draw: correct and wrong, or all where none is graded.

    Parameters
    ----------
    table : polars.DataFrame
        With a column ``responses`` of ``all``, ``correct`` and ``wrong``.
    """
    source = ["scorer", "source_model", "benchmark", "protocol"]
    graded = (pl.col("responses") != "all").any().over(source)
    return table.filter((pl.col("responses") != "all") | ~graded).with_columns(
        pl.col("responses").replace("all", "ungraded")
    )


def labelled(frame: pl.DataFrame, study: theme.Study) -> pl.DataFrame:
    """Return rows in the order of the study with ``arm``, their model, and ``row``, their label.

    Parameters
    ----------
    frame : polars.DataFrame
        With ``source_model``, ``protocol``, ``responses``, and ``problems`` and ``n`` of each.
    study : Study
    """
    arm = study.arms("source_model")
    rank = pl.col("source_model").map_elements(study.rank, return_dtype=pl.Int64)
    return (
        frame.with_columns(arm=arm, rank=rank)
        .sort("rank", "source_model", "protocol", "responses")
        .drop("rank")
        .with_columns(row=pl.format("{}, {} (M = {}, n = {})", "arm", "responses", "problems", "n"))
    )


def colour_of(rows: pl.DataFrame, study: theme.Study) -> alt.Color:
    """Return the colour of each model, with a legend below the panels."""
    scale, _ = panels.model_scale(rows.select("source_model", "protocol").rows(), study)
    return alt.Color("arm:N", scale=scale, legend=panels.legend(scale.domain, 700))


def row_axis(rows: pl.DataFrame) -> alt.Y:
    """Return the axis of the rows of a panel, in the order in which they stand."""
    order = rows["row"].unique(maintain_order=True).to_list()
    return alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=300))


def in_order(keys: Iterable[tuple[str, ...]], study: theme.Study) -> list[tuple[str, ...]]:
    """Return keys of panels, of benchmark and scorer, in the order of the study."""
    return sorted(set(keys), key=lambda key: (study.at(key[0]), study.rank(key[1]), key[1]))
