"""What the report says of reliability."""

from __future__ import annotations

import polars as pl

from boundary.columns import ARM_KEY
from boundary.report.cells import Cell, Summary, arm_of, number_of, summary, text_of
from boundary.rows import Row
from boundary.wording import percent

#: Columns of the page by measure and threshold.
SHOWN = {
    ("g_pass", 1.0): "pass^k",
    ("g_pass", 0.75): "G-Pass@k, τ = 0.75",
    ("g_pass", 0.5): "G-Pass@k, τ = 0.5",
    ("mg_pass", 0.5): "mG-Pass@k",
    ("tail_pass", 0.5): "TailPass@k, τ = 0.5",
}


def reliability(frame: pl.DataFrame) -> Summary:
    """Summarise the reliability table, each model at its largest k that is not flagged."""
    sound = frame.filter(~pl.col("flagged") | (pl.col("k") == 1))
    last = sound.filter(pl.col("k") == pl.col("k").max().over(ARM_KEY))
    names = last.with_columns(
        column=pl.format("{} {}", "measure", "threshold"),
        shown=pl.struct("value", "ci_low", "ci_high"),
    )
    facts = [*ARM_KEY, "k", "n_problems", "n_min"]
    wide = names.pivot(on="column", index=facts, values="shown").sort("benchmark", *ARM_KEY)
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "k": number_of("k"),
        **{title: _with_interval(f"{name} {least}") for (name, least), title in SHOWN.items()},
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "pass^k: all of k samples are right. G-Pass@k: at least a share τ of them; mG-Pass@k: the "
        "mean over shares from one half upwards. TailPass@k: of k fresh samples, from a flat "
        "prior. With pointwise intervals over problems, at the largest power of two up to n/2."
    )
    return summary("reliability", "Reliability", about, wide, columns)


def _with_interval(column: str) -> Cell:
    def cell(row: Row) -> str:
        value = row[column]
        ends = f"[{percent(value['ci_low'])}, {percent(value['ci_high'])}]"
        return f"{percent(value['value'])} {ends}"

    return cell


def cover(frame: pl.DataFrame) -> Summary:
    """Summarise the cover table, a row a model."""
    names = frame.with_columns(
        shown=pl.struct(value="smoothed", ci_low="smoothed_low", ci_high="smoothed_high")
    )
    facts = [*ARM_KEY, "n_problems", "n_min"]
    wide = names.pivot(on="rate", index=facts, values="shown").sort("benchmark", *ARM_KEY)
    rates = [name for name in wide.columns if name not in facts]
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        **{f"τ = {rate}": _with_interval(rate) for rate in rates},
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "Share of problems with a success rate of at least τ, smoothed: each counts with the "
        "chance that its rate is so high, from its samples and a flat prior. With pointwise "
        "intervals over problems; by c/n it stands in the table."
    )
    return summary("cover", "cover@τ", about, wide, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"reliability": reliability, "cover": cover}
