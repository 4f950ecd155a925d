"""Horizons: lengths from metadata, curves and rates that are known, METR's own runs."""

import json
import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import ttest_1samp

from boundary.analyses.horizon import HorizonOptions, problems
from boundary.analyses.horizon.compute import compute
from boundary.analyses.horizon.lengths import MOST_LENGTHS, groups, with_lengths
from boundary.analyses.horizon.problems import shares_at
from boundary.analyses.horizon.section import SUMMARIES, checks
from boundary.analyses.parts import finished
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import Counts
from boundary.config import read_study
from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from boundary.jobs.reading import ComparisonRow
from harness import ROOT

RUNS = "metr/all_runs_2025-02-27.jsonl.gz"
ARM = {"benchmark": "b", "protocol": "p"}
UNKNOWN = ("truncated", "no_answer", "distinct_answers", "majority_correct", "mean_tokens")


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    monkeypatch.setattr(problems, "REPLICATES", 200)


def scores(lengths, correct, n=64, model="m", key="length", **more):
    frame = pl.DataFrame(
        {
            "problem_id": [f"{i:03}" for i in range(len(lengths))],
            "n": [n] * len(lengths),
            "correct": [int(c) for c in correct],
            "strata": [json.dumps({key: f"{length:g}"}) for length in lengths],
        }
    )
    names = {**ARM, "model": model, **dict.fromkeys(UNKNOWN), **more}
    return frame.with_columns(pl.lit(value).alias(name) for name, value in names.items())


def tables(frames, comparisons=(), **options):
    rows = [
        Admitted(ComparisonRow(comparison=f"{other}-vs-{base}", base=base, other=other, **ARM))
        for base, other in comparisons
    ]
    inputs = ScoreInputs(pl.concat(frames, how="diagonal_relaxed"), rows, bootstrap=2000)
    return finished("horizon", [compute(inputs, HorizonOptions(**options))])


LENGTHS = np.repeat(2.0 ** np.arange(7), 16)


def test_a_rate_and_a_horizon_that_are_known_come_back():
    n = 10**6
    rates = 0.95**LENGTHS
    made = tables([scores(LENGTHS, np.rint(rates * n), n)], k=[8])
    rate = made["step_rates"].row(0, named=True)
    assert rate["rate"] == pytest.approx(0.95, abs=1e-6)
    assert not made["horizon_curve"]["breaks"].any()
    assert made["horizon_curve"].filter(k=1)["excess"].abs().max() < 1e-5
    logistic = 1 / (1 + np.exp(-(2.4 - 0.8 * np.log2(LENGTHS))))
    made = tables([scores(LENGTHS, np.rint(logistic * n), n)], penalty=1e-12)
    horizon = made["horizons"].filter(k=1).row(0, named=True)
    assert horizon["horizon"] == pytest.approx(8, rel=1e-5)
    assert horizon["ci_low"] <= 8 <= horizon["ci_high"]


def test_equal_models_have_a_ratio_of_1_and_no_gap():
    rng = np.random.default_rng(1)
    rates = 1 / (1 + np.exp(LENGTHS / 8 - 1 + rng.normal(size=len(LENGTHS))))
    frames = [scores(LENGTHS, rng.binomial(64, rates), model=name) for name in ("a", "b")]
    made = tables(frames, [("a", "b")])
    for row in made["horizon_ratios"].iter_rows(named=True):
        assert row["ci_low"] < 1 < row["ci_high"]
    assert (made["horizon_gaps"]["p_holm"] > 0.05).all()
    assert made["horizon_leads"]["ahead"].null_count() == 7
    last = dict(checks(made, 0.95))["same"]
    assert last.endswith("at no length is one ahead at every k that n allows.")
    assert made["horizon_ratios"]["k"].to_list() == [1, 8, 32]


def test_who_is_ahead_at_every_k_is_one_claim_a_length():
    """At 2 the other is ahead throughout, at 4 until the base overtakes, at 8 hardly anywhere."""
    lengths = np.repeat([2.0, 4.0, 8.0], 40)
    half = np.arange(40) % 2 == 0
    base = np.concatenate([np.full(40, 1), np.full(40, 6), np.arange(40) % 5])
    other = np.concatenate([np.where(half, 30, 8), np.where(half, 60, 0), np.arange(40)[::-1] % 5])
    frames = [scores(lengths, base, model="base"), scores(lengths, other, model="<i>rl")]
    made = tables(frames, [("base", "<i>rl")])
    rows = {row["length"]: row for row in made["horizon_leads"].iter_rows(named=True)}
    assert [row["ahead"] for row in rows.values()] == ["other", None, None]
    assert {row["k_max"] for row in rows.values()} == {32}
    at = rows[2.0]
    assert at["ci_low"] < at["diff"] < at["ci_high"] < 0
    # The p of the claim is the largest of all k, here times the number of lengths.
    claims = []
    for k in range(1, 33):
        u, v = (shares_at(np.full(40, 64), each[:40], k) for each in (base, other))
        unseen = (1 / (1 - (u - v).mean())) ** 40
        claims.append((max(ttest_1samp(u - v, 0).pvalue, unseen), k))
    p, k = max(claims)
    assert (at["p_holm"], at["k"]) == (pytest.approx(3 * p), k)
    (line,) = (line for tag, line in checks(made, 0.95) if " against " in line)
    assert line.startswith("<i>rl against base on b, after Holm over 3 lengths at 95 %: <i>rl is")
    assert f"at every k up to 32 at length 2 (least surely at k = {k}, by +" in line
    assert line.endswith("At 4 and 8 neither is ahead at every k. Larger k are not spoken of.")
    one_model = {"other": pl.lit("base"), "other_protocol": pl.lit("cold")}
    cold = made | {"horizon_leads": made["horizon_leads"].with_columns(**one_model)}
    (line,) = (line for tag, line in checks(cold, 0.95) if " against " in line)
    assert line.startswith("base (cold) against base (p) on b, after Holm")
    assert ": base (cold) is ahead at every k" in line
    summary = SUMMARIES["horizon_leads"](made["horizon_leads"])
    assert [row[summary.header.index("ahead at all k up to K")] for row in summary.rows] == [
        "<i>rl",
        "–",
        "–",
    ]
    turned = tables(frames, [("<i>rl", "base")])["horizon_leads"]
    assert turned["ahead"].to_list() == ["base", None, None]
    assert turned["p_holm"].to_list() == made["horizon_leads"]["p_holm"].to_list()


def test_a_horizon_beyond_the_data_is_no_number():
    rng = np.random.default_rng(2)
    short = LENGTHS[LENGTHS <= 4]
    easy, hard = (rng.binomial(64, each**short) for each in (0.99, 0.3))
    frames = [scores(short, easy, model="easy"), scores(short, hard, model="hard")]
    made = tables(frames, [("hard", "easy")])
    at = {row["model"]: row for row in made["horizons"].filter(k=1).iter_rows(named=True)}
    assert (at["easy"]["horizon"], at["easy"]["beyond"]) == (None, "longer")
    assert (at["easy"]["ci_low"], at["easy"]["ci_high"]) == (4.0, math.inf)
    assert (at["hard"]["horizon"], at["hard"]["beyond"]) == (None, "shorter")
    assert (at["hard"]["ci_low"], at["hard"]["ci_high"]) == (0.0, 1.0)
    assert made["horizon_ratios"]["ratio"].null_count() == made["horizon_ratios"].height
    shown = SUMMARIES["horizons"](made["horizons"])
    assert shown.rows[0][shown.header.index("half solved at")] == "over 4"


def test_lengths_stand_by_themselves_or_in_doublings():
    few, many = np.array([3.0, 5.0, 3.0]), np.arange(1.0, MOST_LENGTHS + 2)
    assert [part.tolist() for part in groups(few)] == [[0, 2], [1]]
    assert [many[part].tolist() for part in groups(many)] == [[1], [2, 3], [4, 5, 6, 7], [8, 9]]


def test_the_key_is_the_first_with_a_number():
    frame = scores([3, 4], [1, 2], key="length")
    assert with_lengths(frame, None, [])[0] == "length"
    both = frame.with_columns(strata=pl.lit('{"length":"3","steps":"7","minutes":"x"}'))
    key, measured = with_lengths(both, None, [])
    assert (key, measured["length"].to_list()) == ("steps", [7.0, 7.0])
    some = frame.with_columns(strata=pl.Series(['{"length":"3"}', None]))
    assert with_lengths(some, "length", [])[1].height == 1
    with pytest.raises(InputError, match=r"no problem has a number above 0 under 'hops'.*: length"):
        with_lengths(frame, "hops", [])
    for strata in ('{"length":"-1"}', '{"length":"inf"}', '{"length":"nan"}', '{"a":"2"}', None):
        assert with_lengths(frame.with_columns(strata=pl.lit(strata)), None, [])[1].is_empty()
    assert with_lengths(frame.drop("strata"), None, [])[1].is_empty()


def test_without_lengths_there_is_nothing():
    made = tables([scores([3, 4], [1, 2], key="family")])
    assert all(frame.is_empty() for frame in made.values())
    assert checks(made, 0.95) == []


def test_one_length_has_a_rate_and_neither_horizon_nor_test():
    made = tables([scores([16] * 20, [3] * 20)])
    assert made["step_rates"]["rate"].item() == pytest.approx((3 / 64) ** (1 / 16))
    assert made["horizon_curve"]["breaks"].null_count() == made["horizon_curve"].height == 3
    assert made["horizons"].is_empty()
    assert checks(made, 0.95) == []


def test_many_lengths_are_rounded_in_replicates_alone():
    rng = np.random.default_rng(6)
    lengths = 2 ** rng.uniform(0, 8, 200)
    n, half = np.full(200, 64), problems.MOST_POINTS // 2
    of, few = (
        problems.Problems(Questions.distinct(len(some)), some, (Counts(n, n, None),))
        for some in (lengths, lengths[:half])
    )
    assert np.abs(np.log2(of.about / lengths)).max() < 0.25
    assert len(np.unique(of.about)) <= 33
    assert np.log2(of.about).mean() == pytest.approx(np.log2(lengths).mean())
    assert (few.about == lengths[:half]).all()


def test_benchmarks_taken_together_are_one_set():
    short, long = scores([2, 3] * 20, [40] * 40), scores([16] * 30, [2] * 30, benchmark="c")
    made = tables([short, long], together=[["b", "c"]])
    assert made["horizons"]["benchmark"].unique().to_list() == ["b + c"]
    assert made["horizons"]["n_problems"].unique().to_list() == [70]
    with pytest.raises(InputError, match="'d' is in none of the scores; there are: b, c"):
        tables([short, long], together=[["b", "d"]])
    with pytest.raises(InputError, match="'b' stands there twice"):
        tables([short, long], together=[["b", "b"]])


def test_more_samples_than_there_are_take_the_share_for_the_rate():
    n, correct = np.array([4, 8, 2]), np.array([1, 1, 0])
    assert shares_at(n, correct, 8) == pytest.approx([1 - 0.75**8, 1.0, 0.0])
    made = tables([scores([2, 3] * 5, [1, 0] * 5, n=4)], k=[8])
    at = made["horizons"].filter(k=8).row(0, named=True)
    assert (at["n_imputed"], at["flagged"]) == (10, True)
    assert (
        "10 of 10 problems of m on b (p) have fewer than k = 8 samples" in checks(made, 0.95)[0][1]
    )


def test_the_page_says_where_the_rule_breaks():
    rng = np.random.default_rng(3)
    rates = np.where(LENGTHS == 64, 0.5, 0.95**LENGTHS)
    frames = [scores(LENGTHS, rng.binomial(64, rates), model="<b>bent")]
    frames += [scores(LENGTHS, rng.binomial(64, 0.95**LENGTHS), model="straight")]
    made = tables(frames)
    lines = dict(checks(made, 0.95))
    assert lines["differs"].startswith("<b>bent on b: the product rule p^L breaks at ")
    assert "64 (+" in lines["differs"]
    assert "On b no length is told apart from the product rule" in lines["same"]
    assert "straight (p = 0.9" in lines["same"]


@pytest.fixture
def metr(shared_data, tmp_path):
    runs = shared_data / RUNS
    if not runs.exists():
        pytest.skip("METR's runs are not at ../shared/data/metr")
    sides = read_side(runs, Reading(), tmp_path)
    chosen = ("GPT-4 0314", "o1", "o1-preview")
    return pl.concat(
        [side.scores.with_columns(**{k: pl.lit(v) for k, v in ARM.items()}) for side in sides],
        how="diagonal",
    ).filter(pl.col("model").is_in(chosen))


def test_horizons_of_metr(metr, shared_data, tmp_path, monkeypatch):
    """Fits by scikit-learn with tolerance 1e-10; its own leaves 3.669 in place of 3.657."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/metr.jsonl.gz").symlink_to(shared_data / RUNS)
    study = read_study(ROOT / "config/studies/metr_horizon.yaml")
    made = tables([metr], [("GPT-4 0314", "o1")], **study.analyses.horizon.model_dump())
    expected = {
        ("GPT-4 0314", 1): (3.657, 4.351, 3.783),
        ("GPT-4 0314", 8): (17.7, 18.9, 20.1),
        ("o1", 1): (42.5, 43.3, 69.1),
        ("o1", 8): (385, 350, 738),
        ("o1-preview", 1): (37.9, None, None),
        ("o1-preview", 8): (222, None, None),
    }
    for (model, k), values in expected.items():
        rows = made["horizons"].filter(model=model, k=k)
        for (weights, penalty), value in zip(
            [("invsqrt", 0.1), ("invsqrt", 1e-5), ("equal", 0.1)], values, strict=True
        ):
            found = rows.filter(weights=weights, penalty=penalty)["horizon"].item()
            assert value is None or found == pytest.approx(value, rel=0.005)
    first = made["horizons"].filter("first", model="GPT-4 0314", k=8).row(0, named=True)
    assert (first["n_imputed"], first["n_problems"], first["n_independent"]) == (76, 83, 36)
    assert "76 of 83 problems of GPT-4 0314" in checks(made, 0.95)[0][1]
    ratio = made["horizon_ratios"].filter("first").sort("k")
    assert ratio["ratio"].to_list() == pytest.approx([11.6, 21.8], rel=0.005)
    assert (ratio["ci_low"] < [7.8, 6.3]).all()
    assert (ratio["ci_high"] > [11.5, 21.8]).all()
