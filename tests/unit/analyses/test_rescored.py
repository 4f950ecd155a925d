"""What was scored against what was sampled."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from boundary.analyses.perplexity import ANALYSIS
from boundary.analyses.perplexity.rescored import LATER, rescored_table
from boundary.analyses.perplexity.tables import RESCORED
from boundary.report import chapters
from boundary.tables import check

BIT = math.log(2)


def rows(**columns: Any) -> pl.DataFrame:
    """Return likelihoods of two models under both: a bit a token, a byte a token."""
    frame = pl.DataFrame(
        [
            {
                "scorer": scorer,
                "source_model": source,
                "benchmark": "b",
                "protocol": "p",
                "problem_id": problem,
                "sample_index": 0,
                "n_tokens": count,
                "logprob_sum": -BIT * count,
                "perplexity": 2.0,
                "response_bytes": count,
                "sampled_tokens": count,
                "sampled_logprob_sum": -BIT * count,
                "left_out_tokens": 0,
                "vocabulary": "same",
            }
            for scorer in ("one", "two")
            for source in ("one", "two")
            for problem, count in (("x", 4), ("y", 8))
        ]
    )
    return frame.with_columns(**columns)


def made(frame: pl.DataFrame, scorer: str = "one", source: str = "one") -> dict[str, Any]:
    """Return the row of a scorer and a source."""
    table = check(rescored_table(frame, replicates=100), RESCORED, "x")
    return table.filter(scorer=scorer, source_model=source).row(0, named=True)


def sentences(frame: pl.DataFrame) -> list[tuple[str, str]]:
    tables = {"rescored": rescored_table(frame, replicates=100)}
    return [(check.tag, check.text) for check in chapters.checks([ANALYSIS], tables, 0.95)]


def test_own_responses_are_compared_with_their_sampling() -> None:
    off = pl.when(pl.col("problem_id") == "y").then(0.4).otherwise(-0.1)
    frame = rows(sampled_logprob_sum=pl.col("logprob_sum") + off)
    row = made(frame)
    assert (row["compared"], row["other_tokens"], row["same_vocabulary"]) == (2, 0, True)
    assert row["largest_difference"] == pytest.approx(0.4)
    assert row["largest_per_token"] == pytest.approx(0.05)
    assert made(frame, source="two")["compared"] == 0
    assert made(frame, source="two")["largest_difference"] is None


def test_rounding_is_no_news_and_more_is() -> None:
    assert sentences(rows()) == []
    ((tag, text), _) = sentences(rows(sampled_logprob_sum=pl.col("logprob_sum") + 0.9))
    assert tag == "warning"
    assert text.startswith(
        "one on b (p): of 2 responses that it scored itself, one differs from its"
    )
    assert "0.225 nats per token" in text


def test_other_tokens_are_counted_where_the_vocabulary_is_the_same() -> None:
    frame = rows(sampled_tokens=pl.when(pl.col("problem_id") == "x").then(5).otherwise(8))
    row = made(frame, "two", "one")
    assert (row["sampled_known"], row["other_tokens"]) == (2, 1)
    other = frame.with_columns(vocabulary=pl.col("scorer"))
    row = made(other, "two", "one")
    assert (row["sampled_known"], row["other_tokens"], row["same_vocabulary"]) == (0, 0, False)
    text = "one on b (p) under two: vocabularies differ; compare bits per byte and no perplexities."
    assert ("note", text) in sentences(other)


def test_a_bit_a_byte_whatever_the_tokens() -> None:
    row = made(rows())
    assert row["bits_per_byte"] == pytest.approx(1.0)
    assert (row["bits_low"], row["bits_high"]) == (pytest.approx(1.0), pytest.approx(1.0))
    # 4 bits of 4 bytes and 8 bits of 16.
    longer = rows(response_bytes=pl.when(pl.col("problem_id") == "y").then(16).otherwise(4))
    row = made(longer)
    assert row["bits_per_byte"] == pytest.approx(12 / 20)
    assert row["bits_low"] <= 0.5 + 1e-9
    assert row["bits_high"] >= 1 - 1e-9


def test_what_is_scored_in_part_is_told_and_left_out_of_bits() -> None:
    y = pl.col("problem_id") == "y"
    cut = rows(
        left_out_tokens=pl.when(y).then(3).otherwise(0),
        sampled_tokens=pl.when(y).then(11).otherwise(4),
        logprob_sum=pl.when(y).then(-100.0).otherwise(pl.col("logprob_sum")),
    )
    row = made(cut)
    assert (row["in_part"], row["left_out_tokens"], row["other_tokens"]) == (1, 3, 0)
    assert (row["n_problems"], row["bits_per_byte"]) == (1, pytest.approx(1.0))
    assert row["bits_low"] is None
    assert any(
        "1 of 2 responses are longer than the scorer's" in text for _, text in sentences(cut)
    )


def test_solutions_and_impossible_responses() -> None:
    frame = rows(
        sampled_tokens=pl.lit(None, pl.Int64),
        sampled_logprob_sum=pl.lit(None, pl.Float64),
        logprob_sum=pl.lit(-math.inf),
    )
    row = made(frame)
    assert (row["sampled_known"], row["n_problems"], row["bits_per_byte"]) == (0, 2, math.inf)
    # Left out, what the scorer cannot produce would make it the better one.
    one = frame.with_columns(
        logprob_sum=pl.when(problem_id="x").then("logprob_sum").otherwise(-BIT * 8)
    )
    row = made(one)
    assert row["bits_per_byte"] == math.inf
    assert row["bits_low"] == pytest.approx(1)
    assert row["bits_high"] == math.inf


def test_a_scorer_of_two_vocabularies_has_none_that_is_known() -> None:
    """As where files of an earlier version stand beside new ones, in whatever order."""
    for other in ("another", None):
        x = pl.when(problem_id="x").then(pl.lit(other, pl.String)).otherwise(pl.lit("same"))
        for frame in (rows(vocabulary=x), rows(vocabulary=x).reverse()):
            assert made(frame, "two", "one")["same_vocabulary"] is None


def test_an_earlier_table_tells_nothing_of_it() -> None:
    row = made(rows().drop(*LATER))
    assert (row["n_responses"], row["in_part"], row["same_vocabulary"]) == (2, 0, None)
