"""The table of further studies, and its sentences."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.planning.section import SUMMARIES, beside, sentence
from score_tables import study_tables

NAMES = {"comparison": "c", "benchmark": "bench", "protocol": "p", "base": "b", "other": "o"}


def arm(model, correct, n):
    nothing = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    nothing |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.DataFrame({"correct": correct}).with_columns(
        *(
            pl.lit(value).alias(name)
            for name, value in (("model", model), ("benchmark", "bench"), ("protocol", "p"))
        ),
        pl.format("q{}", pl.int_range(pl.len())).alias("problem_id"),
        pl.lit(n, dtype=pl.Int64).alias("n"),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in nothing.items()),
    )


def planned(base, other, n=16):
    scores = pl.concat([arm("b", base, n), arm("o", other, n)])
    return study_tables(scores, {"comparisons": [NAMES]})["planned"]


def test_an_open_verdict_is_planned_for_and_a_settled_one_is_not():
    draws = np.random.default_rng(3)
    base = draws.binomial(16, 0.3, 60)
    open_one = planned(base, draws.binomial(16, 0.32, 60))
    assert open_one.height == 3 * 2 + 2
    assert open_one.filter("same_problems")["problems"].to_list() == [60, 60]
    assert open_one["k_max"].to_list() == [8] * 8
    assert planned(base, np.full(60, 16)).height == 0
    assert planned(base[:20], base[:20]).height == 0  # too few problems


def test_its_table_and_its_sentence():
    draws = np.random.default_rng(3)
    frame = planned(draws.binomial(16, 0.3, 400), draws.binomial(16, 0.305, 400))
    shown = SUMMARIES["planned"](frame)
    assert [row[4] for row in shown.rows].count("these") == 2
    (text,) = beside({"planned": frame}).values()
    assert text.startswith("A further study of this size would settle it up to K in ")
    assert "1,600 problems and n = 64" in text
    assert "more samples would narrow D there" in text  # all problems are alike
    rows = [row | {"between_share": 0.9} for row in frame.to_dicts()]
    assert "more problems, not more samples" in sentence(rows)
