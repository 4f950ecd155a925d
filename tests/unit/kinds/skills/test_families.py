"""Families of skills by hand: orders, right responses, and which families share answers."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest

from boundary.errors import InputError
from boundary.kinds.skills.families import (
    FAMILIES,
    VOCABULARY,
    answers,
    draw_operations,
    parse,
    places,
    reserved,
    solution,
)
from boundary.kinds.skills.task import Families
from boundary.tasks import registers
from boundary.tasks.registers import OPERATIONS, TABLE

#: Operations as the prompt has them, by family: how they are read.
ORDERS = {
    "p": ([0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]),
    "q": ([2, 1, 0], [3, 2, 1, 0], [4, 3, 2, 1, 0]),
    "r": ([1, 2, 0], [1, 2, 3, 0], [1, 2, 3, 4, 0]),
    "s": ([0, 2, 1], [0, 2, 1, 3], [0, 2, 4, 1, 3]),
    "t": ([0, 2, 1], [0, 1, 3, 2], [0, 1, 4, 3, 2]),
}


def test_every_family_reads_in_an_order_of_its_own() -> None:
    assert {family: tuple(places(family, n) for n in (3, 4, 5)) for family in FAMILIES} == ORDERS
    shares = get_args(Families)[0]
    assert get_args(get_args(shares)[0]) == FAMILIES


def test_words_are_those_of_the_register_machine_and_four_more() -> None:
    assert VOCABULARY[:-4] == registers.VOCABULARY
    assert len(set(VOCABULARY)) == len(VOCABULARY) == 60


def chain(*operations: int) -> list[str]:
    """Return states by hand: the t-th operation read acts on register t mod 3."""
    register, words = [0, 0, 0], []
    for t, operation in enumerate(operations):
        register[t % 3] = int(TABLE[operation, register[t % 3]])
        words.append(f"v{register[t % 3]}")
    return words


@pytest.mark.parametrize(
    ("family", "order", "strategy"),
    [
        ("p", (5, 9, 2, 7), ">"),
        ("q", (7, 2, 9, 5), "<"),
        ("r", (9, 2, 7, 5), "~"),
        ("s", (5, 2, 9, 7), "~"),
    ],
)
def test_right_responses_by_hand(family: str, order: tuple[int, ...], strategy: str) -> None:
    a, b, c, d = chain(*order)
    w, x, y, z = (f"o{i}" for i in order)
    expected = f"{strategy} {w} {a} {x} {b} {y} {c} {z} {d} # {b} {c} {d}"
    assert " ".join(solution(f"{family} o5 o9 o2 o7 =")) == expected


def test_the_composed_family_switches_between_the_halves() -> None:
    a, b, c, d, e = chain(5, 9, 3, 7, 2)
    expected = f"> o5 {a} o9 {b} < o3 {c} o7 {d} o2 {e} # {c} {d} {e}"
    assert " ".join(solution("t o5 o9 o2 o7 o3 =")) == expected
    assert " ".join(solution("t o5 o9 o2 =")).startswith("> o5 v") and places("t", 3) == [0, 2, 1]


@pytest.mark.parametrize("family", ["p", "q"])
def test_known_families_are_those_of_the_register_machine(family: str) -> None:
    question = f"{family} o5 o9 o2 o7 o1 ="
    assert solution(question) == registers.solution(question)


#: Pairs of the 276 pairs of operations that take state 0 to the same, and that give the same from
#: 0 in either order.
SAME = sum(TABLE[i, 0] == TABLE[j, 0] for i, j in itertools.combinations(range(24), 2))
COMMUTE = sum(
    TABLE[i, TABLE[j, 0]] == TABLE[j, TABLE[i, 0]] for i, j in itertools.combinations(range(24), 2)
)
#: By hand, of all problems of a length, in %: at length 4 `q` and `r` differ in which of two
#: operations a register meets first, `q` and `s` in the order of the two of one register.
ONE, BOTH = 100 * SAME / 276, 100 * COMMUTE / 276
SHARED = {
    3: {"pq": ONE, "ps": ONE, "pt": ONE, "qr": ONE, "rs": ONE, "rt": ONE, "st": 100},
    4: {"pq": 0.085, "ps": ONE, "pt": 0.132, "qr": ONE, "qs": BOTH, "rs": 0.107, "rt": 0.107},
}


def test_few_operations_do_the_same_to_the_first_state() -> None:
    assert (SAME, COMMUTE) == (4, 17)


@pytest.mark.parametrize("length", SHARED)
def test_which_families_share_answers(length: int) -> None:
    """A wrong way of reading earns these shares of an answer's reward."""
    every = np.array(list(itertools.permutations(range(OPERATIONS), length)))
    right = {family: answers(family, every) for family in FAMILIES}
    shares = {
        one + other: 100 * (right[one] == right[other]).all(axis=1).mean()
        for one, other in itertools.combinations(FAMILIES, 2)
    }
    expected = dict.fromkeys(shares, 0.0) | SHARED[length]
    assert shares == pytest.approx(expected, abs=0.0006)


def test_answers_are_those_of_the_right_responses() -> None:
    for family in FAMILIES:
        words = solution(f"{family} o5 o9 o2 o7 o1 =")[-3:]
        ((*states,),) = answers(family, np.array([[5, 9, 2, 7, 1]]))
        assert [f"v{state}" for state in states] == list(words)


def test_sets_are_kept_for_benchmarks_in_whichever_order() -> None:
    rng = np.random.default_rng(0)
    drawn = draw_operations(rng, 3000, 6)
    assert not reserved(drawn).any()
    assert all(len(set(row)) == 6 for row in drawn.tolist())
    free = rng.random((20_000, OPERATIONS)).argsort(axis=1)[:, :4]
    assert reserved(free).mean() == pytest.approx(628 / 10_626, abs=0.006)
    assert (reserved(free) == reserved(rng.permuted(free, axis=1))).all()


@pytest.mark.parametrize("text", ["", "x o1 o2 o3 =", "r o1 o2 =", "r o1 o1 o2 =", "r o1 o2 o3"])
def test_other_questions_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no "):
        parse(text)
