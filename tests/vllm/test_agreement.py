"""The same block from both engines, on one checkpoint of the lab."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl

from boundary.analysis.passk import passk_table
from boundary.engines import Request
from boundary.engines.token_scores import Extras, Nucleus
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.vllm.engine import VllmEngine
from boundary.scoring import score
from drawing import SAMPLING, Draws, draw, token_logprobs, totals
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
    ours = totals(engine, prompts, responses, stopped, SAMPLING)
    theirs = totals(transformers_engine, prompts, responses, stopped, SAMPLING)
    worst = max(abs(a - b) for (_, a), (_, b) in zip(ours, theirs, strict=True))
    tell(f"largest difference of a summed log-probability: {worst:.1e} in {len(rows)} responses")
    assert [n for n, _ in ours] == [n for n, _ in theirs]
    assert ours[-4] == (0, 0.0)
    assert ours[-1][0] == room - head
    assert worst < TOLERANCE


def test_tokens_have_the_same_scores(
    engine: VllmEngine,
    transformers_engine: TransformersEngine,
    requests: list[Request],
    draws: Draws,
    tell: Callable[[str], None],
) -> None:
    """Rank, likeliest token and reach; of the lab's 56 words 20 are listed."""
    rows = [
        (requests[i].prompt, response.token_ids or ())
        for (i, j), response in sorted(draws.items())
        if j < 4
    ]
    nuclei = (Nucleus(0.6, 0.95), Nucleus(1.0, 0.9), Nucleus(1.5, 0.8))
    extras = Extras(nuclei=nuclei)
    undecided, tokens, ranks = 0, 0, 0
    for ours, theirs in zip(
        engine.score(rows, extras), transformers_engine.score(rows, extras), strict=True
    ):
        assert theirs.top_logprob is not None and ours.top_logprob is not None
        assert np.abs(ours.logprob - theirs.logprob).max() < TOLERANCE
        assert np.abs(ours.top_logprob - theirs.top_logprob).max() < TOLERANCE
        assert ours.entropy is ours.varentropy is None
        known = ~(ours.undecided(nuclei) | theirs.undecided(nuclei))
        assert (ours.outside(nuclei) == theirs.outside(nuclei))[known].all()
        assert ours.rank is not None and theirs.rank is not None
        undecided += int(ours.undecided(nuclei).sum())
        ranks += int((ours.rank != theirs.rank).sum())
        tokens += known.size
    tell(f"{undecided} of {tokens:,} places undecided, {ranks} ranks differ")
    assert ranks <= tokens / 1000  # of tokens that are equally likely but for rounding
    assert tokens > 0


def test_a_response_scores_what_it_was_sampled_with(
    engine: VllmEngine, problems: pl.DataFrame, draws: Draws
) -> None:
    texts = problems["question"].to_list()
    first = [draws[i, 0] for i in range(len(texts))]
    scored = totals(
        engine,
        texts,
        [response.text for response in first],
        [response.finish_reason == "stop" for response in first],
        SAMPLING,
    )
    for (tokens, total), response in zip(scored, first, strict=True):
        assert tokens == response.n_tokens
        assert abs(total - response.logprob_sum) < TOLERANCE
