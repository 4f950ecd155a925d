"""Rows that ask the same question are one problem, in every analysis of scores."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import pair_arms
from boundary.analysis.passk import pass_at_k, passk_table
from boundary.analysis.questions import Profiles, Questions
from boundary.errors import InputError
from score_tables import compared, study_tables

SPEC = {"bootstrap": 300, **compared("base", "rl")}
#: How many rows ask each question.
REPEATED = {
    "each twice": lambda rng, m: np.full(m, 2),
    "each thirty-two times": lambda rng, m: np.full(m, 32),
    "some more than others": lambda rng, m: rng.integers(1, 9, m),
    "one of them": lambda rng, m: np.where(np.arange(m) == 3, 50, 1),
}


def thirty(arm, rng, **columns):
    """Return two arms on thirty questions, with all that scores may tell."""
    p = rng.beta(0.4, 0.6, 30)
    return pl.concat(
        arm(
            model,
            rng.binomial(16, p),
            16,
            question=[f"q{i}" for i in range(30)],
            truncated=pl.Series(rng.integers(0, 5, 30)),
            mean_tokens=pl.Series(rng.uniform(10, 20, 30)),
            correct_lenient=pl.Series(rng.binomial(16, p)),
            correct_agreed=pl.Series(np.zeros(30, dtype=np.int64)),
            **columns,
        )
        for model in ("base", "rl")
    )


@pytest.mark.parametrize("how", REPEATED)
def test_repeated_rows_change_no_estimate_interval_or_verdict(arm, how):
    rng = np.random.default_rng(7)
    scores = thirty(arm, rng)
    times = REPEATED[how](rng, 30)
    copies = pl.DataFrame({"question": [f"q{i}" for i in range(30)], "copy": times}).select(
        "question", pl.int_ranges(0, "copy").alias("copy")
    )
    repeated = (
        scores.join(copies.explode("copy"), on="question")
        .with_columns(problem_id=pl.format("{}-{}", pl.col("copy"), "problem_id"))
        .drop("copy")
        .sample(fraction=1, shuffle=True, seed=5)
    )
    once, often = study_tables(scores, SPEC), study_tables(repeated, SPEC)
    said = f"{times.sum()} problem ids are 30 questions, each counted once"
    for name in once:
        counted = {
            "coverage_problems": pl.selectors.matches("problem_id|_correct|_n"),
            "sharpening_problems": pl.selectors.matches("problem_id|_correct|_n"),
            "responses": pl.selectors.by_name("n_responses", "truncated"),
            "grading": pl.selectors.by_name(
                "note", "base_responses_changed", "other_responses_changed"
            ),
        }.get(name, pl.selectors.by_name("note", require_all=False))
        assert_frame_equal(
            once[name].drop(counted), often[name].drop(counted), rel_tol=1e-12, abs_tol=1e-12
        )
    for name in ("crossovers", "grading"):
        assert said in often[name]["note"][0]
        assert "questions" not in (once[name]["note"][0] or "")
    for name in ("passk", "differences", "crossovers"):
        assert once[name].drop("note", strict=False).equals(often[name].drop("note", strict=False))
    assert often["coverage_problems"].height == 30


def test_thirty_questions_are_not_960_problems(arm, math500):
    sets = [rows.gather_every(16, 1).head(30) for _, rows in math500.group_by("model")]
    sets.sort(key=lambda rows: rows["model"][0])
    asked = [f"q{i}" for i in range(30)]
    once = [rows.with_columns(question=pl.Series(asked)) for rows in sets]
    often = [
        pl.concat(rows.with_columns(problem_id=f"{i}-" + pl.col("problem_id")) for i in range(32))
        for rows in once
    ]
    naive = [rows.drop("question") for rows in often]
    seen = [decide(difference_curve(pair_arms(*pair, "c"))) for pair in (once, often, naive)]
    open_ = "undetermined"
    assert [each.verdict for each in seen] == [open_, open_, "crossover"]
    assert [each.guard for each in seen] == ["small-set;few-discordant;saturated-high"] * 2 + [None]
    assert [each.n_problems for each in seen] == [30, 30, 960]
    assert (seen[0].ci_low, seen[0].ci_high) == (seen[1].ci_low, seen[1].ci_high)
    assert seen[1].note.endswith("960 problem ids are 30 questions, each counted once")


def test_unlike_rows_of_a_question_are_averaged(arm):
    correct, asked = [0, 8, 4, 2, 6], ["a", "a", None, "b", "b"]
    other = [1, 1, 1, 1, 3]
    scores = pl.concat(
        [arm("base", correct, 8, question=asked), arm("rl", other, 8, question=asked)]
    )
    k = np.arange(1, 9)
    u = pass_at_k(8, np.array(correct)[:, None], k)
    v = pass_at_k(8, np.array(other)[:, None], k)

    def by_question(x):
        return np.stack([(x[0] + x[1]) / 2, x[2], (x[3] + x[4]) / 2])

    made = passk_table(scores).filter(pl.col("model") == "base")
    assert made["n_problems"].to_list() == [3] * 8
    np.testing.assert_allclose(made["pass_at_k"], by_question(u).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        made["se"], by_question(u).std(axis=0, ddof=1) / np.sqrt(3), atol=1e-12
    )
    tables = study_tables(scores, SPEC)
    d = by_question(u - v)
    np.testing.assert_allclose(tables["differences"]["diff"], d.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(
        tables["differences"]["se"], d.std(axis=0, ddof=1) / np.sqrt(3), atol=1e-12
    )
    problems = tables["coverage_problems"]
    assert problems["problem_id"].to_list() == ["p0000", "p0002", "p0003"]
    assert problems["base_correct"].to_list() == [8, 4, 8]
    assert problems["base_n"].to_list() == [16, 8, 16]
    bins = tables["histogram"].filter(pl.col("model") == "base", pl.col("problems") > 0)
    assert dict(bins.select("label", "problems").iter_rows()) == {"[0.5, 0.6)": 3}


def test_names_and_order_of_unlike_rows_do_not_matter(arm):
    rng = np.random.default_rng(3)
    asked = pl.Series([f"q{i}" for i in rng.integers(0, 40, 120)])
    arms = [arm(m, rng.binomial(8, rng.beta(1, 1, 120)), 8, question=asked) for m in "bo"]
    order = pl.Series(rng.permutation(120))
    ids = pl.Series([f"x{i:03d}" for i in range(120)])
    other = [
        rows[order].with_columns(problem_id=ids, question=pl.lit("z") + pl.col("question"))
        for rows in arms
    ]
    one, two = (decide(difference_curve(pair_arms(*x, "c"), replicates=300)) for x in (arms, other))
    assert one == two


def test_rows_without_a_digest_stand_alone():
    rows = pl.DataFrame({"problem_id": list("abcde"), "question": ["x", None, "y", "x", None]})
    questions = Questions.of(rows)
    assert questions.index.tolist() == [0, 1, 2, 0, 3]
    assert questions.first.tolist() == [0, 1, 2, 4]
    assert questions.total(np.array([1, 2, 3, 4, 5])).tolist() == [5, 2, 3, 5]
    assert questions.mean(np.ones((5, 2))).tolist() == [[1.0, 1.0]] * 4
    assert Questions.of(rows.drop("question")).m == 5


@pytest.mark.parametrize("repeated", [False, True])
def test_units_of_profiles_give_what_the_questions_give(repeated):
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 5, (2, 500))
    index = np.unique(rng.integers(0, 90, 500), return_inverse=True)[1] if repeated else None
    rows = pl.DataFrame({"question": None if index is None else pl.Series(index).cast(pl.String)})
    if index is None:
        rows = pl.DataFrame({"question": [str(x) for x in range(500)]})
    cluster = rng.integers(0, 40, 500)
    plain = Questions.of(rows)
    one = Questions.of(rows.with_columns(cluster=pl.Series(cluster[plain.first][plain.index])))
    for questions in (plain, one):
        profiles = Profiles.of(counts, questions)
        values = rng.normal(size=(5, 5, 3))
        by_row = values[counts[0], counts[1]]
        by_profile = profiles.mean(values[profiles.counts[0], profiles.counts[1]])
        for made, known in zip(
            profiles.mean_and_se(by_profile), questions.mean_and_se(by_row), strict=True
        ):
            np.testing.assert_allclose(made, known, rtol=1e-9)
        assert profiles.units.shape == (questions.units, len(profiles.times))
        assert profiles.units.sum() == profiles.m == questions.m
    assert (plain.units, one.units) == (plain.m, len(np.unique(cluster[plain.first])))
    assert np.all(one.mean_and_se(by_row)[1] >= plain.mean_and_se(by_row)[1])


def test_neither_order_nor_names_of_clusters_matter():
    rng = np.random.default_rng(2)
    counts, cluster = rng.integers(0, 4, (2, 60)), rng.integers(0, 20, 60)
    order, names = rng.permutation(60), rng.permutation(20)
    made = [
        Profiles.of(c, Questions.of(pl.DataFrame({"cluster": g.astype(str)}))).content()
        for c, g in ((counts, cluster), (counts[:, order], names[cluster][order]))
    ]
    for one, two in zip(*made, strict=True):
        assert np.array_equal(one, two)


def test_one_id_for_two_questions_is_refused(arm):
    base = arm("base", [1, 2], 4, question=["a", "b"])
    other = arm("rl", [1, 2], 4, question=["a", "c"])
    with pytest.raises(InputError, match=r"1 of the 2 problem ids .* ask other questions .* p0001"):
        pair_arms(base, other, "c")
    assert pair_arms(base, other.drop("question"), "c").m == 2


def test_problems_of_a_cluster_are_not_independent(arm):
    base = arm(
        "base",
        [1, 2, 3, 4, 0, 1],
        4,
        question=["a", "a", "b", "c", "d", "e"],
        cluster=["x", "x", "x", "y", None, "z"],
    )
    pair = pair_arms(base, base.with_columns(model=pl.lit("rl")), "c")
    assert pair.notes() == ["6 problem ids are 5 questions, each counted once"]
    assert (pair.m, pair.questions.units) == (5, 4)


def test_one_id_in_two_clusters_is_refused(arm):
    # The base's would count, so that exchanging the arms would change every interval.
    base = arm("base", [1, 2, 3], 4, cluster=["a", "a", None])
    other = arm("rl", [1, 2, 3], 4, cluster=["a", "b", "c"])
    with pytest.raises(InputError, match=r"1 of the 3 .* other clusters .* p0001 in a and b"):
        pair_arms(base, other, "c")
