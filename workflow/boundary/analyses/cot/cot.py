"""pass@k by answer beside pass@k by answer and chain, under each rule that was applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.chain_tables import ALL_ARMS, COT_RULES
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean
from boundary.wording import interval, percent

TITLE = "pass@k by answer, and by answer and chain of thought"
WIDTH = 300
NAMES = {
    "answer": "answer correct",
    "arithmetic": "no false equation",
    "judged": "judged valid by a model",
    "corrected": "judged, errors corrected",
    "human": "judged valid by people",
    "any": "any judge accepts",
    "majority": "most judges accept",
    "all": "all judges accept",
}
ARMS_SHOWN = 6
#: Rules that stand side by side; more of them take two rows a benchmark.
MOST_COLUMNS = 5


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk_cot and judge_quality tables: a row a benchmark."""
    title = title or TITLE
    table = tables.get("passk_cot")
    if table is None or table.is_empty():
        return panels.nothing(
            title, "no chain of thought was looked at; the study has no analyses.chains."
        )
    rules = [rule for rule in COT_RULES if rule in set(table["rule"])]
    prepared = {rule: curves.prepare(table.filter(rule=rule), None, study) for rule in rules}
    prepared = {rule: frame for rule, frame in prepared.items() if not frame.is_empty()}
    columns = len(rules) if len(rules) <= MOST_COLUMNS else 4
    encodings = curves.encodings(prepared["answer"], study, columns * (WIDTH + 60))
    drawn = []
    for benchmark in study.benchmarks_of(table):
        sides = {rule: frame.filter(benchmark=benchmark) for rule, frame in prepared.items()}
        limits = curves.y_domain(pl.concat(sides.values(), how="diagonal"))
        for rule, side in sides.items():
            name = f"{benchmark}: {NAMES[rule]}"
            if side.is_empty():
                drawn.append(_blank(name))  # so that rules stand in columns
                continue
            drawn.append(
                curves.panel(
                    name,
                    side,
                    None,
                    study,
                    encodings=encodings,
                    size=(WIDTH, 230),
                    limits=limits,
                    notes=_counts(side, rule),
                )
            )
    caption = [*curves.caption(study), *_caption(tables.get("judge_quality"), rules)]
    return panels.grid(drawn, columns, WIDTH, title, caption)


def _blank(name: str) -> alt.Chart:
    return (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(fontSize=12, color=theme.FAINT, text="nothing was judged")
        .properties(width=WIDTH, height=230, title=panels.panel_title(name, [], WIDTH))
    )


def _counts(side: pl.DataFrame, rule: str) -> Sequence[str]:
    """Say of how many responses the rule knows something, for each arm."""
    rows = side.unique("arm", maintain_order=True).sort("arm")
    columns = ("arm", "judged", "hard_correct", "hard_problems")
    if rule == "answer":
        lines = [
            f"{clean(arm, 26)}: {correct} correct in {problems} hard problems"
            for arm, _, correct, problems in rows.select(columns).iter_rows()
        ]
    else:
        lines = [
            f"{clean(arm, 26)}: {judged} of {correct} judged"
            for arm, judged, correct, _ in rows.select(columns).iter_rows()
        ]
    more = len(lines) - ARMS_SHOWN
    return lines[:ARMS_SHOWN] + ([f"{more} more in the passk_cot table"] if more > 0 else [])


def _caption(quality: pl.DataFrame | None, rules: Sequence[str]) -> list[str]:
    lines = [
        "Chains are looked at in hard problems only, those rarely solved; all other problems count "
        "by their answer in every panel, so each curve is an upper bound of CoT-pass@k."
    ]
    over_all = None if quality is None else quality.filter(scope=ALL_ARMS)
    if "judged" not in rules or over_all is None or over_all.is_empty():
        return lines
    row = over_all.row(0, named=True)
    if row["valid"] + row["invalid"] == 0:
        return [*lines, "How often the judge errs is not known: no person judged the same chains."]
    words = " and ".join(
        f"{name} {_share(row[name])} {interval(row, f'{name}_ci', percent)} "
        f"({row[hits]} of {row[total]})"
        for name, hits, total in (
            ("sensitivity", "valid_accepted", "valid"),
            ("specificity", "invalid_rejected", "invalid"),
        )
    )
    lines.append(
        f"Judge {clean(row['judge'], 40)} against people: {words}. The corrected curve holds the "
        f"uncertainty of both."
    )
    if not row["informative"]:
        lines.append(
            "The judge is not shown to be better than a coin, so the corrected curve rests on "
            "people's labels alone: what they leave open is undetermined."
        )
    return lines


def _share(value: float | None) -> str:
    return "unknown" if value is None else percent(value)
