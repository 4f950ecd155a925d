"""Realistic study tables, made from simulated counts without the estimators."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ability_tables import ability_tables
from boundary.analyses.equal_cost.tables import COST_CROSSINGS
from boundary.analyses.grading.tables import GRADING
from boundary.analyses.registry import figure_owners
from boundary.analysis.frames import column_types
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures
from boundary.tables import check
from control_tables import control_tables
from coverage_tables import coverage_rows
from crossings import crossing_tables
from curve_tables import (
    make_costs,
    make_cot,
    make_excess,
    make_floor,
    make_rounds,
    make_seeds,
    make_strategies,
)
from diversity_tables import diversity_tables, envelope_tables
from extrapolation_tables import extrapolation_tables
from format_tables import format_tables
from harness import made_once, tables_once
from horizon_tables import horizon_tables
from likelihood_tables import likelihood_tables
from one_answer_tables import one_answer_tables
from score_tables import STUDY_TABLES
from solved_tables import solved_tables

ROLES = ("base", "rl", "distilled", "instruct")


def passk_curve(correct: np.ndarray, n: int) -> np.ndarray:
    """Exact pass@k of each problem, shape (problems, n)."""
    fail = np.ones((len(correct), n + 1))
    for k in range(n):
        fail[:, k + 1] = fail[:, k] * np.maximum(n - correct - k, 0) / (n - k)
    return 1 - fail[:, 1:]


def counts(rng: np.random.Generator, problems: int, n: int, sharp: float) -> np.ndarray:
    """Counts of a model: sharpening moves rates to 0 and 1 and loses the hardest."""
    logit = rng.normal(0.2, 2.2, problems)
    rate = 1 / (1 + np.exp(-(sharp * logit + 0.6 * (sharp - 1))))
    return rng.binomial(n, np.clip(rate, 0, 1))


def empty_tables() -> dict[str, pl.DataFrame]:
    """Every study table without a row."""
    return {name: pl.DataFrame(schema=column_types(t)) for name, t in STUDY_TABLES.items()}


def make_tables(
    arms: dict[str, dict[str, np.ndarray]], n: int, ks: list[int] | None = None
) -> dict[str, pl.DataFrame]:
    """Study tables of ``arms[benchmark][model] = counts``; the first model is the base."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in STUDY_TABLES}
    ks = ks or list(range(1, n + 1))
    index = np.asarray(ks) - 1
    for benchmark, models in arms.items():
        solved = {model: passk_curve(c, n)[:, index] for model, c in models.items()}
        base = next(iter(models))
        for model, curve in solved.items():
            arm = {"model": model, "benchmark": benchmark, "protocol": "paper"}
            m = len(curve)
            mean, se = curve.mean(0), curve.std(0, ddof=1) / math.sqrt(m)
            for i, k in enumerate(ks):
                rows["passk"].append(
                    {
                        **arm,
                        "k": k,
                        "pass_at_k": mean[i],
                        "se": se[i],
                        "ci_low": max(0.0, mean[i] - 1.96 * se[i]),
                        "ci_high": min(1.0, mean[i] + 1.96 * se[i]),
                        "n_problems": m,
                        "n_min": n,
                        "flagged": 2 * k > n,
                    }
                )
            rows["histogram"] += _histogram(arm, models[model], n)
            rows["cover"] += _cover(arm, models[model] / n, n)
            rows["responses"].append(_responses(arm, m, n, 0.12 if model == base else 0.004))
            if model != base:
                pair = {
                    "comparison": f"{base} vs {model}",
                    "base": base,
                    "other": model,
                    "benchmark": benchmark,
                    "protocol": "paper",
                    "other_protocol": "paper",
                }
                b, o = models[base] > 0, models[model] > 0
                counted = {"n_discordant": int((b != o).sum())}
                counted |= {"base_solved": int(b.sum()), "other_solved": int(o.sum())}
                _compare(rows, pair, solved[base] - curve, ks, n, counted)
                coverage_rows(rows, pair, models[base], models[model], n)
    return {
        name: check(pl.DataFrame(rows[name]), table, name) if rows[name] else empty_tables()[name]
        for name, table in STUDY_TABLES.items()
    }


def _cover(arm: dict[str, str], share: np.ndarray, n: int) -> list[dict[str, object]]:
    known = {**arm, "n_problems": len(share), "n_min": n}
    names = ("cover", "ci_low", "ci_high", "smoothed", "smoothed_low", "smoothed_high")
    rows = []
    for rate in (0.1, 0.5, 0.9):
        at = float((share >= rate).mean())
        ends = 2 * (at, max(0.0, at - 0.1), min(1.0, at + 0.1))
        rows.append({**known, "rate": rate, **dict(zip(names, ends, strict=True))})
    return rows


def _histogram(arm: dict[str, str], correct: np.ndarray, n: int) -> list[dict[str, object]]:
    edges = [0.0, *(i / 10 for i in range(11)), 1.0]
    share = correct / n
    where = np.where(share == 0, 0, np.where(share == 1, 11, np.ceil(share * 10 - 1e-12)))
    where = np.where((share < 1) & (where > 10), 10, where)
    rows = []
    for b in range(12):
        count = int((where == b).sum())
        p = count / len(correct)
        se = math.sqrt(p * (1 - p) / len(correct))
        low, high = edges[b], edges[b + 1]
        label = "0" if b == 0 else "1" if b == 11 else f"({low:g}, {high:g}]"
        rows.append(
            {
                **arm,
                "bin": b,
                "label": label if b != 10 else "(0.9, 1)",
                "low": low,
                "high": high,
                "problems": count,
                "share": p,
                "ci_low": max(0.0, p - 1.96 * se),
                "ci_high": min(1.0, p + 1.96 * se),
                "n_problems": len(correct),
                "n_min": n,
            }
        )
    return rows


def _responses(arm: dict[str, str], problems: int, n: int, cut: float) -> dict[str, object]:
    return {
        **arm,
        "n_problems": problems,
        "n_responses": problems * n,
        "truncated": round(problems * n * cut),
        "truncated_share": cut,
        "truncated_ci_low": cut / 2,
        "truncated_ci_high": 2 * cut,
        "empty": 0,
        "empty_share": 0.0,
        "no_answer": round(problems * n * cut),
        "no_answer_share": cut,
        "distinct_responses": problems * n,
        "duplicate_share": 0.0,
        "mean_tokens": 412.5,
    }


def _compare(
    rows: dict[str, list[dict[str, object]]],
    pair: dict[str, str],
    each: np.ndarray,
    ks: list[int],
    n: int,
    solved: dict[str, int],
) -> None:
    m = len(each)
    diff, se = each.mean(0), each.std(0, ddof=1) / math.sqrt(m)
    for i, k in enumerate(ks):
        rows["differences"].append(
            {
                **pair,
                "k": k,
                "diff": diff[i],
                "se": se[i],
                "ci_low": diff[i] - 1.96 * se[i],
                "ci_high": diff[i] + 1.96 * se[i],
                "band_low": diff[i] - 2.6 * se[i],
                "band_high": diff[i] + 2.6 * se[i],
                "fixed_se": se[i] / 2 if 2 * k <= n else None,
                "fixed_low": diff[i] - 1.2 * se[i] if 2 * k <= n else None,
                "fixed_high": diff[i] + 1.2 * se[i] if 2 * k <= n else None,
                "n_problems": m,
                "flagged": 2 * k > n,
            }
        )
    last = max(i for i, k in enumerate(ks) if 2 * k <= n)
    cross, low, high = None, None, None
    for i in range(last):
        if diff[i] < 0 <= diff[i + 1]:
            part = -diff[i] / (diff[i + 1] - diff[i])
            cross = math.exp(math.log(ks[i]) * (1 - part) + math.log(ks[i + 1]) * part)
    kept = [i for i in range(last + 1) if abs(diff[i]) <= 1.96 * se[i]]
    if cross is not None and kept:
        low = 0.0 if kept[0] == 0 else float(ks[kept[0]])
        high = math.inf if kept[-1] == last else float(ks[kept[-1]])
    below = diff[: last + 1] + 2.6 * se[: last + 1] < 0
    above = diff[: last + 1] - 2.6 * se[: last + 1] > 0
    signs = zip(ks, above, below, strict=False)
    decided = [("base" if up else "other", k) for k, up, down in signs if up or down]
    verdict = "undetermined"
    if len({side for side, _ in decided}) == 2:
        verdict = "crossover" if decided[-1][0] == "base" else "reverse"
    elif decided:
        side, k = decided[-1]
        verdict = f"{side}-ahead-{'to-K' if k == ks[last] else 'early'}"
    rows["crossovers"].append(
        {
            **pair,
            "k_cross": cross,
            "ci_low": low,
            "ci_high": high,
            "verdict": verdict,
            "verdict_fixed": None,
            "decides": "population",
            "verdict_holm": None,
            "holm_cells": None,
            "guard": "small-set" if m < 100 else None,
            "regions": _regions(decided, ks),
            "k_max": ks[last],
            "diff_at_1": diff[0],
            "diff_at_k_max": diff[last],
            "diff_ci_low": diff[last] - 1.96 * se[last],
            "diff_ci_high": diff[last] + 1.96 * se[last],
            "min_detectable_diff": 2.8 * se[last],
            "n_problems": m,
            "n_independent": m,
            **solved,
            "n_copied": 0,
            "permitted": None,
            "note": None,
        }
    )


def _regions(decided: list[tuple[str, int]], ks: list[int]) -> str | None:
    """Runs of neighbouring k that favour one side."""
    runs: list[list[object]] = []
    for side, k in decided:
        if runs and runs[-1][0] == side and ks.index(k) == ks.index(runs[-1][2]) + 1:
            runs[-1][2] = k
        else:
            runs.append([side, k, k])
    return ";".join(f"{side}:{first}-{last}" for side, first, last in runs) or None


def make_series(steps: list[int], n: int) -> pl.DataFrame:
    """A series whose pass@1 rises while pass@n falls."""
    rows = []
    for step in steps:
        for k, value in ((1, 0.35 + 0.4 * step / 450), (n, 0.9 - 0.08 * step / 450)):
            rows.append(
                {
                    "series": "grpo",
                    "model": f"grpo-{step}",
                    "benchmark": "math500",
                    "protocol": "paper",
                    "step": step,
                    "k": k,
                    "pass_at_k": value,
                    "se": 0.02,
                    "ci_low": value - 0.04,
                    "ci_high": value + 0.04,
                    "n_problems": 500,
                    "n_min": n,
                    "flagged": 2 * k > n,
                }
            )
    return check(pl.DataFrame(rows), STUDY_TABLES["series"], "series")


def make_spec(models: list[str], figures: tuple[str, ...]) -> dict[str, object]:
    """What pages show of a study whose first model is the base."""
    return {
        "study": "synthetic",
        "figures": [{"name": name, "title": None} for name in figures],
        "models": [
            {"name": name, "role": ROLES[min(i, 3)] if i < 4 else "rl"}
            for i, name in enumerate(models)
        ],
        "confidence": 0.95,
    }


def make_study(
    benchmarks: list[str], models: list[str], problems: int, n: int, seed: int = 1
) -> dict[str, pl.DataFrame]:
    """All tables of a study of simulated models, optional ones included."""
    rng = np.random.default_rng(seed)
    arms: dict[str, dict[str, np.ndarray]] = {}
    for benchmark in benchmarks:
        arms[benchmark] = {
            model: counts(np.random.default_rng([seed, i % 2]), problems, n, 1 + 0.35 * i)
            if i < 2
            else counts(rng, problems, n, 1 + 0.2 * i)
            for i, model in enumerate(models)
        }
    tables = make_tables(arms, n)
    tables["series"] = make_series([0, 150, 300, 450], n)
    tables["strategies"] = make_strategies(tables["series"])
    chain = {b: {m: (c * 0.8).astype(int) for m, c in of.items()} for b, of in arms.items()}
    tables["passk_chain"] = make_tables(chain, n)["passk"]
    tables["guess_floor"] = make_floor(tables["passk"])
    tables["rounds"] = make_rounds(tables["passk"])
    tables["equal_cost"] = make_costs(tables["passk"])
    tables["cost_crossings"] = pl.DataFrame(schema=column_types(COST_CROSSINGS))
    tables |= horizon_tables(models[:2], benchmarks)
    tables |= make_seeds(tables["differences"], tables["crossovers"])
    tables["best_of"] = pl.concat(
        tables["passk"]
        .rename({"pass_at_k": "best_of"})
        .drop("se")
        .with_columns(rank=pl.lit(rank), unranked=0)
        for rank in ("verifier", "mean_logprob")
    )
    tables["majority"] = tables["passk"].rename({"pass_at_k": "majority"}).drop("se")
    tables |= one_answer_tables(tables["differences"], n)
    tables["excess"] = make_excess(tables["passk"], tables["guess_floor"])
    tables["passk_cot"], tables["judge_quality"] = make_cot(tables["passk"])
    tables |= diversity_tables(tables["crossovers"], n)
    tables |= envelope_tables(tables["passk"], tables["crossovers"])
    tables |= control_tables(tables["passk"], tables["crossovers"])
    tables |= make_grading(arms, n, tables) | crossing_tables(models[0], models[1])
    hard = {b: {m: np.maximum(c - n // 4, 0) for m, c in of.items()} for b, of in arms.items()}
    tables |= ability_tables(hard, n)
    tables |= solved_tables(arms, n)
    tables |= extrapolation_tables(tables["differences"], n)
    tables |= format_tables(tables["crossovers"])
    return tables | likelihood_tables(models[:3], 20, 8)


_ADDED = {"lenient": 0.2, "agreed": -0.1, "boxed": -0.4, "declared": -0.1, "fenced": -0.3}


def make_grading(
    arms: dict[str, dict[str, np.ndarray]], n: int, tables: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Other rules: lenient a fifth more of what is wrong, agreed a tenth less, any the same."""
    made, rows = {}, [tables["crossovers"].with_columns(rule=pl.lit("strict"))]
    for rule, change in {**_ADDED, "theirs": 0.1, "any": 0}.items():
        moved = {
            b: {m: (c + change * np.where(change > 0, n - c, c)).astype(int) for m, c in of.items()}
            for b, of in arms.items()
        }
        again = make_tables(moved, n)
        made[f"passk_{rule}"] = again["passk"]
        rows.append(again["crossovers"].with_columns(rule=pl.lit(rule)))
    added = [
        f"{side}_{name}"
        for side in ("base", "other")
        for name in ("solved", "problems_changed", "responses_changed")
    ]
    grading = pl.concat(rows).with_columns(pl.lit(i).alias(name) for i, name in enumerate(added))
    return made | {"grading": check(grading, GRADING, "grading")}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Two benchmarks, three models, n = 64."""
    models = ["base-7b", "grpo-7b", "distilled-7b"]
    make = partial(make_study, ["aime24", "math500"], models, 60, 64)
    return tables_once(tmp_path_factory, "small", make)


@pytest.fixture(scope="session")
def small_spec() -> dict[str, object]:
    """The spec that goes with `small`, asking for every figure."""
    return make_spec(["base-7b", "grpo-7b", "distilled-7b"], figure_owners())


@pytest.fixture(scope="session")
def charts(
    small: dict[str, pl.DataFrame],
    small_spec: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[str, object]]:
    """Every chart as Vega-Lite; to make that takes as long as the chart."""

    def make(folder: Path) -> None:
        folder.mkdir()
        made = build_figures(small, Figures.model_validate(small_spec))
        text = json.dumps({name: chart.to_dict() for name, chart in made.items()})
        (folder / "charts.json").write_text(text)

    return json.loads((made_once(tmp_path_factory, "charts", make) / "charts.json").read_text())
