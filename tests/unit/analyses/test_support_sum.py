import math

import altair as alt
import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.support_sum import compute, predicted_success, section
from boundary.analysis.intervals import clopper_pearson
from boundary.errors import TableError
from boundary.figures import theme

#: A toy over categories, each a response: scorer and sampler, and which are right.
BASE, OTHER, RIGHT = (0.90, 0.06, 0.03, 0.01), (0.2, 0.1, 0.1, 0.6), {1, 2, 3}
MODELS = {"base": BASE, "rl": OTHER}


def rows(problem, draws, models=MODELS, right=RIGHT):
    """Return LIKELIHOODS of (source, categories drawn) under every model."""
    made = [
        {
            "scorer": scorer,
            "source_model": source,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": problem,
            "sample_index": index,
            "n_tokens": 3,
            "logprob_sum": math.log(probabilities[category]),
            "perplexity": probabilities[category] ** (-1 / 3),
            "correct": category in right,
            "response_digest": category,
        }
        for scorer, probabilities in models.items()
        for source, categories in draws.items()
        for index, category in enumerate(categories)
    ]
    return pl.DataFrame(made)


def first(table, **where):
    return table.filter(**where).row(0, named=True)


def test_sums_of_the_toy():
    drawn = rows("q", {"base": [0, 0, 0, 2], "rl": [1, 3, 3, 0]})
    row = first(compute.support_sums(drawn), scorer="base")
    assert row["support_sum"] == pytest.approx(0.06 + 0.03 + 0.01)
    assert row["support_sum_of_others"] == pytest.approx(0.07)
    assert row["at_most"] == pytest.approx(1 - 0.90)
    assert row["expected_draws"] == pytest.approx(10)
    assert (row["right_responses"], row["right_responses_of_others"]) == (3, 2)
    assert (row["n"], row["c"], row["counted"]) == (4, 1, 0.25)
    low, high = clopper_pearson(*(pl.Series([x]).to_numpy() for x in (1.0, 4.0)), 0.95)
    assert (row["counted_low"], row["counted_high"]) == pytest.approx((low[0], high[0]))
    assert row["agrees"] == "within"


def test_only_the_least_likely_way_seen():
    row = first(compute.support_sums(rows("q", {"base": [0], "rl": [3]})), scorer="base")
    assert row["support_sum"] == pytest.approx(0.01)


def test_the_truth_lies_between_the_ends_whatever_was_seen():
    for seen in range(1, 16):
        drawn = [i for i in range(4) if seen >> i & 1]
        table = compute.support_sums(rows("q", {"base": drawn, "rl": drawn}))
        for name, probabilities in MODELS.items():
            row, truth = first(table, scorer=name), sum(probabilities[i] for i in RIGHT)
            assert row["support_sum"] <= truth + 1e-12
            assert truth <= row["at_most"] + 1e-12


def test_a_cut_response_is_another_than_one_that_ends():
    drawn = rows("q", {"base": [1], "rl": [1]})
    cut = pl.when(pl.col("source_model") == "rl").then(2).otherwise(3)
    row = first(compute.support_sums(drawn.with_columns(n_tokens=cut)), scorer="base")
    assert row["support_sum"] == pytest.approx(0.12)


def test_a_response_without_a_token_is_no_way_to_solve():
    drawn = rows("q", {"base": [1], "rl": [1]}).with_columns(
        n_tokens=pl.lit(0), logprob_sum=pl.lit(0.0)
    )
    row = first(compute.support_sums(drawn), scorer="base")
    assert (row["support_sum"], row["expected_draws"]) == (0.0, None)


def test_agreement_on_both_sides():
    sure = {"base": (0.5, 0.5), "rl": (0.01, 0.99)}
    drawn = rows("q", {"base": [0] * 16, "rl": [1] * 16}, sure, {1})
    table = compute.support_sums(drawn)
    assert first(table, scorer="base")["agrees"] == "above"
    assert first(table, scorer="rl")["agrees"] == "below"


def test_importance_of_the_toy():
    counts = {i: round(100 * p) for i, p in enumerate(OTHER)}
    draws = [i for i, count in counts.items() for _ in range(count)]
    row = first(
        compute.importance_table(rows("q", {"base": [0] * 100, "rl": draws})), scorer="base"
    )
    assert row["estimate"] == pytest.approx(0.1)
    assert row["effective"] == pytest.approx(22.1402, abs=5e-5)
    assert row["largest_share"] == pytest.approx(0.06)
    assert (row["n_source"], row["c_source"], row["refused"]) == (100, 80, "")
    assert (row["n"], row["c"]) == (100, 0)


def test_few_effective_responses_withhold_the_estimate():
    table = compute.importance_table(rows("q", {"base": [0], "rl": [1] + [0] * 31}))
    row = first(table, scorer="base")
    assert (row["refused"], row["effective"]) == ("few effective responses", 1.0)
    assert (row["estimate"], row["ci_low"], row["agrees"]) == (None, None, None)
    assert first(table, scorer="rl")["refused"] == "no right response"


def test_another_sampler_refuses_what_is_counted_and_keeps_sums():
    drawn = rows("q", {"base": [0, 1], "rl": [1, 3]})
    inputs = LikelihoodInputs(drawn, 100, 0.95, temperature=0.6, top_p=0.95)
    made = finished("support_sum", [compute.compute(inputs, Options())])
    sums, weighted = made["support_sums"], made["importance"]
    assert sums["support_sum"].min() > 0
    assert sums["n"].null_count() == sums["agrees"].null_count() == sums.height
    assert weighted["refused"].unique().to_list() == ["sampler"]
    assert weighted["estimate"].null_count() == weighted.height


def test_the_order_of_rows_changes_nothing():
    drawn = pl.concat(rows(name, {"base": [0, 1, 2], "rl": [3, 1, 1]}) for name in "qrs")
    inputs = [LikelihoodInputs(x, 100, 0.95, 1.0, 1.0) for x in (drawn, drawn.reverse())]
    one, two = (finished("support_sum", [compute.compute(x, Options())]) for x in inputs)
    assert all(one[name].equals(two[name]) for name in one)


def test_tables_without_digests_are_refused_by_name():
    drawn = rows("q", {"base": [0], "rl": [1]})
    for old in (
        drawn.drop("response_digest"),
        drawn.with_columns(response_digest=pl.lit(None, pl.Int64)),
    ):
        with pytest.raises(TableError, match="forcerun score_responses"):
            compute.support_sums(old)


def study():
    styles = {name: theme.Style("#000000", "circle") for name in MODELS}
    return theme.Study("s", styles, 0.95, by_protocol=False)


def test_the_figure_leaves_out_and_counts_what_has_no_place():
    drawn = pl.concat(
        [rows("q", {"base": [0, 1], "rl": [1, 3]}), rows("r", {"base": [1], "rl": [0]})]
    )
    chart = predicted_success.build({"support_sums": compute.support_sums(drawn)}, study(), None)
    spec = chart.to_dict()
    assert len(spec["concat"]) == 2
    assert "Flagged: 1 problems" in " ".join(spec["title"]["subtitle"])


@pytest.mark.parametrize(
    ("draws", "raw", "why"),
    [({"base": [0, 1], "rl": [1]}, False, "temperature 1"), ({"base": [1], "rl": [0]}, True, "")],
)
def test_the_figure_says_why_it_is_empty(draws, raw, why):
    table = compute.support_sums(rows("q", draws), sampled_raw=raw)
    table = table.filter(scorer="base")
    chart = predicted_success.build({"support_sums": table}, study(), None)
    assert isinstance(chart, alt.Chart)
    assert why in " ".join(chart.to_dict()["mark"]["text"])


def test_the_section_shows_no_mean_of_a_lucky_few():
    lucky = rows("q", {"base": [1] * 32, "rl": [1] * 32})
    others = [rows(name, {"base": [0] * 32, "rl": [1, *[0] * 31]}) for name in "rst"]
    shown = section.importance(compute.importance_table(pl.concat([lucky, *others])))
    cells = dict(zip(shown.header, shown.rows[0], strict=True))
    assert (cells["given"], cells["withheld"], cells["estimated"]) == ("1", "3", "–")


def test_the_section_counts_where_sums_lie():
    drawn = pl.concat(rows(name, {"base": [0, 0, 1], "rl": [1, 3, 3]}) for name in "qr")
    shown = section.support_sums(compute.support_sums(drawn))
    cells = dict(zip(shown.header, shown.rows[0], strict=True))
    assert (cells["M"], cells["n"], cells["at least (all seen)"]) == ("2", "6", "7.0 %")
