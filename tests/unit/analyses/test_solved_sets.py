"""Retained, learned, forgotten: exact rationals, published sets, exchange, strata, simulation."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from boundary.analyses.coverage.compute import coverage_tables
from boundary.analyses.solved_sets.compute import pair_rows, step_rows
from boundary.analyses.solved_sets.section import SUMMARIES, abstract, beside
from boundary.analyses.solved_sets.sets import grid
from boundary.analyses.solved_sets.solved_sets import build
from boundary.analyses.solved_sets.tables import KINDS, SOLVED_SETS, SOLVED_STEPS
from boundary.analysis.differences import difference_curve
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.pairs import pair_arms
from boundary.data.counts import counts_scores
from boundary.digests import canonical_json
from boundary.figures.theme import study_of
from boundary.jobs.pages import Figures
from boundary.jobs.reading import SeriesRow
from boundary.simulate.populations import PUBLISHED
from boundary.strata import NOT_GIVEN, strata_columns, strata_texts
from boundary.tables import check
from score_tables import study_tables

COVERED = dict(zip(KINDS, ("both", "other_only", "base_only", "neither"), strict=True))


def scores(model, correct, n=4, **columns):
    """Return a SCORES frame of one arm."""
    nothing = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    nothing |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.DataFrame({"correct": list(correct), **columns}).with_columns(
        pl.lit(model).alias("model"),
        pl.lit("bench").alias("benchmark"),
        pl.lit("p").alias("protocol"),
        pl.format("q{}", pl.int_range(pl.len())).alias("problem_id"),
        pl.Series("n", np.broadcast_to(n, len(list(correct)))).cast(pl.Int64),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in nothing.items()),
    )


def rows_of(base, other, n=4, **columns):
    pair = pair_arms(scores("b", base, n, **columns), scores("o", other, n), "c")
    return check(pair_rows(pair), SOLVED_SETS, "test")


def last(rows):
    return rows.filter(pl.col("k") == pl.col("k").max(), key="").row(0, named=True)


def pass_at(k, correct, n):
    return 1 - Fraction(math.comb(n - correct, k), math.comb(n, k))


@pytest.mark.parametrize(
    ("sets", "srr", "ndr", "nscr", "p"),
    [
        ((19, 0, 4, 7), Fraction(19, 23), Fraction(0), Fraction(-4, 23), 0.125),  # AIME24
        ((19, 1, 4, 27), Fraction(19, 23), Fraction(1, 20), Fraction(-3, 24), 0.375),  # LCB
    ],
)
def test_published_sets(sets, srr, ndr, nscr, p):
    """Tables 4 and 5 of 2504.13837: RL solves 19 of the base's 23, and none or one beside."""
    base, other = np.repeat([1, 0, 2, 0], sets), np.repeat([3, 1, 0, 0], sets)
    row = last(rows_of(base, other))
    assert tuple(row[name] for name in KINDS) == sets
    assert row["srr"] == pytest.approx(float(srr)) and round(row["srr"], 3) == 0.826
    assert row["ndr"] == pytest.approx(float(ndr)) and row["nscr"] == pytest.approx(float(nscr))
    harmonic = 2 * srr * ndr / (srr + ndr)
    assert row["sds"] == pytest.approx(float(harmonic), abs=1e-12)
    for name in ("srr", "ndr", "sds", "nscr"):
        assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    assert row["srr_high"] < 1 and row["ndr_high"] > 0.1 and row["sds_high"] > 0
    # The exact test is the largest of the three, so that four to none claim nothing.
    assert row["net_p"] == pytest.approx(p) and row["decided"] is False and row["flagged"]
    # Nor do intervals: no change lies in both.
    assert row["net_low"] <= 0 <= row["net_high"] and row["nscr_low"] <= 0 <= row["nscr_high"]


def test_every_k_is_the_exact_expectation():
    rng = np.random.default_rng(4)
    base_n, other_n = rng.integers(9, 14, (2, 12))
    base, other = rng.binomial(base_n, 0.3), rng.binomial(other_n, 0.2)
    pair = pair_arms(scores("b", base, base_n), scores("o", other, other_n), "c")
    made = pair_rows(pair)
    assert made["k"].to_list() == [1, 2, 4, 8, pair.n] if pair.n > 8 else [1, 2, 4, 8]
    for row in made.iter_rows(named=True):
        k = row["k"]
        arms = ((base, base_n), (other, other_n))
        one, two = ([pass_at(k, int(c), int(n)) for c, n in zip(*arm, strict=True)] for arm in arms)
        both = list(zip(one, two, strict=True))
        expected = {
            "retained": sum(b * o for b, o in both),
            "learned": sum((1 - b) * o for b, o in both),
            "forgotten": sum(b * (1 - o) for b, o in both),
            "never": sum((1 - b) * (1 - o) for b, o in both),
        }
        for name, value in expected.items():
            assert row[name] == pytest.approx(float(value), abs=1e-12)
            assert row[f"{name}_share"] == pytest.approx(float(value / 12), abs=1e-13)
        assert row["srr"] in (None, pytest.approx(float(expected["retained"] / sum(one))))
        assert row["ndr"] in (None, pytest.approx(float(expected["learned"] / sum(two))))


def test_at_n_they_are_the_sets_of_coverage_and_net_is_the_difference():
    names = ("qwen2.5-7b", "qwen2.5-7b-simplerl-zoo")
    pair = pair_arms(*(counts_scores(PUBLISHED, name, name, "bench", "p") for name in names), "c")
    made, (covered,) = pair_rows(pair), coverage_tables(pair)[0].iter_rows(named=True)
    row = last(made)
    assert {name: row[name] for name in KINDS} == {x: covered[y] for x, y in COVERED.items()}
    assert row["net_p"] == pytest.approx(covered["mcnemar_p"]) and row["decided"]
    # At n/2 learned and forgotten are what one model alone solves in a half.
    half = made.filter(k=64).row(0, named=True)
    assert half["forgotten"] == pytest.approx(covered["base_only_halves"])
    assert half["learned"] == pytest.approx(covered["other_only_halves"])
    curve = difference_curve(pair, replicates=100)
    for each in made.iter_rows(named=True):
        assert each["net"] == pytest.approx(-curve.band.mean[each["k"] - 1], abs=1e-13)


@pytest.mark.parametrize("n", [1, 2, 3, 16, 100])
def test_the_grid_has_powers_of_two_and_n(n):
    ks = grid(n).tolist()
    assert ks[0] == 1 and ks[-1] == n and ks == sorted(set(ks))
    assert [k for k in ks if k & (k - 1)] in ([], [n])


def test_exchanging_the_models_exchanges_everything():
    rng = np.random.default_rng(9)
    strata = [f'{{"level":"{i % 4}"}}' for i in range(60)]
    for cluster in (None, [str(i // 3) for i in range(60)]):
        more = {"cluster": cluster} if cluster else {}
        arms = [
            scores(name, rng.binomial(16, rng.beta(0.4, 0.6, 60)), 16, strata=strata, **more)
            for name in "bo"
        ]
        one, two = (pair_rows(pair_arms(*pair, "c")) for pair in (arms, arms[::-1]))
        turned = {"retained": "retained", "learned": "forgotten", "never": "never"}
        for name, back in turned.items():
            for part in ("", "_share", "_low", "_high"):
                assert one[name + part].equals(two[back + part])
        assert one["net"].equals(-two["net"]) and one["net_low"].equals(-two["net_high"])
        assert one["net_p"].equals(two["net_p"]) and one["decided"].equals(two["decided"])
        assert one["nscr_low"].to_list() == pytest.approx((-two["nscr_high"]).to_list())
        # What the other solves and the base does not is what the base fails to keep of it.
        assert one["ndr"].to_list() == pytest.approx((1 - two["srr"]).to_list())


def test_the_forgotten_family_comes_out_by_name():
    """Of 60 problems 20 are of a family that the other model no longer solves."""
    family = ["p"] * 40 + ["q"] * 20
    strata = [f'{{"family":"{name}","length":"{i % 3}"}}' for i, name in enumerate(family)]
    base, other = [4] * 60, [4] * 40 + [0] * 18 + [1] * 2
    made = rows_of(base, other, strata=strata)
    at = made.filter(pl.col("k") == 4)
    assert at["value"].to_list() == ["", "p", "q", "0", "1", "2"]
    by = {row["value"]: row for row in at.iter_rows(named=True)}
    assert by["q"]["decided"] and not by["p"]["decided"] and by["q"]["net"] == -0.9
    assert by["q"]["net_holm"] == pytest.approx(2 * by["q"]["net_p"])
    assert made.filter(pl.col("k") < 4)["net_p"].null_count() == made.height - 6
    text = beside({"solved_sets": made})["c", "bench"]
    assert text.startswith(
        "Within 4 samples o learns 0 and forgets 18 of 60 problems (net −30.0 [−41.9, −18.1] "
        "points, p < 0.001). By family, after Holm over 2 strata: o forgets more of family q than "
        "it learns: 18 of 20 problems that b solves, and learns 0 (M = 20, net −90.0 ["
    )
    assert "family p" not in text and "cannot" not in text
    short = abstract({"solved_sets": made})["c", "bench"]
    assert short.startswith(
        "Within 4 samples on bench, by family, after Holm over 2 strata: o forg"
    )
    # It ends as the longer sentence does on the family, and has nothing of what no test decides.
    assert short.removesuffix(".")[-60:] in text and "length" not in short
    both = beside({"solved_sets": rows_of([4] * 40 + [0] * 20, [0] * 40 + [4] * 20, strata=strata)})
    assert "points, p < 0.001); o learns more of family q than it forgets" in both["c", "bench"]
    shown = SUMMARIES["solved_sets"](made)
    assert [row[4] for row in shown.rows] == [
        *("all", "all", "family: p", "family: q", "length: 0", "length: 1", "length: 2")
    ]


def test_a_small_stratum_has_counts_and_no_interval():
    strata = ['{"level":"1"}'] * 4 + ['{"level":"2"}'] * 8
    made = rows_of([4] * 12, [0] * 12, strata=strata).filter(k=4, key="level")
    small, large = made.iter_rows(named=True)
    assert small["forgotten"] == 4 and small["n_problems"] == 4
    names = [name for name in small if name.endswith(("_low", "_high", "_p", "_holm"))]
    assert len(names) == 20 and all(small[name] is None for name in [*names, "decided"])
    assert large["decided"] and large["net_holm"] == large["net_p"]  # the only one tested
    text = beside({"solved_sets": rows_of([4] * 12, [4] * 12, strata=strata)})["c", "bench"]
    assert text.endswith("By level no net change stands after Holm over 1 stratum.")
    keys = [canonical_json(dict.fromkeys("abcde", f"{i % 2}")) for i in range(12)]
    text = beside({"solved_sets": rows_of([4] * 12, [4] * 12, strata=keys)})["c", "bench"]
    assert text.endswith(
        "By a, b, c and 2 more keys no net change stands after Holm over the strata of each."
    )
    few = ['{"level":"1"}'] * 4 + ['{"level":"2"}'] * 3
    alike = {"solved_sets": rows_of([4] * 7, [4] * 7, strata=few)}
    assert abstract(alike) == {} == abstract({})
    text = beside(alike)["c", "bench"]
    assert text.endswith("By level nothing is tested: every stratum is too small.")


def test_clusters_are_the_independent_problems():
    """Four clusters tell too little, however many problems stand in them."""
    base, other = [4] * 40, [0] * 40
    few = rows_of(base, other, cluster=[str(i // 10) for i in range(40)])
    many = rows_of(base, other, cluster=[str(i // 4) for i in range(40)])
    assert last(few)["net_low"] is None and last(few)["decided"] is None
    assert last(many)["net_high"] > last(rows_of(base, other))["net_high"]


@pytest.mark.parametrize(
    ("base", "other", "n"),
    [([2], [1], 4), ([0] * 9, [0] * 9, 1), ([1] * 9, [1] * 9, 1), ([4] * 9, [0] * 9, 4)],
)
def test_studies_with_little_to_tell(base, other, n):
    arms = pl.concat([scores("b", base, n), scores("o", other, n)])
    row = {"comparison": "c", "base": "b", "other": "o", "benchmark": "bench", "protocol": "p"}
    tables = study_tables(arms, {"comparisons": [row], "bootstrap": 100})
    assert last(tables["solved_sets"])["n_problems"] == len(base)
    assert tables["unseen"].height == 2
    assert beside({}) == {}
    words = beside(tables)["c", "bench"]
    assert f"Within {n} sample{'s' * (n > 1)} o learns" in words
    assert f" of {len(base)} problem{'s' * (len(base) > 1)} (net " in words
    assert len(SUMMARIES["unseen"](tables["unseen"]).rows) == 2


def test_along_training_each_checkpoint_is_held_against_the_first():
    rng = np.random.default_rng(3)
    arms = {name: rng.binomial(8, 0.4, 30) for name in ("base", "rl-10", "rl")}
    table = pl.concat(scores(name, c, 16 if name == "base" else 8) for name, c in arms.items())
    points = [{"model": name, "step": step} for name, step in zip(arms, (0, 10, 20), strict=True)]
    series = SeriesRow(series="s", benchmark="bench", protocol="p", points=points)
    made = check(step_rows(table, series), SOLVED_STEPS, "test")
    assert made.select("first", "model", "step", "k").rows() == [
        ("base", model, step, k) for model, step in (("rl-10", 10), ("rl", 20)) for k in (1, 8)
    ]
    pair = pair_arms(table.filter(model="base"), table.filter(model="rl"), "c")
    expected = pair_rows(pair).filter(pl.col("k").is_in([1, 8]))
    for name in ("retained", "learned_low", "net_high", "srr"):
        assert made.filter(model="rl")[name].to_list() == pytest.approx(expected[name].to_list())
    assert SUMMARIES["solved_steps"](made).rows[0][:6] == ["s", "bench", "base", "rl-10", "10", "1"]
    alone = series.model_copy(update={"points": series.points[:1]})
    assert step_rows(table, alone).is_empty()


def test_holm_by_hand():
    assert holm_adjusted([0.01, None, 0.04, 0.03]) == [
        pytest.approx(0.03),
        None,
        pytest.approx(0.06),
        pytest.approx(0.06),
    ]
    assert holm_adjusted([0.9, 0.8]) == [1.0, 1.0] and holm_adjusted([None]) == [None]


def test_keys_that_tell_groups_apart():
    texts = [f'{{"id":"{i}","level":"{i % 3}","one":"x"}}' for i in range(21)]
    made = strata_columns(pl.Series([*texts, '{"one":"x"}', None], dtype=pl.String))
    assert list(made) == ["level"]
    assert made["level"] == [*(str(i % 3) for i in range(21)), NOT_GIVEN, NOT_GIVEN]
    assert strata_columns(pl.Series([None, None], dtype=pl.String)) == {}
    assert list(strata_columns(pl.Series(texts[:20]))) == ["id", "level"]


def test_a_column_that_tells_how_its_own_model_did_is_no_stratum():
    """Two draws of one model: by what the first solved, the second seems to learn and forget."""
    rng = np.random.default_rng(1)
    rate = rng.beta(0.4, 0.6, 200)
    sides = [rng.binomial(8, rate) for _ in range(2)]
    arms = []
    for name, correct in zip("bo", sides, strict=True):
        texts = [
            canonical_json({"level": str(i % 2), "solved": "yes" if c else "no", name: str(i % 3)})
            for i, c in enumerate(correct)
        ]
        arms.append(scores(name, correct, 8, strata=texts))
    rows = pair_rows(pair_arms(*arms, "c"))
    assert set(rows["key"]) == {"", "level", "b", "o"}
    assert not last(rows)["decided"]


def test_a_key_without_a_name_is_none():
    assert strata_texts(pl.Series(['{"":"x"}'])).to_list() == [None]


@pytest.mark.parametrize("ids", [3, 6, 9, 18])
def test_questions_of_many_ids_are_no_more_than_solved(ids):
    """Six questions, each id with another n and all of it right: nothing is left to rounding."""
    n = np.tile(np.arange(8, 8 + ids), 6)
    asked = {"question": [f"{i // ids}" for i in range(len(n))]}
    pair = pair_arms(scores("b", n, n, **asked), scores("o", n, n, **asked), "c")
    row = last(check(pair_rows(pair), SOLVED_SETS, "test"))
    assert [row[kind] for kind in KINDS] == [6, 0, 0, 0]


def test_many_problems_with_unequal_n_have_the_limit_of_the_exact_test(monkeypatch):
    rng = np.random.default_rng(1)
    base, other = rng.binomial(16, 0.05, 300), rng.binomial(8, 0.04, 300)
    n = (np.full(300, 16), np.full(300, 8))
    pair = pair_arms(scores("b", base, n[0]), scores("o", other, n[1]), "c")
    exact = last(pair_rows(pair))["net_p"]
    monkeypatch.setattr("boundary.analyses.solved_sets.sets.MOST_EXACT", 0)
    assert last(pair_rows(pair))["net_p"] == pytest.approx(exact, rel=0.05)


def test_more_strata_than_a_figure_holds_stand_in_the_table():
    keys = [canonical_json({f"{k:02}": f"{i % 2}" for k in range(14)}) for i in range(12)]
    spec = Figures.model_validate(
        {"study": "s", "figures": [], "models": [{"name": "b", "role": "base"}], "confidence": 0.95}
    )
    made = rows_of([4] * 12, [0] * 12, strata=keys)
    drawn = json.dumps(build({"solved_sets": made}, study_of(spec, {}), None).to_dict())
    assert "by 11" in drawn and "by 12" not in drawn and "2 more panels of strata" in drawn


def test_hostile_strata_are_shown_as_text():
    strata = [canonical_json({"a\u202eb": "<b>\u202e" if i < 8 else "x" * 60}) for i in range(20)]
    made = rows_of([4] * 20, [0] * 8 + [4] * 12, strata=strata)
    text = beside({"solved_sets": made})["c", "bench"]
    assert "forgets more of a⟨U+202E⟩b <b>⟨U+202E⟩ than it learns" in text
    spec = Figures.model_validate(
        {"study": "s", "figures": [], "models": [{"name": "b", "role": "base"}], "confidence": 0.95}
    )
    drawn = json.dumps(build({"solved_sets": made}, study_of(spec, {}), None).to_dict())
    assert "\\u202e" not in drawn and "<b>\\u27e8U+202E\\u27e9 (M = 8)" in drawn
