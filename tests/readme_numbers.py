"""Hold every number of the README's results against tables of the studies that it tells of.

    python tests/readme_numbers.py            # against the tables stored in tests/readme
    python tests/readme_numbers.py --results results/studies/registers/tables \
        [--control results/studies/registers_half_q/tables] [--store]

`--store` keeps of a run what the README quotes.  What was published is computed anew each time.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from boundary.analyses.coverage.compute import coverage_tables
from boundary.analysis.crossover import crossover_frame, decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import pair_arms
from boundary.analysis.passk import passk_table
from boundary.data.counts import counts_scores
from boundary.decisions import read_guards
from boundary.verdict_words import stretches

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "tests/readme"
PUBLISHED = ROOT / "config/published/math500_qwen2.5-7b.csv"
MODELS = {"base": "base", "RL": "rl", "distilled": "student"}
Tables = Mapping[str, pl.DataFrame]
#: Which rows and columns of each table the README quotes.
QUOTED = {
    "passk": pl.col("k").is_in([1, 16, 128]) & pl.col("model").is_in(MODELS.values()),
    "crossovers": pl.lit(True),
    "coverage": pl.col("comparison") == "rl-vs-base",
    "coverage_problems": (pl.col("comparison") == "rl-vs-base")
    & (pl.col("benchmark") == "short")
    & (pl.col("set") == "base_only"),
    "guess_floor": pl.col("k") == 128,
}
COLUMNS = {
    "passk": ("model", "benchmark", "k", "pass_at_k", "ci_low", "ci_high", "n_problems", "n_min"),
    "crossovers": (
        *("comparison", "base", "other", "benchmark", "k_cross", "ci_low", "ci_high"),
        *("verdict", "guard", "regions", "k_max", "diff_at_1"),
    ),
    "coverage": ("comparison", "benchmark", "both", "base_only", "other_only", "neither"),
    "coverage_problems": ("comparison", "benchmark", "problem_id", "set"),
    "guess_floor": ("model", "benchmark", "k", "pass_at_k"),
}


def read_tables(folder: Path, *names: str) -> dict[str, pl.DataFrame]:
    """Return what the README quotes of the tables of a study."""
    frames = {name: pl.read_csv(folder / f"{name}.csv") for name in names}
    return {name: f.filter(QUOTED[name]).select(COLUMNS[name]) for name, f in frames.items()}


def cell(row: Mapping[str, Any]) -> str:
    """Return an estimate and its interval as the README writes them."""
    return f"{row['pass_at_k']:.3f} [{row['ci_low']:.3f}, {row['ci_high']:.3f}]"


def verdict(row: Mapping[str, Any]) -> str:
    """Return the cell of a comparison."""
    text = f"`{row['verdict']}`"
    if row["verdict"] == "crossover":
        text += f" at k ≈ {row['k_cross']:.1f} [{row['ci_low']:.1f}, {row['ci_high']:.1f}]"
    guards = ", ".join(f"`{guard}`" for guard in read_guards(row["guard"]))
    return f"no claim ({guards}); band: {text}" if guards else text


def one(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    """Return the only row that is so."""
    return frame.filter(**where).row(0, named=True)


def table_rows(tables: Tables) -> Iterator[str]:
    """Yield the lines of the README's table, all of them."""
    for benchmark in ("short", "short-q", "long"):
        for shown, model in MODELS.items():
            points = [
                one(tables["passk"], model=model, benchmark=benchmark, k=k) for k in (1, 16, 128)
            ]
            first = f"`{benchmark}`, M = {points[0]['n_problems']}" if model == "base" else ""
            decided = ""
            if model != "base":
                decided = verdict(one(tables["crossovers"], benchmark=benchmark, other=model))
            cells = [first, shown, *map(cell, points), decided]
            yield "|" + "|".join(f" {text} " if text else " " for text in cells) + "|"


def sentences(tables: Tables, control: Tables) -> Iterator[str]:
    """Yield what the README says of the default study and its control."""

    def value(model: str, benchmark: str, k: int, of: Tables = tables) -> str:
        return f"{one(of['passk'], model=model, benchmark=benchmark, k=k)['pass_at_k']:.3f}"

    crossing = one(tables["crossovers"], benchmark="short", other="rl")
    (largest,) = tables["crossovers"]["k_max"].unique()
    n = tables["passk"]["n_min"].unique().to_list()
    assert n == [2 * largest]
    yield f"verdict against the base (K = n/2 = {largest})"
    yield f"n = {n[0]} samples a problem"
    assert (crossing["verdict"], crossing["guard"]) == ("crossover", None)
    fallen, longer = (
        one(tables["crossovers"], benchmark=name, other="rl") for name in ("short-q", "long")
    )
    assert fallen["guard"] == longer["guard"] == "small-set"
    first = stretches(crossing["regions"])[0][1]
    yield f"RL is ahead at k = {first} and overtaken at k ≈ {crossing['k_cross']:.0f}"
    (favoured,), (gained,) = (stretches(row["regions"]) for row in (fallen, longer))
    assert (favoured[0], gained[0]) == ("base", "other")
    yield f"the bands favour the base at k = {favoured[1]} on `short-q`"
    yield f"RL at k = {gained[1]} on `long`"
    left = one(tables["coverage"], benchmark="short-q")
    total = sum(left[name] for name in ("both", "base_only", "other_only", "neither"))
    yield f"where RL solves {left['both'] + left['other_only']:.0f} of {total:.0f} problems"
    risen = value("base", "long", 16), value("base", "long", 128)
    yield f"from {risen[0]} at k = 16 to {risen[1]} at k = 128"
    alone = tables["coverage_problems"]["problem_id"]
    assert alone.str.starts_with("q-").all()
    yield f"The base alone solves {len(alone)} problems of `short`, all of them `q`"
    fall = value("base", "short-q", 1), value("rl", "short-q", 1)
    yield f"its pass@1 on `short-q` falls from {fall[0]} to {fall[1]}"
    ahead = value("rl", "short", 1, control), value("base", "short", 1, control)
    yield f"RL starts ahead of the base (pass@1 {ahead[0]} against {ahead[1]} on `short`)"
    for row in control["crossovers"].iter_rows(named=True):
        assert row["k_cross"] is None and row["k_max"] == largest
        assert {"few-discordant", "saturated-high"} <= {*read_guards(row["guard"])}
    assert tables["guess_floor"]["pass_at_k"].max() <= 0.01
    yield "is estimated at 1 % or less at k = 128"


def published_sentences() -> Iterator[str]:
    """Yield what the README says of the published counts."""
    names = ("qwen2.5-7b", "qwen2.5-7b-simplerl-zoo")
    base, other = (counts_scores(PUBLISHED, name, name, "math500", "p", n=128) for name in names)
    pair = pair_arms(base, other, "pair")
    curve = difference_curve(pair, replicates=500)
    row = crossover_frame(curve, decide(curve)).row(0, named=True)
    first = [passk_table(frame).filter(k=1)["pass_at_k"][0] for frame in (base, other)]
    sets = coverage_tables(pair)[0].row(0, named=True)
    low, high = 100 * row["diff_ci_low"], 100 * row["diff_ci_high"]
    yield f"pass@1 {first[0]:.3f} against {first[1]:.3f}"
    yield (
        f"the base overtakes at k ≈ {row['k_cross']:.1f} (95 % interval {row['ci_low']:.1f} to "
        f"{row['ci_high']:.1f})"
    )
    yield (
        f"at k = {row['k_max']} it leads by {100 * row['diff_at_k_max']:.1f} points ({low:.1f} to "
        f"{high:.1f})"
    )
    alone = [f"{sets[side]:.0f}" for side in ("base_only", "other_only")]
    yield f"it alone solves {alone[0]} problems, the RL model alone {alone[1]}"
    yield f"(exact McNemar p = {sets['mcnemar_p']:.4f}). Verdict: `{row['verdict']}`."
    strange = [frame.filter(problem_id="242").row(0, named=True) for frame in (base, other)]
    yield (
        f"Problem 242, {strange[0]['correct']} of {strange[0]['n']} for the base and "
        f"{strange[1]['correct']} of {strange[1]['n']} for the RL model"
    )


def missing(readme: str, tables: Tables, control: Tables) -> list[str]:
    """Return what should stand in the README and does not, and rows of its table beside those."""
    text = " ".join(readme.split())
    rows = list(table_rows(tables))
    written = [*rows, *sentences(tables, control), *published_sentences()]
    lost = [part for part in written if " ".join(part.split()) not in text]
    shown = re.findall(r"^\|.*\d\.\d{3} \[.*\|$", readme, flags=re.M)
    return lost + [f"not in any table: {row}" for row in shown if row not in rows]


def main() -> None:
    """Compare, and keep what is quoted where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=STORED / "registers")
    parser.add_argument("--control", type=Path, default=STORED / "registers_half_q")
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    tables = read_tables(options.results, *QUOTED)
    control = read_tables(options.control, "passk", "crossovers")
    if options.store:
        for folder, frames in (("registers", tables), ("registers_half_q", control)):
            (STORED / folder).mkdir(parents=True, exist_ok=True)
            for name, frame in frames.items():
                frame.write_csv(STORED / folder / f"{name}.csv")
    lost = missing((ROOT / "README.md").read_text(encoding="utf-8"), tables, control)
    for part in lost:
        print(f"README.md should say: {part}")
    if lost:
        raise SystemExit(1)
    print("README.md: every number stands in the tables")


if __name__ == "__main__":
    main()
