"""What became of answers, by hand: shares, intervals, what they are held against, what is left."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from scipy.stats import beta

from boundary.analyses.interventions.compute import compute, outcomes
from boundary.analyses.interventions.section import SUMMARIES
from boundary.analyses.interventions.tables import TABLES
from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_interventions import InterventionInputs

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}
TYPES = {
    **dict.fromkeys((*ARM, "problem_id", "edit", "implied", "excluded"), pl.String),
    **dict.fromkeys(("original", "step", "steps"), pl.Int64),
    **dict.fromkeys(("answer", "new_answer"), pl.String),
    **dict.fromkeys(("correct", "chain_correct", "new_correct"), pl.Boolean),
}


def trial(problem: str, edit: str, new: str | None, **keys: Any) -> dict[str, Any]:
    """Return an edit of a right response, which answers 1, with 2 implied where it is corrupt."""
    row = ARM | {"problem_id": problem, "edit": edit, "original": 0, "step": 1, "steps": 2}
    row |= {"implied": "2" if edit == "corrupt" else None, "excluded": None, "answer": "1"}
    row |= {"correct": True, "chain_correct": None, "new_answer": new, "new_correct": new == "1"}
    return row | keys


def made(rows: list[dict[str, Any]], **scores: Any) -> dict[str, pl.DataFrame]:
    names = sorted({row["problem_id"] for row in rows})
    counts = pl.DataFrame(
        [ARM | {"problem_id": name, "n": 4, "correct": 2} for name in names]
    ).with_columns(**scores)
    inputs = InterventionInputs(pl.DataFrame(rows, schema=TYPES), counts, 0.95)
    return finished("interventions", [compute(inputs, Options())])


def row(table: pl.DataFrame, **keys: Any) -> dict[str, Any]:
    return table.filter(**keys).row(0, named=True)


def test_follows_stays_and_breaks_by_hand() -> None:
    """Ten problems: six follow, three stay, one says nothing; alone all stay."""
    new = ["2"] * 6 + ["1"] * 3 + [None]
    rows = [trial(f"{i}", "corrupt", text) for i, text in enumerate(new)]
    rows += [trial(f"{i}", "unedited", "1") for i in range(10)]
    table = made(rows)["interventions"]
    step = row(table, edit="corrupt", place="step")
    assert (step["n_problems"], step["n"], step["step"], step["original"]) == (10, 10, 1, "right")
    assert [step[name] for name in ("follows", "stays", "breaks", "right", "silent")] == (
        pytest.approx([0.6, 0.3, 0.1, 0.3, 0.1])
    )
    # Shares of 0 and 1 have the exact interval of Clopper and Pearson.
    assert step["follows_low"] == pytest.approx(beta.ppf(0.025, 6, 5))
    assert step["follows_high"] == pytest.approx(beta.ppf(0.975, 7, 4))
    assert step["moved"] == pytest.approx(0.7)
    control = row(table, edit="unedited", place="step")
    assert (control["stays"], control["follows"], control["moved"]) == (1.0, None, None)


def test_a_problem_weighs_the_same_whatever_is_edited_of_it() -> None:
    """Three responses of one follow, and the one of another stays: half and not three quarters."""
    rows = [trial("a", "corrupt", "2", original=i) for i in range(3)]
    table = made([*rows, trial("b", "corrupt", "1")])["interventions"]
    assert row(table, place="step")["follows"] == 0.5
    assert row(table, place="step")["n"] == 4


def test_rows_of_one_question_are_one_problem() -> None:
    rows = [trial("a", "corrupt", "2"), trial("b", "corrupt", "1")]
    same = made(rows, question=pl.lit("asked twice"))["interventions"]
    assert row(same, place="step")["n_problems"] == 1


def test_the_last_step_counts_apart() -> None:
    rows = [trial("a", "corrupt", "2", step=step, steps=3) for step in (1, 2, 3)]
    table = made(rows)["interventions"]
    assert table.select("place", "step", "n").rows() == [
        ("before_last", None, 2),
        ("last", None, 1),
        ("step", 1, 1),
        ("step", 2, 1),
    ]


def test_originals_are_told_apart() -> None:
    rows = [
        trial("a", "no_chain", "1", step=0, chain_correct=True),
        trial("b", "no_chain", "1", step=0, chain_correct=False),
        trial("c", "no_chain", "1", step=0, correct=False, answer="3"),
    ]
    table = made(rows)["interventions"]
    assert table["original"].to_list() == ["right", "right_by_wrong_chain", "wrong"]
    assert table["stays"].to_list() == [1.0, 1.0, 0.0]
    assert table["breaks"].to_list() == [None] * 3  # nobody knows what no chain implies


def test_two_right_answers_are_one() -> None:
    rows = [trial("a", "swap", "1.0", step=0, implied="5", new_correct=True)]
    found = outcomes(pl.DataFrame(rows, schema=TYPES)).row(0, named=True)
    assert (found["stays"], found["follows"], found["breaks"]) == (1.0, 0.0, 0.0)


def test_an_edit_that_implies_the_answer_in_other_words_is_left_out() -> None:
    half = trial("a", "swap", "1/2", step=0, implied="1/2", answer="0.5", new_correct=True)
    other = trial("b", "swap", "3", step=0, implied="3")
    tables = made([half, other])
    assert tables["interventions_left_out"]["excluded"].to_list() == ["same_answer"]
    whole = row(tables["interventions"], place="chain")
    assert (whole["n"], whole["follows"], whole["stays"]) == (1, 1.0, 0.0)


def test_the_three_outcomes_are_of_the_same_edits() -> None:
    """A donor without an answer implies none: its row says nothing where others tell."""
    rows = [trial("a", "swap", "5", step=0, implied="5")]
    rows += [trial("b", "swap", "7", step=0), trial("c", "swap", "1", step=0, implied="5")]
    tables = made(rows)
    whole = row(tables["interventions"], place="chain")
    assert (whole["n"], whole["n_problems"]) == (2, 2)
    assert whole["follows"] + whole["stays"] + whole["breaks"] == 1
    assert tables["interventions_left_out"]["excluded"].to_list() == ["not_implied"]
    # Where nobody knows what any implies, all stand, without what they could follow.
    unknown = row(made([trial("b", "swap", "7", step=0)])["interventions"], place="chain")
    assert (unknown["n"], unknown["follows"], unknown["stays"]) == (1, None, 0.0)


def test_what_is_left_out_is_counted_once() -> None:
    rows = [
        trial("a", "corrupt", "2"),
        trial("b", "corrupt", "1", implied="1"),
        trial("c", "corrupt", "1", answer=None, correct=False),
        trial("d", "corrupt", None, excluded="no_room", new_correct=None),
        trial("e", "corrupt", None, excluded="no_steps", new_correct=None, step=0, steps=0),
    ]
    tables = made(rows)
    assert tables["interventions_left_out"].select("excluded", "n", "of", "n_problems").rows() == [
        ("no_answer", 1, 5, 1),
        ("no_room", 1, 5, 1),
        ("no_steps", 1, 5, 1),
        ("same_answer", 1, 5, 1),
    ]
    assert row(tables["interventions"], place="step")["n"] == 1


def test_an_answer_at_once_is_held_against_the_whole_chain() -> None:
    rows = [trial("a", "whole_chain", "1", step=0), trial("a", "filler", "4", step=0)]
    rows += [trial("a", "truncate", "1"), trial("b", "filler", "4", step=0)]
    table = made(rows)["interventions"]
    assert row(table, edit="filler")["moved"] == 1.0  # of the one problem with both
    assert row(table, edit="truncate", place="step")["moved"] == 0.0


def test_everything_left_out_leaves_an_empty_table() -> None:
    tables = made([trial("a", "swap", None, excluded="no_donor", new_correct=None)])
    assert tables["interventions"].is_empty()
    for name, frame in tables.items():
        assert SUMMARIES[name](frame).name == name


def test_the_page_names_every_edit_and_reason() -> None:
    rows = [trial("a", edit, "1", step=0) for edit in ("whole_chain", "filler", "swap")]
    rows += [trial("a", "corrupt", "2", step=step) for step in (1, 2)]
    rows.append(trial("b", "corrupt", None, excluded="nothing_changed", new_correct=None))
    tables = made(rows)
    assert tables.keys() == TABLES.keys()
    shown = SUMMARIES["interventions"](tables["interventions"])
    assert [line[2:4] for line in shown.rows] == [
        ["result replaced", "before the last"],
        ["result replaced", "last"],
        ["filler of equal length", "chain"],
        ["another problem's chain", "chain"],
        ["none, answers", "chain"],
        ["result replaced", "1"],
    ]
    (line,) = SUMMARIES["interventions_left_out"](tables["interventions_left_out"]).rows
    assert line[2:4] == ["result replaced", "it changes nothing"]
