"""pass@k under each rule of grading: whether a conclusion hangs on the grader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent, verdict

TITLE = "pass@k under three rules of grading"
#: Table and dashes of each rule; a solid line is drawn first, and the others over it.
RULES = {
    "strict": ("passk", [1, 0]),
    "lenient": ("passk_lenient", [6, 3]),
    "agreed": ("passk_agreed", [1.5, 2.5]),
}
#: Comparisons whose verdicts a panel names.
SHOWN = 4


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from passk, passk_lenient, passk_agreed and grading.

    Only arms whose grader has other rules are drawn.
    """
    title = title or TITLE
    grading = tables.get("grading")
    given = {rule: tables.get(name) for rule, (name, _) in RULES.items()}
    known = [
        frame.select(curves.ARM)
        for rule, frame in given.items()
        if rule != "strict" and frame is not None
    ]
    judged = pl.concat(known).unique() if known else pl.DataFrame()
    if grading is None or judged.is_empty():
        return panels.nothing(
            title, "no response was judged by more than one rule; the grader of math does that."
        )
    drawn = [
        curves.prepare(
            frame.join(judged, on=curves.ARM, how="semi"), grading.filter(rule=rule), study
        ).with_columns(rule=pl.lit(rule))
        for rule, frame in given.items()
        if frame is not None
    ]
    frame = pl.concat(drawn)
    benchmarks = sorted(frame["benchmark"].unique())
    columns = panels.columns_for(len(benchmarks))
    width = 460 if len(benchmarks) == 1 else 300
    encodings = curves.encodings(frame, study, columns * (width + 60))
    drawn_panels = [
        _panel(
            benchmark,
            frame.filter(benchmark=benchmark),
            grading.filter(benchmark=benchmark),
            study,
            encodings=encodings,
            size=(width, 300 if len(benchmarks) == 1 else 220),
        )
        for benchmark in benchmarks
    ]
    caption = [
        "Strict: the verifier's own rules. Lenient: a rule that mimics the paper's grader (last "
        "number as fallback, relative tolerance). Agreed: strict, and a second, independent "
        "engine says so too. Where rules agree, their lines lie over each other.",
        f"Band: pointwise {percent(study.confidence)} interval over problems, of the strict rule; "
        "the others' are in the tables. Symbols: the strict rule at powers of two. Faded: k > n/2, "
        "flagged, as a curve's own sampling error cannot be estimated there.",
    ]
    return panels.grid(drawn_panels, columns, width, title, caption)


def _panel(
    name: str,
    frame: pl.DataFrame,
    grading: pl.DataFrame,
    study: theme.Study,
    *,
    encodings: tuple[alt.Color, alt.Shape],
    size: tuple[int, int],
) -> alt.LayerChart:
    width, height = size
    lines = [curves.facts(frame), *verdict_lines(grading, study)]
    return alt.layer(*_layers(frame, *encodings)).properties(
        width=width, height=height, title=panels.panel_title(name, lines, width)
    )


def verdict_lines(grading: pl.DataFrame, study: theme.Study) -> list[str]:
    """Return a line for each comparison: one verdict, or that of each rule.

    Parameters
    ----------
    grading : polars.DataFrame
        The GRADING rows of one benchmark.
    study : Study
    """
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for row in sorted(grading.to_dicts(), key=study.place):
        groups.setdefault(row["comparison"], {})[row["rule"]] = row
    lines = []
    for rows in list(groups.values())[:SHOWN]:
        whose = f"{clean(rows['strict']['other'], 24)}: " if len(groups) > 1 else ""
        lines.append(whose + _told({rule: rows[rule] for rule in RULES if rule in rows}))
    if len(groups) > SHOWN:
        lines.append(f"{len(groups) - SHOWN} more comparisons are in the grading table")
    return lines


def _told(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Say the verdict of one comparison under each rule, once where all agree."""
    # Notes are told on the figure of pass@k; here they would drown the verdicts.
    said = {rule: verdict({**row, "note": None}, short=True) for rule, row in rows.items()}
    each = "; ".join(f"{rule}: {words}" for rule, words in said.items())
    if len({row["verdict"] for row in rows.values()}) > 1:
        return f"the verdict depends on the rule ({each})"
    if len(set(said.values())) > 1:
        return f"same verdict by all {len(rows)} rules ({each})"
    return f"same verdict by all {len(rows)} rules: {said['strict']}"


def _layers(frame: pl.DataFrame, colour: alt.Color, shape: alt.Shape) -> list[Any]:
    x = panels.k_axis(int(frame["k"].max()))  # type: ignore[arg-type]
    y = curves.y_axis(curves.y_domain(frame))
    wanted = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part", "power", "rule"]
    strength = 0.14 * min(1.0, 3 / frame["arm"].n_unique())
    flagged = pl.col("part") == "flagged"
    faded = frame.select(wanted).with_columns(
        fill=pl.when(flagged).then(strength / 2).otherwise(strength),
        ink=pl.when(flagged).then(0.45).otherwise(1.0),
    )
    base = alt.Chart(panels.data(faded))
    strict = base.transform_filter("datum.rule === 'strict'")
    band = strict.mark_area().encode(
        x,
        alt.Y("ci_low:Q").title("pass@k"),
        alt.Y2("ci_high:Q"),
        colour,
        alt.Opacity("fill:Q", scale=None),
        detail="part:N",
    )
    dashes = alt.Scale(domain=list(RULES), range=[dash for _, dash in RULES.values()])
    shown = alt.Legend(
        orient="bottom", direction="horizontal", columns=3, title=None, symbolSize=900
    )
    line = base.mark_line(strokeWidth=1.8).encode(
        x,
        y,
        colour,
        alt.StrokeDash("rule:N", scale=dashes, legend=shown),
        alt.Opacity("ink:Q", scale=None),
        detail="part:N",
    )
    tooltip = curves.tooltip(alt.Tooltip("rule:N"))
    symbols = (
        strict.transform_filter("datum.power")
        .mark_point(size=30, filled=True, opacity=1)
        .encode(x, y, colour, shape, tooltip=tooltip)
    )
    return [band, line, symbols]
