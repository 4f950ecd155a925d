"""Success of what two models wrote together: counts, tests, sentences and the figure."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import hypergeom

from boundary.analyses.gain_carriers import compute, cross_sampling, section
from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analysis.questions import Questions
from boundary.figures import theme
from crossings import STUDY_N, N, crossing_inputs, crossing_tables, one_token_hides

MODELS = ("base", "rl")
KEY = ["host", "donor", "stratum", "choice", "m"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return crossing_tables(*MODELS)


def row(table: pl.DataFrame, **where: Any) -> dict[str, Any]:
    m = where.pop("m", None)
    kept = table.filter(**where).filter(pl.col("m").eq_missing(pl.lit(m)))
    return kept.row(0, named=True)


def made(inputs: compute.CrossingInputs) -> dict[str, pl.DataFrame]:
    return finished("gain_carriers", [compute.compute(inputs, Options())])


def test_success_is_counted_and_compared_problem_by_problem(tables) -> None:
    found = row(tables["cross_sampling"], host="rl", stratum="family q", choice="highest", m=1)
    assert (found["n_problems"], found["n"], found["c"]) == (60, 60 * N, 60 * 10 + 30)
    assert found["success"] == pytest.approx(10.5 / 16)
    assert found["ci_low"] < found["success"] < found["ci_high"]
    assert found["minus_host"] == pytest.approx(10.5 / 16)
    # The donor alone has 1 of 16, or 2 on every second problem.
    assert found["minus_donor"] == pytest.approx(9 / 16)
    assert found["minus_midway"] == pytest.approx((10.5 - 0.75) / 16)
    assert found["minus_random"] == pytest.approx(10.5 / 16)
    # All problems agree about the donor: what was not seen is 1 - .05^(1/60) of them.
    pi = 1 - 0.05 ** (1 / 60)
    assert found["minus_donor_low"] == pytest.approx(9 / 16 - pi * (9 / 16 + 1))
    assert found["mean_tokens"] == 10
    assert found["of_right"] == 59


def test_the_ends_are_the_models_alone_beside_the_study(tables) -> None:
    table = tables["cross_sampling"]
    ends = table.filter(pl.col("study_success").is_not_null())
    assert ends["choice"].unique().sort().to_list() == ["all", "none"]
    one = row(table, host="base", stratum="family p", choice="none", m=0)
    assert one["study_success"] == pytest.approx(2.5 / 16)
    assert one["study_p"] == pytest.approx(1.0)
    assert row(table, host="base", stratum="family p", choice="all")["minus_host"] == pytest.approx(
        (15.5 - 2.5) / 16
    )


@pytest.mark.parametrize(("c", "correct"), [(8, 16), (4, 40), (1, 0)])
def test_two_counts_have_the_variance_of_their_margins(c: int, correct: int) -> None:
    """Given how many are right in all, c is hypergeometric."""
    problems, trials, right = 9, N + STUDY_N, c + correct
    counts = (np.full(problems, float(x)) for x in (c, N, correct, STUDY_N))
    exact = hypergeom(trials, right, N).var() * (1 / N + 1 / STUDY_N) ** 2
    expected = problems * (c / N - correct / STUDY_N) / math.sqrt(problems * exact)
    assert compute.z_of_counts(*counts) == pytest.approx(expected)
    none, some = np.zeros(problems), np.full(problems, 4.0)
    assert compute.z_of_counts(none, some, none, some) == 0


def test_beyond_both_is_the_larger_p_of_two_corrected_for_all_mixtures() -> None:
    """Two of sixteen more than the better model: its p, six times, and no other."""
    right = {"none": 4, "all": 2, "highest": 6, "random": 4}
    inputs = crossing_inputs(MODELS, {"p": 12}, lambda host, f, choice, m: right[choice])
    table = made(inputs)["cross_sampling"]
    counts = (np.array([x + i % 2 for i in range(12)], dtype=float) for x in (6, 4))
    mixed, alone = counts
    n = np.full(12, float(N))
    p = 0.5 * math.erfc(compute.z_of_counts(mixed, n, alone, n) / math.sqrt(2))
    assert table["beyond_p"].drop_nulls().to_list() == pytest.approx([6 * p] * 6)
    assert table["beyond"].drop_nulls().to_list() == [6 * p < 0.05] * 6
    assert table.filter(pl.col("beyond_p").is_not_null())["choice"].unique().to_list() == [
        "highest"
    ]


def test_exchanging_base_and_other_exchanges_nothing_but_the_name() -> None:
    one, two = (
        made(crossing_inputs(models, {"p": 20, "q": 20}, one_token_hides))
        for models in (MODELS, MODELS[::-1])
    )
    for name, table in one.items():
        order = [key for key in [*KEY, "position"] if key in table.columns]
        sides = [each[name].drop("comparison").sort(order) for each in (one, two)]
        assert sides[0].equals(sides[1])


def test_the_order_of_rows_changes_nothing() -> None:
    one, two = (
        made(crossing_inputs(MODELS, {"p": 20, "q": 20}, one_token_hides, reverse=reverse))
        for reverse in (False, True)
    )
    assert all(one[name].equals(two[name]) for name in one)


def test_problems_without_families_are_one_stratum() -> None:
    table = made(crossing_inputs(MODELS, {None: 12}, one_token_hides))["cross_sampling"]
    assert table["stratum"].unique().to_list() == ["all"]
    assert "on family" not in section.beside({"cross_sampling": table})["rl-vs-base", "short"]


def test_the_band_holds_all_means_at_once() -> None:
    """Of 300 sets of 40 problems without any difference, about one in twenty may miss."""
    rng = np.random.default_rng(1)
    missed = 0
    for _ in range(300):
        values = rng.normal(size=(40, 6)).cumsum(axis=1) / 20
        band = compute.simultaneous(values, Questions.distinct(40), 1000, 0.95)
        missed += bool(((band.low > 0) | (band.high < 0)).any())
    assert missed <= 26  # P(more | 5 %) < .004


def test_clusters_widen_the_band() -> None:
    rng = np.random.default_rng(2)
    shared = np.repeat(rng.normal(size=(10, 2)), 6, axis=0) / 10
    cluster = Questions(np.arange(60), np.repeat(np.arange(10), 6))
    wide = compute.simultaneous(shared, cluster, 1000, 0.95)
    narrow = compute.simultaneous(shared, Questions.distinct(60), 1000, 0.95)
    assert ((wide.high - wide.low) > (narrow.high - narrow.low)).all()


def test_positions_say_where_donors_choose_first(tables) -> None:
    table = tables["cross_positions"]
    first = table.filter(host="rl", stratum="family q", position=0).row(0, named=True)
    assert (first["n_problems"], first["problems"], first["ranked_first"]) == (60, 60, 60)
    assert (first["token"], first["token_problems"]) == ("<", 60)
    assert (first["mean_gain"], first["of_right"]) == (6.0, 59)
    # Beyond the largest m no donor chooses.
    assert table["position"].max() == 3


def test_a_sentence_says_what_was_tested(tables) -> None:
    text = section.beside(tables)["rl-vs-base", "short"]
    assert (
        "on family p, more than half of the gain of rl over base (+81.2 points) sits at "
        "2 positions: where rl chooses these alone, success is 96.9 % ["
    ) in text
    assert "and at as many random ones 15.6 %" in text
    assert "on family q, base choosing at 1 position and rl elsewhere solve 65.6 % [" in text
    assert (
        "more than rl alone (0.0 %) and base alone (9.4 %; on these very problems, corrected for "
        "all m: p < 0.001; for problems like these the band says so of 1 position)"
    ) in text
    assert "half of the gain of base" not in text
    assert "do not differ beyond chance from its counts (smallest of 4 p-values: p = 1)" in text


def test_counts_of_problems_that_stopped_are_not_tested(tables) -> None:
    untested = tables["cross_sampling"].with_columns(study_p=pl.lit(None, pl.Float64))
    text = section.beside({"cross_sampling": untested})["rl-vs-base", "short"]
    assert "agree with what the study counted is not tested, as its problems stopped early" in text


def test_positions_that_do_no_better_than_random_ones_are_told(tables) -> None:
    """With so many positions that random ones carry the gain as well, which they are is moot."""

    def anywhere(host: str, family: str | None, choice: str, m: int | None) -> int:
        if choice in ("highest", "random"):
            return 2 if (m == 1) == host.startswith("base") else 15
        return 2 if host.startswith("base") == (choice == "none") else 15

    text = section.beside(made(crossing_inputs(MODELS, {"p": 30}, anywhere)))["rl-vs-base", "short"]
    assert "and at as many random ones 96.9 % (not shown to be less)" in text
    assert "not shown to be less" not in section.beside(tables)["rl-vs-base", "short"]


def test_nothing_is_said_that_no_test_shows() -> None:
    same = crossing_inputs(MODELS, {"p": 20}, lambda *_: 5)
    text = section.beside(made(same))["rl-vs-base", "short"]
    assert "no number of positions carries a gain, or lies above both models" in text


def test_models_that_the_study_counted_otherwise_are_told() -> None:
    inputs = crossing_inputs(MODELS, {"p": 20}, one_token_hides)
    other = replace(inputs, scores=inputs.scores.with_columns(correct=pl.lit(32, pl.Int64)))
    text = section.beside(made(other))["rl-vs-base", "short"]
    assert "differ from what the study counted (smallest of 4 p-values: p < 0.001)" in text


def test_the_page_shows_tables_in_the_order_of_m(tables) -> None:
    shown = section.cross_sampling(tables["cross_sampling"])
    column = shown.header.index("donor's positions")
    assert [cells[column] for cells in shown.rows[:8]] == [
        *("0 none", "1 highest", "1 random", "2 highest", "2 random", "4 highest", "4 random"),
        "all",
    ]
    where = section.cross_positions(tables["cross_positions"])
    sizes = ["90 of 90", "30 of 30", "60 of 60"]
    assert [cells[5:7] for cells in where.rows] == [["0", size] for size in sizes] * 2


def test_the_page_shows_what_a_token_hides() -> None:
    inputs = crossing_inputs(MODELS, {"p": 3}, one_token_hides)
    hidden = replace(inputs, positions=inputs.positions.with_columns(token=pl.lit("a\u202eb")))
    where = section.cross_positions(made(hidden)["cross_positions"])
    assert "a⟨U+202E⟩b" in where.rows[0]


def test_a_panel_a_direction_and_family(tables) -> None:
    styles = {name: theme.Style("#000000", "circle") for name in MODELS}
    study = theme.Study("s", styles, 0.95, by_protocol=False)
    chart = cross_sampling.build(tables, study, None).to_dict()
    titles = [panel["title"]["text"] for panel in chart["concat"]]
    assert titles == [
        f"{donor} chooses in {host}: short, family {family}"
        for family in "pq"
        for donor, host in (("rl", "base"), ("base", "rl"))
    ]
    words = json.dumps(chart, ensure_ascii=False)
    assert "flagged: no right response of the donor to 1 problems" in words
    points = [rows for rows in chart["datasets"].values() if "curve" in rows[0]]
    assert all({point["m"] for point in rows} == {"0", "1", "2", "4", "all"} for rows in points)
