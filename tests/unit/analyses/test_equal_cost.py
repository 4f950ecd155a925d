"""Equal costs against exact orders, pairs of known crossings, and files that tell no tokens."""

import math
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from boundary.analyses.equal_cost import CostOptions
from boundary.analyses.equal_cost.compute import Costs, combine, compute, length_caps
from boundary.analyses.equal_cost.equal_cost import crossing_lines
from boundary.analyses.equal_cost.orders import ORDERS, first_costs
from boundary.analyses.equal_cost.section import SUMMARIES, checks
from boundary.analyses.equal_cost.tables import COST_CROSSINGS, EQUAL_COST, LENGTH_CAPS
from boundary.errors import InputError
from boundary.figures import theme
from boundary.jobs.reading import ArmTables
from boundary.tables import check


def job(*comparisons, arms=()):
    pairs = [
        {"comparison": f"{o} vs {b}", "base": b, "other": o, "benchmark": "b", "protocol": "p"}
        for b, o in comparisons
    ]
    return ArmTables.model_validate({"arms": [], "confidence": 0.95, "comparisons": pairs})


class Arm:
    """An arm of lengths in memory; each sample is its tokens, negative where it is wrong."""

    def __init__(self, model, samples, min_n=None, **more):
        self._more = {name: pl.Series(name, values) for name, values in more.items()}
        self.labels = {"model": model, "benchmark": "b", "protocol": "p"}
        self.confidence, self.min_n = 0.95, min_n
        rows = [
            (f"{name:03}", index, abs(each) if each is not None else None, (each or 0) > 0)
            for name, row in enumerate(samples)
            for index, each in enumerate(row)
        ]
        names = {"problem_id": str, "sample_index": int, "n_tokens": int, "correct": bool}
        self._rows = pl.DataFrame(rows, schema=names, orient="row")

    def lengths(self, more=()):
        return self._rows.with_columns(self._more[name] for name in more if name in self._more)

    def asked(self):
        return None


@pytest.mark.parametrize("samples", [[[-1] * 4] + [[500, -700, 900, -300]] * 9, [[0] * 4] * 3])
def test_little_is_said_where_a_problem_costs_next_to_nothing(samples):
    """Its samples are spent before a right one ends anywhere, or all of them are empty."""
    made = combine([costs("b", samples), costs("o", samples)], job(("b", "o")))
    crossing = check(made["cost_crossings"], COST_CROSSINGS, "test").row(0, named=True)
    assert crossing["crossing"] is None and crossing["diff"] == 0
    assert check(made["equal_cost"], EQUAL_COST, "test")["solved"].max() == 0


def costs(model, samples, options=None):
    made = compute(Arm(model, samples), options or CostOptions())
    assert made is not None
    return made


def test_first_costs_are_those_of_random_orders():
    """The mean over all 120 orders of five samples, within what so many orders can tell."""
    tokens, correct = np.array([3, 5, 7, 11, 13]), np.array([False, True, False, True, False])

    def cost(order):
        paid = 0
        for place in order:
            paid += tokens[place]
            if correct[place]:
                return paid
        raise AssertionError

    every = [cost(order) for order in permutations(range(5))]
    drawn = np.concatenate([first_costs(f"{i}", tokens, correct) for i in range(200)])
    assert len(drawn) == 200 * ORDERS
    error = np.std(every) / math.sqrt(len(drawn))
    assert drawn.mean() == pytest.approx(np.mean(every), abs=4 * error)
    for budget in (5, 8, 15, 20):
        share = np.mean(np.array(every) <= budget)
        assert (drawn <= budget).mean() == pytest.approx(share, abs=4 * 0.5 / math.sqrt(len(drawn)))


def test_equal_lengths_cost_what_so_many_samples_cost():
    """At 10 tokens a sample a budget of 10 k solves as much as k samples: pass@k."""
    made = costs("m", [[10, 10, -10, -10, -10, -10, -10, -10]] * 400)
    for k in (1, 2, 4):
        solved = made.solved("tokens", np.array([10.0 * k])).mean()
        exact = 1 - math.comb(6, k) / math.comb(8, k)
        assert solved == pytest.approx(exact, abs=4 * 0.5 / math.sqrt(400 * ORDERS))


def test_a_response_costs_all_tokens_that_were_drawn_for_it():
    """Proposals of a sampler are paid for; how long responses are does not change with them."""
    samples, drawn = [[10, -10, 20, -10]] * 3, [60, 61, 130, 59] * 3
    made = compute(Arm("m", samples, tokens_drawn=drawn), CostOptions())
    assert made.total.tolist() == [310.0] * 3
    assert made.first.min() == 60
    assert made.caps.equals(costs("m", samples).caps)


def test_none_right_is_never_solved_and_all_right_costs_one():
    assert np.isinf(first_costs("x", np.array([4, 4]), np.array([False, False]))).all()
    assert set(first_costs("x", np.array([4, 6]), np.array([True, True]))) == {4.0, 6.0}


def test_order_and_names_of_samples_do_not_matter_but_the_problem_does():
    tokens, correct = np.array([3, 5, 7, 11]), np.array([False, True, False, True])
    one = first_costs("x", tokens, correct)
    np.testing.assert_array_equal(one, first_costs("x", tokens[::-1], correct[::-1]))
    assert (one != first_costs("y", tokens, correct)).any()


def test_the_base_overtakes_where_its_longer_search_pays():
    """The other solves half of the problems by every sample; the base 2 of 32 times each.

    1 − C(30, k)/C(32, k) is one half between 9 and 10 samples of ten tokens.
    """
    base = costs("base", [[10] * 2 + [-10] * 30] * 60)
    other = costs("rl", [[10] * 32] * 30 + [[-10] * 32] * 30)
    tables = combine([base, other], job(("base", "rl")))
    row = check(tables["cost_crossings"], COST_CROSSINGS, "table").row(0, named=True)
    assert row["crossing_low"] < row["crossing"] < row["crossing_high"]
    assert row["crossing"] == pytest.approx(98, rel=0.12)
    turned = combine([base, other], job(("rl", "base")))["cost_crossings"].row(0, named=True)
    assert turned["crossing"] is None
    assert turned["diff"] == pytest.approx(-row["diff"])
    check(tables["equal_cost"], EQUAL_COST, "table")
    flagged = tables["equal_cost"].filter("flagged")
    assert flagged["budget"].min() > 160  # half of 320 tokens


def test_prices_move_the_crossing_and_must_name_each_model():
    prices = CostOptions(prices={"base": 1.0, "rl": 2.0})
    arms = [
        costs("base", [[10] * 2 + [-10] * 30] * 60, prices),
        costs("rl", [[10] * 32] * 30 + [[-10] * 32] * 30, prices),
    ]
    table = combine(arms, job(("base", "rl")))["cost_crossings"]
    assert table["unit"].to_list() == ["tokens", "price"]
    assert table["crossing"][1] == pytest.approx(98e-6, rel=0.12)
    with pytest.raises(InputError, match="prices: has no number for rl"):
        compute(Arm("rl", [[1]]), CostOptions(prices={"base": 1.0}))
    with pytest.raises(InputError, match="seconds: has no number for rl"):
        compute(Arm("rl", [[1]]), CostOptions(seconds={}))


def test_files_that_tell_no_tokens_give_no_rows():
    assert compute(Arm("m", [[None, 3]]), CostOptions()) is None
    assert combine([None], job()) == {}


def test_the_page_names_models_that_are_left_out():
    passk = pl.DataFrame({"model": ["m", "o"], "benchmark": "b", "protocol": "p"})
    tables = combine([costs("m", [[3, -4]]), compute(Arm("o", [[None, 3]]), CostOptions())], job())
    [(tag, text)] = checks({"passk": passk, **tables}, 0.95)
    assert tag == "warning" and text.startswith("Equal costs on b leave out o (p): some")
    assert "leave out m (p) and o (p)" in checks({"passk": passk}, 0.95)[0][1]
    assert checks({"passk": passk.head(1), **tables}, 0.95) == []


def test_one_problem_and_nothing_solved_have_open_intervals():
    for samples in ([[5, -5, -5, -5]], [[-5, -5]] * 3):
        table = combine([costs("m", samples)], job())["equal_cost"]
        assert (table["ci_low"] == 0).all()
        assert (table["ci_high"] > 0.5).all()


def test_a_problem_cheaper_than_any_right_sample_leaves_nothing_solved():
    samples = [[-1, -1]] + [[100, -100]] * 20
    tables = combine([costs("base", samples), costs("rl", samples)], job(("base", "rl")))
    curve = check(tables["equal_cost"], EQUAL_COST, "table")
    assert curve.height and (curve["solved"] == 0).all() and curve["budget"].max() == 2
    row = check(tables["cost_crossings"], COST_CROSSINGS, "table").row(0, named=True)
    assert row["crossing"] is None and row["ci_low"] < 0 < row["ci_high"]


def test_an_empty_response_costs_the_token_that_ends_it():
    made = costs("m", [[0, 0], [10, -10]])
    assert made.total.tolist() == [2, 20]
    tables = combine([made], job())
    assert check(tables["equal_cost"], EQUAL_COST, "table")["budget"].max() == 2
    check(tables["length_caps"], LENGTH_CAPS, "table")


def test_caps_take_longer_responses_for_wrong():
    made = costs("m", [[3, 9, -9, -3], [17, -17, -2, 2]])
    caps = check(made.caps, LENGTH_CAPS, "caps")
    assert caps["tokens"].to_list() == [1, 2, 4, 8, 16, 32]
    assert caps["pass_at_1"].to_list() == [0, 1 / 8, 2 / 8, 2 / 8, 3 / 8, 4 / 8]
    assert caps.filter(tokens=8).select("cut_correct", "cut_wrong").row(0) == (0.5, 0.5)
    none = length_caps(Arm("m", [[-3, -4]]).lengths(), made.problems.head(1), made.labels, 0.95)
    assert none["cut_correct"].null_count() == none.height


def test_min_n_leaves_problems_out():
    made = compute(Arm("m", [[3] * 4, [3]], min_n=2), CostOptions())
    assert isinstance(made, Costs)
    assert made.problems.height == 1 and made.n_min == 4
    with pytest.raises(InputError, match="min_n 5 drops all 2 problems"):
        compute(Arm("m", [[3] * 4, [3]], min_n=5), CostOptions())


def test_the_page_says_where_the_base_overtakes():
    arms = [costs("base", [[10] + [-10] * 15] * 60), costs("rl", [[10] * 16] * 60)]
    tables = combine(arms, job(("base", "rl")))
    summary = SUMMARIES["cost_crossings"](tables["cost_crossings"])
    assert summary.rows[0][summary.header.index("unit")] == "tokens"
    assert SUMMARIES["length_caps"](tables["length_caps"]).hidden == 0


def test_panels_say_who_is_ahead_where_nothing_crosses():
    rl = costs("rl", [[10] * 16] * 60)
    base, same = (costs(name, [[10] + [-10] * 15] * 60) for name in ("base", "same"))
    tables = combine([base, rl, same], job(("base", "rl"), ("rl", "base"), ("base", "same")))
    study = theme.Study("s", {}, 0.95, by_protocol=False)
    lines = crossing_lines(tables["cost_crossings"], study)
    assert lines == [
        "base / rl: no crossing, rl is ahead at 76.1 tokens",
        "base / same: no crossing, undetermined at 76.1 tokens",
        "rl / base: no crossing, rl is ahead at 76.1 tokens",
    ]
    twice = theme.Study("s", {}, 0.95, by_protocol=True)
    assert crossing_lines(tables["cost_crossings"], twice)[0].startswith("base · p / rl · p: no")
