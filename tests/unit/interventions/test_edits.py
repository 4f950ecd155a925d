"""What each edit makes of a response, word for word."""

from __future__ import annotations

import re

import numpy as np

from boundary.edits import EDITS, EXCLUDED, most_tokens_of, with_controls
from boundary.interventions.edits import Donor, Edited, edits_of, pick_donor, places
from boundary.steps import Step, Steps

#: Steps are numbers, the next of each is another, and the last is the answer.
TOY = Steps(
    split=lambda question, response: [
        Step(m.start(), m.end(), m.end()) for m in re.finditer(r"\d", response.partition("#")[0])
    ],
    another=lambda question, result, rng: None if result == "9" else str(int(result) + 1),
    cue=" #",
    filler=" .",
    implied=lambda question, beginning: beginning[-1],
    paraphrase=lambda chain: chain.replace("so", "thus"),
)
DONOR = Donor("other", 3, "?", "8 8 8", 3)


def made(response: str, edits: tuple[str, ...] = EDITS, most: int = 8, how: Steps = TOY):
    steps, edited = edits_of("!", response, how, edits, most, [DONOR], ". . .", 1)
    return steps, {(one.edit, one.step): one for one in edited}


def test_every_edit_by_hand() -> None:
    steps, edited = made("1 so 2 3 # 3")
    assert steps == 3
    assert {key: one.text for key, one in edited.items()} == {
        ("unedited", 1): "1",
        ("unedited", 2): "1 so 2",
        ("unedited", 3): "1 so 2 3",
        ("corrupt", 1): "2",
        ("corrupt", 2): "1 so 3",
        ("corrupt", 3): "1 so 2 4",
        ("truncate", 1): "1 #",
        ("truncate", 2): "1 so 2 #",
        ("whole_chain", 0): "1 so 2 3 #",
        ("filler", 0): ". . . #",
        ("no_chain", 0): "#",
        ("swap", 0): "8 8 8 #",
        ("paraphrase", 0): "1 thus 2 3 #",
    }
    assert edited["corrupt", 2].implied == "3"
    assert edited["swap", 0].donor == DONOR
    assert all(one.excluded is None for one in edited.values())


def test_only_what_is_asked_for_and_what_it_is_held_against() -> None:
    _, edited = made("1 2 # 2", ("corrupt",))
    assert {edit for edit, _ in edited} == {"unedited", "corrupt"}
    _, edited = made("1 2 # 2", ("no_chain",))
    assert {edit for edit, _ in edited} == {"whole_chain", "no_chain"}
    assert with_controls(["swap", "corrupt"]) == ["unedited", "corrupt", "whole_chain", "swap"]


def test_without_steps_every_edit_is_left_out() -> None:
    steps, edited = made("# 3")
    assert (steps, {one.excluded for one in edited.values()}) == (0, {"no_steps"})
    assert {edit for edit, _ in edited} == {*with_controls(EDITS)}


def test_an_edit_that_changes_nothing_is_left_out() -> None:
    plain = Steps(TOY.split, TOY.another, TOY.cue, TOY.filler)
    assert made("9 # 9")[1]["corrupt", 1] == Edited("corrupt", 1, excluded="nothing_changed")
    assert made("1 # 1")[1]["paraphrase", 0].excluded == "nothing_changed"
    assert made("1 # 1", how=plain)[1]["paraphrase", 0].excluded == "not_offered"
    assert made("1 # 1", how=plain)[1]["corrupt", 1].implied is None
    assert made("8 8 8 # 1")[1]["swap", 0].excluded == "nothing_changed"
    _, (*_, swap) = edits_of("?", "1 # 1", TOY, ("swap",), 8, [DONOR], ".", 1)
    assert swap.excluded == "no_donor"  # it answers the same question
    assert {"nothing_changed", "not_offered", "no_donor"} <= {*EXCLUDED}


def test_a_donor_has_as_many_steps_where_there_is_one() -> None:
    short, long = DONOR, Donor("third", 0, "??", "1 2 3 4", 4)
    rng = np.random.default_rng(0)
    assert pick_donor("!", 4, [short, long], rng) == long
    assert pick_donor("!", 5, [short], rng) == short
    assert pick_donor("!", 4, [], rng) is None


def test_few_steps_of_many_are_first_last_and_between() -> None:
    assert places(3, 8) == [1, 2, 3]
    assert places(9, 3) == [1, 5, 9]
    assert places(9, 1) == [1]


def test_equal_responses_are_edited_alike() -> None:
    random = Steps(TOY.split, lambda question, result, rng: str(rng.integers(10**9)), " #", " .")
    one, two = (made("1 2 3 # 3", how=random)[1] for _ in range(2))
    other = made("1 2 3 # 4", how=random)[1]
    assert one == two
    assert one["corrupt", 1] != other["corrupt", 1]


def test_the_most_tokens_of_a_response() -> None:
    # Two of each step go on; cuts and the whole chain answer within 64.
    assert most_tokens_of(["corrupt"], 3, 100) == 6 * 100
    assert most_tokens_of(["truncate"], 3, 100) == 4 * 64
    assert most_tokens_of(["no_chain", "swap"], 3, 10) == 3 * 10
