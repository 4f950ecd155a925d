"""The spread of each model, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the table toy_spread."""
    chart = alt.Chart(panels.data(tables["toy_spread"])).mark_bar()
    return chart.encode(x="lowest:Q", x2="highest:Q", y="model:N").properties(
        title=title or "Spread"
    )
