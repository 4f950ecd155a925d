"""Responses within a nucleus: shares by hand, undecided tokens, the yardstick and the check."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.reachability import compute, reachability, section
from boundary.analyses.reachability.tables import REACHABILITY
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.errors import TableError
from boundary.figures import theme
from boundary.tables import check

LISTS = {
    "temperatures": pl.List(pl.Float64),
    "top_ps": pl.List(pl.Float64),
    **dict.fromkeys(("outside_tokens", "undecided_tokens", "first_outside"), pl.List(pl.Int64)),
}
SAMPLERS = [(1.0, 1.0), (0.6, 0.95)]


def of_last(value, others, samplers):
    """Return a list of all samplers, the value at the last."""
    return [*[others] * (len(samplers) - 1), value] if samplers else []


def likelihoods(rows, samplers=SAMPLERS):
    """Return LIKELIHOODS from (scorer, source, problem, correct, tokens, [(out, open, first)])."""
    made = [
        {
            "scorer": scorer,
            "source_model": source,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": problem,
            "sample_index": index,
            "n_tokens": tokens,
            "correct": correct,
            "temperatures": [t for t, _ in samplers],
            "top_ps": [p for _, p in samplers],
            "outside_tokens": of_last(outside, 0, samplers),
            "undecided_tokens": of_last(undecided, 0, samplers),
            "first_outside": of_last(first, None, samplers),
        }
        for index, (scorer, source, problem, correct, tokens, (outside, undecided, first)) in (
            enumerate(rows)
        )
    ]
    return pl.DataFrame(made, schema_overrides={**LISTS, "correct": pl.Boolean})


def table(rows, samplers=SAMPLERS, **sampler):
    made = compute.reachability_table(likelihoods(rows, samplers), **sampler)
    return check(made, REACHABILITY, "test")


def first(frame, **where):
    return frame.filter(**where).row(0, named=True)


INSIDE = (0, 0, None)
STUDY = [
    ("base", "base", "a", True, 4, INSIDE),
    ("base", "base", "a", True, 10, (2, 0, 6)),
    ("base", "base", "a", False, 10, (1, 0, 2)),
    ("base", "base", "b", False, 4, INSIDE),
    ("base", "rl", "a", True, 5, INSIDE),
    ("base", "rl", "b", True, 5, INSIDE),
    ("rl", "base", "a", True, 4, (1, 0, 0)),
    ("rl", "base", "b", True, 5, (3, 1, 1)),
    ("rl", "rl", "a", True, 5, INSIDE),
]


def test_shares_by_hand():
    """Of problem a one of three lies within, of b the one: each problem weighs a half."""
    got = first(table(STUDY), scorer="base", source_model="base", responses="all")
    assert (got["temperature"], got["top_p"]) == (0.6, 0.95)
    assert (got["n_responses"], got["n_outside"], got["n_problems"]) == (4, 2, 2)
    assert got["reachable"] == got["reachable_at_most"] == pytest.approx((1 / 3 + 1) / 2)
    assert 0 < got["reachable_low"] < 2 / 3 < got["reachable_high"] <= 1
    assert got["tokens_inside"] == pytest.approx(((1 + 0.8 + 0.9) / 3 + 1) / 2)
    assert got["mean_tokens"] == pytest.approx((8 + 4) / 2)
    assert got["median_before_outside"] == 2


def test_both_directions_stand_beside_the_scorers_own():
    made = table(STUDY)
    new = first(made, scorer="base", source_model="rl", responses="correct")
    assert (new["reachable"], new["median_before_outside"]) == (1.0, None)
    assert new["reachable_high"] == 1 and new["reachable_low"] == pytest.approx(0.025**0.5)
    assert new["yardstick_reachable"] == pytest.approx(2 / 3)
    pruned = first(made, scorer="rl", source_model="base", responses="correct")
    assert (pruned["reachable"], pruned["yardstick_reachable"]) == (0.0, 1.0)
    assert pruned["yardstick_tokens_inside"] == 1.0
    assert pruned["median_before_outside"] == 0


def test_a_scorer_without_responses_of_its_own_has_no_yardstick():
    got = table([("base", "rl", "a", True, 5, INSIDE)]).row(0, named=True)
    assert (got["yardstick_reachable"], got["yardstick_tokens_inside"]) == (None, None)
    assert (got["reachable_low"], got["reachable_high"]) == (0.0, 1.0), "one problem says nothing"


def test_what_is_undecided_lies_between():
    rows = [
        *[("base", "base", problem, None, 10, (0, 1, None)) for problem in "ab"],
        *[("base", "base", problem, None, 10, INSIDE) for problem in "cdefgh"],
        *[("base", "base", problem, None, 10, (1, 2, 4)) for problem in "ij"],
    ]
    made = table(rows)
    assert made["responses"].to_list() == ["all"]
    got = made.row(0, named=True)
    assert (got["n_outside"], got["n_undecided"]) == (2, 2)
    assert (got["reachable"], got["reachable_at_most"]) == pytest.approx((0.6, 0.8))
    assert got["tokens_inside"] == pytest.approx((2 * 0.9 + 6 + 2 * 0.7) / 10)
    assert got["tokens_inside_at_most"] == pytest.approx((8 + 2 * 0.9) / 10)
    # Clopper and Pearson's for 6 and for 8 of 10.
    assert got["reachable_low"] == pytest.approx(0.26238, abs=5e-6)
    assert got["reachable_high"] == pytest.approx(0.97479, abs=5e-6)


def test_samplers_that_cut_nothing_off_and_empty_responses_have_no_row():
    whole = [("base", "base", "a", True, 4, INSIDE)]
    assert table(whole, [(1.0, 1.0)]).is_empty()
    assert table(whole, [(0.6, 1.0)]).is_empty()
    assert table(whole, []).is_empty()
    assert table(whole, [(0.0, 1.0)]).height == 2, "greedy leaves one token"
    assert table([("base", "base", "a", True, 0, INSIDE)]).is_empty()


def test_each_sampler_has_rows_of_its_own():
    made = table(STUDY[:2], [(1.0, 0.95), (0.6, 0.95)], temperature=0.6, top_p=0.95)
    shares = made.filter(responses="all").sort("temperature")
    assert shares.select("temperature", "reachable", "drew_responses").rows() == [
        (0.6, 0.5, True),
        (1.0, 1.0, False),
    ]


def test_the_order_of_rows_changes_nothing():
    frames = likelihoods(STUDY), likelihoods(STUDY).reverse()
    inputs = [LikelihoodInputs(frame, 100, 0.95, 0.6, 0.95) for frame in frames]
    one, two = (finished("reachability", [compute.compute(x, Options())]) for x in inputs)
    assert one["reachability"].equals(two["reachability"])


def test_tables_of_an_earlier_version_are_refused_by_name():
    with pytest.raises(TableError, match=r"forcerun score_responses.*reachability: false"):
        compute.reachability_table(likelihoods(STUDY).drop(*LISTS))


def checks(rows, **sampler):
    return section.checks({"reachability": table(rows, **sampler)}, 0.95)


def test_own_responses_out_of_reach_of_their_own_sampler_are_a_warning():
    sampler = {"temperature": 0.6, "top_p": 0.95}
    (base, other) = checks(STUDY, **sampler)
    assert base[0] == "warning" and "2 of its 4 scored responses hold a token outside" in base[1]
    assert other[0] == "same" and "1 of its 1 scored responses lie within" in other[1]
    assert checks(STUDY) == checks(STUDY, temperature=1.0, top_p=1.0) == []
    assert section.checks({}, 0.95) == []


def test_undecided_responses_are_no_warning():
    rows = [("base", "base", "a", True, 9, INSIDE), ("base", "base", "b", True, 9, (0, 3, None))]
    ((tag, words),) = checks(rows, temperature=0.6, top_p=0.95)
    assert tag == "same"
    assert "1 of its 2 scored responses lie within" in words and "(1 are undecided)" in words


def drawn(made):
    styles = {name: theme.Style("#000000", "circle") for name in ("base", "rl")}
    chart = reachability.build(
        {"reachability": made}, theme.Study("s", styles, 0.95, by_protocol=False), None
    )
    return chart.to_dict()


def cells(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


def test_the_figure_is_a_matrix_with_the_yardstick_first():
    spec = drawn(table(STUDY))
    (panel,) = spec["concat"]
    axis = panel["layer"][0]["encoding"]
    assert axis["x"]["sort"] == ["base", "rl"]
    assert axis["y"]["sort"][0] == "the scorer's own, all"
    by_place = {(row["row"].partition(" (")[0], row["scored_by"]): row for row in cells(spec)}
    assert by_place["the scorer's own, all", "base"]["share"] == "0.667"
    assert by_place["base, correct", "rl"]["share"] == "0.000"
    assert by_place["rl, correct", "base"]["interval"] == "[0.158, 1.000]"
    assert len({row["row"] for row in cells(spec)}) == 4, "a row has one label under all scorers"
    assert "Flagged" not in " ".join(spec["title"]["subtitle"])


def test_the_figure_shows_what_is_undecided_as_a_range():
    rows = [("base", "base", "a", None, 9, INSIDE), ("base", "base", "b", None, 9, (0, 3, None))]
    spec = drawn(table(rows))
    assert {row["share"] for row in cells(spec)} == {"0.500–1.000"}
    assert "Flagged: 1 times" in " ".join(spec["title"]["subtitle"])


def test_the_page_shows_a_range_and_the_yardstick():
    rows = [("base", "base", "a", None, 9, INSIDE), ("base", "base", "b", None, 9, (0, 3, None))]
    shown = section.reachability(table(rows))
    got = dict(zip(shown.header, shown.rows[0], strict=True))
    assert (got["reachable"], got["scorer's own"]) == ("50.0 %–100.0 %", "50.0 %")
    assert got["tokens within"] == "83.3 %–100.0 %"
