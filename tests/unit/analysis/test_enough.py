"""Problems with fewer samples than the rest, in every analysis."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.cot.compute import cot_table
from boundary.analyses.guess_floor.compute import guess_tables
from boundary.analyses.series.compute import series_table
from boundary.analysis.enough import few_in_arms, few_samples, usual_n, with_enough
from boundary.analysis.pairs import pair_arms
from boundary.errors import InputError
from boundary.jobs.reading import SeriesRow
from chain_arms import simulate
from score_tables import compared, study_tables

N = [128, 3, 128, 64, 128, 128, 70]
IDS = [f"p{i}" for i in range(len(N))]
SPEC = {"bootstrap": 100, **compared("b", "o")}


@pytest.fixture
def scores(arm):
    """Two arms of seven problems: three of the base and one of the other have few samples."""
    counted = [64, 1, 0, 20, 128, 5, 7]
    other = arm("o", counted, [128, 128, 128, 128, 40, 128, 128], ids=IDS, question=IDS)
    other = other.with_columns(correct=pl.min_horizontal("correct", "n"))
    base = arm("b", counted, N, ids=IDS, question=IDS)
    return pl.concat([base, other]).with_columns(correct_lenient="correct")


def test_few_samples_are_named_the_fewest_first():
    told = few_samples(IDS, np.array(N))
    assert told == (
        "3 of 7 problems with fewer than the usual 128 samples: p1 (3), p3 (64), p6 (70)"
    )
    assert few_samples(IDS[:3], np.array([5, 5, 5])) is None
    many = few_samples([str(i) for i in range(9)], np.array([1, 1, 2, 2, 9, 9, 9, 9, 9]))
    assert many.endswith("0 (1), 1 (1), 2 (2) and 1 more")
    assert usual_n(np.array([4, 4, 8, 8, 2])) == 8  # of two, the larger


def test_a_pair_names_them_and_says_that_they_end_the_curve(arm):
    pair = pair_arms(arm("b", [1] * 7, N, ids=IDS), arm("o", [1] * 7, 128, ids=IDS), "c")
    assert pair.n == 3
    assert pair.notes() == [
        "unequal n (base 3-128, other 128)",
        "3 of 7 problems with fewer than the usual 128 samples: p1 (3), p3 (64), p6 (70) (base)",
        "k goes no further than n = 3; min_n drops such problems",
    ]
    pair = pair_arms(arm("b", [1] * 7, N, ids=IDS), arm("o", [1] * 7, N, ids=IDS), "c")
    assert pair.notes()[1].endswith("(both)") and len(pair.notes()) == 3
    # Few samples that no curve ends at ask for nothing.
    pair = pair_arms(arm("b", [1] * 7, N, ids=IDS), arm("o", [1] * 7, 2, ids=IDS), "c")
    assert not any("min_n" in note for note in pair.notes())


def test_a_pair_drops_problems_that_lack_samples_on_either_side(scores):
    base, other = (scores.filter(model=model) for model in "bo")
    pair = pair_arms(base, other, "c", 64)
    assert pair.problem_ids == ["p0", "p2", "p3", "p5", "p6"] and pair.n == 64
    assert "2 of 7 problems with fewer than 64 samples dropped (min_n)" in pair.notes()
    assert pair.only_base == pair.only_other == 0
    back = pair_arms(other, base, "c", 64)
    assert back.problem_ids == pair.problem_ids and back.too_few == 2
    assert pair_arms(base, other, "c", 3).too_few == 0


def test_dropping_everything_names_the_largest_min_n(arm, scores):
    base, other = arm("b", [1, 1], [8, 32]), arm("o", [1, 1], [64, 16])
    with pytest.raises(
        InputError, match=r"Comparison c: min_n 17 drops all 2.*more than 16.*any is 16"
    ):
        pair_arms(base, other, "c", 17)
    assert pair_arms(base, other, "c", 16).problem_ids == ["p0001"]
    with pytest.raises(InputError, match="o / bench / paper: min_n 129 drops all 7"):
        with_enough(scores.filter(model="o"), 129)
    with pytest.raises(InputError, match="Series s on bench: min_n 129"):
        series_table(scores, SeriesRow.model_validate(SPEC["series"][0]), min_n=129)


def test_a_study_without_min_n_is_as_before_and_with_it_speaks_of_the_rest(scores):
    plain, none = study_tables(scores, SPEC), study_tables(scores, {**SPEC, "min_n": None})
    assert all(plain[name].equals(none[name]) for name in plain)
    assert plain["crossovers"]["k_max"].to_list() == [1]
    made = study_tables(scores, {**SPEC, "min_n": 64})
    row = made["crossovers"].row(0, named=True)
    assert (row["k_max"], row["n_problems"]) == (32, 5)
    assert "2 of 7 problems with fewer than 64 samples dropped (min_n)" in row["note"]
    sizes = {"b": 6, "o": 6}
    for name in ("passk", "histogram"):
        found = dict(made[name].select("model", "n_problems").unique().rows())
        assert found == sizes and made[name]["n_min"].min() == 64
    assert made["passk"].filter(model="b", k=64)["pass_at_k"][0] is not None
    assert made["series"]["n_problems"].unique().to_list() == [5]
    assert made["series"]["k"].max() == 64
    for name in ("efficiency", "coverage"):
        assert made[name]["n_problems"].to_list() == [5]
    assert made["coverage_problems"]["problem_id"].to_list() == ["p0", "p2", "p3", "p5", "p6"]
    assert made["grading"]["n_problems"].unique().to_list() == [5]
    assert made["responses"].equals(plain["responses"])  # of all that was sampled


def test_few_of_several_arms_are_told_apart(scores):
    told = few_in_arms(scores)
    assert [line.split(": ")[0] for line in told] == ["b / bench / paper", "o / bench / paper"]
    assert few_in_arms(with_enough(scores, 128)) == []


def test_a_guess_floor_leaves_them_out():
    golds = pl.DataFrame(
        {"benchmark": ["b"] * 4, "problem_id": ["w", "x", "y", "z"], "answer": ["1", "2", "1", "3"]}
    )
    given = {"w": ["2"] * 6, "x": ["1"] * 6, "y": ["2"], "z": ["1", "1", "2", "2", "3", "1"]}
    verdicts = pl.DataFrame(
        [(problem, answer) for problem, answers in given.items() for answer in answers],
        schema={"problem_id": pl.String, "answer": pl.String},
        orient="row",
    )
    verdicts = verdicts.with_columns(correct=pl.lit(False))
    labels = {"model": "m", "benchmark": "b", "protocol": "p"}
    full = guess_tables(golds, verdicts, labels).floor
    assert full["k"].to_list() == [1]
    kept = guess_tables(golds, verdicts, labels, min_n=6).floor
    without = guess_tables(
        golds.filter(pl.col("problem_id") != "y"),
        verdicts.filter(pl.col("problem_id") != "y"),
        labels,
    ).floor
    assert kept.equals(without) and kept["k"].to_list() == [1, 2, 3, 4, 5, 6]
    with pytest.raises(InputError, match="m / b / p: min_n 7 drops all 4"):
        guess_tables(golds, verdicts, labels, min_n=7)


def test_chains_of_dropped_problems_count_nowhere():
    scores, chains, _ = simulate(np.random.default_rng(1))
    hard = chains["problem_id"].unique().sort()
    few = pl.col("problem_id").is_in(hard.head(3).to_list())
    cut = pl.when(few).then(pl.col("correct")).otherwise(pl.col("n"))
    fewer = scores.with_columns(n=cut)
    chains = chains.with_columns(n=cut)
    kept = cot_table(fewer, chains, min_n=int(scores["n"][0]))
    without = cot_table(scores.filter(~few), chains.filter(~few))
    counted = pl.col("rule").is_in(["answer", "arithmetic"])  # all chains tell of a judge
    assert kept.filter(counted).equals(without.filter(counted))
    assert kept["hard_problems"].unique().to_list() == [len(hard) - 3]
