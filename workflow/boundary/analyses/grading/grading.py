"""pass@k under each rule of grading and of extraction: whether a conclusion hangs on the grader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.comparison_tables import EQUALITY_RULES, JUDGE_RULES, PROGRAM_RULES, THEIRS
from boundary.extraction import RULES
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent, verdict
from boundary.rows import VerdictRow

TITLE = "pass@k under each rule of grading"
STRICT = EQUALITY_RULES[0]
#: Dashes of each rule; a solid line is drawn first, and the others over it.
_DASHES: tuple[list[float], ...] = ([1, 0], [6, 3], [1.5, 2.5])
#: What may differ, and the rules of it.
FAMILIES = {
    "when two answers are the same": EQUALITY_RULES,
    "what counts as an answer": tuple(reversed(RULES)),
    "what counts as the program": PROGRAM_RULES,
    "who judged": JUDGE_RULES,
}
#: Dashes by rule; one scale for all panels, as panels side by side share theirs.
_DASH_OF = {
    rule: dash for rules in FAMILIES.values() for rule, dash in zip(rules, _DASHES, strict=False)
}
#: The table of each rule.
RULES_DRAWN = {
    rule: "passk" if rule == STRICT else f"passk_{rule}"
    for rules in FAMILIES.values()
    for rule in rules
}
#: Comparisons whose verdicts a panel names.
SHOWN = 4


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from passk, the passk of each rule, and grading.

    Only arms whose grader has other rules are drawn; a benchmark has a panel for
    each family of rules that it was judged by.
    """
    title = title or TITLE
    grading = tables.get("grading")
    given = {rule: tables.get(name) for rule, name in RULES_DRAWN.items()}
    known = [
        frame.select(ARM_KEY)
        for rule, frame in given.items()
        if rule != STRICT and frame is not None
    ]
    judged = pl.concat(known).unique() if known else pl.DataFrame()
    if grading is None or judged.is_empty():
        return panels.nothing(
            title, "no response was judged by more than one rule; graders of today do that."
        )
    drawn = [
        curves.prepare(
            frame.join(judged, on=ARM_KEY, how="semi"), grading.filter(rule=rule), study
        ).with_columns(rule=pl.lit(rule))
        for rule, frame in given.items()
        if frame is not None
    ]
    frame = pl.concat(drawn)
    asked = [
        (benchmark, family)
        for benchmark in study.benchmarks_of(frame)
        for family, rules in FAMILIES.items()
        if frame.filter(pl.col("benchmark") == benchmark, _other_than_strict(rules)).height
    ]
    width = study.narrow(460 if len(asked) == 1 else 340)
    columns = min(len(asked), 2, study.fitting(width))
    encodings = curves.encodings(frame, study, columns * (width + 60))
    rules = dict.fromkeys(rule for _, family in asked for rule in FAMILIES[family])
    dashes = alt.Scale(domain=list(rules), range=[_DASH_OF[rule] for rule in rules])
    drawn_panels = [
        _panel(
            benchmark,
            family,
            frame.filter(benchmark=benchmark),
            grading.filter(benchmark=benchmark),
            study,
            encodings=encodings,
            dashes=dashes,
            size=(width, 300 if len(asked) <= 2 else 220),
        )
        for benchmark, family in asked
    ]
    caption = [
        "Strict: the verifier's own rules. Lenient: a rule that mimics the paper's grader (last "
        "number as fallback, relative tolerance). Agreed: strict, and a second, independent "
        "engine says so too. Boxed: strict, of the last box alone. Declared: also of what the "
        "response says is its answer. Any: also of what a reader would call it. Fenced: only the "
        "last fenced block of a response is its program, as published harnesses have it. Where "
        "rules agree, their lines lie over each other.",
        f"Band: pointwise {percent(study.confidence)} interval over problems, of the strict rule "
        "and what the study takes for answers; the others' are in the tables. Symbols: the same at "
        "powers of two. Faded: k > n/2, flagged, as a curve's own sampling error cannot be "
        "estimated there.",
    ]
    if THEIRS in rules:
        caption.insert(1, "Theirs: the verdicts that the files of another tool carry.")
    return panels.grid(drawn_panels, columns, width, title, caption)


def _other_than_strict(rules: tuple[str, ...]) -> pl.Expr:
    return pl.col("rule").is_in([rule for rule in rules if rule != STRICT])


def _panel(
    name: str,
    family: str,
    frame: pl.DataFrame,
    grading: pl.DataFrame,
    study: theme.Study,
    *,
    encodings: tuple[alt.Color, alt.Shape],
    dashes: alt.Scale,
    size: tuple[int, int],
) -> alt.LayerChart:
    width, height = size
    rules = FAMILIES[family]
    drawn = frame.filter(pl.col("rule").is_in([STRICT, *rules]))
    verdicts = verdict_lines(grading, study, rules)
    lines = [f"{family}: {', '.join(rules)}", curves.facts(drawn), *verdicts]
    return alt.layer(*_layers(drawn, rules, dashes, *encodings)).properties(
        width=width, height=height, title=panels.panel_title(name, lines, width)
    )


def verdict_lines(grading: pl.DataFrame, study: theme.Study, rules: Sequence[str]) -> list[str]:
    """Return a line for each comparison: one verdict, or that of each rule.

    Parameters
    ----------
    grading : polars.DataFrame
        The GRADING rows of one benchmark.
    study : Study
    rules : sequence of str
        Which rules it is of.
    """
    groups: dict[str, dict[str, VerdictRow]] = {}
    drawn = grading.filter(pl.col("rule").is_in(rules)).to_dicts()
    by_rule = ((str(row["rule"]), VerdictRow.of(row)) for row in drawn)
    for rule, row in sorted(by_rule, key=lambda each: study.place(each[1])):
        groups.setdefault(row.comparison, {})[rule] = row
    lines = []
    for rows in list(groups.values())[:SHOWN]:
        known = {rule: rows[rule] for rule in rules if rule in rows}
        other = next(iter(known.values())).other
        lines.append((f"{clean(other, 24)}: " if len(groups) > 1 else "") + _verdicts(known))
    if len(groups) > SHOWN:
        lines.append(f"{len(groups) - SHOWN} more comparisons are in the grading table")
    return lines


def _verdicts(rows: Mapping[str, VerdictRow]) -> str:
    """Say the verdict of one comparison under each rule, once where all agree."""
    # Notes stand on the figure of pass@k; here they would drown the verdicts.
    in_words = {rule: verdict(replace(row, note=None), short=True) for rule, row in rows.items()}
    each = "; ".join(f"{rule}: {words}" for rule, words in in_words.items())
    if len({row.verdict for row in rows.values()}) > 1:
        return f"the verdict depends on the rule ({each})"
    if len(set(in_words.values())) > 1:
        return f"same verdict by all {len(rows)} rules ({each})"
    return f"same verdict by all {len(rows)} rules: {next(iter(in_words.values()))}"


def _layers(
    frame: pl.DataFrame,
    rules: Sequence[str],
    dashes: alt.Scale,
    colour: alt.Color,
    shape: alt.Shape,
) -> list[Any]:
    x = panels.k_axis(int(frame["k"].max()))  # type: ignore[arg-type]
    y = curves.y_axis(curves.y_domain(frame))
    columns = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part", "power", "rule"]
    strength = 0.14 * min(1.0, 3 / frame["arm"].n_unique())
    flagged = pl.col("part") == "flagged"
    faded = frame.select(columns).with_columns(
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
    shown = alt.Legend(
        orient="bottom", direction="horizontal", columns=3, title=None, symbolSize=900
    )
    lines = base.transform_filter(alt.FieldOneOfPredicate("rule", list(rules)))
    line = lines.mark_line(strokeWidth=1.8).encode(
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
