"""Right answers by the algorithm and by accident: shares, z and difficulty by hand."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from boundary.analyses.parts import finished
from boundary.analyses.phases import compute, phases, section
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.errors import TableError
from boundary.figures import theme

#: Of each problem, a response each: whether the steps are right (None: a wrong answer), and z.
BY_HAND = {
    "a": [(True, -1.0), (True, -2.0), (False, 1.0), (None, 0.0)],
    "b": [(True, -0.5), (None, 3.0), (None, 3.0), (None, 3.0), (None, 1.0), (None, 1.0)],
    "c": [(False, 2.0), (None, 0.0)],
    "d": [(None, 0.5)],
}


def rows(responses, scorer="base", source="base", **changed):
    """Return LIKELIHOODS rows of one token with entropy 5 and varentropy 1, and so z as given."""
    made = [
        {
            "scorer": scorer,
            "source_model": source,
            "benchmark": "b",
            "protocol": "t1",
            "problem_id": problem,
            "sample_index": i,
            "n_tokens": 1,
            "logprob_sum": -5.0 - z,
            "top_tokens": 1,
            "entropy_sum": 5.0,
            "varentropy_sum": 1.0,
            "correct": whole is not None,
            "chain_correct": bool(whole),
        }
        | changed
        for problem, each in responses.items()
        for i, (whole, z) in enumerate(each)
    ]
    return pl.DataFrame(made)


def table(frame):
    return {
        (row["source_model"], row["difficulty"]): row
        for row in compute.phases_table(frame).iter_rows(named=True)
    }


def test_shares_and_means_by_hand():
    made = table(rows(BY_HAND))
    every = made["base", "all"]
    assert (every["n_problems"], every["n_solving"], every["n_whole"]) == (3, 5, 3)
    assert every["whole"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert (every["problems_whole"], every["problems_accident"]) == (2, 2)
    assert every["z_whole"] == pytest.approx((-1.5 - 0.5) / 2)
    assert every["z_accident"] == pytest.approx((1 + 2) / 2)
    assert every["diff"] == pytest.approx(2.5)
    # a is right in 3 of 4, b in 1 of 6, c in 1 of 2, d never.
    assert {difficulty for _, difficulty in made} == {"all", "up to 1/2", "above 1/2"}
    assert made["base", "up to 1/2"]["n_problems"] == 2
    assert made["base", "above 1/2"]["whole"] == pytest.approx(2 / 3)


def test_intervals_are_those_of_student():
    rng = np.random.default_rng(1)
    whole, accident = rng.normal(-1, 1, 9), rng.normal(0.5, 2, 4)
    responses = {f"w{i}": [(True, float(z))] for i, z in enumerate(whole)}
    responses |= {f"x{i}": [(False, float(z))] for i, z in enumerate(accident)}
    row = table(rows(responses))["base", "all"]
    for name, values in (("z_whole", whole), ("z_accident", accident)):
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((low, high))
    # Problems have one kind each: Welch's standard error, with the fewer degrees of freedom.
    se = math.hypot(whole.std(ddof=1) / 3, accident.std(ddof=1) / 2)
    diff = accident.mean() - whole.mean()
    reach = stats.t.ppf(0.975, 3) * se
    assert (row["diff_low"], row["diff_high"]) == pytest.approx((diff - reach, diff + reach))
    assert row["p_holm"] == pytest.approx(2 * stats.t.sf(abs(diff) / se, 3))


def test_problems_with_both_kinds_are_paired():
    rng = np.random.default_rng(2)
    each = rng.normal(0, 3, 8)
    gap = rng.normal(1, 0.1, 8)
    responses = {
        f"p{i}": [(True, float(z)), (False, float(z + d))]
        for i, (z, d) in enumerate(zip(each, gap, strict=True))
    }
    row = table(rows(responses))["base", "all"]
    low, high = stats.ttest_1samp(gap, 0).confidence_interval(0.95)
    assert (row["diff_low"], row["diff_high"]) == pytest.approx((low, high))


def test_other_sources_meet_the_difficulty_of_the_scorer():
    other = rows({"a": [(True, 0.0)], "d": [(True, 0.0), (False, 1.0)]}, source="rl")
    made = table(pl.concat([rows(BY_HAND), other]))
    assert made["rl", "none"]["n_solving"] == 2
    assert made["rl", "above 1/2"]["n_solving"] == 1
    assert made["rl", "all"]["p_holm"] is None  # one problem with an accident
    assert made["base", "all"]["p_holm"] is not None


def test_holm_is_over_what_is_tested():
    rng = np.random.default_rng(3)
    drawn = {
        source: {
            f"p{i}": [(True, float(rng.normal())), (False, float(rng.normal(1)))] for i in range(6)
        }
        for source in ("base", "rl")
    }
    alone = [table(rows(drawn[s], source="base"))["base", "all"]["p_holm"] for s in drawn]
    both = table(pl.concat([rows(each, source=source) for source, each in drawn.items()]))
    adjusted = [both[source, "all"]["p_holm"] for source in drawn]
    assert min(adjusted) == pytest.approx(min(1.0, 2 * min(alone)))
    assert max(adjusted) >= max(alone)


def test_responses_without_z_are_counted():
    frame = rows(BY_HAND).with_columns(
        entropy_sum=pl.lit(None, pl.Float64), varentropy_sum=pl.lit(None, pl.Float64)
    )
    row = table(frame)["base", "all"]
    assert (row["n_without_z"], row["n_solving"]) == (5, 5)
    assert row["whole"] == pytest.approx(5 / 9)
    assert row["z_whole"] is row["z_whole_low"] is row["diff"] is row["p_holm"] is None
    impossible = rows({"a": [(True, math.inf), (True, 1.0)]})
    assert table(impossible)["base", "all"]["z_whole"] == pytest.approx(1)


def test_verdicts_without_steps_are_refused():
    with pytest.raises(TableError, match="told apart by their steps"):
        compute.phases_table(rows(BY_HAND).drop("chain_correct"))


def test_the_table_keeps_its_schema_and_may_be_empty():
    for frame in (rows(BY_HAND), rows({"d": BY_HAND["d"]})):
        inputs = LikelihoodInputs(frame, 50, 0.95, 1.0, 1.0)
        made = finished("phases", [compute.compute(inputs, Options())])
        assert list(made) == ["phases"]


def drawn(shift):
    rng = np.random.default_rng(4)
    responses = {
        f"p{i}": [(True, float(rng.normal(-1))), (False, float(rng.normal(-1 + shift)))]
        for i in range(8)
    }
    return compute.phases_table(rows(responses))


def test_sentences_say_what_was_tested():
    sentences = [
        section.checks({"phases": frame}, 0.95)
        for frame in (
            drawn(4),
            drawn(-4),
            drawn(0),
            compute.phases_table(rows({"a": [(True, 1.0)]})),
        )
    ]
    texts = [text for ((_, text),) in sentences]
    assert "Accidents are less typical of it: z differs by" in texts[0]
    assert "Accidents are more typical of it" in texts[1]
    assert "is open" in texts[2]
    assert "was not tested" in texts[3]
    assert all("of the right answers of base on b (t1) follow the algorithm" in t for t in texts)
    assert section.checks({}, 0.95) == []
    assert len(section.phases(drawn(1)).rows) == 2


def test_without_right_answers_the_figure_says_so():
    study = theme.Study("s", {"base": theme.Style("#000000", "circle")}, 0.95, by_protocol=False)
    chart = phases.build({"phases": compute.phases_table(rows({"d": BY_HAND["d"]}))}, study, None)
    assert "no right answer was scored" in str(chart.to_dict())
