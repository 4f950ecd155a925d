"""Shares of first words by hand, and what may be said of families."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.strategies import ANALYSIS, StrategyOptions, section
from boundary.analyses.strategies.compute import Estimate, compute, difference_of_shares
from boundary.analyses.strategies.strategies import build
from boundary.analysis.questions import Questions
from boundary.figures import theme
from boundary.report import chapters

LABELS = {"model": "m", "benchmark": "b", "protocol": "p"}


class Arm:
    """The responses to the problems of one arm, by family; each letter pair is a problem."""

    labels, confidence = LABELS, 0.95

    def __init__(self, responses: dict[str, list[list[str]]], by: str = "family") -> None:
        self.asked_of = [
            (f"{family}{i}", family, texts)
            for family, problems in responses.items()
            for i, texts in enumerate(problems)
        ]
        self.by = by

    def samples(self):
        """Two blocks, of the first response to each problem and of the others."""
        for block in (slice(0, 1), slice(1, None)):
            rows = [(name, text) for name, _, texts in self.asked_of for text in texts[block]]
            schema = {"problem_id": pl.String, "response": pl.String}
            yield pl.DataFrame(rows, schema=schema, orient="row"), None

    def problems(self, columns):
        metadata = [json.dumps({self.by: family}) for _, family, _ in self.asked_of]
        names = [name for name, *_ in self.asked_of]
        return pl.DataFrame({"benchmark": "b", "problem_id": names, "metadata": metadata})

    def asked(self):
        names = [name for name, *_ in self.asked_of]
        return pl.DataFrame({"problem_id": names, "question": names, "cluster": names})


def tables(responses: dict[str, list[list[str]]], **options: Any) -> dict[str, pl.DataFrame]:
    made = compute(Arm(responses), StrategyOptions(**options))  # type: ignore[arg-type]
    return finished("strategies", [made])


def test_shares_by_hand() -> None:
    made = tables(
        {
            "p": [["> o1", ">", " \n> x", "< o1"], ["<", "<", "", ">> o1"]],
            "q": [["<"] * 4, ["#", "<<", "a <", ">"], ["<", ">", ">", ">"]],
        }
    )
    shares = {(row["family"], row["word"]): row for row in made["strategies"].to_dicts()}
    assert [shares[key]["share"] for key in (("p", ">"), ("p", "<"), ("q", "<"), ("q", ">"))] == [
        pytest.approx(x) for x in (3 / 8, 3 / 8, 5 / 12, 1 / 3)
    ]
    row = shares["q", "<"]
    assert (row["n_problems"], row["n_min"], row["n_max"]) == (3, 4, 4)
    # sd of 1, 0, 1/4 over the root of 3.
    assert row["se"] == pytest.approx((((7 / 12) ** 2 + (5 / 12) ** 2 + (1 / 6) ** 2) / 6) ** 0.5)
    assert row["ci_low"] < row["share"] < row["ci_high"]


def of(mean: float, m: int) -> Estimate:
    return Estimate(mean, (mean * (1 - mean) / (m - 1)) ** 0.5, Questions.distinct(m), 4, 4)


def test_the_interval_of_a_difference_as_printed() -> None:
    # Newcombe 1998, of 0 of 10 against 0 of 10 with exact ends 0 and 1 − 0.025^(1/10) each.
    end = 1 - 0.025**0.1
    assert difference_of_shares(of(0.0, 10), of(0.0, 10), 0.95) == pytest.approx((-end, end))
    low, high = difference_of_shares(of(1.0, 10), of(0.0, 10), 0.95)
    assert (low, high) == pytest.approx((1 - end * 2**0.5, 1.0))


def test_families_that_change_places_change_the_sign_alone() -> None:
    low, high = difference_of_shares(of(0.7, 30), of(0.2, 12), 0.9)
    back = difference_of_shares(of(0.2, 12), of(0.7, 30), 0.9)
    assert back == pytest.approx((-high, -low))
    assert low < 0.5 < high


@pytest.mark.parametrize(
    ("p", "q", "m", "outcome", "words"),
    [
        ([">"] * 4, ["<"] * 4, 20, "reads", "it tells the families apart"),
        ([">", ">", ">", "<"], [">", "<", ">", ">"], 600, "same", "so that it hedges"),
        ([">"] * 4, [">"] * 4, 600, "same", "hardly uses in either family"),
        (["<"] * 4, ["<"] * 4, 600, "same", "uses nearly always in both"),
        ([">", ">", ">", "<"], [">", "<", ">", ">"], 3, "open", "is open"),
    ],
)
def test_what_is_said_is_what_was_tested(p, q, m, outcome, words) -> None:
    made = tables({"p": [p] * m, "q": [q] * m}, words=["<"])
    (row,) = made["strategy_differences"].to_dicts()
    assert (row["family"], row["other_family"], row["outcome"]) == ("p", "q", outcome)
    ((tag, sentence),) = section.checks(made, 0.95)
    assert tag == outcome and words in sentence and f"{m} and {m} problems" in sentence
    (check,) = chapters.checks([ANALYSIS], made, 0.95)
    assert (check.tag, check.text) == (outcome, sentence)


@pytest.mark.parametrize(
    ("p", "q", "words"),
    [
        ([">"] * 4, ["<"] * 4, "with <, and 100 % of those to q"),
        ([">", ">", ">", "<"], [">", "<", ">", ">"], "with <, and 25 % of those to q"),
    ],
)
def test_a_word_that_nobody_uses_hides_no_other(p, q, words) -> None:
    made = tables({"p": [p] * 600, "q": [q] * 600}, words=["~", "<", ">"])
    ((_, sentence),) = section.checks(made, 0.95)
    assert words in sentence and "hardly" not in sentence


def test_the_intervals_of_an_arm_hold_together() -> None:
    families = {name: [["<"], [">"]] for name in "pqr"}
    differences = tables(families)["strategy_differences"]
    assert differences.height == 6
    assert differences["confidence"].to_list() == pytest.approx([1 - 0.05 / 6] * 6)


@pytest.mark.parametrize("nothing", [None, "", " ", "null", "{}"])
def test_problems_without_metadata_are_left_out(nothing: str | None) -> None:
    class Bare(Arm):
        def problems(self, columns):
            given = super().problems(columns)
            first = pl.Series([nothing, *given["metadata"][1:]], dtype=pl.String)
            return given.with_columns(metadata=first)

    arm = Bare({"p": [["<"], [">"]], "q": [["<"]]})
    made = compute(arm, StrategyOptions())["strategies"]  # type: ignore[arg-type]
    assert dict(made.select("family", "n_problems").rows()) == {"p": 1, "q": 1}


def test_problems_without_family_are_left_out() -> None:
    made = tables({"p": [["<"]]}, by="level")
    assert made["strategies"].is_empty() and made["strategy_differences"].is_empty()
    assert section.checks(made, 0.95) == [
        (
            "warning",
            "No strategy is counted: no problem's metadata has the key that "
            "analyses.strategies.by names.",
        )
    ]
    assert section.checks({}, 0.95) == []


@pytest.mark.parametrize("words", [[], ["<", "<"], ["a b"], [""]])
def test_words_that_are_none(words: list[str]) -> None:
    with pytest.raises(ValueError, match="words"):
        StrategyOptions(words=words)


def test_the_page_shows_both_tables() -> None:
    made = tables({"p": [["<", ">"]] * 5, "q": [["<", "<"]] * 5})
    for name, summarise in section.SUMMARIES.items():
        shown = summarise(made[name])
        assert shown.rows and len(shown.header) == len(shown.rows[0])
    assert not ANALYSIS.on


def test_the_figure_has_a_line_a_word_and_family() -> None:
    made = tables({"p": [["<", ">"]] * 5, "q": [["<", "<"]] * 5})
    series = pl.DataFrame(
        [{"series": "grpo", **LABELS, "step": step} for step in (0,)],
        schema_overrides={"step": pl.Int64},
    )
    study = theme.Study("s", {"m": theme.Style("#7F7F7F", "circle")}, 0.95, by_protocol=False)
    chart = build(made | {"series": series}, study, None).to_dict()
    drawn = [row for rows in chart["datasets"].values() for row in rows]
    assert {row["what"] for row in drawn} == {"< on p", "> on p", "< on q", "> on q"}
    empty = build(made | {"series": series.clear()}, study, None).to_dict()
    assert "no series" in json.dumps(empty)
