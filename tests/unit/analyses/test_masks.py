"""Masks of copied text: the exact toy of a restated prompt, and what is counted and left out."""

import math

import polars as pl
import pytest

from boundary.analyses.masks import compute, masks, section
from boundary.analyses.masks.compute import masked_sums, masks_table
from boundary.analyses.masks.tables import MASKS
from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.figures import theme
from boundary.jobs.pages import Named
from boundary.tables import check

QUESTION = " ".join(f"q{i}" for i in range(20))
ANSWER = " ".join(f"a{i}" for i in range(10))


def tables(rows):
    """Return token scores and texts from (problem, response, answer, correct, [(end, logprob)])."""
    tokens, texts = [], []
    for index, (problem, response, answer, correct, scores) in enumerate(rows):
        key = {"benchmark": "b", "protocol": "p", "problem_id": problem, "sample_index": index}
        key = {"source_model": "rl"} | key
        ends, logprobs = zip(*scores, strict=True) if scores else ((), ())
        lists = {"token_ends": list(ends), "logprobs": list(logprobs)}
        tokens.append({"scorer": "base", **key, **lists, "correct": correct})
        texts.append({**key, "response": response, "question": QUESTION, "answer": answer})
    types = {
        "token_ends": pl.List(pl.Int64),
        "logprobs": pl.List(pl.Float32),
        "correct": pl.Boolean,
    }
    return (
        pl.DataFrame(tokens, schema_overrides=types),
        pl.DataFrame(texts, schema_overrides={"answer": pl.String}),
    )


def table(rows, **where):
    made = masks_table(masked_sums(*tables(rows)), replicates=200)
    return check(made, MASKS, "test").filter(**where).to_dicts()


def restated(m):
    """Return an answer of 10 tokens at a half behind m copies of a prompt of 20 tokens.

    A copy begins with probability .05 and goes on with .99.
    """
    text = " ".join([QUESTION] * m + [ANSWER])
    ends = [i for i, char in enumerate(text) if char == " "] + [len(text)]
    chances = [0.05, *[0.99] * 19] * m + [0.5] * 10
    return [("a", text, ANSWER, True, list(zip(ends, map(math.log, chances), strict=True)))]


@pytest.mark.parametrize(
    ("m", "surprisal", "log10", "perplexity"),
    [
        (0, 6.9315, -3.0103, 2.0),
        (1, 10.1182, -4.3943, 1.401120),
        (2, 13.3048, -5.7782, 1.304862),
        (4, 19.6782, -8.5461, 1.244392),
        (8, 32.4250, -14.0820, 1.210139),
    ],
)
def test_restating_the_prompt_lowers_perplexity_and_probability(m, surprisal, log10, perplexity):
    """The toy is exact; each copy is less likely as a whole, and likelier per token."""
    row, *_ = table(restated(m), responses="all", mask="copied")
    assert row["perplexity"] == pytest.approx(perplexity, abs=5e-7)
    assert row["surprisal"] == pytest.approx(surprisal, abs=1e-4)
    assert row["log10_probability"] == pytest.approx(log10, abs=5e-5)
    assert row["masked_perplexity"] == pytest.approx(2, rel=1e-7)  # the table's float32
    assert row["masked_surprisal"] == pytest.approx(10 * math.log(2), rel=1e-7)
    assert row["perplexity_ratio"] == pytest.approx(2 / perplexity, rel=1e-6)
    assert row["masked_share"] == pytest.approx(20 * m / (20 * m + 10))


def test_without_the_answer_the_prompt_remains():
    row, *_ = table(restated(1), responses="all", mask="answer")
    assert row["masked_surprisal"] == pytest.approx(10.1182 - 6.9315, abs=1e-4)
    behind, *_ = table(restated(1), responses="all", mask="after_answer")
    assert behind["perplexity_ratio"] == 1 and behind["masked_share"] == 0


def test_what_has_no_place_and_what_is_all_masked_is_counted_and_left_out():
    half = math.log(0.5)
    rows = [
        ("a", "x 7 y", "7", True, [(1, half), (3, half), (5, 3 * half)]),
        ("a", "7", "7", True, [(1, half)]),
        ("b", "none", None, False, [(4, half)]),
        ("b", "8 z", "8", False, [(1, half), (3, -math.inf)]),
        ("b", "", None, None, []),
    ]
    by_mask = {row["mask"]: row for row in table(rows, responses="all")}
    counts = [f"n_{name}" for name in ("responses", "unplaced", "all_masked", "impossible")]
    assert [by_mask["after_answer"][name] for name in counts] == [2, 2, 0, 1]
    assert [by_mask["answer"][name] for name in counts] == [1, 2, 1, 1]
    # Without a token there is nothing to mask.
    assert [by_mask["copied"][name] for name in counts] == [3, 0, 1, 1]
    one = by_mask["answer"]
    assert (one["n_problems"], one["perplexity_ci_low"]) == (1, None)
    assert one["perplexity"] == pytest.approx(2 ** (5 / 3))
    assert one["masked_perplexity"] == pytest.approx(2**2)
    assert one["masked_share"] == pytest.approx(1 / 3)
    wrong = table(rows, responses="wrong", mask="after_answer")[0]
    assert (wrong["n_responses"], wrong["perplexity"]) == (0, None)


def test_problems_weigh_the_same_and_the_ratio_is_paired():
    """Problem a has 9 responses at ½ a token, b one at ⅛; behind the answer all is likely."""
    rows = [("a", "7 y", "7", True, [(1, math.log(0.5)), (3, 0.0)])] * 9
    rows += [("b", "7 y", "7", True, [(1, math.log(0.125)), (3, 0.0)])]
    (row,) = table(rows, responses="correct", mask="after_answer")
    assert row["masked_perplexity"] == pytest.approx(4)  # between 2 and 8, geometrically
    assert row["perplexity"] == pytest.approx(2)
    ends = [row[f"{name}_ci_{end}"] for name in ("perplexity_ratio",) for end in ("low", "high")]
    assert ends == pytest.approx([math.sqrt(2), math.sqrt(8)])
    assert (row["n_responses"], row["n_problems"]) == (10, 2)


def test_a_source_without_verdicts_is_among_all_responses_only():
    tokens, texts = tables(restated(1))
    made = masks_table(masked_sums(tokens.drop("correct"), texts), replicates=200)
    assert set(made["responses"]) == {"all"} and made.height == 3
    assert masks_table(masked_sums(tokens.clear(), texts.clear())).is_empty()


def test_tokens_without_a_known_place_are_counted_and_left_out():
    tokens, texts = tables(restated(1))
    lost = pl.lit(None, pl.List(pl.Int64))
    made = masks_table(masked_sums(tokens.with_columns(token_ends=lost), texts), replicates=200)
    assert made["n_unplaced"].to_list() == [1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert made["perplexity"].null_count() == 9


def test_the_chart_pairs_both_quantities_and_says_what_is_left_out():
    rows = [*restated(2), ("a", "7", "7", True, [(1, -1.0)])]
    made = masks_table(masked_sums(*tables(rows)), replicates=200)
    models = [Named(name=name, role=name) for name in ("base", "rl")]
    study = theme.Study("s", theme.assign(models), 0.95, False)
    chart = masks.build({"masks": made.sort(MASKS.key)}, study, None).to_dict()
    titles = [panel["title"]["subtitle"] for panel in chart["concat"]]
    assert titles == [["perplexity"], ["total surprisal in nats"]]
    order = chart["concat"][0]["layer"][0]["encoding"]["y"]["sort"]
    assert order == [
        "rl, without copied text (M = 1, n = 2, 40 % masked)",
        "rl, nothing behind the answer (M = 1, n = 2, 0.0 % masked)",
        "rl, without the answer (M = 1, n = 1, 20 % masked)",
    ]
    assert "Flagged: 1 times a response" in " ".join(chart["title"]["subtitle"])


def test_the_page_leaves_out_masks_without_a_response():
    tokens, texts = tables([("a", "none", None, True, [(4, -1.0)])])
    made = section.masks(masks_table(masked_sums(tokens, texts), replicates=200))
    assert [row[4] for row in made.rows] == ["copied", "copied"]


@pytest.mark.parametrize("kept", [True, False])
def test_the_table_is_made_of_what_was_scored_token_by_token(kept):
    """A study may keep no scores of tokens."""
    tokens, texts = (frame if kept else frame.clear() for frame in tables(restated(1)))
    inputs = LikelihoodInputs(
        pl.DataFrame(), 100, 0.95, 1.0, 1.0, tokens=lambda: tokens, texts=lambda: texts
    )
    made = finished("masks", [compute.compute(inputs, Options())])
    assert made["masks"].height == 9 * kept
