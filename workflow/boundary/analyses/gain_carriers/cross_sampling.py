"""Success against the number of positions at which another model chooses the token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.gain_carriers.tables import PAIR
from boundary.figures import panels, theme
from boundary.figures.words import clean, percent

TITLE = "Who carries the gain: one model chooses at m positions, the other elsewhere"
WIDTH, HEIGHT = 330, 220
EVERYWHERE = "all"
#: How the positions of the two curves were found.
CURVES = {"random": "random positions", "highest": "positions of the donor's right responses"}
FADED = "#B5B5B5"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the cross_sampling table: a panel a host, donor and family."""
    title = title or TITLE
    table = tables.get("cross_sampling")
    if table is None or table.is_empty():
        return panels.nothing(title, "no two models wrote responses together.")
    # Where there are families, all of them together are in the table alone.
    several = pl.col("stratum").n_unique().over("comparison", "benchmark", "protocol") > 1
    shown = table.filter(~several | (pl.col("stratum") != "all"))
    keys = sorted(
        shown.select(*PAIR, "stratum").unique().rows(),
        key=lambda key: (study.at(key[1]), key[0], key[5], study.rank(key[3]), key),
    )
    drawn = [
        _panel(shown.filter(pl.struct(*PAIR, "stratum") == _struct(key)), study) for key in keys
    ]
    caption = [
        "At m positions of each response the donor chooses the token, elsewhere the host. Dashed: "
        "success of host and donor alone, as the study counted it on the same problems. Bars: "
        f"{percent(study.confidence)} intervals over problems, each by itself. Pale: the donor "
        "chooses at as many random positions."
    ]
    return panels.grid(drawn, min(2, study.fitting(WIDTH)), WIDTH, title, caption)


def _struct(key: tuple[str, ...]) -> pl.Expr:
    names = (*PAIR, "stratum")
    return pl.struct(pl.lit(value).alias(name) for name, value in zip(names, key, strict=True))


def _panel(rows: pl.DataFrame, study: theme.Study) -> alt.LayerChart:
    first = rows.row(0, named=True)
    host, donor = (study.label(first[side], first["protocol"]) for side in ("host", "donor"))
    place = pl.when(pl.col("m").is_null()).then(pl.lit(EVERYWHERE)).otherwise(pl.col("m").cast(str))
    ends = pl.col("choice").is_in(["none", "all"])
    points = pl.concat(
        # Both curves begin at the host alone and end at the donor alone.
        rows.filter(ends | (pl.col("choice") == choice)).with_columns(curve=pl.lit(name))
        for choice, name in CURVES.items()
    ).select("curve", "success", "ci_low", "ci_high", "c", "n", m=place)
    order = [str(m) for m in rows["m"].drop_nulls().unique().sort()] + [EVERYWHERE]
    colours = alt.Scale(domain=list(CURVES.values()), range=[FADED, theme.INK])
    colour = alt.Color("curve:N", scale=colours, legend=panels.legend(colours.domain, 2 * WIDTH))
    x = alt.X("m:N", sort=order, title="m, positions of the donor", axis=alt.Axis(labelAngle=0))
    scale = alt.Scale(domain=[0, max(0.05, float(points["ci_high"].max()))])  # type: ignore[arg-type]
    y = alt.Y("success:Q", scale=scale, axis=alt.Axis(format=".2~%"), title="success")
    base = alt.Chart(panels.data(points))
    line = base.mark_line(strokeWidth=1.6).encode(x, y, colour)
    bars = base.mark_rule(strokeWidth=1.2, opacity=0.7).encode(
        x, alt.Y("ci_low:Q"), alt.Y2("ci_high:Q"), colour
    )
    marks = base.mark_point(size=36, filled=True, opacity=1).encode(
        x,
        y,
        colour,
        tooltip=["curve:N", "m:N", alt.Tooltip("success:Q", format=".4f"), "c:Q", "n:Q"],
    )
    levels = [
        _level(rows, choice, study.style(first[side]).colour, f"{study_name} alone", scale)
        for choice, side, study_name in (("none", "host", host), ("all", "donor", donor))
    ]
    stratum = "" if first["stratum"] == "all" else f", {first['stratum']}"
    title = f"{clean(donor, 30)} chooses in {clean(host, 30)}: {first['benchmark']}{stratum}"
    n = first["n"] // first["n_problems"]
    lines = [f"M = {first['n_problems']} problems, n = {n} responses a problem and setting"]
    if lost := first["n_problems"] - first["of_right"]:
        lines.append(f"flagged: no right response of the donor to {lost} problems")
    return alt.layer(*levels, line, bars, marks).properties(
        width=WIDTH, height=HEIGHT, title=panels.panel_title(clean(title, 90), lines, WIDTH)
    )


def _level(
    rows: pl.DataFrame, choice: str, colour: str, name: str, scale: alt.Scale
) -> alt.LayerChart:
    """Return a rule at the study's count of one model alone, with its name."""
    level = rows.filter(pl.col("choice") == choice)["study_success"].item()
    base = alt.Chart(pl.DataFrame({"level": [level], "name": [clean(name, 30)]}))
    y = alt.Y("level:Q", scale=scale)
    rule = base.mark_rule(color=colour, strokeDash=[5, 3], strokeWidth=1.3).encode(y)
    text = base.mark_text(color=colour, align="left", dx=5, fontSize=10).encode(
        y, alt.X(value=WIDTH), alt.Text("name:N")
    )
    return alt.layer(rule, text)
