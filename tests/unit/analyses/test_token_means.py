"""Means over tokens and over problems by hand, with and without entropies."""

from __future__ import annotations

import math

import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.token_means import compute, section, token_means
from boundary.analyses.token_means.tables import TOKEN_MEANS
from boundary.errors import TableError
from boundary.figures import theme
from boundary.tables import check


def likelihoods(rows, scorer="base", source="rl"):
    """Return LIKELIHOODS from (problem, tokens, logprob, top logprob, entropy, hits, correct)."""
    names = ("problem_id", "n_tokens", "logprob_sum", "top_logprob_sum", "entropy_sum")
    arm = {"scorer": scorer, "source_model": source, "benchmark": "b", "protocol": "p"}
    made = [
        arm | {"sample_index": i} | dict(zip((*names, "top_tokens", "correct"), row, strict=True))
        for i, row in enumerate(rows)
    ]
    return pl.DataFrame(made, schema_overrides={"entropy_sum": pl.Float64, "correct": pl.Boolean})


#: Problem a has 30 tokens in two responses, b has 10 in one.
ROWS = [
    ("a", 10, -8.0, -2.0, 7.0, 6, True),
    ("a", 20, -4.0, -4.0, 5.0, 20, False),
    ("b", 10, -1.0, -0.5, 2.0, 9, True),
]


def table(frame, **settings):
    made = compute.token_means_table(frame, replicates=500, **settings)
    return check(made, TOKEN_MEANS, "test")


def row(frame, unit="problems", responses="all"):
    return frame.row(
        by_predicate=(pl.col("unit") == unit) & (pl.col("responses") == responses), named=True
    )


def test_over_tokens_by_hand():
    got = row(table(likelihoods(ROWS)), "tokens")
    assert (got["n_responses"], got["n_problems"], got["n_tokens"]) == (3, 2, 40)
    assert got["sampled"] == pytest.approx(-13 / 40)
    assert got["likeliest"] == pytest.approx(-6.5 / 40)
    assert got["expected"] == pytest.approx(-14 / 40)
    assert got["share_likeliest"] == pytest.approx(35 / 40)
    # Either problem alone, each drawn twice in a quarter of the replicates.
    assert (got["sampled_low"], got["sampled_high"]) == pytest.approx((-12 / 30, -1 / 10))


def test_over_problems_each_weighs_the_same():
    got = row(table(likelihoods(ROWS)))
    assert got["sampled"] == pytest.approx((-12 / 30 - 1 / 10) / 2)
    assert got["likeliest"] == pytest.approx((-6 / 30 - 0.5 / 10) / 2)
    assert got["expected"] == pytest.approx((-12 / 30 - 2 / 10) / 2)
    assert (got["expected_low"], got["expected_high"]) == pytest.approx((-0.4, -0.2))
    assert got["share_likeliest"] == pytest.approx((26 / 30 + 9 / 10) / 2)
    assert got["share_likeliest_low"] < 0.867 and 0.9 < got["share_likeliest_high"] <= 1


def test_classes_and_one_problem_without_an_interval():
    made = table(likelihoods(ROWS))
    assert row(made, "tokens", "correct")["sampled"] == pytest.approx(-9 / 20)
    wrong = row(made, responses="wrong")
    assert (wrong["sampled"], wrong["sampled_low"]) == (pytest.approx(-0.2), None)
    assert (wrong["share_likeliest"], wrong["share_likeliest_low"]) == (1.0, 0.0)


def test_tokens_that_are_all_the_likeliest_leave_the_share_open():
    rows = [(problem, 5, -1.0, -1.0, 2.0, 5, None) for problem in "abcdef"]
    for unit in ("tokens", "problems"):
        got = row(table(likelihoods(rows)), unit)
        assert (got["share_likeliest"], got["share_likeliest_high"]) == (1.0, 1.0)
        assert got["share_likeliest_low"] == pytest.approx(0.025 ** (1 / 6))


def test_without_entropies_the_rest_stands():
    rows = [(*ROWS[0][:4], None, *ROWS[0][5:]), *ROWS[1:]]
    got = row(table(likelihoods(rows)), "tokens")
    assert (got["expected"], got["expected_low"]) == (None, None)
    assert got["sampled"] == pytest.approx(-13 / 40)
    assert got["share_likeliest"] == pytest.approx(35 / 40)


def test_what_the_scorer_cannot_produce_is_counted_and_left_out():
    impossible = ("c", 10, -math.inf, -3.0, 4.0, 2, True)
    empty = ("d", 0, 0.0, 0.0, 0.0, 0, False)
    got = row(table(likelihoods([*ROWS, impossible, empty])), "tokens")
    assert (got["n_responses"], got["n_impossible"], got["n_problems"]) == (4, 1, 2)
    assert got["likeliest"] == pytest.approx(-6.5 / 40)
    alone = row(table(likelihoods([impossible])))
    assert (alone["n_impossible"], alone["n_tokens"], alone["sampled"]) == (1, 0, None)


def test_the_order_of_rows_changes_nothing():
    frame = likelihoods(ROWS)
    inputs = [LikelihoodInputs(x, 100, 0.95, 1.0, 1.0) for x in (frame, frame.reverse())]
    one, two = (finished("token_means", [compute.compute(x, Options())]) for x in inputs)
    assert one["token_means"].equals(two["token_means"])


def test_tables_of_an_earlier_version_are_refused_by_name():
    with pytest.raises(TableError, match=r"forcerun score_responses.*token_means: false"):
        compute.token_means_table(likelihoods(ROWS).drop("top_tokens", "top_logprob_sum"))


def drawn(made):
    styles = {name: theme.Style("#000000", "circle") for name in ("base", "rl")}
    chart = token_means.build(
        {"token_means": made}, theme.Study("s", styles, 0.95, by_protocol=False), None
    )
    return chart.to_dict()


def marks(spec):
    return {
        (line["row"], line["mark"]): line["mean"]
        for lines in spec["datasets"].values()
        for line in lines
    }


def test_the_figure_has_three_marks_a_row():
    spec = drawn(table(likelihoods(ROWS)))
    shown = marks(spec)
    assert len(shown) == 6 and "Flagged" not in " ".join(spec["title"]["subtitle"])
    assert shown["rl, correct (M = 2, n = 2)", "expected, −H"] == pytest.approx(-0.45)
    assert shown["rl, wrong (M = 1, n = 1)", "likeliest token"] == pytest.approx(-0.2)


def test_the_figure_flags_what_it_lacks():
    rows = [(*row[:4], None, *row[5:]) for row in ROWS] + [("c", 9, -math.inf, -3.0, None, 2, True)]
    spec = drawn(table(likelihoods(rows)))
    words = " ".join(spec["title"]["subtitle"])
    assert "no diamond" in words and "1 responses that the scorer cannot produce" in words
    assert len(marks(spec)) == 4
    none = drawn(table(likelihoods(rows[-1:])))
    assert "nothing to draw" in " ".join(none["mark"]["text"])


def test_the_page_shows_problems_and_the_csv_the_rest():
    shown = section.token_means(table(likelihoods(ROWS)))
    assert (len(shown.rows), shown.hidden) == (3, 3)
    cells = dict(zip(shown.header, shown.rows[0], strict=True))
    assert (cells["M"], cells["sampled"], cells["expected (−H)"]) == ("2", "−0.25", "−0.3")
