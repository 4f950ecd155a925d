"""The screen: exact p, flags, the benchmark's p, and verdicts without flagged problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_screen import ScreenInputs
from boundary.analyses.screen.compute import compute, permuted_p, problems_table
from boundary.analyses.screen.section import SUMMARIES, beside
from boundary.jobs.reading import ComparisonRow
from score_tables import arm

WORDS = 10
ARM = {"model": "b", "benchmark": "bench", "protocol": "p"}
PAIR = ComparisonRow(comparison="c", base="b", other="o", benchmark="bench", protocol="p")


def completions(common: Any, shares: tuple[float, ...] = (0.5,), **labels: str) -> pl.DataFrame:
    """Return completions of ten words, so many of which stand in order in the rest.

    ``common`` is an array [problems, shares, 1 + twins]; the original is the first.
    """
    common = np.asarray(common)
    rows = [
        {
            **(ARM | labels),
            "problem_id": f"q{i}",
            "share": share,
            "twin": twin,
            "words": WORDS,
            "text": "x",
            "rouge_l": int(count) / WORDS,
            "exact": int(count) == WORDS,
            "run": int(count) // 2,
            "excluded": None,
        }
        for i, by_share in enumerate(common)
        for share, by_twin in zip(shares, by_share, strict=True)
        for twin, count in enumerate(by_twin)
    ]
    return pl.DataFrame(rows, schema_overrides={"excluded": pl.String})


def inputs(frames: list[pl.DataFrame], scores: pl.DataFrame, **keys: Any) -> ScreenInputs:
    settings = {"comparisons": [PAIR], "level": 0.05, "bootstrap": 100, "confidence": 0.95}
    made: Any = settings | {"compared": scores} | keys
    return ScreenInputs(pl.concat(frames), scores, **made)


def both(base: Any, other: Any, n: int = 16, **more: Any) -> pl.DataFrame:
    return pl.concat([arm("b", base, n), arm("o", other, n)]).with_columns(**more)


def tables(*args: Any, **keys: Any) -> dict[str, pl.DataFrame]:
    return finished("screen", [compute(inputs(*args, **keys), Options())])


def test_p_by_hand() -> None:
    """Of four twins one is better, and one as good by ROUGE-L with a shorter run."""
    frame = completions([[[6, 7, 6, 2, 2]]])
    shorter = pl.when(twin=2).then(2).otherwise("run")
    row = problems_table(frame.with_columns(run=shorter.cast(pl.Int64)), 0.05).row(0, named=True)
    assert (row["twins"], row["twins_as_good"], row["p"]) == (4, 1, 2 / 5)
    row = problems_table(frame, 0.05).row(0, named=True)
    assert (row["twins_as_good"], row["p"], row["flagged"]) == (2, 3 / 5, False)


def test_holm_over_shares() -> None:
    """Of 59 twins none is as good at the first share: 3/60 is at the level, 3/59 is not."""
    twins = [0] * 59
    best = [[[10, *twins], [0, *twins], [0, *twins]]]
    shares = (0.4, 0.6, 0.8)
    rows = problems_table(completions(best, shares), 0.05)
    assert rows["p_adjusted"].to_list() == pytest.approx([3 / 60, 1, 1])
    assert rows["flagged"].to_list() == [True, False, False]
    fewer = problems_table(completions(np.asarray(best)[..., :59], shares), 0.05)
    assert not fewer["flagged"].any()


@pytest.mark.parametrize(("twins", "level"), [(19, 0.05), (19, 0.1), (9, 0.1)])
def test_the_level_is_exact_where_originals_are_exchangeable(twins: int, level: float) -> None:
    """Without ties p is uniform on its grid; with them it flags less, and never more."""
    rng = np.random.default_rng(twins)
    m = 3000
    for values, exact in ((10_000, True), (4, False)):
        drawn = rng.integers(values, size=(m, 1, 1 + twins))
        frame = completions(drawn % 11).with_columns(rouge_l=pl.Series(drawn.ravel() / values))
        flags = int(problems_table(frame.with_columns(run=0), level)["flagged"].sum())
        low, high = binom.interval(0.999, m, level)
        assert flags <= high
        assert flags >= low or not exact


def test_the_p_of_a_benchmark_is_exact_too() -> None:
    rng = np.random.default_rng(5)
    p = np.array([permuted_p(rng.random((12, 6)) ** 3) for _ in range(300)])
    for level in (0.05, 0.2, 0.5):
        low, high = binom.interval(0.999, len(p), level)
        assert low <= (p <= level).sum() <= high
    best = np.zeros((12, 6))
    best[:, 0] = 1.0
    assert permuted_p(best) == 1 / 10_000
    assert permuted_p(np.zeros((12, 6))) == 1.0


def test_one_problem_is_drawn_as_its_enumeration_says() -> None:
    """Two problems of three texts: the original's sum is reached in 2 of 9 cases."""
    scores = np.array([[0.9, 0.9, 0.0], [0.8, 0.0, 0.1]])
    assert permuted_p(scores) == pytest.approx(2 / 9, abs=0.02)


@pytest.fixture(scope="module")
def seen() -> dict[str, pl.DataFrame]:
    """The other model has seen ten of forty problems, which it alone solves."""
    rng = np.random.default_rng(2)
    unseen = rng.integers(7, size=(2, 40, 1, 20))
    unseen[1, :10, 0, 0] = 10
    frames = [completions(unseen[0]), completions(unseen[1], model="o")]
    return tables(frames, both([4] * 40, [16] * 10 + [4] * 30))


def test_what_was_seen_is_found(seen: dict[str, pl.DataFrame]) -> None:
    base, other = seen["screen"].sort("model").to_dicts()
    assert (base["memory"], other["memory"]) == ("not_found", "found")
    assert (other["n_problems"], other["n_twins"], other["exact"]) == (40, 19, 0.25)
    assert other["exact_low"] < 0.25 < other["exact_high"]
    assert other["lead_low"] > 0
    assert other["n_flagged"] == other["n_flagged_anywhere"] >= 10
    flagged = seen["screen_problems"].filter(pl.col("flagged"), model="o")["problem_id"]
    assert {f"q{i}" for i in range(10)} <= {*flagged}


def test_the_verdict_rests_on_what_was_seen(seen: dict[str, pl.DataFrame]) -> None:
    (row,) = seen["screen_verdicts"].to_dicts()
    assert (row["verdict"], row["verdict_kept"]) == ("other-ahead-early", "undetermined")
    assert row["diff_at_1"] == pytest.approx(-10 / 40 * 0.75)
    assert (row["kept_diff_at_1"], row["n_random"]) == (0.0, 200)
    # Ten of forty at random leave some of the ten in place.
    assert row["random_as_all"] >= 195
    assert row["random_as_kept"] <= 5
    assert row["random_diff_at_1_low"] < row["diff_at_1"] < row["random_diff_at_1_high"] < 0


def test_the_page_never_says_clean(seen: dict[str, pl.DataFrame]) -> None:
    texts = [SUMMARIES[name](seen[name]) for name in ("screen", "screen_verdicts")]
    said = beside(seen)["c", "bench"]
    assert "b: no verbatim memory found" in said
    assert "o: verbatim memory found (1" in said
    assert "Without the 1" in said
    assert "at most 5.0 % of unseen ones" in said
    assert not any("clean" in f"{text}".lower() for text in (*texts, said))


def test_nothing_flagged_leaves_the_verdict_alone() -> None:
    frame = completions(np.tile([5] * 20, (4, 1, 1)))
    made = tables([frame], both([4, 5, 6, 7], [8, 9, 10, 11]))
    (row,) = made["screen_verdicts"].to_dicts()
    assert (row["n_flagged"], row["verdict_kept"], row["n_random"]) == (0, None, 0)
    assert row["random_as_all"] is None
    assert SUMMARIES["screen_verdicts"](made["screen_verdicts"]).rows[0][-1] == "–"
    assert "no verbatim memory found" in beside(made)["c", "bench"]


def test_exchanging_base_and_other_exchanges_the_verdict() -> None:
    rng = np.random.default_rng(7)
    common = rng.integers(5, size=(30, 1, 20))
    common[:6, 0, 0] = 10
    base, other = rng.binomial(16, 0.2, 30).tolist(), rng.binomial(16, 0.4, 30).tolist()
    scores = both(base, other)
    turned = PAIR.model_copy(update={"base": "o", "other": "b"})
    rows = [
        tables([completions(common)], scores, comparisons=[pair])["screen_verdicts"].row(
            0, named=True
        )
        for pair in (PAIR, turned)
    ]
    for name in ("diff_at_1", "kept_diff_at_1", "kept_diff_at_k_max"):
        assert rows[0][name] == pytest.approx(-rows[1][name])
    assert rows[0]["random_as_all"] == rows[1]["random_as_all"]
    assert rows[0]["n_flagged"] == rows[1]["n_flagged"] >= 6


def test_equal_questions_are_one_problem() -> None:
    common = np.tile([[[9, 1, 1, 1, 1]]], (6, 1, 1))
    question = pl.col("problem_id").str.slice(1).cast(pl.Int64) // 2
    scores = both([4] * 6, [8] * 6, question=question.cast(pl.String))
    made = tables([completions(common)], scores)
    assert made["screen"]["n_problems"].to_list() == [3]
    again = tables([completions(np.tile([[[9] + [1] * 19]], (6, 1, 1)))], scores)["screen"]
    assert again.select("n_flagged", "n_flagged_anywhere", "n_screened").rows() == [(3, 3, 3)]
    # Six originals that are best of five each would have a smaller p.
    assert made["screen"]["p"][0] == pytest.approx(1 / 125, abs=0.004)


def test_what_is_left_out_is_counted() -> None:
    frame = completions(np.tile([5] * 5, (3, 1, 1)))
    gone = pl.DataFrame(
        [ARM | {"problem_id": f"q{i}", "share": 0.5, "twin": 0, "words": 0} for i in (3, 4)]
    ).with_columns(excluded=pl.Series(["too_short", "few_twins"]))
    whole = pl.concat([frame, gone], how="diagonal")
    made = tables([whole], both([4] * 5, [8] * 5))
    assert made["screen"]["n_problems"].to_list() == [3]
    assert made["screen_left_out"].select("excluded", "n", "of").rows() == [
        ("few_twins", 1, 5),
        ("too_short", 1, 5),
    ]
    rows = SUMMARIES["screen_left_out"](made["screen_left_out"]).rows
    assert rows[0][-2:] == ["not as many different twins", "1 of 5"]
    nothing = tables([whole.filter(pl.col("excluded").is_not_null())], both([4] * 5, [8] * 5))
    assert nothing["screen"].is_empty()
    assert "No problem screened" in beside(nothing)["c", "bench"]
