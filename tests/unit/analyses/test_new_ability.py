"""New ability after selection: enumerated halves, published counts, exchange, claims, words."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from ability_tables import ability_tables
from boundary.analyses.new_ability.compute import (
    claim,
    gain_by_rate_rows,
    judged,
    new_ability_rows,
)
from boundary.analyses.new_ability.section import SUMMARIES, beside, sentence
from boundary.analyses.new_ability.strata import gained_in
from boundary.analysis.questions import Questions
from boundary.analysis.sharpening import Sharpening, sharpening
from boundary.simulate.populations import of_beta, of_kinds
from harness import ROOT
from score_tables import study_tables
from simulations import exchanged, make_pair

PUBLISHED = ROOT / "config/published/math500_qwen2.5-7b.csv"
OTHERS = {"base": "other", "other": "base"}


def published():
    counts = pl.read_csv(PUBLISHED, comment_prefix="#")
    base, other = (
        rows["correct"].to_numpy() for _, rows in counts.group_by("model", maintain_order=True)
    )
    return make_pair(base, other, 128, None)


def rows_of(pair, judged_in="half", line=None):
    rows = new_ability_rows(pair, line or sharpening(pair))
    return {row["unsolved_by"]: row for row in rows if row["judged"] == judged_in}


def simulated(truth, m, n, seed):
    rng = np.random.default_rng(seed)
    base, other = (rng.binomial(n, p) for p in truth.draw(m, rng))
    return make_pair(base, other, n, None)


def enumerated(n, correct, size, hits, k):
    """Return what `judged` expects, by every choice of samples."""
    half = min(n, size) // 2
    chosen = again = Fraction(0)
    halves = list(combinations(range(n), half))
    for first in halves:
        if min(first) < correct:  # samples below ``correct`` are the right ones
            continue
        rest = [i for i in range(n) if i not in first]
        later = list(combinations(rest, k))
        chosen += Fraction(1, len(halves))
        again += Fraction(sum(min(each) < correct for each in later), len(later) * len(halves))
    tries = list(combinations(range(size), k))
    return chosen, again, chosen * Fraction(sum(min(each) < hits for each in tries), len(tries))


@pytest.mark.parametrize("case", [(8, 1, 8, 3), (9, 2, 8, 0), (8, 0, 10, 1), (8, 8, 8, 8)])
def test_both_are_judged_on_samples_that_chose_nothing(case):
    counts = np.array(case)[:, None]
    half = min(case[0], case[2]) // 2
    for k in (1, half):
        made = np.array(judged(counts, np.array([k]))).ravel()
        exact = [float(value) for value in enumerated(*case, k)]
        np.testing.assert_allclose(made, exact, atol=1e-15)


def test_only_problems_of_the_published_counts_are_regained():
    """Of RL-only problems at n = 64 the base solves 53 % in its next 64; of base-only, RL 14 %."""
    pair = published()
    shares = []
    for counts in (pair.counts, pair.counts[[2, 3, 0, 1]]):
        _, again, solved = judged(counts, np.full(pair.m, 64))
        other = solved / np.maximum(judged(counts, np.full(pair.m, 64))[0], 1e-300)
        shares.append(float((again * other).sum() / solved.sum()))
    assert shares[0] == pytest.approx(0.53, abs=0.03)
    assert shares[1] == pytest.approx(0.14, abs=0.02)


def test_random_halves_of_the_published_counts_agree():
    pair, rng = published(), np.random.default_rng(7)
    totals = np.zeros(3)
    for _ in range(400):
        first = rng.hypergeometric(pair.base_correct, 128 - pair.base_correct, 64)
        tried = rng.hypergeometric(pair.other_correct, 128 - pair.other_correct, 64)
        unsolved = first == 0
        totals += [
            unsolved.sum(),
            (pair.base_correct[unsolved] > 0).sum(),
            (tried[unsolved] > 0).sum(),
        ]
    row = rows_of(pair)["base"]
    assert row["chosen"] == pytest.approx(totals[0] / 400, rel=0.02)
    assert row["regained"] == pytest.approx(totals[1] / totals[0], abs=0.01)
    assert row["solved"] == pytest.approx(totals[2] / totals[0], abs=0.01)
    assert row["gain"] == pytest.approx(row["solved"] - row["regained"], abs=1e-12)


def test_the_published_pair_shows_sharpening_and_no_new_ability():
    rows = rows_of(published())
    assert rows["base"]["claim"] == "undecided"
    assert rows["other"]["claim"] == "gain" and rows["other"]["beyond_line"] == 0


def test_exchanging_the_models_exchanges_the_answer():
    pair = simulated(of_kinds("few", (0.6, 0.3, 0.5), (0.3, 0.02, 0.0), (0.1, 0.0, 0.4)), 90, 20, 3)
    for name in ("one", "half"):
        one, two = rows_of(pair, name), rows_of(exchanged(pair), name)
        for side, row in one.items():
            assert {**row, "unsolved_by": OTHERS[side]} == two[OTHERS[side]]
    rates = {(row["rates_of"], row["bin"]): row for row in gain_by_rate_rows(pair)}
    for row in gain_by_rate_rows(exchanged(pair)):
        side = OTHERS[row["rates_of"]]
        assert {**row, "rates_of": side} == rates[side, row["bin"]]


def test_luck_of_the_half_that_chose_does_not_read_as_learning():
    """Identical models: the naive gain of what looked unsolved is the luck alone."""
    pair = simulated(of_beta("identical", 0.5, 1.5), 2000, 16, 5)
    bins = [row for row in gain_by_rate_rows(pair) if row["rates_of"] == "base"]
    lowest = bins[0]
    assert lowest["rate_seen"] == 0
    assert lowest["naive_gain"] > 0.02
    assert lowest["gain_low"] < 0 < lowest["gain_high"]
    assert abs(lowest["gain"]) < 0.5 * lowest["naive_gain"]
    assert bins[-1]["naive_gain"] < 0  # what looked solved was lucky too
    assert sum(row["problems"] for row in bins) == pytest.approx(2000)


def test_bins_are_those_of_every_half():
    """Ten samples, one right: the half of five holds it half of the time, a rate of 1/5."""
    pair = make_pair(np.full(20, 1), np.full(20, 4), 10, None)
    bins = {row["label"]: row for row in gain_by_rate_rows(pair) if row["rates_of"] == "base"}
    assert bins["0"]["problems"] == bins["(1/8, 1/4]"]["problems"] == pytest.approx(10)
    assert bins["0"]["rate_again"] == pytest.approx(1 / 5)
    assert bins["(1/8, 1/4]"]["rate_again"] == pytest.approx(0, abs=1e-15)
    assert bins["0"]["gain"] == pytest.approx(4 / 10 - 1 / 5)
    assert "gain" not in bins["(1/2, 1]"]


def test_new_skill_is_claimed_and_sharpening_is_not():
    """A fast version of tests/benchmarks/new_ability_size.py."""
    skill = of_beta("skill", 0.35, 1.2)
    new = replace(
        skill,
        base=np.append(skill.base, 0),
        other=np.append(skill.other, 0.3),
        weight=np.append(0.92 * skill.weight, 0.08),
    )
    late = of_beta("late", 0.35, 1.2, 1.5, 1.3)
    beyond_n = of_beta("beyond n", 0.35, 1.2, 1.2, 2.0)
    claims = {
        name: [rows_of(simulated(truth, 300, 128, seed)) for seed in range(8)]
        for name, truth in {"new": new, "late": late, "beyond n": beyond_n}.items()
    }
    assert sum(rows["base"]["claim"] == "new-ability" for rows in claims["new"]) >= 5
    assert all(rows["other"]["claim"] != "new-ability" for rows in claims["new"])
    for name in ("late", "beyond n"):
        assert all(row["claim"] != "new-ability" for rows in claims[name] for row in rows.values())
    # A gain is there, but along the line.
    assert sum(rows["base"]["claim"] == "gain" for rows in claims["beyond n"]) >= 4


def test_forgetting_is_new_ability_of_the_base():
    truth = of_kinds("lost", (0.45, 0.5, 0.5), (0.35, 0.05, 0.05), (0.1, 0.4, 0.0), (0.1, 0.0, 0.0))
    rng = np.random.default_rng(2)
    spread = np.exp(rng.normal(0, 0.7, 300))
    p, r = (np.minimum(rates * spread, 0.95) for rates in truth.draw(300, rng))
    rows = rows_of(make_pair(rng.binomial(64, p), rng.binomial(64, r), 64, None))
    assert rows["other"]["claim"] == "new-ability"
    assert rows["base"]["claim"] != "new-ability"


@pytest.mark.parametrize(
    ("base", "other", "n", "problems"),
    [
        ([3] * 9, [1] * 9, 7, 0),
        ([9] * 9, [9] * 9, 9, 9),
        ([0], [5], 64, 1),
        ([0] * 3, [5] * 3, 64, 3),
    ],
    ids=["n below 8", "all solved", "one problem", "few"],
)
def test_what_cannot_be_told_is_null(base, other, n, problems):
    pair = make_pair(np.array(base), np.array(other), n, None)
    for row in new_ability_rows(pair, sharpening(pair)):
        assert row.get("gain") is None and row.get("claim") is None
        assert row["n_problems"] == problems
        assert (row["note"] or "").startswith(f"{len(base)} of") == (n < 8)
    rates = list(gain_by_rate_rows(pair))
    assert len(rates) == 12 * (problems > 0)
    assert all("gain" not in row for row in rates if row["problems"] < 5)


def test_few_samples_of_some_problems_leave_the_others():
    pair = make_pair(np.array([0] * 12), np.array([6] * 12), 16, None)
    short = np.where(np.arange(12) < 2, 7, 16)
    rows = rows_of(replace(pair, other_n=short))
    assert rows["base"]["n_problems"] == 10
    assert rows["base"]["note"].startswith("2 of 12 problems have fewer than 8 samples")
    assert rows["base"]["chosen"] == pytest.approx(10)


def test_repeated_questions_count_once_and_clusters_widen():
    pair = simulated(of_kinds("two", (0.5, 0.03, 0.2), (0.5, 0.0, 0.05)), 120, 32, 4)
    ids = [f"p{i}" for i in range(240)]
    names = ("base_n", "base_correct", "other_n", "other_correct")
    twice = {name: np.repeat(getattr(pair, name), 2) for name in names}
    same = replace(
        pair, problem_ids=ids, questions=Questions(np.repeat(np.arange(120), 2)), **twice
    )
    pairs = replace(
        pair,
        problem_ids=ids,
        questions=Questions(np.arange(240), np.repeat(np.arange(120), 2)),
        **twice,
    )
    line = Sharpening()
    one, again, wide = (rows_of(each, line=line)["base"] for each in (pair, same, pairs))
    for name in ("chosen", "gain", "gain_low", "gain_high"):
        assert again[name] == pytest.approx(one[name])
    assert wide["gain_low"] == pytest.approx(one["gain_low"])  # as if each were there once
    assert wide["chosen"] == pytest.approx(2 * one["chosen"])


def test_claims():
    row = {"gain": 0.2, "gain_low": 0.1, "gain_high": 0.3, "beyond_line": 2}
    assert claim(row) == "new-ability"
    assert claim({**row, "beyond_line": 0}) == claim({**row, "beyond_line": None}) == "gain"
    assert claim({**row, "gain_low": -0.1}) == "undecided"
    assert claim({**row, "gain_low": -0.1, "gain_high": -0.05}) == "loss"
    assert claim({**row, "gain": None}) is None


def test_a_group_that_holds_most_of_a_gain_is_named():
    strata = [{"family": "q" if i < 4 else "p", "length": str(i % 2)} for i in range(16)]
    gain = np.array([0.5] * 4 + [0.01] * 12)
    assert gained_in(strata, gain) == "family q (94 % of the gain, 25 % of the problems)"
    assert gained_in([{}] * 16, gain) is None


def scores(model, correct, n=64, families=None):
    counts = {"problem_id": [f"q{i}" for i in range(len(correct))], "correct": correct}
    nothing = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    nothing |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    arm = {"model": model, "benchmark": "bench", "protocol": "p"}
    frame = pl.DataFrame(counts).with_columns(
        pl.lit(n, dtype=pl.Int64).alias("n"),
        *(pl.lit(value).alias(name) for name, value in arm.items()),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in nothing.items()),
    )
    texts = [json.dumps({"family": name}) for name in families or []]
    return frame.with_columns(strata=pl.Series(texts or [None] * len(correct), dtype=pl.String))


def study(families=True):
    """Return the tables of a study: RL has lost family q and is else better."""
    base, other = [20] * 30 + [6] * 12, [40] * 30 + [0] * 12
    names = ["p"] * 30 + ["q"] * 12 if families else None
    arms = pl.concat([scores("base", base, families=names), scores("rl", other, families=names)])
    entry = {
        "comparison": "c",
        "base": "base",
        "other": "rl",
        "benchmark": "bench",
        "protocol": "p",
    }
    return study_tables(arms, {"bootstrap": 200, "comparisons": [entry]})


def test_a_lost_family_is_named_by_the_study():
    tables = study()
    row = tables["new_ability"].filter(judged="half", unsolved_by="other").row(0, named=True)
    assert row["strata"] == "family q (100 % of the gain, 29 % of the problems)"
    words = beside(tables)["c", "bench"]
    assert "Of what rl leaves unsolved in 32 samples, base solves 98" in words
    assert "Where: family q" in words
    assert "base leaves too few problems unsolved in 32 samples to tell" in words
    assert beside(study(families=False))["c", "bench"].count("Where") == 0
    assert beside({}) == {}


def test_two_protocols_of_one_model_are_told_apart():
    row = study()["new_ability"].filter(judged="half", unsolved_by="other")
    control = row.with_columns(other=pl.lit("base"), other_protocol=pl.lit("cold"))
    words = sentence(control.to_dicts())
    assert "Of what base (cold) leaves unsolved in 32 samples, base (p) solves 98" in words
    assert "and base (cold) itself" in words
    summary = SUMMARIES["new_ability"](control)
    assert summary.rows[0][summary.header.index("unsolved by")] == "base (cold)"


def test_every_claim_has_words_and_hostile_names_show():
    tables = study()
    row = tables["new_ability"].filter(judged="half", unsolved_by="other")
    words = []
    for what, beyond in (("new-ability", 1), ("gain", 0), ("gain", None), ("loss", 0)):
        one = row.with_columns(
            claim=pl.lit(what), beyond_line=pl.lit(beyond, pl.Int64), base=pl.lit("<b>\u202e")
        )
        words.append(beside({"new_ability": one})["c", "bench"])
    lost = (
        "an ability of <b>⟨U+202E⟩ that rl has lost, as 1 problem exceeds what sharpening predicts"
    )
    assert lost in words[0]
    gained = row.with_columns(
        claim=pl.lit("new-ability"), beyond_line=2, unsolved_by=pl.lit("base")
    )
    assert (
        "new ability of rl, as 2 problems exceed" in beside({"new_ability": gained})["c", "bench"]
    )
    assert "one that sharpening may account for" in words[1]
    assert "no line of log-odds tells whether" in words[2]
    assert "less than rl itself" in words[3]
    none = row.with_columns(h_min=pl.lit(None, pl.Int64), note=pl.lit("few"))
    assert "cannot be looked at: few." in beside({"new_ability": none})["c", "bench"]
    clusters = row.with_columns(gain=pl.lit(None, pl.Float64), chosen=30.0)
    words = beside({"new_ability": clusters})["c", "bench"]
    assert "rl leaves too few independent problems unsolved" in words and "average 30 of" in words


def test_the_same_samples_twice_are_asked_about():
    """A half of a problem's samples tells of the rest, which are the other model's too."""
    right = np.random.default_rng(1).integers(0, 9, 60)
    made = ability_tables({"bench": {"base": right, "rl": right}}, 8)
    assert set(made["new_ability"].filter(judged="half")["claim"]) == {"loss"}
    (words,) = beside(made).values()
    assert words.endswith(
        "less than rl itself. Independent samples do not lead to both: are some the same?"
    )


def test_the_page_shows_both_tables():
    tables = study()
    shown = SUMMARIES["new_ability"](tables["new_ability"])
    assert len(shown.rows) == 4 and "–" in shown.rows[0]
    rates = SUMMARIES["gain_by_rate"](tables["gain_by_rate"])
    assert len(rates.rows) == 12
