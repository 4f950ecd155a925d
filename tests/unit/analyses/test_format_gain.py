"""Parts of a gain: exact sums, exchange, coverage, published counts, what the sentence claims."""

import json
import sys
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from boundary.analyses.format_gain.compute import gain_parts, parted, rule_gains
from boundary.analyses.format_gain.section import SUMMARIES, beside, flipped
from boundary.analyses.format_gain.tables import FORMAT_GAIN, PART_OF
from boundary.analysis.frames import column_types
from boundary.analysis.linearised import Estimate
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.comparison.result import compare_sides
from boundary.comparison.words import lines
from boundary.importers.sides import Reading, read_side
from format_worlds import FORMS, NAMES, drawn_pair, truth
from harness import ROOT
from score_tables import study_tables

SHARED = ROOT.parent / "shared/data"
FORMATS = SHARED / "formats/reasoning_gym"
COUNTS = SHARED / "counts/reasoning_gym_format_asymmetry.csv"
LABELS = dict(zip(NAMES, ("c", "base", "other", "bench", "p", "p"), strict=True))


def arm(n, boxed, declared, loose, cut=0, silent=0, unset=0):
    """Return the scores of an arm: answers of each form as (count, right), a number a problem."""
    columns = {"n": n, "truncated_no_answer": cut, "no_answer": np.add(cut, silent)}
    columns |= {"n_unset": unset, "correct": boxed[1] + declared[1] + loose[1]}
    for form, (count, right) in zip(FORMS, (boxed, declared), strict=False):
        columns |= {f"answered_{form}": count, f"answered_{form}_correct": right}
    rights = np.cumsum([boxed[1], declared[1], loose[1]], axis=0)
    columns |= {f"correct_{form}": each for form, each in zip(FORMS, rights, strict=True)}
    frame = pl.DataFrame({"problem_id": [f"{i:03}" for i in range(len(boxed[1]))]})
    return frame.with_columns(
        pl.Series(name, np.broadcast_to(each, frame.height).astype(np.int64))
        for name, each in columns.items()
    )


def pair_of(base, other, questions=None):
    counts = (each[name].to_numpy() for each in (base, other) for name in ("n", "correct"))
    return Pair(
        LABELS, base["problem_id"].to_list(), questions or Questions.distinct(base.height), *counts
    )


def terms(base, other, questions=None):
    """Return the rows of the parts by term."""
    given = pair_of(base, other, questions), {"base": base, "other": other}
    return {row["term"]: row for row in gain_parts(*given, 0.95)}


def random_arm(seed, m=30):
    """Draw an arm of which all groups occur."""
    rng = np.random.default_rng(seed)
    n = rng.integers(8, 20, m)
    groups = np.stack([rng.multinomial(each, [0.3, 0.2, 0.2, 0.1, 0.1, 0.1]) for each in n]).T
    forms = [(each, rng.binomial(each, rng.random(m))) for each in groups[:3]]
    return arm(n, *forms, *groups[3:])


def exact(base, other):
    """Return the parts in exact rationals, by the formulas of the documentation."""

    def mean(frame, *names):
        rows = frame.select("n", *names).iter_rows()
        return sum(Fraction(sum(of), n) for n, *of in rows) / frame.height

    sides = []
    for frame in (base, other):
        silent = (
            mean(frame, "truncated_no_answer"),
            mean(frame, "no_answer"),
            mean(frame, "n_unset"),
        )
        shares = [mean(frame, f"answered_{form}") for form in FORMS[:2]]
        rights = [mean(frame, f"answered_{form}_correct") for form in FORMS[:2]]
        a, v = 1 - silent[1] - silent[2], mean(frame, "correct")
        shares.append(a - sum(shares))
        rights.append(v - sum(rights))
        sides.append((a, v, silent, shares, rights))
    (a_b, v_b, t_b, w_b, c_b), (a_o, v_o, t_o, w_o, c_o) = sides
    r_b, r_o = v_b / a_b, v_o / a_o
    r, a = (r_b + r_o) / 2, (a_b + a_o) / 2
    parts = {"gain": v_o - v_b, "answering": (a_o - a_b) * r, "being_right": a * (r_o - r_b)}
    parts |= {"cut": (t_b[0] - t_o[0]) * r, "unset": (t_b[2] - t_o[2]) * r}
    parts["no_answer"] = (t_b[1] - t_b[0] - t_o[1] + t_o[0]) * r
    for i, form in enumerate(FORMS):
        q_b, q_o, s_b, s_o = c_b[i] / w_b[i], c_o[i] / w_o[i], w_b[i] / a_b, w_o[i] / a_o
        parts[f"form_{form}"] = a * (s_o - s_b) * ((q_b + q_o) / 2 - r)
        parts[f"right_{form}"] = a * (s_b + s_o) / 2 * (q_o - q_b)
    return parts


@pytest.mark.parametrize("seed", range(5))
def test_parts_are_exact_and_add_up(seed):
    base, other = random_arm([seed, 0]), random_arm([seed, 1])
    rows, expected = terms(base, other), exact(base, other)
    assert rows.keys() == expected.keys() == PART_OF.keys()
    for term, value in expected.items():
        assert rows[term]["points"] == pytest.approx(float(value), abs=1e-14)
        assert rows[term]["ci_low"] <= rows[term]["points"] <= rows[term]["ci_high"]
    for whole in {name for name in PART_OF.values() if name}:
        assert sum(expected[term] for term in PART_OF if PART_OF[term] == whole) == expected[whole]


def test_exchanging_the_arms_turns_every_sign():
    base, other = random_arm(7), random_arm(8)
    there, back = terms(base, other), terms(other, base)
    for term, row in there.items():
        assert back[term]["points"] == -row["points"]
        assert back[term]["ci_low"] == pytest.approx(-row["ci_high"], abs=1e-15)
        assert back[term]["base_right"] == row["other_right"]
    frames = {"base": base, "other": other}
    one = rule_gains(pair_of(base, other), frames, 0.95)
    two = rule_gains(pair_of(other, base), dict(zip(frames, (other, base), strict=True)), 0.95)
    for row, opposite in zip(one, two, strict=True):
        assert opposite["gain"] == -row["gain"]
        assert opposite["ci_high"] == -row["ci_low"]
        assert opposite["flips"] == row["flips"]


def test_a_model_that_never_answers_is_taken_to_be_as_often_right():
    none, some = (np.zeros(50, np.int64), np.zeros(50, np.int64)), np.full(50, 3)
    base = arm(4, none, none, none, silent=4)
    other = arm(4, (some, some - 1), none, none, silent=1)
    rows = terms(base, other)
    assert rows["gain"]["points"] == rows["answering"]["points"] == pytest.approx(0.5)
    assert rows["being_right"]["points"] == 0
    assert rows["answering"]["base_right"] is None
    assert "form_boxed" not in rows
    assert terms(base, base) == {}
    shown = SUMMARIES["format_gain"](
        pl.DataFrame([*rows.values()], schema=column_types(FORMAT_GAIN))
    )
    gain = dict(zip(shown.header, shown.rows[0], strict=True))
    assert gain["other"].startswith(f"{LABELS['other']} · ")
    assert (gain["right of these, base"], gain["right of these, other"]) == ("0.0 %", "50 %")


def test_a_form_that_one_model_alone_uses_is_all_form():
    ones = np.ones(40, np.int64)
    base = arm(4, (0 * ones, 0 * ones), (0 * ones, 0 * ones), (4 * ones, ones))
    other = arm(4, (2 * ones, 2 * ones), (0 * ones, 0 * ones), (2 * ones, ones))
    rows = terms(base, other)
    assert rows["right_boxed"]["points"] == 0
    assert rows["form_boxed"]["points"] > 0
    assert "form_declared" not in rows
    total = sum(rows[term]["points"] for term in rows if PART_OF[term] == "being_right")
    assert total == pytest.approx(rows["gain"]["points"]) == pytest.approx(0.5)


def test_one_problem_has_no_standard_error():
    rows = terms(random_arm(3, 1), random_arm(4, 1))
    for row in rows.values():
        assert (row["ci_low"], row["ci_high"]) == (-1, 1)


def test_all_solved():
    full = np.full(30, 4)
    none = 0 * full
    same = arm(4, (full, full), (none, none), (none, none))
    assert [row["points"] for row in terms(same, same).values()] == [0, 0, 0]


def test_a_question_under_several_ids_counts_once():
    base, other = random_arm(5, 20), random_arm(6, 20)
    index = np.concatenate([np.arange(20), [0] * 15])
    many = [
        pl.concat([frame, *[frame[:1]] * 15]).with_columns(
            problem_id=pl.Series([f"{i:03}" for i in range(35)])
        )
        for frame in (base, other)
    ]
    one, two = terms(base, other), terms(*many, Questions(index))
    for term, row in one.items():
        assert two[term]["ci_low"] == pytest.approx(row["ci_low"])
        assert two[term]["n_problems"] == 20


def test_few_problems_with_an_answer_leave_an_accuracy_open():
    """The base answers 2 of 100 problems, always rightly; the accuracy of that is not known."""
    ones = np.ones(100, np.int64)
    few = np.array([4] * 2 + [0] * 98)
    none = (0 * ones, 0 * ones)
    base = arm(4, (few, few), none, none, silent=4 - few)
    rows = terms(base, arm(4, (4 * ones, 2 * ones), none, none))
    assert rows["being_right"]["support"] == 2
    assert rows["being_right"]["ci_low"] < -0.25
    assert rows["being_right"]["ci_high"] > 0.2


@pytest.mark.parametrize("lacking", ["no_answer", "answered_boxed_correct", "truncated_no_answer"])
def test_what_is_not_known_of_both_models_has_no_part(lacking):
    base, other = random_arm(1), random_arm(2)
    rows = terms(base, other.with_columns(pl.lit(None, dtype=pl.Int64).alias(lacking)))
    left = {
        "no_answer": set(),
        "answered_boxed_correct": {"gain", "answering", "cut", "no_answer", "unset", "being_right"},
        "truncated_no_answer": set(PART_OF) - {"cut"},
    }
    assert set(rows) == left[lacking]
    if rows:
        assert rows["gain"]["points"] == terms(base, other)["gain"]["points"]


def test_counts_tell_nothing():
    counts = pl.DataFrame({"problem_id": ["a", "b"], "n": [4, 4], "correct": [1, 2]})
    given = pair_of(counts, counts), {"base": counts, "other": counts}, 0.95
    assert gain_parts(*given) == rule_gains(*given) == []
    assert beside({}) == {}


def test_the_gain_is_the_difference_at_k_1():
    arms = []
    for model in ("b", "o"):
        names = {"model": model, "benchmark": "bench", "protocol": "p"}
        frame = random_arm(ord(model)).with_columns(
            *(pl.lit(value).alias(name) for name, value in names.items()),
            *(pl.lit(None, pl.Int64).alias(name) for name in ("truncated", "distinct_answers")),
            majority_correct=pl.lit(None, pl.Boolean),
            mean_tokens=pl.lit(None, pl.Float64),
        )
        arms.append(frame)
    spec = {"comparisons": [LABELS | {"base": "b", "other": "o"}], "min_n": 10}
    spec["comparisons"][0].pop("other_protocol")
    tables = study_tables(pl.concat(arms), spec)
    row = tables["differences"].filter(k=1).row(0, named=True)
    (gain,) = tables["format_gain"].filter(term="gain").to_dicts()
    (strict,) = tables["rule_gains"].filter(rule="strict").to_dicts()
    assert gain["n_problems"] == row["n_problems"] < 30
    for made, name in ((gain, "points"), (strict, "gain")):
        assert made[name] == pytest.approx(-row["diff"])
        assert made["ci_low"] == pytest.approx(-row["ci_high"])
    for name, make in SUMMARIES.items():
        assert len(make(tables[name]).rows) == tables[name].height


def test_intervals_cover_and_the_sentence_is_right():
    """A quick part of tests/benchmarks/format_gain_size.py: the least of 11 parts of 120 runs."""
    true, held, runs = truth("both"), dict.fromkeys(truth("both"), 0), 120
    for run in range(runs):
        pair, arms = drawn_pair("both", 100, 16, np.random.default_rng([9, run]))
        for row in gain_parts(pair, arms, 0.95):
            held[row["term"]] += row["ci_low"] <= true[row["term"]] <= row["ci_high"]
    assert min(held.values()) >= 0.88 * runs
    for world, expected in {
        "format": "Format, not ability",
        "ability": None,
        "nothing": None,
    }.items():
        for run in range(15):
            given = *drawn_pair(world, 300, 16, np.random.default_rng([4, run]), "boxed"), 0.95
            text = next(flipped({row["rule"]: row for row in rule_gains(*given)}), None)
            assert (text and text.partition(":")[0]) == expected


@pytest.mark.parametrize(
    ("boxed", "head"), [(False, "Hangs on grading"), (True, "Hidden by format")]
)
def test_a_gain_under_the_study_rule_alone_hangs_on_grading(boxed, head):
    """The lenient rule finds the base as often right: nobody knows which of the two is."""
    half, all_, none = (np.full(60, each) for each in (2, 4, 0))
    base = arm(4, (half, half), (none, none), (half, none))
    other = (
        arm(4, (half, half), (none, none), (half, half))
        if boxed
        else arm(4, (all_, all_), (none, none), (none, none))
    )
    if not boxed:
        base, other = (each.with_columns(correct_lenient=pl.lit(4)) for each in (base, other))
    rows = rule_gains(pair_of(base, other), {"base": base, "other": other}, 0.95)
    text = next(flipped({row["rule"]: row for row in rows}))
    assert text.startswith(f"{head}: ")


def test_what_parts_two_gains():
    def gain(value):
        return Estimate(value, np.zeros(3))

    sure = (0.1, 0.3)
    assert parted(gain(0.2), gain(0.0), (sure, (-0.05, 0.05)), (0.1, 0.3))
    assert parted(gain(0.0), gain(-0.2), ((-0.05, 0.05), (-0.3, -0.1)), (0.1, 0.3))
    assert parted(gain(0.2), gain(-0.2), (sure, (-0.3, -0.1)), (0.3, 0.5))
    assert not parted(gain(0.2), gain(0.1), (sure, (-0.05, 0.15)), (0.05, 0.15))  # half may be left
    assert not parted(gain(0.2), gain(0.0), (sure, (-0.05, 0.05)), (-0.1, 0.3))
    assert not parted(gain(0.2), gain(0.15), (sure, (0.05, 0.25)), (0.01, 0.1))


@pytest.mark.skipif(not COUNTS.is_file(), reason="the counts of reasoning-gym are not here")
def test_published_counts_of_reasoning_gym():
    """Of the arm `games`: 12.8 to 24.5 % right, 15.3 and 4.4 % without an answer."""
    rows = pl.read_csv(COUNTS).filter(arm="games")
    none = (np.zeros(rows.height, np.int64),) * 2
    sides = []
    for side in ("base", "rl"):
        right, silent = (rows[f"{side}_{name}"].to_numpy() for name in ("correct", "no_answer"))
        sides.append(arm(300, (300 - silent, right), none, none, silent=silent))
    parts = terms(*sides)
    assert [round(100 * parts["gain"][f"{side}_right"], 1) for side in ("base", "other")] == [
        12.8,
        24.5,
    ]
    assert [
        round(100 * parts["being_right"][f"{side}_right"], 1) for side in ("base", "other")
    ] == [
        15.1,
        25.6,
    ]
    a_b, a_o, r_b, r_o = (
        1 - Fraction(int(rows["base_no_answer"].sum()), 300 * rows.height),
        1 - Fraction(int(rows["rl_no_answer"].sum()), 300 * rows.height),
        Fraction(
            int(rows["base_correct"].sum()), int(300 * rows.height - rows["base_no_answer"].sum())
        ),
        Fraction(
            int(rows["rl_correct"].sum()), int(300 * rows.height - rows["rl_no_answer"].sum())
        ),
    )
    assert parts["answering"]["points"] == pytest.approx(float((a_o - a_b) * (r_b + r_o) / 2))
    assert parts["being_right"]["points"] == pytest.approx(float((a_o + a_b) / 2 * (r_o - r_b)))


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the files of reasoning-gym are not here")
@pytest.mark.parametrize("rule", ["any", "declared"])
def test_needle_haystack_is_format_and_not_ability(rule, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT / "tests/benchmarks")])
    from needle_haystack import responses

    sides = []
    for path in sorted(FORMATS.glob("*.json")):
        file = tmp_path / f"{path.stem}.jsonl"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in responses(path)))
        reading = Reading(benchmark="needle_haystack", extract=rule)
        sides += read_side(file, reading, tmp_path / path.stem)
    words = " ".join(" ".join(lines(compare_sides(sides))).split())
    assert (
        "Format, not ability: when only declared answers count, needle_haystack_rl − "
        "needle_haystack_base is +91.7 [+86.0, +96.8] (0.0 % to 92 %) points at k = 1; when "
        "whatever a reader would take for the answer counts, +0.7 [−3.2, +4.5] (92 % to 93 %)."
    ) in words
    assert "by the verdicts of its files it is +91.7 [+86.0, +96.8]" in words
