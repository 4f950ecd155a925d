"""Every analysis of arms whose problems stop early: closed forms, or left to the other arms.

In the tables of `stopped_arms.arms` each end stands as often as by chance, so that the mean over
problems of an estimate without bias is the truth, to rounding.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

import stopped_arms
from boundary.analyses.coverage.regained import split_halves
from boundary.analyses.horizon import HorizonOptions
from boundary.analyses.horizon.problems import shares_at
from boundary.analyses.registry import analyses
from boundary.analyses.run_scores import tables_of
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analyses.stopping.compute import fixed_se_ratio
from boundary.analyses.stopping.section import SUMMARIES
from boundary.analyses.training_seeds import SeedOptions
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import pair_arms
from boundary.analysis.passk import fail_at, passk_table
from boundary.analysis.stopped import rule_of, widened
from boundary.errors import InputError
from boundary.jobs.reading import ComparisonRow, Control, Grid, Point, SeriesRow
from boundary.stopping import StoppingRule

EARLY, LATE, LONG = StoppingRule(4, 1, 1), StoppingRule(4, 2, 2), StoppingRule(8, 2, 2)
#: Rates of base and other, and the largest k.
P, R, N = 1 / 2, 1 / 4, 4
NAMES = {"benchmark": "bench", "protocol": "paper"}
ROW = ComparisonRow(comparison="c", base="base", other="other", **NAMES)
#: Training that began at `other`, held against `other` itself.
CONTROL = Control(
    comparison="c",
    benchmark="bench",
    control="same",
    kind="temperature",
    start="other",
    protocol="paper",
    setting="T = 1",
)


def passk(p: float, k: Any) -> Any:
    return 1 - (1 - p) ** np.asarray(k, dtype=float)


#: Adaptive against adaptive, against fixed, and of unequal most samples.
WORLDS = {
    "both": ({"base": LATE, "other": EARLY}, stopped_arms.ends(LATE, 1, 2)),
    "other": ({"base": None, "other": EARLY}, stopped_arms.fixed(4, 1, 2)),
    "unequal": ({"base": LONG, "other": EARLY}, stopped_arms.ends(LONG, 1, 2)),
    "longer": ({"base": None, "other": EARLY}, stopped_arms.fixed(6, 1, 2)),
}


@cache
def world(name: str) -> pl.DataFrame:
    rules, base = WORLDS[name]
    return stopped_arms.arms(rules, base, stopped_arms.ends(EARLY, 1, 4))


@cache
def made(name: str, exchanged: bool = False) -> dict[str, dict[str, pl.DataFrame]]:
    """Return all tables of a world, by analysis."""
    row = ROW.model_copy(update={"base": "other", "other": "base"}) if exchanged else ROW
    points = [Point(model=model, step=i) for i, model in enumerate(("base", "other"))]
    inputs = ScoreInputs(
        world(name),
        [Admitted(row)],
        [SeriesRow(series="s", points=points, **NAMES)],
        bootstrap=200,
        grids=[Grid(temperatures={"paper": 1.0, "hot": 2.0})],
        controls=[CONTROL],
    )
    options = {x: e.options() for x, e in analyses().items() if e.needs == "scores"}
    options["training_seeds"] = SeedOptions(recipes={"r": ["other"]})
    return tables_of(inputs, options)


@pytest.mark.parametrize("name", WORLDS)
def test_pass_at_k_is_the_truth(name: str) -> None:
    frame = made(name)["passk"]["passk"]
    for model, p in (("base", P), ("other", R)):
        rows = frame.filter(model=model)
        assert rows["pass_at_k"].to_numpy() == pytest.approx(passk(p, rows["k"]), rel=1e-12)
    assert frame.filter(model="other")["k"].max() == N
    assert frame.filter(model="other")["flagged"].to_list() == [False, False, True, True]


@pytest.mark.parametrize("name", WORLDS)
def test_the_difference_and_its_error_on_these_problems_are_the_truth(name: str) -> None:
    frame = made(name)["crossover"]["differences"]
    ks = np.arange(1, N + 1)
    assert frame["k"].to_list() == [1, 2, 3, 4]
    assert frame["diff"].to_numpy() == pytest.approx(passk(P, ks) - passk(R, ks), rel=1e-9)
    m = frame["n_problems"][0]
    # Of independent arms the variance of D is that of U, whose mean over all ends is known.
    one = (frame["se"].to_numpy() ** 2 * (m - 1))[:2]
    assert frame["fixed_se"].to_numpy()[:2] ** 2 * m == pytest.approx(one, rel=1e-9)


def test_exchanging_the_models_exchanges_the_verdict() -> None:
    one, two = (made("both", exchanged)["crossover"] for exchanged in (False, True))
    for name in ("diff", "fixed_se", "band_low"):
        other = two["differences"]["band_high" if name == "band_low" else name].to_numpy()
        sign = 1 if name == "fixed_se" else -1
        assert (
            one["differences"][name].fill_null(0).to_numpy() == sign * np.nan_to_num(other)
        ).all()
    assert one["crossovers"]["verdict"][0] == "base-ahead-to-K"
    assert two["crossovers"]["verdict"][0] == "other-ahead-to-K"


def test_the_note_says_how_many_stopped() -> None:
    note = made("unequal")["crossover"]["crossovers"]["note"][0]
    assert "problems of base stopped early, by rule, with 59.4 % of its samples" in note
    assert "unequal n (base 8, other 4)" in note


@pytest.mark.parametrize("name", WORLDS)
def test_sets_of_solved_problems_are_those_of_n_samples(name: str) -> None:
    row = made(name)["coverage"]["coverage"].row(0, named=True)
    b, o, m = passk(P, N), passk(R, N), row["n_problems"]
    expected = {"both": b * o, "base_only": b * (1 - o), "other_only": (1 - b) * o}
    for which, share in expected.items():
        assert row[which] / m == pytest.approx(share, rel=1e-9)
    half, rest = passk(P, 2), (1 - R) ** 2 - (1 - R) ** 4
    assert row["base_only_halves"] / m == pytest.approx(half * (1 - R) ** 2, rel=1e-9)
    assert row["base_only_regained"] == pytest.approx(rest / (1 - R) ** 2, rel=1e-9)
    assert row["n_min"] == row["n_max"] == N and row["n_other"] == N


def test_halves_of_an_arm_that_stops_are_those_of_a_fixed_one() -> None:
    pair = pair_arms(*(world("both").filter(model=name) for name in ("base", "other")), "c")
    only, again = split_halves(pair.ends)
    assert only.mean() == pytest.approx(passk(P, 2) * (1 - R) ** 2)
    assert again.mean() == pytest.approx(passk(P, 2) * ((1 - R) ** 2 - (1 - R) ** 4))


@pytest.mark.parametrize("name", WORLDS)
def test_retained_learned_and_forgotten(name: str) -> None:
    frame = made(name)["solved_sets"]["solved_sets"]
    b, o = passk(P, frame["k"]), passk(R, frame["k"])
    shares = {"retained": b * o, "learned": (1 - b) * o, "forgotten": b * (1 - o)}
    for which, share in shares.items():
        assert frame[f"{which}_share"].to_numpy() == pytest.approx(share, rel=1e-9)
    steps = made(name)["solved_sets"]["solved_steps"]
    assert steps["net"].to_numpy() == pytest.approx(passk(R, [1, 4]) - passk(P, [1, 4]))
    # Problems that stop after one or two successes tell nothing of those solved so seldom.
    assert "other" not in made(name)["solved_sets"]["unseen"]["model"]


def test_unseen_is_that_of_the_full_design() -> None:
    rng, rule = np.random.default_rng(3), StoppingRule(64, 16, 8)
    outcomes = rng.random((300, 64)) < rng.beta(0.3, 3, (300, 1))
    stopped = stopped_arms.arm("a", *stopped_arms.drawn(outcomes, rule), rule)
    full = stopped_arms.arm("a", np.full(300, 64), outcomes.sum(axis=1))
    options = {"solved_sets": analyses()["solved_sets"].options()}
    one, two = (
        tables_of(ScoreInputs(x), options)["solved_sets"]["unseen"] for x in (stopped, full)
    )
    assert one.equals(two) and one["new"][0] > 0


@pytest.mark.parametrize("name", WORLDS)
def test_efficiency_series_seeds_and_envelope(name: str) -> None:
    tables = made(name)
    (gap,) = tables["efficiency"]["efficiency"].to_dicts()
    assert gap["k"] == 2 and gap["gap"] == pytest.approx(passk(P, 2) - R)
    assert gap["weaker"] == "other" and gap["budget"] is None
    series = tables["series"]["series"]
    assert series["pass_at_k"].to_numpy() == pytest.approx(
        [*passk(P, [1, 4]), *passk(R, [1, 4])], rel=1e-9
    )
    seeds = tables["training_seeds"]["training_seeds"]
    ks = seeds["k"].to_numpy()
    assert seeds["diff"].to_numpy() == pytest.approx(passk(P, ks) - passk(R, ks), rel=1e-9)


def test_the_envelope_of_arms_that_stop() -> None:
    cold = world("both")
    hot = cold.with_columns(protocol=pl.lit("hot"))
    inputs = ScoreInputs(
        pl.concat([cold, hot]),
        [Admitted(ROW)],
        bootstrap=200,
        grids=[Grid(temperatures={"paper": 1.0, "hot": 2.0})],
    )
    entry = analyses()["temperature_envelope"]
    tables = tables_of(inputs, {entry.name: entry.options()})[entry.name]
    frame = tables["temperature_envelope"]
    assert frame["gap"].to_numpy() == pytest.approx(passk(P, [1, 2, 4]) - passk(R, [1, 2, 4]))
    assert "stop early" in tables["matched_temperature"]["note"][0]


def test_the_histogram_is_of_pass_at_1() -> None:
    frame = made("both")["histogram"]["histogram"].filter(model="other")
    # Whoever goes on failed first, so that pass@1 of all but the end (1, 1) is 0.
    assert frame.filter(label="1")["share"][0] == pytest.approx(R)
    assert frame.filter(label="0")["share"][0] == pytest.approx((1 - R) ** 4)
    assert frame.filter(label="(0, 0.1)")["share"][0] == pytest.approx(1 - R - (1 - R) ** 4)
    assert frame["problems"].sum() == frame["n_problems"][0]


def test_means_over_samples_weigh_right_and_wrong_ones() -> None:
    """Every wrong response is cut after 30 tokens, every right one ends after 10."""
    frame = world("both").with_columns(
        *((pl.col("n") - pl.col("correct")).alias(x) for x in ("truncated", "truncated_wrong")),
        *(pl.lit(0, pl.Int64).alias(x) for x in ("no_answer", "truncated_no_answer", "empty")),
        distinct_responses="n",
        tokens_of_correct=pl.lit(10, pl.Int64).repeat_by("correct"),
        mean_tokens=30 - 20 * pl.col("correct") / pl.col("n"),
    )
    inputs = ScoreInputs(frame, [Admitted(ROW)], bootstrap=200)
    tables = tables_of(inputs, {x: analyses()[x].options() for x in ("responses", "stopping")})
    for row, p in zip(tables["responses"]["responses"].to_dicts(), (P, R), strict=True):
        assert row["truncated_share"] == pytest.approx(1 - p)
        assert row["mean_tokens"] == pytest.approx(10 * p + 30 * (1 - p))
        assert row["empty_share"] == 0 and row["duplicate_share"] is None
    cut = tables["responses"]["truncation"]
    assert cut.filter(outcome="wrong")["share"].to_list() == pytest.approx([1, 1])
    stopped = tables["stopping"]["stopping"]
    drawn = frame.filter(model="base").select((pl.col("mean_tokens") * pl.col("n")).mean()).item()
    assert stopped["tokens_share"][0] == pytest.approx(drawn / (4 * 20))


def test_where_problems_stopped() -> None:
    frame = made("both")["stopping"]["stopping"].filter(model="base")
    assert frame["look"].to_list() == [2, 4]
    assert (frame["problems"] / frame["n_problems"]).to_list() == [0.25, 0.75]
    assert frame["share"].to_list() == pytest.approx([0.875] * 2)
    summary = SUMMARIES["stopping"](made("both")["stopping"]["stopping"])
    assert "reliability" in summary.about and "coverage," not in summary.about
    assert made("other")["stopping"]["stopping"]["model"].unique().to_list() == ["other"]


def test_the_error_on_these_problems_grows_as_by_all_ends() -> None:
    rows = np.array(stopped_arms.ends(LONG, 1, 2)).repeat(
        [times for *_, times in stopped_arms.ends(LONG, 1, 2)], axis=0
    )
    arm = stopped_arms.arm("a", rows[:, 0], rows[:, 1], LONG)
    once = 1 - made("unequal")["passk"]["passk"].filter(model="base")["pass_at_k"][0]
    rule = rule_of(arm)
    assert rule is not None and once == pytest.approx(1 / 2)
    # Var of fail_1 over all 256 orders, against p(1 - p)/8.
    ratio = fixed_se_ratio(rows[:, 0], rows[:, 1], rule)
    tables = tables_of(ScoreInputs(arm), {"passk": analyses()["passk"].options()})
    variance = tables["passk"]["passk"]["se"][0] ** 2 * (len(rows) - 1)
    assert ratio == pytest.approx((variance / (1 / 32)) ** 0.5)


def test_bounds_of_wrong_responses_taken_for_right() -> None:
    """Half of the wrong responses of the base were cut, by chance, and a problem goes on."""
    base = stopped_arms.cut(stopped_arms.ends(LATE, 1, 2), LATE.n_max)
    frame = stopped_arms.arms(
        {"base": LATE, "other": EARLY}, base, stopped_arms.ends(EARLY, 1, 2)
    ).with_columns(truncated_wrong=pl.col("truncated_wrong").fill_null(0))
    inputs = ScoreInputs(frame, [Admitted(ROW)], bootstrap=200)
    entry = analyses()["bounds"]
    rows = tables_of(inputs, {entry.name: entry.options()})[entry.name]["bounds"]
    wider = P + (1 - P) / 2
    expected = {"wrong": P, "right": wider, "base-right": wider, "other-right": P}
    assert set(rows["taken"]) == set(expected)
    for row in rows.to_dicts():
        p = expected[row["taken"]]
        assert row["diff_at_1"] == pytest.approx(p - P)
        assert row["diff_at_k_max"] == pytest.approx(passk(p, 2) - passk(P, 2))
        assert row["base_solved"] / row["n_problems"] == pytest.approx(passk(p, N))


def test_a_wider_count_of_every_end_has_no_bias() -> None:
    rows = stopped_arms.cut(stopped_arms.ends(LONG, 1, 2), LONG.n_max)
    t, c, times, more = np.array(rows, dtype=object).T
    arm = stopped_arms.arm("a", t.astype(int), c.astype(int), LONG)
    rule = widened(rule_of(arm), more.astype(int))
    ks = np.arange(1, LONG.n_max + 1)
    failed = fail_at(t.astype(int), c.astype(int), ks, rule)
    weight = (times / times.sum()).astype(float)
    assert weight @ failed == pytest.approx((1 / 4.0) ** ks, rel=1e-12)


def test_horizons_of_arms_that_stop() -> None:
    """Problems of one and of two steps, whose rates are those of a step and its square."""
    rule = StoppingRule(2, 1, 1)
    parts = [
        stopped_arms.arms(
            {"base": rule, "other": rule},
            stopped_arms.ends(rule, 1, 2**length),
            stopped_arms.ends(rule, 1, 4**length),
            strata=f'{{"steps":"{length}"}}',
        ).with_columns(problem_id=pl.format("{}-{}", pl.lit(length), "problem_id"))
        for length in (1, 2)
    ]
    entry = analyses()["horizon"]
    inputs = ScoreInputs(pl.concat(parts), [Admitted(ROW)], bootstrap=200)
    tables = tables_of(inputs, {entry.name: HorizonOptions(k=[2])})[entry.name]
    rates = dict(tables["step_rates"].select("model", "rate").iter_rows())
    assert rates == pytest.approx({"base": P, "other": R})
    for row in tables["horizon_curve"].to_dicts():
        p = {"base": P, "other": R}[row["model"]] ** row["length"]
        assert row["pass_at_k"] == pytest.approx(passk(p, row["k"]))
        assert (row["n_min"], row["n_imputed"]) == (2, 0)
    for row in tables["horizon_gaps"].to_dicts():
        one, two = (passk(p ** row["length"], row["k"]) for p in (P, R))
        assert row["diff"] == pytest.approx(one - two)


@pytest.mark.parametrize("name", ["both", "other"])
def test_controls_are_held_against_the_truth(name: str) -> None:
    frame = made(name)["controls"]["controls"]
    assert set(frame["k"]) == {1, 2, 4}
    for row in frame.to_dicts():
        start, trained = passk(R, row["k"]), passk(P, row["k"])
        assert row["start_pass_at_k"] == row["control_pass_at_k"] == pytest.approx(start)
        assert row["trained_pass_at_k"] == pytest.approx(trained)
        assert row["gain"] == pytest.approx(trained - start)
        assert (row["lead"], row["explained"]) == pytest.approx((start - trained, 0))


def test_beyond_n_max_pass_at_1_stands_for_the_rate() -> None:
    # A problem that stopped at 4 of 8 after 3 right ones, fewer than 2 of them among the first 2.
    n, correct, rule = np.array([4]), np.array([3]), np.array([[8], [2], [2], [0]])
    assert shares_at(n, correct, 16, rule) == pytest.approx(1 - (1 - 0.5) ** 16)


#: Those whose numbers the tests above hold to closed forms.
RIGHT = {
    *("passk", "crossover", "coverage", "solved_sets", "efficiency", "series", "training_seeds"),
    *("temperature_envelope", "histogram", "responses", "stopping", "horizon", "bounds"),
    "controls",
}


def test_every_other_analysis_is_given_the_other_arms() -> None:
    entries = [entry for entry in analyses().values() if entry.needs == "scores"]
    assert {entry.name for entry in entries if entry.stops_early} == RIGHT
    others = {entry.name: entry.options() for entry in entries if not entry.stops_early}
    stopping = tables_of(ScoreInputs(world("both"), [Admitted(ROW)], bootstrap=200), others)
    assert all(frame.is_empty() for made in stopping.values() for frame in made.values())


def test_what_is_left_out_leaves_the_others_as_they_are() -> None:
    rng = np.random.default_rng(5)
    full = [
        stopped_arms.arm(name, np.full(40, 16), rng.binomial(16, 0.3, 40)).with_columns(
            n_unset=pl.lit(1, pl.Int64), correct=pl.col("correct").clip(upper_bound=15)
        )
        for name in ("base", "tuned")
    ]
    ends = stopped_arms.drawn(rng.random((40, 16)) < 0.4, StoppingRule(16, 4, 4))
    other = stopped_arms.arm("other", *ends, StoppingRule(16, 4, 4))
    row = ROW.model_copy(update={"other": "tuned", "comparison": "d"})
    entries = [e for e in analyses().values() if e.needs == "scores" and not e.stops_early]
    options = {
        e.name: e.options()
        for e in entries
        if e.name not in ("chain", "grading", "diversity", "rounds", "format_gain")
    }
    both = ScoreInputs(
        pl.concat([*full, other], how="diagonal"), [Admitted(ROW), Admitted(row)], bootstrap=200
    )
    alone = ScoreInputs(pl.concat(full), [Admitted(row)], bootstrap=200)
    beside = tables_of(both, options)
    for name, frames in tables_of(alone, options).items():
        for table, frame in frames.items():
            kept = beside[name][table]
            assert kept.height == frame.height, table
            assert kept.equals(frame), table


def test_pass_at_k_by_another_count_is_refused() -> None:
    frame = world("both").with_columns(correct_lenient="correct")
    with pytest.raises(InputError, match="stopped by the count of correct"):
        passk_table(frame, "correct_lenient")


def test_a_pair_keeps_the_rule_of_the_problems_that_are_left() -> None:
    sides = [world("unequal").filter(model=name) for name in ("base", "other")]
    pair = pair_arms(*sides, "c", min_n=N)
    assert pair.too_few == 0 and pair.n == N  # who stopped at 1 might have had 4
    kept = np.arange(pair.m) % 3 == 0
    assert (pair.rows(kept).ends == pair.ends[:, kept]).all()
    with pytest.raises(InputError, match="The largest min_n that leaves any is 4"):
        pair_arms(*sides, "c", min_n=5)


def test_ids_of_one_question_are_one_problem() -> None:
    one = [(2, 2), (4, 1), (4, 3), (4, 0)]
    arms = [
        stopped_arms.arm(name, *np.array(ends).T, LATE).with_columns(
            question=pl.Series(["a", "a", "b", "c"])
        )
        for name, ends in (("base", one), ("other", one[::-1]))
    ]
    curve = difference_curve(pair_arms(*arms, "c"), replicates=200)
    # fail_1 of the four ends by their orders: 0; 2 of one and 2 of none at 2; one of 2 at 2; all.
    fail = np.array([0, (2 * 0.5 + 2) / 4, 0.5, 1])
    weight = np.array([1 / 2, 1 / 2, 1, 1]) / 3
    assert curve.band.mean[0] == pytest.approx(weight @ (fail[::-1] - fail))
