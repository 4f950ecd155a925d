"""The least typical responses: which are picked, what a token contributes, what the page shows."""

import math
import time

import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.surprising_tokens import compute, section
from boundary.analyses.surprising_tokens.compute import least_typical, token_rows
from boundary.analyses.surprising_tokens.tables import SURPRISING_TOKENS
from boundary.tables import check

#: Chances of the first token, and of the second one after each.
FIRST = (0.7, 0.2, 0.1)
SECOND = ((0.9, 0.1, 0.0), (0.4, 0.3, 0.3), (1 / 3, 1 / 3, 1 / 3))


def moments(chances):
    """Return entropy and varentropy in nats and nats²."""
    logs = [(p, math.log(p)) for p in chances if p]
    entropy = -sum(p * log for p, log in logs)
    return entropy, sum(p * log**2 for p, log in logs) - entropy**2


def scored(text, steps, *, source="rl", scorer="base", problem="q", index=0, correct=True):
    """Return token scores and text of a response of one character a token."""
    key = {"source_model": source, "benchmark": "b", "protocol": "p", "problem_id": problem}
    key |= {"sample_index": index}
    score = {
        "scorer": scorer,
        **key,
        "correct": correct,
        "token_ends": [*range(1, len(text) + 1), *[len(text)] * (len(steps) - len(text))],
        "logprobs": [step[0] for step in steps],
        "ranks": [1] * len(steps),
        "entropies": [step[1] for step in steps],
        "varentropies": [step[2] for step in steps],
    }
    return score, {**key, "response": text}


def frames(*responses):
    tokens, texts = zip(*responses, strict=True)
    types = {
        "token_ends": pl.List(pl.Int64),
        "ranks": pl.List(pl.Int64),
        "correct": pl.Boolean,
        **dict.fromkeys(("logprobs", "entropies", "varentropies"), pl.List(pl.Float32)),
    }
    said = pl.DataFrame(texts).unique(maintain_order=True)
    return pl.DataFrame(tokens, schema_overrides=types), said


def path(one, two):
    steps = ((FIRST, one), (SECOND[one], two))
    return [(math.log(chances[i]), *moments(chances)) for chances, i in steps]


@pytest.mark.parametrize(
    ("one", "two", "z"), [(0, 0, -0.6898463803), (1, 2, 1.2866781586), (2, 1, 2.1344191120)]
)
def test_z_and_contributions_of_a_tree(one, two, z):
    picked = least_typical(*frames(scored("ab", path(one, two))))
    assert picked["z"].item() == pytest.approx(z, abs=1e-6)
    rows = check(token_rows(picked), SURPRISING_TOKENS, "test")
    assert rows["text"].to_list() == ["a", "b"]
    expected = [
        None if variance < 1e-12 else (-logprob - entropy) / math.sqrt(variance)
        for logprob, entropy, variance in path(one, two)
    ]
    assert rows["contribution"][0] == pytest.approx(expected[0], abs=1e-5)
    if expected[1] is not None:
        assert rows["contribution"][1] == pytest.approx(expected[1], abs=1e-5)


def test_a_token_without_varentropy_contributes_nothing_that_is_known():
    steps = [(-1.0, 0.5, 1.0), (0.0, 0.0, 0.0)]
    rows = token_rows(least_typical(*frames(scored("a", steps))))
    assert rows["contribution"].to_list() == [0.5, None]
    assert rows["text"].to_list() == ["a", ""]
    unknown = scored("a", [(-1.0, None, None)])
    unknown[0].update(entropies=None, varentropies=None)
    assert least_typical(*frames(unknown)).is_empty()
    placeless = scored("a", steps)
    placeless[0].update(token_ends=None)
    assert least_typical(*frames(placeless)).is_empty()


def test_two_of_each_pair_are_picked_right_ones_of_distinct_texts():
    def one(text, surprisal, **where):
        return scored(text, [(-surprisal, 1.0, 1.0)], **where)

    picked = least_typical(
        *frames(
            one("w", 9.0, index=0, correct=False),
            one("u", 9.0, index=1, correct=None),
            one("a", 4.0, index=3),
            one("a", 4.0, index=2),
            one("b", 3.0, index=5),
            one("c", 3.0, index=4),
            one("d", 2.0, index=6),
            one("e", 9.0, source="base", index=7),
            one("a", 1.0, source="student", index=8),
        )
    )
    # Of equal texts and of equal z the first stands.
    assert picked.select("source_model", "sample_index", "z").rows() == [
        ("rl", 2, 3.0),
        ("rl", 4, 2.0),
        ("student", 8, 0.0),
    ]


def test_long_responses_are_cut_around_the_most_surprising_token():
    def cut(peak, n=1000):
        steps = [(-9.0 if i == peak else -1.0, 1.0, 1.0) for i in range(n)]
        rows = token_rows(least_typical(*frames(scored("x" * n, steps))))
        assert rows["n_tokens"].unique().to_list() == [n]
        return rows["place"].min(), rows["place"].max() + 1

    assert cut(500) == (300, 700)
    assert cut(3) == (0, 400)
    assert cut(999) == (600, 1000)
    assert cut(5, 20) == (0, 20)


def test_a_very_long_response_takes_linear_time():
    steps = [(-1.0, 1.0, 1.0)] * 100_000
    tokens, texts = frames(scored("é" * 100_000, steps))
    began = time.process_time()
    assert token_rows(least_typical(tokens, texts)).height == 400
    assert time.process_time() - began < 5


def test_marks_say_their_level_by_more_than_colour():
    steps = [(-1.0 - c, 1.0, 1.0) for c in (0.5, 1.5, 2.5, 4.5)] + [(-1.0, 1.0, 0.0)]
    table = token_rows(least_typical(*frames(scored("a\n\u202ed", steps, problem="<b>"))))
    made = section.surprising_tokens(table)
    (passage,) = made.shown
    assert [(token.text, token.level) for token in passage.tokens] == [
        ("a", 0),
        ("↵\n", 1),
        ("⟨U+202E⟩", 2),
        ("d", 3),
        ("⟨⟩", 0),
    ]
    assert passage.tokens[3].note == "4.5; log p −5.5, rank 1"
    assert passage.tokens[4].note.startswith("–; ")
    assert "problem <b>, sample 0" in passage.heading and "tokens" not in passage.heading
    assert len(made.levels) == 4 and made.hidden == 0


def test_the_page_shows_the_least_typical_first_and_counts_the_rest():
    rows = [
        scored("ab", [(-float(i), 1.0, 1.0)] * 2, scorer=f"s{i:02d}", problem=f"q{i}")
        for i in range(25)
    ]
    chosen = least_typical(*frames(*rows))
    made = section.surprising_tokens(pl.concat([token_rows(chosen[i]) for i in range(25)]))
    assert (len(made.shown), made.hidden) == (20, 5)
    assert "under s24" in made.shown[0].heading


@pytest.mark.parametrize("kept", [True, False])
def test_the_table_is_made_of_what_was_scored_token_by_token(kept):
    """A study may keep no scores of tokens."""
    tokens, texts = (f if kept else f.clear() for f in frames(scored("ab", path(1, 2))))
    inputs = LikelihoodInputs(
        pl.DataFrame(), 100, 0.95, 1.0, 1.0, tokens=lambda: tokens, texts=lambda: texts
    )
    made = finished("surprising_tokens", [compute.compute(inputs, Options())])
    assert made["surprising_tokens"]["text"].to_list() == ["a", "b"] * kept
