"""What the report says of controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from boundary.analyses.controls.words import (
    at_setting,
    explained,
    explains,
    leads,
    of_arms,
    ratio,
    shown,
)
from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.text import share, visible
from boundary.rows import PairRow, Row
from boundary.wording import number, percent, with_interval


def controls(frame: pl.DataFrame) -> Summary:
    """Summarise controls at k = 1 and at the largest k up to n/2."""
    key = ["benchmark", "comparison", "kind", "chosen", "control"]
    inside = frame.filter(~pl.col("flagged") | (pl.col("k") == 1))
    ends = (pl.col("k") == 1) | (pl.col("k") == pl.col("k").max().over(key))
    columns: dict[str, Cell] = {
        **PAIR,
        "control": lambda row: f"{row['kind']}: {row['setting']}",
        "chosen": lambda row: "on one half, judged on the other" if row["chosen"] else "–",
        "k": number_of("k"),
        "at the start": lambda row: share(row["start_pass_at_k"]),
        "trained": lambda row: share(row["trained_pass_at_k"]),
        "control's": lambda row: with_interval(row, "control_pass_at_k", share),
        "control − trained": estimate_of("lead"),
        "of the gain": lambda row: with_interval(row, "explained", ratio),
        "M": number_of("n_problems"),
        "n": number_of("n_min"),
        "note": text_of("note"),
    }
    about = (
        "The model where training began, sampled otherwise, against the model trained from it, on "
        "the problems that all have. Of the gain: (control − start) / (trained − start), – where "
        "the interval of the gain does not lie above 0. Of several settings the one with the "
        "highest pass@1 on one half of the problems is judged on the other half; the other rows "
        "are of all problems, each setting as if it were the only one, so that the best of these "
        "looks better than it is. Intervals over problems, pointwise."
    )
    return summary("controls", "Controls", about, inside.filter(ends).sort(*key, "k"), columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what of its gain controls explain."""
    if "controls" not in tables:
        return {}
    texts: dict[tuple[str, str], list[str]] = {}
    kinds = tables["controls"].partition_by("benchmark", "comparison", "kind", maintain_order=True)
    for rows in (part.to_dicts() for part in kinds):
        texts.setdefault(PairRow.of(rows[0]).key, []).extend(sentences(rows))
    return {key: " ".join(parts) for key, parts in texts.items() if parts}


def sentences(rows: Sequence[Row]) -> Iterator[str]:
    """Say of one comparison and kind of control what it explains at k = 1, and who leads at K."""
    ends = shown(rows)
    if not ends:
        return
    first = ends[0]
    (start, _), (trained, _), _ = of_arms(first)
    control = at_setting(visible(start), visible(first["setting"]), first["kind"])
    head, tail = explains(first), "; ".join(leads(row, control, visible(trained)) for row in ends)
    shares = " to ".join(percent(first[f"{side}_pass_at_k"]) for side in ("start", "trained"))
    head = f"{head[:1].upper()}{head[1:]}"
    if first["explained"] is not None:
        head += f" ({shares}; control: {percent(first['control_pass_at_k'])})"
    by = f"M = {number(first['n_problems'])}"
    if first["chosen"]:
        by = f"chosen of {visible(first['settings'])} by pass@1 on the other half; {by}"
    yield f"{head}; {tail} ({by})."
    others = [row["control"] for row in rows if row["control"] != first["control"]]
    for other in dict.fromkeys(others):
        alone = shown([row for row in rows if row["control"] == other])
        parts = [f"{visible(alone[0]['setting'])} by itself {explained(alone[0])} of the gain"]
        named = at_setting(visible(start), visible(alone[0]["setting"]), first["kind"])
        parts += [leads(row, named, visible(trained)) for row in alone[1:]]
        yield f"{'; '.join(parts)} (M = {number(alone[0]['n_problems'])})."


#: Tables of the page, by the table that each shows.
SUMMARIES = {"controls": controls}
