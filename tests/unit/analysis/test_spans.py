import time

import numpy as np
import pytest

from boundary.analysis.spans import answer_span, copied_spans, mask_spans, token_mask

QUESTION = "Natalia sold clips to 48 of her friends in April. How many did she sell?"


def cut(text, spans):
    return [text[first:last] for first, last in spans]


@pytest.mark.parametrize(
    ("response", "copied"),
    [
        ("In May Natalia sold clips to 48!", ["Natalia sold clips to 48"]),
        ("NATALIA, sold: clips\nto 48 of 3", ["NATALIA, sold: clips\nto 48 of"]),
        ("Natalia sold clips to", []),
        ("Natalia sold clips to 480 of her friends", []),
        ("Natalia sold 3 clips to 48", []),
        # The run of the question goes on over its full stop.
        ("in April how many did they", ["in April how many did"]),
        # Runs beside each other are one span with the punctuation between them.
        ("of her friends in April: Natalia sold clips to 48", 1),
        ("of her friends in April, as Natalia sold clips to 48", 2),
        ("", []),
    ],
)
def test_runs_of_five_words_of_the_question_are_copied(response, copied):
    spans = copied_spans(response, QUESTION)
    if isinstance(copied, int):
        assert len(spans) == copied
    else:
        assert cut(response, spans) == copied


def test_a_question_of_four_words_is_never_copied():
    assert copied_spans("What is 2 + 2? What is 2 + 2?", "What is 2 + 2?") == []


def test_numbers_are_words_whole():
    question = "It costs 1,000.50 each and they don't pay"
    assert copied_spans("costs 1,000.50 each and they", question) != []
    assert copied_spans("costs 1,000.51 each and they", question) == []


def test_copies_agree_with_every_run_compared():
    rng = np.random.default_rng(3)
    for _ in range(200):
        question = [str(x) for x in rng.integers(0, 3, 30)]
        response = [str(x) for x in rng.integers(0, 3, 40)]
        runs = {" ".join(question[i:j]) for i in range(30) for j in range(i + 5, 31)}
        copied = {
            k
            for i in range(40)
            for j in range(i + 5, 41)
            if " ".join(response[i:j]) in runs
            for k in range(i, j)
        }
        spans = copied_spans(" ".join(response), " ".join(question))
        assert {k for k in range(40) if any(a <= 2 * k < b for a, b in spans)} == copied


@pytest.mark.parametrize(
    ("response", "answer", "start"),
    [
        ("7 and 7.", "7", 6),
        ("7 of 17, 7.5, 70, 1.7, x7", "7", 0),
        (r"so \boxed{\frac{1}{2}} it is", r"\frac{1}{2}", 10),
        ("is 7 ", " 7 ", 3),
        ("1 1 12", "1 1", 0),
        ("17", "7", None),
        ("one half", r"\frac{1}{2}", None),
        ("any", None, None),
        ("any", " ", None),
    ],
)
def test_an_answer_stands_where_it_is_last_written(response, answer, start):
    place = answer_span(response, answer)
    assert (None if place is None else place[0]) == start
    if place is not None:
        assert response[slice(*place)] == answer.strip()


def test_masks_of_a_response():
    response = "Natalia sold clips to 48. So 72. Let me check: yes."
    spans = mask_spans(response, QUESTION, "72")
    assert {name: cut(response, where) for name, where in spans.items()} == {
        "copied": ["Natalia sold clips to 48"],
        "after_answer": [". Let me check: yes."],
        "answer": ["72"],
    }
    assert mask_spans("so 72", QUESTION, "72")["after_answer"] == []
    unknown = mask_spans(response, QUESTION, "73")
    assert (unknown["after_answer"], unknown["answer"]) == (None, None)


@pytest.mark.parametrize(
    ("spans", "masked"),
    [
        ([], []),
        ([(0, 3)], [0]),
        ([(2, 4)], [0, 1, 2]),
        # A character of two tokens ends with the first of them.
        ([(4, 5)], [1, 2]),
        ([(5, 6)], [3]),
        ([(0, 1), (6, 9)], [0, 4]),
        ([(0, 9)], [0, 1, 2, 3, 4]),
    ],
)
def test_tokens_with_a_character_in_a_span(spans, masked):
    """The end of the response, token 5, is no text."""
    ends = np.array([3, 5, 5, 6, 9, 9])
    assert np.flatnonzero(token_mask(ends, spans)).tolist() == masked


def test_a_response_without_a_token_has_no_mask():
    assert token_mask(np.array([], dtype=np.int64), [(0, 2)]).tolist() == []


@pytest.mark.parametrize(
    ("response", "question", "answer"),
    [
        ("a " * 100_000, "a " * 100_000, "a " * 50_000 + "b"),
        ("a" * 200_000, "a" * 200_000, "a" * 50_000),
        ("7" + " 77" * 100_000, "7 " * 100_000, "7"),
        ("a." * 100_000 + "\x00", "a," * 100_000, "." * 50_000),
        ("ab " * 100_000, "b " * 99_999 + "ab", "ab " * 30_000 + "c"),
    ],
)
def test_time_is_linear_in_hostile_text(response, question, answer):
    began = time.process_time()
    spans = mask_spans(response, question, answer)
    ends = np.arange(1, len(response) + 1)
    for where in spans.values():
        token_mask(ends, where or [])
    assert time.process_time() - began < 5
