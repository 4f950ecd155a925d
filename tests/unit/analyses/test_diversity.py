"""Diversity: closed forms, equal and unequal n, what is not known, and what the page says."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest

from boundary.analyses.diversity.compute import compute
from boundary.analyses.diversity.section import SUMMARIES, beside
from boundary.analyses.diversity.tables import MEASURES
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures
from score_tables import study_tables

PAIR = {"comparison": "c", "base": "b", "other": "o", "benchmark": "bench", "protocol": "p"}


def arm(model: str, n: int | list[int] = 8, **columns: list[object]) -> pl.DataFrame:
    """SCORES of problems with these measures; those left out are absent."""
    rows = len(next(iter(columns.values())))
    frame = pl.DataFrame({"n": n if isinstance(n, list) else [n] * rows, **columns}, strict=False)
    empty = {"truncated": pl.Int64, "no_answer": pl.Int64, "distinct_answers": pl.Int64}
    empty |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64, "correct": pl.Int64}
    return frame.with_columns(
        *(
            pl.lit(0 if name in ("correct", "no_answer") else None, dtype=kind).alias(name)
            for name, kind in empty.items()
            if name not in columns
        ),
        model=pl.lit(model),
        benchmark=pl.lit("bench"),
        protocol=pl.lit("p"),
        problem_id=pl.format("q{}", pl.int_range(pl.len())),
    )


def tables_of(*arms: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return study_tables(pl.concat(arms, how="diagonal"), {"comparisons": [PAIR], "bootstrap": 100})


def rows_of(frame: pl.DataFrame, model: str | None = None) -> dict[str, dict[str, object]]:
    chosen = frame if model is None else frame.filter(model=model)
    return {row["measure"]: row for row in chosen.iter_rows(named=True)}


BASE = {"distinct_answers": [4, 2, 3], "answer_entropy": [math.log(4), math.log(2), 1.0]}
OTHER = {"distinct_answers": [2, 1, 1], "answer_entropy": [math.log(2), 0.0, 0.0]}


def test_means_changes_and_intervals_in_closed_form() -> None:
    tables = tables_of(arm("b", **BASE), arm("o", **OTHER))
    mine = rows_of(tables["diversity"], "b")["distinct_answers"]
    assert (mine["mean"], mine["n_problems"], mine["n_min"], mine["note"]) == (3.0, 3, 8, None)
    # The quantile of Student's t with two degrees of freedom is 4.302653.
    assert mine["se"] == pytest.approx(1 / math.sqrt(3))
    assert mine["ci_low"] == pytest.approx(3 - 4.302653 / math.sqrt(3), abs=1e-6)
    change = rows_of(tables["diversity_change"])["distinct_answers"]
    assert (change["base_mean"], change["other_mean"]) == (3.0, pytest.approx(4 / 3))
    assert change["change"] == pytest.approx(-5 / 3)
    assert change["se"] == pytest.approx(math.sqrt(1 / 3) / math.sqrt(3))  # of −2, −1, −2


def test_entropy_is_corrected_by_the_answers_seen() -> None:
    """(A − 1)/(2 n) over the samples that have an answer and an outcome."""
    base = arm("b", **BASE, no_answer=[0, 2, 3], n_unset=[0, 2, 0])
    made = rows_of(tables_of(base, arm("o", **OTHER))["diversity"], "b")
    plain = made["answer_entropy"]["mean"]
    added = np.mean([3 / 16, 1 / (2 * 4), 2 / (2 * 5)])
    assert made["answer_entropy_corrected"]["mean"] == pytest.approx(plain + added)


def test_the_correction_is_right_to_first_order() -> None:
    """Five answers of known entropy, n = 64: off by 0.031 nats, corrected by less than 0.003."""
    rng = np.random.default_rng(1)
    p = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    counts = rng.multinomial(64, p, 4000)
    shares = counts / 64
    entropy = -np.sum(np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-9)), 0), axis=1)
    many = arm(
        "b", 64, answer_entropy=entropy.tolist(), distinct_answers=(counts > 0).sum(1).tolist()
    )
    made = rows_of(tables_of(many, many.with_columns(model=pl.lit("o")))["diversity"], "b")
    truth = -np.sum(p * np.log(p))
    assert made["answer_entropy"]["mean"] - truth < -0.025
    assert abs(made["answer_entropy_corrected"]["mean"] - truth) < 0.003


def test_unequal_n_is_said_and_nothing_held_against_each_other() -> None:
    tables = tables_of(arm("b", **BASE), arm("o", 4, **OTHER))
    row = rows_of(tables["diversity_change"])["distinct_answers"]
    assert (row["base_mean"], row["change"], row["ci_low"]) == (3.0, None, None)
    assert row["note"] == "n differs between the two: not held against each other"
    assert "unlike numbers of samples" in beside(tables)["c", "bench"]
    mixed = tables_of(arm("b", [8, 8, 4], **BASE), arm("o", [8, 8, 4], **OTHER))
    assert (
        rows_of(mixed["diversity"], "b")["distinct_answers"]["note"] == "n differs between problems"
    )
    assert rows_of(mixed["diversity_change"])["distinct_answers"]["change"] == pytest.approx(-5 / 3)


def test_what_is_not_known_is_null_and_never_zero() -> None:
    """Programs have no answers, counts not even responses."""
    code = {"distinct_responses": [8, 8], "distinct_correct_responses": [3, 0]}
    tables = tables_of(arm("b", **code), arm("o", correct=[1, 2]))
    made = rows_of(tables["diversity"], "b")
    assert set(made) == set(MEASURES)
    assert made["distinct_responses"]["mean"] == 8.0
    row = made["distinct_answers"]
    assert (row["mean"], row["ci_high"], row["n_problems"]) == (None, None, 0)
    assert row["note"] == "nothing is known of it"
    assert rows_of(tables["diversity_change"])["distinct_responses"]["change"] is None
    assert beside(tables) == {}
    counts = pl.concat([arm("b", correct=[1]), arm("o", correct=[1])])
    assert compute(ScoreInputs(counts), Options()) == {}


def test_problems_without_an_answer_have_no_entropy() -> None:
    base = arm("b", distinct_answers=[4, 2, 0], answer_entropy=[1.0, 0.5, None])
    row = rows_of(tables_of(base, arm("o", **OTHER))["diversity_change"])["answer_entropy"]
    assert (row["n_problems"], row["note"]) == (2, "known of 2 of 3 problems")
    assert row["change"] == pytest.approx((math.log(2) - 1 + 0 - 0.5) / 2)


def test_no_interval_of_agreeing_problems_is_a_point() -> None:
    same = arm("b", distinct_answers=[2] * 3)
    row = rows_of(tables_of(same, same.with_columns(model=pl.lit("o")))["diversity_change"])
    change = row["distinct_answers"]
    assert change["change"] == 0.0 and change["ci_low"] < 0 < change["ci_high"]
    one = arm("b", distinct_answers=[2])
    row = rows_of(tables_of(one, one.with_columns(model=pl.lit("o")))["diversity"], "b")
    assert [row["distinct_answers"][name] for name in ("se", "ci_low", "ci_high")] == [
        None,
        0.0,
        8.0,
    ]


def test_questions_under_several_ids_count_once() -> None:
    twice = {"question": ["x", "x", "y"], **BASE}
    row = rows_of(tables_of(arm("b", **twice), arm("o", **OTHER))["diversity_change"])
    assert (row["distinct_answers"]["n_problems"], row["distinct_answers"]["base_mean"]) == (2, 3.0)


def test_entropy_of_mostly_distinct_answers_is_called_too_low() -> None:
    base = arm("b", distinct_answers=[7, 8], answer_entropy=[1.9, 2.1])
    made = tables_of(base, arm("o", distinct_answers=[1, 1], answer_entropy=[0.0, 0.0]))
    note = "too low, as most answers are distinct"
    assert rows_of(made["diversity_change"])["answer_entropy_corrected"]["note"] == note
    assert rows_of(made["diversity"], "o")["answer_entropy"]["note"] is None
    table = SUMMARIES["diversity_change"](made["diversity_change"])
    assert f"entropy of answers, the same, corrected: {note}" in table.rows[0][-1]
    _, entropy = beside(made)["c", "bench"].split("; ")
    assert entropy.endswith(f", {note}).")


def test_the_page_says_of_a_change_whether_the_interval_tells_it() -> None:
    rng = np.random.default_rng(2)
    many = rng.integers(3, 7, 40)
    base = arm("b", distinct_answers=many.tolist(), distinct_correct_responses=many.tolist())
    shift = (many + rng.integers(-1, 2, 40)).tolist()
    other = arm("o", distinct_answers=(many - 2).tolist(), distinct_correct_responses=shift)
    text = beside(tables_of(base, other))["c", "bench"]
    assert text.startswith("Per problem o gives, against b: ")
    answers, responses = text.split("; ")
    assert "distinct answers" in answers and "open" not in answers
    assert "distinct correct responses" in responses and ", open)" in responses


def test_the_figure_says_unequal_n_and_nothing_of_nothing() -> None:
    models = [{"name": "b", "role": "base"}, {"name": "o", "role": "rl"}]
    job = Figures.model_validate(
        {"study": "s", "figures": [{"name": "diversity"}], "models": models, "confidence": 0.95}
    )

    def drawn(tables: dict[str, pl.DataFrame]) -> str:
        return json.dumps(build_figures(tables, job)["diversity"].to_dict())

    tables = tables_of(arm("b", **BASE), arm("o", 4, **OTHER))
    assert '"text": "unequal n"' in drawn(tables)
    assert "nothing to draw" in drawn(
        {**tables, "diversity_change": tables["diversity_change"].clear()}
    )
