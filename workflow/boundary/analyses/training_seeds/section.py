"""What the report says of training seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.decisions import guard_text, read_guards
from boundary.report.cells import (
    Cell,
    Summary,
    arm_of,
    estimate_of,
    guards_of,
    number_of,
    points_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import visible
from boundary.rows import Row
from boundary.wording import counted, interval, listed, number, points

#: Columns that tell what a recipe is held against.
GROUP = ["recipe", "reference", "benchmark", "protocol", "reference_protocol", "side"]


def _ends(row: Row, prefix: str) -> str:
    return "–" if row[f"{prefix}_low"] is None else interval(row, prefix)


def _sd(row: Row) -> str:
    """Show how far seeds vary, in points, without a sign."""
    if row["seed_sd"] is None:
        return "–"
    sd, low, high = (
        f"{100 * row[name]:.1f}" for name in ("seed_sd", "seed_sd_low", "seed_sd_high")
    )
    return f"{sd} [{low}, {high}]"


def _difference(row: Row) -> str:
    """Say what is taken from what: the base of a comparison less the other."""
    names = [visible(row["recipe"]), visible(row["reference"])]
    base, other = names if row["side"] == "base" else names[::-1]
    return f"{base} − {other}"


def _shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep one sample, powers of two within K, and K."""
    powers = [1 << i for i in range(40)]
    within = (pl.col("k") <= pl.col("k_max")) & pl.col("k").is_in(powers)
    return frame.filter(within | (pl.col("k") == pl.col("k_max"))).sort(*GROUP, "k")


def training_seeds(frame: pl.DataFrame) -> Summary:
    """Summarise the differences over seeds and problems."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "recipe": arm_of("recipe", "protocol"),
        "difference": _difference,
        "k": number_of("k"),
        "D": points_of("diff"),
        "over seeds and problems": lambda row: _ends(row, "ci"),
        "over problems alone": lambda row: _ends(row, "problems"),
        "sd of seeds": _sd,
        "seeds": number_of("n_seeds"),
        "M": number_of("n_problems"),
        "independent": number_of("n_independent"),
        "n": number_of("n_min"),
        "note": text_of("note"),
    }
    about = (
        "Mean difference of pass@k over all seeds of a recipe, in percentage points, base less "
        "other. The first interval speaks of the recipe: problems and training seeds like these; "
        "the second of these very models. Sd of seeds: by how many points the difference varies "
        "from seed to seed over all problems like these, with an interval that takes seeds to be "
        "normal and is wide for few."
    )
    return summary("training_seeds", "Training seeds", about, _shown(frame), columns)


def training_runs(frame: pl.DataFrame) -> Summary:
    """Summarise what the ordinary rule says of each seed."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "recipe": text_of("recipe"),
        "seed": arm_of("model", "protocol"),
        "against": text_of("reference"),
        "guards": guards_of,
        "verdict": text_of("verdict"),
        "D(1)": points_of("diff_at_1"),
        "K": number_of("k_max"),
        "D(K)": estimate_of("diff_at_k_max", stem="diff_ci"),
        "M": number_of("n_problems"),
    }
    about = "Each seed by the ordinary rule, over its problems alone: base less other, in points."
    ordered = frame.sort("benchmark", "recipe", "reference", "model", "comparison")
    return summary("training_runs", "Verdict of each seed", about, ordered, columns)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say what each recipe does over its seeds, and where seeds come to different verdicts."""
    if "training_seeds" not in tables:
        return []
    lines: list[tuple[Tag, str]] = []
    for group in (
        tables["training_seeds"].sort(*GROUP, "k").partition_by(GROUP, maintain_order=True)
    ):
        seeds = tables["training_runs"].join(group.head(1), on=GROUP).sort("model")
        ends = group.filter(pl.col("k").is_in([1, group["k_max"][0]])).to_dicts()
        differ = seeds.select(pl.struct("verdict", "guard").n_unique()).item() > 1
        words = f"{_head(ends[0])}: {'; '.join(map(_at, ends))}."
        if differ:
            words += f" {_differing(seeds.to_dicts(), ends[-1])}"
        few = ends[0]["ci_low"] is None
        lines.append(("warning" if few else "differs" if differ else "same", words))
    return lines


def _head(row: Row) -> str:
    seeds = counted(row["n_seeds"], "training seed")
    return (
        f"Of the recipe {visible(row['recipe'])} ({visible(row['protocol'])}, {seeds}) on "
        f"{visible(row['benchmark'])}, "
        f"{_difference(row)} over {counted(row['n_problems'], 'problem')}"
    )


def _at(row: Row) -> str:
    """Say the difference at one k, and which variance each interval holds."""
    runs = "this run" if row["n_seeds"] == 1 else f"these {number(row['n_seeds'])} runs"
    over = (
        f"{_ends(row, 'ci')} over seeds and problems, "
        if row["ci_low"] is not None
        else "with no interval over seeds, for which three are needed, "
    )
    return (
        f"at k = {number(row['k'])}, {points(row['diff'])} points {over}"
        f"{_ends(row, 'problems')} over problems alone for {runs}"
    )


def _differing(seeds: Sequence[Row], last: Row) -> str:
    """Say that verdicts depend on the seed, and what holds of the recipe at K."""
    verdicts = [
        f"{visible(row['model'])} {row['verdict']}"
        + (f" (no claim: {guards_of(row)})" if row["guard"] else "")
        for row in seeds
    ]
    words = f"By the ordinary rule the seeds differ: {listed(verdicts)}"
    if last["ci_low"] is None:
        return f"{words}; which holds of the recipe, so few seeds do not say."
    ahead = "base" if last["ci_low"] > 0 else "other" if last["ci_high"] < 0 else None
    if ahead is None:
        return f"{words}; over seeds and problems neither is ahead at K = {number(last['k'])}."
    name = last["recipe"] if ahead == last["side"] else last["reference"]
    guards = read_guards(guard_text(each for row in seeds for each in read_guards(row["guard"])))
    claim = f", of which no claim is made ({', '.join(guards)})" if guards else ""
    return (
        f"{words}; over seeds and problems {visible(name)} is ahead at K = {number(last['k'])}, by "
        f"the interval at that k{claim}."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"training_seeds": training_seeds, "training_runs": training_runs}
