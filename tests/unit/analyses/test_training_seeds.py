"""Training seeds: which comparisons are one recipe's, what the tables say, words and figure."""

import json
from fractions import Fraction
from math import comb

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from boundary.analyses.crossover.compute import compute as compare
from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analyses.training_seeds import SeedOptions
from boundary.analyses.training_seeds.compute import compute
from boundary.analyses.training_seeds.section import SUMMARIES, checks
from boundary.errors import InputError
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures
from boundary.jobs.reading import ComparisonRow

UNKNOWN = ("truncated", "no_answer", "distinct_answers", "majority_correct", "mean_tokens")
SEEDS = ["rl-1", "rl-2", "rl-3"]


def scores(model, correct, n=32, benchmark="math", protocol="p", first=0, **more):
    frame = pl.DataFrame(
        {
            "problem_id": [f"q{first + i:03}" for i in range(len(correct))],
            "n": [n] * len(correct),
            "correct": [int(c) for c in correct],
        }
    )
    names = {"benchmark": benchmark, "protocol": protocol, "model": model, **dict.fromkeys(UNKNOWN)}
    return frame.with_columns(
        *(pl.lit(value).alias(name) for name, value in names.items()),
        *(pl.Series(name, values) for name, values in more.items()),
    )


def world(shifts=(0.3, 0.4, 0.5), m=120, n=32, seed=1):
    """Counts of a base and of a model a seed, by shifts of log-odds."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(-0.5, 2, m)
    arms = {"base": rng.binomial(n, expit(theta))}
    for name, shift in zip(SEEDS, shifts, strict=False):
        arms[name] = rng.binomial(n, expit(1.2 * theta + shift + rng.normal(0, 0.3, m)))
    return arms


def comparison(base, other, **more):
    row = {"comparison": f"{other}-vs-{base}", "benchmark": "math", "protocol": "p", **more}
    return Admitted(ComparisonRow(base=base, other=other, **row))


def inputs(arms, pairs=None, **settings):
    frames = [scores(name, correct) for name, correct in arms.items()]
    pairs = pairs or [comparison("base", name) for name in arms if name != "base"]
    return ScoreInputs(pl.concat(frames, how="diagonal"), pairs, bootstrap=100, **settings)


def tables(of, recipes=None):
    return finished(
        "training_seeds", [compute(of, SeedOptions(recipes=recipes or {"grpo": SEEDS}))]
    )


def sentence(made):
    ((tag, words),) = checks(made, 0.95)
    return tag, words


def test_the_mean_is_over_seeds_and_stands_at_every_k():
    of = inputs(world())
    made = tables(of)["training_seeds"].sort("k")
    curves = [each.curve.band.mean for each in of.compared]
    np.testing.assert_allclose(made["diff"], np.mean(curves, axis=0), atol=1e-14)
    assert made["k"].to_list() == list(range(1, 33))
    assert made["flagged"].to_list() == [k > 16 for k in range(1, 33)]
    facts = made.select("k_max", "n_seeds", "n_problems", "n_independent", "n_min", "note")
    assert facts.unique().rows() == [(16, 3, 120, 120, 32, None)]
    inside = made.select(
        (pl.col("ci_low") <= pl.col("problems_low"))
        & (pl.col("ci_high") >= pl.col("problems_high"))
        & (pl.col("seed_sd") <= pl.col("seed_sd_high"))
    )
    assert inside.to_series().all()


def test_one_seed_has_the_ordinary_interval_and_says_that_no_variance_is_known():
    of = inputs(world(shifts=(0.3,)))
    made = tables(of)["training_seeds"].sort("k")
    band = of.compared[0].curve.band
    np.testing.assert_allclose(made["problems_low"], band.ci_low, atol=1e-14)
    np.testing.assert_allclose(made["problems_high"], band.ci_high, atol=1e-14)
    unknown = ["ci_low", "ci_high", "seed_sd", "seed_sd_low", "problem_sd", "residual_sd"]
    assert made.select(pl.col(unknown).null_count()).row(0) == (32,) * 6
    assert made["note"][0] == "not compared here: rl-2, rl-3; 1 seed: no variance"
    tag, words = sentence(tables(of))
    assert tag == "warning" and "for this run" in words and "for which three are needed" in words


def test_two_seeds_have_a_variance_with_its_width_and_no_interval():
    made = tables(inputs(world(shifts=(0.3, 0.9))))
    row = made["training_seeds"].sort("k").row(0, named=True)
    assert row["ci_low"] is None and row["seed_sd"] > 0
    assert row["seed_sd_high"] > 20 * row["seed_sd"]  # one degree of freedom
    assert "2 seeds: no interval over seeds, for which three are needed" in row["note"]
    assert sentence(made)[0] == "warning"


def test_exchanging_base_and_other_exchanges_signs():
    arms = world()
    one = tables(inputs(arms))
    two = tables(inputs(arms, [comparison(name, "base") for name in SEEDS]))
    a, b = (made["training_seeds"].sort("k") for made in (one, two))
    assert (a["side"].unique().item(), b["side"].unique().item()) == ("other", "base")
    for name, other in (("diff", "diff"), ("ci_low", "ci_high"), ("problems_low", "problems_high")):
        np.testing.assert_allclose(a[name], -b[other], atol=1e-15)
        np.testing.assert_allclose(a[other], -b[name], atol=1e-15)
    assert a.drop(pl.col("^.*(low|high|diff|side).*$")).equals(
        b.drop(pl.col("^.*(low|high|diff|side).*$"))
    )
    assert "base − grpo" in sentence(one)[1] and "grpo − base" in sentence(two)[1]


def test_where_seeds_disagree_the_sentence_says_what_holds_of_the_recipe():
    tag, words = sentence(tables(inputs(world(shifts=(-1.5, 0.0, 2.0), m=300))))
    assert tag == "differs"
    assert "rl-1 base-ahead-to-K" in words and "rl-3 other-ahead-to-K" in words
    assert "over seeds and problems neither is ahead at K = 16." in words
    assert (
        "Of the recipe grpo (p, 3 training seeds) on math, base − grpo over 300 problems: at"
        in words
    )
    assert "over seeds and problems, [" in words and "problems alone for these 3 runs" in words


def test_where_seeds_agree_no_verdict_is_repeated():
    tag, words = sentence(tables(inputs(world(shifts=(2.0, 2.02, 1.98)))))
    assert tag == "same" and "ordinary rule" not in words


def test_a_seed_with_a_guard_makes_no_claim_nor_does_its_recipe():
    made = tables(inputs(world(shifts=(2.0, 2.0, 2.0))))
    guard = pl.when(pl.col("model") == "rl-2").then(pl.lit("small-set;saturated-high"))
    runs = made["training_runs"].with_columns(guard=guard)
    _, words = sentence(made | {"training_runs": runs})
    assert "rl-2 other-ahead-to-K (no claim: small-set, saturated-high)" in words
    assert words.endswith("of which no claim is made (small-set, saturated-high).")


def test_problems_are_those_that_all_seeds_share():
    arms = world()
    frames = [scores(name, c[: 100 if name == "rl-2" else 120]) for name, c in arms.items()]
    of = ScoreInputs(pl.concat(frames), [comparison("base", name) for name in SEEDS])
    made = tables(of)["training_seeds"]
    whole = tables(inputs({name: correct[:100] for name, correct in arms.items()}))
    assert made["n_problems"].unique().to_list() == [100]
    assert made["note"][0] == "20 of 120 problems that not all seeds share dropped"
    assert made.drop("note").equals(whole["training_seeds"].drop("note"))


def test_clusters_widen_and_repeated_questions_count_once():
    arms = world()
    more = {"cluster": [f"c{i // 4}" for i in range(120)]}
    frames = [scores(name, correct, **more) for name, correct in arms.items()]
    clustered = tables(ScoreInputs(pl.concat(frames), [comparison("base", s) for s in SEEDS]))
    row = clustered["training_seeds"].row(0, named=True)
    assert (row["n_problems"], row["n_independent"]) == (120, 30)
    more = {"question": [f"{i // 2:016}" for i in range(240)]}
    frames = [scores(name, np.repeat(correct, 2), **more) for name, correct in arms.items()]
    twice = tables(ScoreInputs(pl.concat(frames), [comparison("base", s) for s in SEEDS]))
    columns = ["k", "diff", "ci_low", "ci_high", "n_problems", "seed_sd"]
    once = tables(inputs(arms))["training_seeds"]
    for name in columns:
        np.testing.assert_allclose(twice["training_seeds"][name], once[name], atol=1e-12)


def test_what_a_recipe_is_held_against_stands_apart():
    arms = world() | {"ppo": world(seed=3)["rl-1"]}
    pairs = [comparison("base", name) for name in SEEDS]
    pairs += [comparison("base", "rl-1", comparison="again")]  # the same arms count once
    pairs += [comparison("rl-1", "rl-2"), comparison("ppo", "rl-3")]
    made = tables(inputs(arms, pairs))
    assert made["training_runs"].select("reference", "model", "comparison").rows() == [
        *(("base", name, f"{name}-vs-base") for name in SEEDS),
        ("ppo", "rl-3", "rl-3-vs-ppo"),
    ]
    sizes = made["training_seeds"].select("reference", "n_seeds").unique().sort("reference").rows()
    assert sizes == [("base", 3), ("ppo", 1)]


def test_min_n_and_k_max_hold_here_too():
    arms = world()
    made = tables(inputs(arms, k_max=20, confidence=0.9))["training_seeds"]
    assert made["k_max"].unique().to_list() == [20]
    with pytest.raises(InputError, match="k_max is 33"):
        tables(inputs(arms, k_max=33))


def test_without_a_recipe_there_is_nothing():
    of = inputs(world())
    assert compute(of, SeedOptions()) == {}
    assert checks({}, 0.95) == []
    made = finished("training_seeds", [])
    assert checks(made, 0.95) == [] and "nothing to draw" in drawing(made, of)


def drawing(made, of, models=("base", *SEEDS)):
    named = [{"name": name, "role": "rl" if i else "base"} for i, name in enumerate(models)]
    job = {"study": "s", "models": named, "confidence": 0.95}
    job["figures"] = [{"name": "training_seeds", "title": None}]
    charts = build_figures({**made, **compare(of, Options())}, Figures.model_validate(job))
    return json.dumps(charts["training_seeds"].to_dict(), ensure_ascii=False)


def test_the_page_and_the_figure_show_what_the_tables_hold():
    evil = "<script>\u202e"
    arms = {"base": None, evil: None} | world()
    arms[evil] = arms.pop("rl-3")
    of = inputs(arms)
    made = tables(of, {"grpo": ["rl-1", "rl-2", evil]})
    shown = SUMMARIES["training_seeds"](made["training_seeds"])
    assert [row[3] for row in shown.rows] == ["1", "2", "4", "8", "16"]
    assert len(SUMMARIES["training_runs"](made["training_runs"]).rows) == 3
    chart = drawing(made, of, ("base", "rl-1", "rl-2", evil))
    assert "\u202e" not in chart
    assert "3 training seeds, n = 32 samples a problem, M = 120 problems" in chart
    assert chart.count('"seed": "rl-1"') == 32


def test_seeds_of_other_problems_are_refused_by_key_path():
    frames = [scores("base", [1] * 8), scores("rl-1", [2] * 4)]
    frames += [scores(name, [2] * 4, first=4) for name in SEEDS[1:]]
    pairs = [comparison("base", name) for name in SEEDS]
    with pytest.raises(
        InputError, match=r"^analyses.training_seeds.recipes.grpo: rl-1, rl-2, rl-3"
    ):
        tables(ScoreInputs(pl.concat(frames, how="diagonal"), pairs, bootstrap=50))


def test_unequal_n_and_problems_are_the_mean_of_what_is_shared():
    """By hand, from exact fractions of the four problems that all have."""
    n = {"base": 8, "rl-1": 8, "rl-2": 6, "rl-3": 8}
    right = {"base": [3, 0, 8, 5, 1], "rl-1": [4, 0, 8, 8, 0], "rl-2": [2, 1, 6, 6]}
    right["rl-3"] = [8, 2, 7, 3, 3]
    of = ScoreInputs(
        pl.concat([scores(name, right[name], n=n[name]) for name in n], how="diagonal"),
        [comparison("base", name) for name in SEEDS],
        bootstrap=50,
    )
    made = tables(of)["training_seeds"].sort("k")
    for k, value in zip(made["k"], made["diff"], strict=True):

        def solved(name, i, k=k):
            return 1 - Fraction(comb(n[name] - right[name][i], k), comb(n[name], k))

        cells = [solved("base", i) - solved(name, i) for name in SEEDS for i in range(4)]
        assert value == pytest.approx(float(sum(cells) / 12), abs=1e-12)
    assert made.row(0, named=True)["n_min"] == 6 and made["k_max"][0] == 3
    assert "1 of 5 problems that not all seeds share dropped" in made["note"][0]
