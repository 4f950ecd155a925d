"""Scores: counts against a plain recount, and every way in which inputs are not whole."""

import time
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary.errors import TableError
from boundary.scoring import score
from boundary.tables import ANSWERED_RIGHT

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def problems(*names):
    return pl.DataFrame({"benchmark": "b", "problem_id": list(names)})


def tables(rows):
    """Make samples and verdicts of (problem, index, answer, verdict, finish, tokens)."""
    columns = ["problem_id", "sample_index", "answer", "verdict", "finish_reason", "n_tokens"]
    kinds = [pl.String, pl.Int64, pl.String, pl.String, pl.String, pl.Int64]
    frame = pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")
    samples = frame.select(columns[:2] + columns[4:]).with_columns(
        **{name: pl.lit(value) for name, value in ARM.items()}, response=pl.lit("hello")
    )
    verdicts = frame.select(columns[:4]).with_columns(
        correct=pl.col("verdict") == "correct", grader=pl.lit("g"), detail=pl.lit(None)
    )
    return samples, verdicts


GRID = tables(
    [
        ("x", 0, "1", "wrong", "stop", 10),
        ("x", 1, "2", "correct", "stop", 20),
        ("x", 2, "2", "correct", "length", 60),
        ("y", 0, None, "no_answer", "length", 7),
        ("y", 1, "5", "timeout", "stop", 8),
        ("y", 2, None, "no_answer", "length", 9),
    ]
)


def refused(match, *args, **kwargs):
    with pytest.raises(TableError, match=match) as caught:
        score(*args, **kwargs)
    return str(caught.value)


def test_a_small_table_by_hand():
    found = score(problems("y", "x"), *GRID)
    entropy = np.log(3) - 2 / 3 * np.log(2)
    assert found.rows(named=True) == [
        {
            **ARM,
            **{"problem_id": "x", "n": 3, "correct": 2, "truncated": 1, "no_answer": 0},
            **{"distinct_answers": 2, "majority_correct": True, "mean_tokens": 30.0},
            **{"distinct_wrong_answers": 1, "answer_entropy": pytest.approx(entropy)},
            **{"truncated_wrong": 0, "timed_out": 0, "errored": 0, "truncated_no_answer": 0},
            "n_unset": 0,
        },
        {
            **ARM,
            **{"problem_id": "y", "n": 3, "correct": 0, "truncated": 2, "no_answer": 2},
            **{"distinct_answers": 1, "majority_correct": False, "mean_tokens": 8.0},
            **{"distinct_wrong_answers": 1, "answer_entropy": 0.0},
            **{"truncated_wrong": 2, "timed_out": 1, "errored": 0, "truncated_no_answer": 2},
            "n_unset": 0,
        },
    ]


ROW = st.tuples(
    st.sampled_from(["1", "2", "3", None]), st.sampled_from(["stop", "length"]), st.integers(0, 9)
)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(ROW, min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
def test_counts_equal_a_plain_recount(grid):
    rows = [
        (
            f"p{p}",
            i,
            answer,
            ("correct" if answer == "1" else "wrong") if answer else "no_answer",
            end,
            tokens,
        )
        for p, samples in enumerate(grid)
        for i, (answer, end, tokens) in enumerate(samples)
    ]
    samples, verdicts = tables(rows)
    shuffled = verdicts.sample(fraction=1, shuffle=True, seed=1)
    found = score(problems(*{row[0] for row in rows}), samples.reverse(), shuffled)
    for p, own in enumerate(grid):
        row = found.row(p, named=True)
        answers = [answer for answer, _, _ in own if answer]
        # Counter keeps the order of first sight, and most_common is stable.
        winner = Counter(answers).most_common(1)
        assert row["problem_id"] == f"p{p}"
        assert row["n"] == len(own)
        assert row["correct"] == answers.count("1")
        assert row["truncated"] == sum(end == "length" for _, end, _ in own)
        assert row["no_answer"] == len(own) - len(answers)
        assert row["distinct_answers"] == len(set(answers))
        assert row["majority_correct"] == (winner[:1] != [] and winner[0][0] == "1")
        assert row["mean_tokens"] == pytest.approx(np.mean([tokens for _, _, tokens in own]))


@pytest.mark.parametrize(("first", "right"), [("1", True), ("2", False)])
def test_a_tied_vote_goes_to_the_answer_that_came_first(first, right):
    second = "2" if first == "1" else "1"
    verdict = {"1": "correct", "2": "wrong"}
    rows = [
        ("x", i, answer, verdict[answer], "stop", 1)
        for i, answer in enumerate([first, second, second, first])
    ]
    samples, verdicts = tables(rows[::-1])
    assert score(problems("x"), samples, verdicts)["majority_correct"].to_list() == [right]


def test_without_any_answer_the_vote_is_lost_and_not_unknown():
    samples, verdicts = tables([("x", i, None, "no_answer", "length", 5) for i in range(4)])
    found = score(problems("x"), samples, verdicts).row(0, named=True)
    assert found["distinct_answers"] == 0
    assert found["majority_correct"] is False


def test_a_grader_without_answers_leaves_the_vote_unknown():
    verdict = ["correct", "wrong", "timeout"]
    samples, verdicts = tables([("x", i, None, verdict[i], "stop", 5) for i in range(3)])
    found = score(problems("x"), samples, verdicts).row(0, named=True)
    assert found["correct"] == 1
    assert found["distinct_answers"] is None
    assert found["majority_correct"] is None


def test_optional_verdicts_are_counted_where_known():
    samples, verdicts = GRID
    assert "chain_correct" not in score(problems("x", "y"), samples, verdicts).columns
    known = pl.Series("chain_correct", [False, True, False, None, None, None])
    found = score(problems("x", "y"), samples, verdicts.with_columns(known))
    assert found["chain_correct"].to_list() == [1, None]
    assert "correct_lenient" not in found.columns


def test_what_was_cut_or_not_graded_is_counted_once():
    rows = [
        ("x", 0, None, "timeout", "length", 5),
        ("x", 1, None, "resource", "stop", 5),
        ("x", 2, None, "error", "stop", 5),
        ("x", 3, None, "error", "length", 5),
        ("x", 4, "1", "correct", "length", 5),
        ("x", 5, None, None, "error", 5),
    ]
    samples, verdicts = tables(rows)
    counted = score(problems("x"), samples, verdicts.filter(pl.col("verdict").is_not_null()))
    assert (
        counted.row(0, named=True).items()
        >= {
            "truncated": 3,
            "truncated_wrong": 2,
            "timed_out": 1,
            "errored": 1,
            "truncated_no_answer": 0,
            "n_unset": 1,
        }.items()
    )
    silent = samples.with_columns(finish_reason=pl.lit(None, dtype=pl.String))
    told = score(problems("x"), silent, tables([(*row[:3], "error", *row[4:]) for row in rows])[1])
    row = told.row(0, named=True)
    assert [row[name] for name in ("truncated", "truncated_wrong", "truncated_no_answer")] == 3 * [
        None
    ]
    assert row["errored"] == 6


def test_answers_are_counted_by_the_first_rule_that_reads_them():
    samples, verdicts = GRID
    forms = ["box", "answer mark", "bold", None, "box", None]
    counted = score(problems("x", "y"), samples, verdicts.with_columns(extraction=pl.Series(forms)))
    assert counted.select("answered_boxed", "answered_declared").rows() == [(1, 1), (1, 0)]
    assert counted.select(*ANSWERED_RIGHT).rows() == [(0, 1), (0, 0)]
    of_programs = verdicts.with_columns(
        answer=pl.lit(None, dtype=pl.String), extraction=pl.lit("whole response")
    )
    assert "answered_boxed" not in score(problems("x", "y"), samples, of_programs).columns


def test_an_empty_box_is_no_answer():
    samples, verdicts = GRID
    forms = ["box", "answer mark", "bold", "box", "box", None]
    counted = score(problems("x", "y"), samples, verdicts.with_columns(extraction=pl.Series(forms)))
    assert counted.select("answered_boxed", "no_answer").rows() == [(1, 0), (1, 2)]


def test_different_right_responses_are_counted():
    samples, verdicts = GRID
    marked = samples.with_columns(fingerprint=pl.Series([1, 2, 2, 3, 4, 4]), empty=pl.lit(False))
    counted = score(problems("x", "y"), marked, verdicts)
    assert counted["distinct_responses"].to_list() == [2, 2]
    assert counted["distinct_correct_responses"].to_list() == [1, 0]


def test_short_metadata_become_strata():
    samples, verdicts = GRID
    asked = problems("x", "y").with_columns(
        question=pl.col("problem_id"),
        answer=pl.lit("2"),
        kind=pl.lit("math"),
        metadata=pl.Series(
            [
                '{"family": "p", "level": 3.0, "solution": "' + "a" * 99 + '", "cluster": "c"}',
                '{"choices": ["a"], "easy": true, "share": 0.5, "no": null, "blank": " "}',
            ]
        ),
    )
    assert score(asked, samples, verdicts)["strata"].to_list() == [
        '{"family":"p","level":"3"}',
        '{"easy":"yes","share":"0.5"}',
    ]


UNSET = [
    ("x", 0, "1", "correct", "stop", 10),
    ("x", 1, None, None, "error", 900),
    ("x", 2, "2", "wrong", "length", 30),
    ("y", 0, None, None, "error", 900),
    ("y", 1, None, None, "error", 0),
    ("y", 2, None, None, "error", 0),
    ("z", 0, None, None, "error", 5),
    ("z", 1, None, "no_answer", "stop", 6),
    ("z", 2, None, "no_answer", "length", 8),
]


@pytest.mark.parametrize("judged", [False, True])
def test_a_response_without_outcome_counts_as_failed_and_in_a_column_of_its_own(judged):
    """Older tables hold verdicts of such responses, which are not read."""
    samples, verdicts = tables(UNSET)
    invented = {"verdict": "correct", "answer": "1", "correct": True}
    verdicts = verdicts.with_columns(
        pl.when(pl.col("verdict").is_null()).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in invented.items()
    ).with_columns(correct_agreed=pl.col("correct"))
    if not judged:
        verdicts = verdicts.filter(samples["finish_reason"] != "error")
    samples = samples.with_columns(
        fingerprint=pl.Series([1, 2, 3, 4, 4, 4, 5, 6, 6], dtype=pl.UInt64),
        empty=pl.Series([False] * 3 + [True] * 4 + [False] * 2),
    )
    found = score(problems("x", "y", "z"), samples, verdicts, n=3)
    wanted = {
        "n": [3, 3, 3],
        "n_unset": [1, 3, 1],
        "correct": [1, 0, 0],
        "correct_agreed": [1, 0, 0],
        "truncated": [1, 0, 1],
        "no_answer": [0, 0, 2],
        "distinct_answers": [2, 0, 0],
        "majority_correct": [True, False, False],
        "mean_tokens": [20.0, None, 7.0],
        "empty": [0, 0, 0],
        "distinct_responses": [2, 0, 1],
    }
    assert found.select(*wanted).to_dict(as_series=False) == wanted


def test_what_has_an_outcome_needs_a_verdict_still():
    samples, verdicts = tables(UNSET)
    refused(
        "1 sample.s. have no verdict: problem x, sample 0",
        problems("x", "y", "z"),
        samples,
        verdicts.filter(pl.col("verdict").is_not_null())[1:],
    )


def test_what_was_tried_against_the_verifier_is_counted():
    samples, verdicts = GRID
    told = verdicts.with_columns(
        verdict=pl.Series(["wrong", "correct", "correct", "violation", "violation", "wrong"]),
        breach=pl.Series([None, None, None, "forged-record", "killed-parent", None]),
        tricks=pl.Series([None, "exit", None, "exit,frames", None, None]),
        sandbox=pl.Series(["reduced", "bubblewrap", None, None, None, None]),
        correct_agreed=pl.Series([False, True, False, None, None, None]),
        correct_boxed=pl.Series([False, True, True, False, False, None]),
    )
    found = score(problems("x", "y"), samples, told)
    wanted = ("violations", "tricked", "reduced", "correct_agreed", "correct_boxed")
    assert found.select(wanted).rows() == [(0, 1, 1, 1, 2), (2, 1, 0, None, 0)]
    plain = score(problems("x", "y"), samples, verdicts)
    assert set(wanted).isdisjoint(plain.columns)


def test_empty_and_distinct_responses_are_counted_where_known():
    samples, verdicts = GRID
    plain = score(problems("x", "y"), samples, verdicts)
    assert {"empty", "distinct_responses"}.isdisjoint(plain.columns)
    known = samples.with_columns(
        fingerprint=pl.Series([7, 7, 8, 7, 7, 7], dtype=pl.UInt64),
        empty=pl.Series([False, False, True, False, False, False]),
    )
    found = score(problems("x", "y"), known, verdicts)
    assert found.select("empty", "distinct_responses").rows() == [(1, 2), (0, 1)]
    assert found.drop("empty", "distinct_responses", "distinct_correct_responses").equals(plain)


def test_other_benchmarks_among_the_problems_are_ignored():
    more = pl.concat([problems("x", "y"), pl.DataFrame({"benchmark": "c", "problem_id": ["x"]})])
    assert score(more, *GRID).height == 2


def test_n_is_inferred_or_required():
    assert score(problems("x", "y"), *GRID, n=3)["n"].to_list() == [3, 3]
    text = refused("sample indices 0 to 3: x, y", problems("x", "y"), *GRID, n=4)
    assert "Problem x lacks 3." in text
    text = refused("sample indices 0 to 1", problems("x", "y"), *GRID, n=2)
    assert "Problem x has beyond them 2." in text


def test_unequal_counts_are_refused_and_the_odd_one_named():
    samples, verdicts = GRID
    rows = ~((pl.col("problem_id") == "y") & (pl.col("sample_index") == 2))
    three = tables([("z", i, "1", "wrong", "stop", 1) for i in range(3)])
    samples = pl.concat([samples.filter(rows), three[0]])
    verdicts = pl.concat([verdicts.filter(rows), three[1]])
    refused("from 2 to 3 samples: y has 2", problems("x", "y", "z"), samples, verdicts)


def test_a_gap_is_refused_though_the_count_is_right():
    samples, verdicts = (
        frame.with_columns(
            pl.when((pl.col("problem_id") == "y") & (pl.col("sample_index") == 1))
            .then(7)
            .otherwise("sample_index")
            .alias("sample_index")
        )
        for frame in GRID
    )
    text = refused("1 problem.* sample indices 0 to 2: y", problems("x", "y"), samples, verdicts)
    assert "Problem y lacks 1 and has beyond them 7." in text


def test_doubled_samples_and_verdicts_are_named():
    samples, verdicts = GRID
    refused(
        "samples hold rows more than once: problem x, sample 0",
        problems("x", "y"),
        pl.concat([samples, samples[:1]]),
        verdicts,
    )
    refused(
        "verdicts hold rows more than once: problem y, sample 2",
        problems("x", "y"),
        samples,
        pl.concat([verdicts, verdicts[-1:]]),
    )


def test_a_sample_without_verdict_and_a_verdict_without_sample_are_named():
    samples, verdicts = GRID
    refused(
        "1 sample.* no verdict: problem x, sample 1",
        problems("x", "y"),
        samples,
        verdicts.filter(~((pl.col("problem_id") == "x") & (pl.col("sample_index") == 1))),
    )
    more = pl.concat([verdicts, verdicts[:1].with_columns(sample_index=pl.lit(9, dtype=pl.Int64))])
    refused("1 verdict.* no sample: problem x, sample 9", problems("x", "y"), samples, more)


def test_missing_and_foreign_problems_are_named():
    text = refused("of the 9 problems of b have no sample", problems("x", "y", *"abcdefg"), *GRID)
    assert "a, b, c, d, e and 2 more" in text
    refused("not in benchmark b: y", problems("x"), *GRID)
    other = pl.DataFrame({"benchmark": "c", "problem_id": ["x"]})
    refused("has no problem .it has: c", other, *GRID)


def test_no_samples_and_several_arms_are_refused():
    samples, verdicts = GRID
    refused("no samples", problems("x", "y"), samples.clear(), verdicts)
    both = pl.concat([samples, samples.with_columns(protocol=pl.lit("q"))])
    refused("mix 2 .*m, b, p; m, b, q.* Score each separately", problems("x", "y"), both, verdicts)


def test_a_million_samples_take_seconds():
    count, n = 2000, 512
    rng = np.random.default_rng(0)
    answer = rng.integers(0, 30, count * n)
    keys = {
        "problem_id": np.repeat([f"p{i:05d}" for i in range(count)], n),
        "sample_index": np.tile(np.arange(n), count),
    }
    samples = pl.DataFrame(keys).with_columns(
        **{name: pl.lit(value) for name, value in ARM.items()},
        n_tokens=pl.lit(1),
        finish_reason=pl.lit("stop"),
    )
    verdicts = pl.DataFrame({**keys, "answer": answer.astype(str), "correct": answer == 0})
    verdicts = verdicts.with_columns(
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong"))
    )
    names = samples.select("benchmark", "problem_id").unique()
    start = time.perf_counter()
    found = score(names, samples, verdicts)
    assert time.perf_counter() - start < 30
    assert found["correct"].sum() == (answer == 0).sum()


def test_rounds_of_correct_samples_are_kept_where_all_tell():
    samples, verdicts = GRID
    rounds = [4, 7, 2, 1, None, 3]
    told = samples.with_columns(rounds=pl.Series(rounds), cost=pl.lit(None, dtype=pl.Float64))
    scored = score(problems("x", "y"), told, verdicts)
    assert scored["rounds_of_correct"].to_list() == [[2, 7], []]
    assert "cost_of_correct" not in scored.columns
    rounds[1] = None
    silent = score(problems("x", "y"), told.with_columns(rounds=pl.Series(rounds)), verdicts)
    assert silent.columns == score(problems("x", "y"), samples, verdicts).columns
