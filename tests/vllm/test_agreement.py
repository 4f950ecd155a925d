"""The same block from both engines, on one checkpoint of the lab."""

from __future__ import annotations

import math
from collections.abc import Callable

import polars as pl

from boundary.analysis.passk import passk_table
from boundary.engines import Request
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.vllm.engine import VllmEngine
from boundary.scoring import score
from drawing import SAMPLING, Draws, draw, token_logprobs
from framed import verify_samples

#: Largest difference of a token's log-probability between the engines.
TOLERANCE = 1e-3
SAMPLES = SAMPLING.samples_per_shard


def test_tokens_have_the_same_log_probabilities(
    transformers_engine: TransformersEngine,
    requests: list[Request],
    draws: Draws,
    tell: Callable[[str], None],
) -> None:
    worst, count = 0.0, 0
    for (i, _), response in draws.items():
        assert response.token_ids is not None and response.logprobs is not None
        theirs = token_logprobs(transformers_engine, requests[i].prompt, response.token_ids)
        worst = max(worst, *(abs(a - b) for a, b in zip(response.logprobs, theirs, strict=True)))
        count += len(theirs)
    tell(f"largest difference of a log-probability: {worst:.1e} in {count:,} tokens")
    assert count > 5000
    assert worst < TOLERANCE


def test_a_response_is_what_it_says_of_itself(
    engine: VllmEngine, transformers_engine: TransformersEngine, draws: Draws
) -> None:
    stops = set(transformers_engine.stop_ids)
    assert set(engine.stop_ids) == stops
    for response in draws.values():
        ids, logprobs = list(response.token_ids or ()), response.logprobs or ()
        assert response.n_tokens == len(ids) == len(logprobs) > 0
        assert math.isclose(response.logprob_sum, sum(logprobs), abs_tol=1e-5)
        assert response.text == transformers_engine.tokenizer.decode(ids, skip_special_tokens=True)
        assert response.finish_reason == ("stop" if ids[-1] in stops else "length")
        assert not stops & set(ids[:-1])
        assert response.finish_reason == "stop" or len(ids) == SAMPLING.max_tokens


def counts(problems: pl.DataFrame, draws: Draws, model: str) -> pl.DataFrame:
    """Verify and score what an engine drew."""
    names = problems["problem_id"].to_list()
    rows = [
        {
            "model": model,
            "benchmark": "short",
            "protocol": "t1",
            "problem_id": names[i],
            "sample_index": j,
            "seed": 1000 + i,
            "response": response.text,
            "n_tokens": response.n_tokens,
            "finish_reason": response.finish_reason,
            "logprob_sum": response.logprob_sum,
        }
        for (i, j), response in sorted(draws.items())
    ]
    samples = pl.DataFrame(rows)
    return score(problems, samples, verify_samples(problems, samples))


def test_both_solve_as_much(
    problems: pl.DataFrame,
    transformers_engine: TransformersEngine,
    requests: list[Request],
    draws: Draws,
    tell: Callable[[str], None],
) -> None:
    theirs = draw(transformers_engine, requests)
    assert theirs.keys() == draws.keys()
    found = {}
    spread = 0.0
    for name, drawn in (("vllm", draws), ("transformers", theirs)):
        table = counts(problems, drawn, name)
        first = passk_table(table).filter(pl.col("k") == 1).row(0, named=True)
        found[name] = first
        share = table["correct"] / table["n"]
        # Of the draws alone: both engines had the same problems.
        spread += float((share * (1 - share) / (table["n"] - 1)).sum()) / problems.height**2
    ours, other = found["vllm"], found["transformers"]
    for name, row in found.items():
        interval = f"[{row['ci_low']:.4f}, {row['ci_high']:.4f}]"
        tell(f"pass@1 {name}: {row['pass_at_k']:.4f} {interval}")
    difference = ours["pass_at_k"] - other["pass_at_k"]
    tell(f"difference {difference:+.4f}, standard error of the draws {math.sqrt(spread):.4f}")
    assert other["ci_low"] <= ours["pass_at_k"] <= other["ci_high"]
    assert ours["ci_low"] <= other["pass_at_k"] <= ours["ci_high"]
    assert 0 < ours["pass_at_k"] < 1
    assert abs(difference) < 3 * math.sqrt(spread)


def test_scores_are_the_same(
    engine: VllmEngine,
    transformers_engine: TransformersEngine,
    problems: pl.DataFrame,
    draws: Draws,
    tell: Callable[[str], None],
) -> None:
    """Sampled responses, and the odd ones: empty, of one token, as long as the context."""
    texts = problems["question"].to_list()
    rows = [
        (texts[i], response.text, response.finish_reason == "stop")
        for (i, j), response in sorted(draws.items())
        if j < 4
    ]
    room = transformers_engine.model.config.max_position_embeddings
    head = len(engine.encode(texts[0], SAMPLING))
    filling = " ".join(["v1"] * (room - head))
    rows += [
        (texts[0], "", False),
        (texts[0], "", True),
        (texts[0], "v1", False),
        (texts[0], filling, False),
    ]
    prompts, responses, stopped = (list(column) for column in zip(*rows, strict=True))
    ours = engine.score(prompts, responses, stopped, SAMPLING)
    theirs = transformers_engine.score(prompts, responses, stopped, SAMPLING)
    worst = max(abs(a - b) for (_, a), (_, b) in zip(ours, theirs, strict=True))
    tell(f"largest difference of a summed log-probability: {worst:.1e} in {len(rows)} responses")
    assert [n for n, _ in ours] == [n for n, _ in theirs]
    assert ours[-4] == (0, 0.0)
    assert ours[-1][0] == room - head
    assert worst < TOLERANCE


def test_a_response_scores_what_it_was_sampled_with(
    engine: VllmEngine, problems: pl.DataFrame, draws: Draws
) -> None:
    texts = problems["question"].to_list()
    first = [draws[i, 0] for i in range(len(texts))]
    scored = engine.score(
        texts,
        [response.text for response in first],
        [response.finish_reason == "stop" for response in first],
        SAMPLING,
    )
    for (tokens, total), response in zip(scored, first, strict=True):
        assert tokens == response.n_tokens
        assert abs(total - response.logprob_sum) < TOLERANCE
