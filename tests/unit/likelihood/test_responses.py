"""Scored responses: the formula, the first ones of each problem, and their verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from boundary.engines.token_scores import PLAIN, Extras, Nucleus, Row, TokenScores
from boundary.errors import InputError, TableError
from boundary.jobs.sampling import Sampling
from boundary.likelihood import responses
from boundary.likelihood.responses import Scoring, score_responses
from boundary.likelihood.verdicts import with_verdicts
from boundary.tables import LIKELIHOODS, SAMPLES, TOKEN_SCORES, check
from protocols import sampling

SAMPLING = sampling(template="Q: {question} A:")


class Bits:
    """A scorer to which every character is a token of one bit; a stop is one more.

    The other token of each place has the other half; a context holds so many tokens.
    """

    vocabulary = "bits"

    def __init__(self, room: int = 1000) -> None:
        self.room = room
        self.seen: list[tuple[str, str, bool]] = []
        self.scored: list[Row] = []

    def rows(
        self,
        prompts: Sequence[str],
        texts: Sequence[str],
        stopped: Sequence[bool],
        sampling: Sampling,
    ) -> list[Row]:
        assert sampling is SAMPLING
        self.seen += list(zip(prompts, texts, stopped, strict=True))
        return [
            ([*map(ord, prompt)], [*map(ord, text), *[0] * end])
            for prompt, text, end in zip(prompts, texts, stopped, strict=True)
        ]

    def ends(self, sampling: Sampling) -> list[int]:
        return [0, 1]

    def decode(self, ids: Sequence[int]) -> str | None:
        return None if max(ids) > 999 else "".join(chr(i) for i in ids if i > 2).replace("#", "")

    def token_ends(self, text: str) -> list[int]:
        return [*range(1, len(text) + 1)]

    def context(self, longest: int) -> int:
        return min(longest, self.room)

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> list[TokenScores]:
        self.scored += rows
        return [self.coins(len(tail), len(extras.nuclei)) for _, tail in rows]

    def coins(self, count: int, nuclei: int) -> TokenScores:
        """Return scores whose every third token lies outside of each nucleus."""
        half, before = np.full(count, -math.log(2)), np.zeros((count, nuclei))
        before[2::3] = 0.99
        ranks = 1 + (before[:, 0] > 0) if nuclei else np.ones(count)
        return TokenScores(
            half, ranks.astype(np.int64), half, -half, np.zeros(count), before, before
        )

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"scoring has no use for {name}")

    def provenance(self) -> dict[str, str]:
        return {"engine": "bits"}


def problems(ids: Sequence[str] = ("a", "b")) -> pl.DataFrame:
    """Return the columns of a problem table that scoring reads."""
    return pl.DataFrame(
        {"benchmark": "bench", "problem_id": ids, "question": [f"what is {i}" for i in ids]}
    ).with_columns(metadata=pl.lit(None, dtype=pl.String))


def samples(ids: Sequence[str] = ("a", "b"), count: int = 3) -> pl.DataFrame:
    """Return samples whose responses have index + 1 characters; the last did not stop."""
    rows = [
        {
            "model": "src",
            "benchmark": "bench",
            "protocol": "p",
            "problem_id": i,
            "sample_index": j,
            "seed": 1,
            "response": i * (j + 1),
            "n_tokens": 99,
            "finish_reason": "length" if j == count - 1 else "stop",
            "logprob_sum": -1.0,
        }
        for i in ids
        for j in range(count)
    ]
    return check(pl.DataFrame(rows), SAMPLES, "samples")


def both(frame: pl.DataFrame, count: int, **options: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score the first responses with the scorer of bits."""
    engine = options.pop("engine", Bits())
    table = options.pop("problems", problems())
    asked = Scoring("judge", range(options.pop("first", 0), count), SAMPLING, **options)
    return score_responses(engine, table, frame, asked)


def scored(frame: pl.DataFrame, count: int, **options: Any) -> pl.DataFrame:
    """Return the likelihoods of the first responses."""
    return both(frame, count, **options)[0]


def test_columns_and_order() -> None:
    frame = scored(samples().reverse(), 3)
    assert check(frame, LIKELIHOODS, "x").equals(frame)
    assert frame.select("problem_id", "sample_index").rows() == [
        (i, j) for i in "ab" for j in range(3)
    ]
    names = ["scorer", "source_model", "benchmark", "protocol"]
    assert frame.select(names).unique().rows() == [("judge", "src", "bench", "p")]


def test_tokens_are_those_of_the_scorer() -> None:
    assert scored(samples(), 3)["n_tokens"].to_list() == [2, 3, 3] * 2


def test_perplexity_is_the_exponential_of_the_mean_surprisal() -> None:
    """Fair bits have perplexity 2 whatever their number."""
    frame = scored(samples(), 3)
    assert frame["perplexity"].to_list() == pytest.approx([2.0] * 6, abs=1e-12)
    expected = [-tokens * math.log(2) for tokens in frame["n_tokens"]]
    assert frame["logprob_sum"].to_list() == pytest.approx(expected)


def test_a_response_without_tokens_has_no_perplexity() -> None:
    empty = samples().with_columns(
        response=pl.when(pl.col("sample_index") == 2).then(pl.lit("")).otherwise("response")
    )
    frame = scored(empty, 3).filter(pl.col("sample_index") == 2)
    assert frame.select("n_tokens", "logprob_sum", "perplexity").rows() == [(0, 0.0, None)] * 2


def test_prompt_response_and_stop_reach_the_scorer() -> None:
    engine = Bits()
    scored(samples(["a"], 2), 2, engine=engine, problems=problems(["a"]))
    prompt = "Q: what is a A:"
    assert engine.seen == [(prompt, "a", True), (prompt, "aa", False)]


def test_hostile_responses_reach_the_scorer_as_they_are() -> None:
    hostile = "{question} %s \x00 </script> é"
    engine = Bits()
    frame = samples(["a"], 1).with_columns(response=pl.lit(hostile))
    scored(frame, 1, engine=engine, problems=problems(["a"]))
    assert engine.seen == [("Q: what is a A:", hostile, False)]


@pytest.mark.parametrize("count", [1, 2])
def test_only_the_first_responses_are_scored(count: int) -> None:
    frame = scored(samples(), count)
    assert frame["sample_index"].unique().to_list() == list(range(count))
    assert frame.height == 2 * count


def test_a_response_without_outcome_has_no_likelihood() -> None:
    fault = pl.when(sample_index=1).then(pl.lit("error")).otherwise("finish_reason")
    frame = scored(samples().with_columns(finish_reason=fault), 3)
    assert frame.equals(scored(samples(), 3).filter(pl.col("sample_index") != 1))


def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scored(samples(), 3)
    monkeypatch.setattr(responses, "CHUNK", 4)
    assert scored(samples(), 3).equals(whole)


def test_a_response_to_no_problem_is_no_response() -> None:
    with pytest.raises(TableError, match=r"3 responses are to problems .* first \('bench', 'b'\)"):
        scored(samples(), 3, problems=problems(["a"]))


def test_a_problem_of_another_benchmark_is_none_of_ours() -> None:
    other = problems(["c"]).with_columns(benchmark=pl.lit("other"))
    assert scored(samples(), 3, problems=pl.concat([problems(), other])).height == 6
    with pytest.raises(TableError, match="6 responses are to problems"):
        scored(samples(), 3, problems=problems().with_columns(benchmark=pl.lit("other")))


def test_too_few_responses_are_told() -> None:
    with pytest.raises(
        TableError, match=r"2 problems have fewer than the 4 responses .*'bench', 'a'"
    ):
        scored(samples(), 4)
    holed = samples().filter((pl.col("problem_id") == "a") | (pl.col("sample_index") != 1))
    with pytest.raises(
        TableError, match=r"1 problems have fewer than the 3 responses .*'bench', 'b'"
    ):
        scored(holed, 3)
    assert scored(holed, 1).height == 2


def test_a_problem_that_nobody_answered_is_told() -> None:
    with pytest.raises(
        TableError, match=r"1 problems have fewer than the 1 responses .*'bench', 'c'"
    ):
        scored(samples(), 1, problems=problems(["a", "b", "c"]))


def test_no_samples_at_all() -> None:
    with pytest.raises(TableError, match="no responses to score"):
        scored(samples().clear(), 1)


def test_equal_responses_to_a_problem_are_scored_once() -> None:
    engine = Bits()
    frame = scored(samples().with_columns(response=pl.lit("same")), 3, engine=engine)
    assert len(engine.scored) == 4  # two problems, stopped and not
    assert frame["n_tokens"].to_list() == [5, 5, 4] * 2


def test_sums_and_reach_of_each_sampler() -> None:
    nuclei = (Nucleus(0.6, 0.95), Nucleus(1.0, 0.995))
    row = scored(samples(["a"], 5), 5, problems=problems(["a"]), nuclei=nuclei).row(3, named=True)
    assert row["n_tokens"] == row["top_tokens"] == 5
    assert row["entropy_sum"] == pytest.approx(5 * math.log(2))
    assert (row["varentropy_sum"], row["top_logprob_sum"]) == (0, row["logprob_sum"])
    assert (row["temperatures"], row["top_ps"]) == ([0.6, 1.0], [0.95, 0.995])
    assert (row["outside_tokens"], row["undecided_tokens"]) == ([1, 0], [0, 0])
    assert row["first_outside"] == [2, None]
    assert (row["sampled_tokens"], row["sampled_logprob_sum"]) == (99, -1.0)
    assert (row["response_bytes"], row["vocabulary"], row["left_out_tokens"]) == (4, "bits", 0)


def test_tokens_of_the_first_responses_are_kept() -> None:
    likelihoods, tokens = both(samples(), 3, tokens_of=2, nuclei=(Nucleus(1.0, 0.9),))
    assert check(tokens, TOKEN_SCORES, "x").equals(tokens)
    assert likelihoods.height == 6
    assert tokens["sample_index"].to_list() == [0, 1] * 2
    assert tokens["token_ends"].to_list() == [[1, 1], [1, 2, 2]] * 2
    assert tokens["ranks"].to_list() == [[1, 1], [1, 1, 2]] * 2
    assert tokens["logprobs"].list.sum().to_list() == pytest.approx(
        likelihoods.filter(pl.col("sample_index") < 2)["logprob_sum"].to_list(), abs=1e-6
    )
    assert both(samples(), 3)[1].is_empty()


def test_a_block_keeps_its_own_indices() -> None:
    whole, tokens = both(samples(), 3, tokens_of=2)
    blocks = [both(samples(), last, first=at, tokens_of=2) for at, last in ((0, 1), (1, 3))]
    assert pl.concat([one for one, _ in blocks]).sort(LIKELIHOODS.key).equals(whole)
    assert pl.concat([one for _, one in blocks]).sort(TOKEN_SCORES.key).equals(tokens)


def sampled_ids(*ids: list[int] | None) -> pl.DataFrame:
    """Return samples of one problem with the tokens that were sampled, each a stopped response."""
    return samples(["a"], len(ids)).with_columns(
        token_ids=pl.Series(ids, dtype=pl.List(pl.Int64)),
        response=pl.lit("ab"),
        finish_reason=pl.lit("stop"),
    )


def test_sampled_tokens_are_scored_where_they_are_the_scorers() -> None:
    """A # is a token of no text, so that with it there is another way to write a response."""
    engine = Bits()
    a, b, other, mark = map(ord, "abc#")
    frame = sampled_ids([a, b, 0], [a, mark, b, 0], [a, other, 0], None)
    likelihoods, tokens = both(frame, 4, engine=engine, problems=problems(["a"]), tokens_of=4)
    assert likelihoods["n_tokens"].to_list() == [3, 4, 3, 3]
    assert [tail for _, tail in engine.scored] == [
        [a, b, 0],
        [a, mark, b, 0],
        [a, b, 0],
        [a, b, 0],
    ]
    # The text's own places do not fit what was sampled another way.
    assert tokens["token_ends"].to_list() == [[1, 2, 2], None, [1, 2, 2], [1, 2, 2]]


def test_a_response_ends_as_the_scorer_ends_one() -> None:
    """To the scorer 0 and 1 end a response, 2 is a mark like any other and 1000 no token."""
    engine = Bits()
    a, b, mark = map(ord, "ab#")
    ids = [a, mark, b, 1], [a, mark, b, 2], [a, b, 2], [a, b, 1000], [a, 1000, b, 0]
    tokens = both(sampled_ids(*ids), 5, engine=engine, problems=problems(["a"]), tokens_of=5)[1]
    assert [tail for _, tail in engine.scored] == [
        [a, mark, b, 1],
        [a, mark, b, 0],
        *[[a, b, 0]] * 3,
    ]
    assert tokens["token_ends"].to_list() == [None, None, *[[1, 2, 2]] * 3]
    cut = sampled_ids([a, mark, b, 2]).with_columns(finish_reason=pl.lit("length"))
    both(cut, 1, engine=engine, problems=problems(["a"]))
    assert engine.scored[-1][1] == [a, mark, b, 2]


def test_problems_of_one_name_on_two_benchmarks_are_apart() -> None:
    other = {"benchmark": pl.lit("other")}
    table = problems(["a"])
    two = table.with_columns(**other, question=pl.lit("why"))
    frame, engine = samples(["a"], 1), Bits()
    rows = pl.concat([frame, frame.with_columns(**other)])
    scored(rows, 1, problems=pl.concat([table, two]), engine=engine)
    assert [prompt for prompt, _, _ in engine.seen] == ["Q: what is a A:", "Q: why A:"]


def test_beyond_the_context_the_beginning_is_scored() -> None:
    room = len("Q: what is a A:") + 2
    frame = scored(samples(["a"], 4), 4, problems=problems(["a"]), engine=Bits(room))
    assert frame["n_tokens"].to_list() == [2, 2, 2, 2]
    assert frame["left_out_tokens"].to_list() == [0, 1, 2, 2]
    with pytest.raises(InputError, match=r"3 responses are longer than the context .*17 .* by 2"):
        scored(samples(["a"], 4), 4, problems=problems(["a"]), engine=Bits(room), cut=False)
    with pytest.raises(InputError, match="a prompt of 15 tokens leaves no room"):
        scored(samples(["a"], 4), 4, problems=problems(["a"]), engine=Bits(15))


def test_no_number_is_an_error_and_no_probability_is_none() -> None:
    class Odd(Bits):
        def __init__(self, value: float, top: float = 0.0) -> None:
            super().__init__()
            self.value, self.top = value, top

        def coins(self, count: int, nuclei: int) -> TokenScores:
            made = super().coins(count, nuclei)
            made.logprob[0] = self.value
            return replace(made, top_logprob=np.full(count, self.top))

    with pytest.raises(InputError, match="the probabilities of 'judge' are not numbers"):
        scored(samples(), 3, engine=Odd(math.nan))
    with pytest.raises(InputError, match="are not numbers"):  # a logit overflowed
        scored(samples(), 3, engine=Odd(-math.inf, top=math.nan))
    frame = scored(samples(), 3, engine=Odd(-math.inf))
    assert frame["logprob_sum"].unique().to_list() == [-math.inf]
    assert frame["perplexity"].unique().to_list() == [math.inf]


def verdicts(right: Mapping[tuple[str, int], bool]) -> pl.DataFrame:
    """Return the columns of a verdict table that joining reads."""
    return pl.DataFrame(
        [
            {"problem_id": i, "sample_index": j, "correct": correct, "verdict": "x"}
            for (i, j), correct in right.items()
        ]
    )


ARM = ("src", "bench", "p")
RIGHT = {(i, j): (i == "a") == (j == 1) for i in "ab" for j in range(3)}


def test_verdicts_join_by_arm_problem_and_sample() -> None:
    second = scored(samples().with_columns(model=pl.lit("twin")), 3)
    both = pl.concat([scored(samples(), 3), second])
    wrong = dict.fromkeys(RIGHT, False)
    joined = with_verdicts(
        both, [(ARM, verdicts(RIGHT)), (("twin", "bench", "p"), verdicts(wrong))]
    )
    assert joined.height == 12
    for row in joined.iter_rows(named=True):
        expected = row["source_model"] == "src" and RIGHT[row["problem_id"], row["sample_index"]]
        assert row["correct"] is expected
    assert check(joined, LIKELIHOODS, "x")["correct"].dtype == pl.Boolean


def test_verdicts_of_responses_that_were_not_scored_are_left_out() -> None:
    joined = with_verdicts(scored(samples(), 1), [(ARM, verdicts(RIGHT))])
    assert joined.select("problem_id", "correct").rows() == [("a", False), ("b", True)]


def test_joining_again_replaces() -> None:
    once = with_verdicts(scored(samples(), 3), [(ARM, verdicts(RIGHT))])
    turned = {key: not value for key, value in RIGHT.items()}
    again = with_verdicts(once, [(ARM, verdicts(turned))])
    assert again["correct"].to_list() == [not value for value in once["correct"]]


def test_a_missing_verdict_is_named() -> None:
    some = {key: value for key, value in RIGHT.items() if key != ("b", 2)}
    with pytest.raises(TableError, match=r"1 scored responses have no verdict, first .*'b', 2\)"):
        with_verdicts(scored(samples(), 3), [(ARM, verdicts(some))])
    with pytest.raises(TableError, match="6 scored responses have no verdict"):
        with_verdicts(scored(samples(), 3), [(("src", "bench", "q"), verdicts(RIGHT))])
