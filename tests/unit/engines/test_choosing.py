"""How one token is chosen: the draw, what is cut off before it, penalties, and their order."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest
import torch
from transformers import LogitsProcessorList, MinPLogitsWarper, TopKLogitsWarper
from transformers import RepetitionPenaltyLogitsProcessor as Repetition

from boundary.engines import Request, choosing
from boundary.engines.choosing import choose, penalised
from boundary.jobs.sampling import FILTERS, PENALTIES, Filters, Sampling, filters_of
from drawing import SAMPLING, draw, token_logprobs
from tiny import WORDS, constant, load

EVEN = torch.linspace(0, 1 - 1e-9, 1000, dtype=torch.float64)


def shares(probabilities: list[float], top_p: float = 1.0, t: float = 1.0, **keys: Any) -> Any:
    """Return how often each token is chosen in a thousand even draws."""
    logits = torch.tensor([probabilities]).log().repeat(1000, 1)
    chosen = choose(logits, EVEN, t, top_p, Filters(**keys))
    return (chosen.bincount(minlength=len(probabilities)) / 1000).tolist()


def test_a_token_without_probability_is_never_sampled():
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf]]).repeat(4, 1)
    edges = torch.tensor([0.0, 0.5 - 2**-54, 0.5, 1 - 2**-53], dtype=torch.float64)
    assert choose(logits, edges, 1.0, 1.0).tolist() == [1, 1, 3, 3]
    assert set(choose(logits, edges, 1.0, 0.999).tolist()) == {1, 3}


def test_the_token_that_crosses_top_p_is_kept():
    assert shares([0.5, 0.3, 0.2], 0.6) == pytest.approx([0.625, 0.375, 0], abs=0.002)


def test_a_flat_row_beyond_the_head_is_sorted_whole(monkeypatch):
    logits = torch.randn(50, 40, generator=torch.Generator().manual_seed(3))
    draws = torch.rand(50, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    for filters in (Filters(), Filters(top_k=30, min_p=1e-3)):
        whole = choose(logits, draws, 1.0, 0.95, filters)
        monkeypatch.setattr(choosing, "NUCLEUS_HEAD", 4)
        assert torch.equal(whole, choose(logits, draws, 1.0, 0.95, filters))
        monkeypatch.undo()


def test_the_order_is_that_of_vllm():
    """The nucleus is one of what min_p leaves; the other way round the second token stays."""
    assert shares([0.5, 0.3, 0.2], 0.6, min_p=0.5) == [1, 0, 0]
    assert shares([0.5, 0.3, 0.2], 1.0, min_p=0.5) == pytest.approx([0.625, 0.375, 0], abs=0.002)
    # Of two tokens the first has .625, of three .5.
    assert shares([0.5, 0.3, 0.2], 0.6, top_k=2) == [1, 0, 0]
    # The temperature comes first: squared and normalised, the third has .105 and is 4 / 25 of
    # the first's.
    kept = shares([0.5, 0.3, 0.2], 1.0, 0.5, min_p=0.17)
    assert kept == pytest.approx([25 / 34, 9 / 34, 0], abs=0.002)


def test_what_top_k_keeps():
    assert shares([0.1, 0.4, 0.2, 0.3], top_k=2) == pytest.approx([0, 4 / 7, 0, 3 / 7], abs=0.002)
    # Equals of the last are kept, and more than there are keeps all.
    assert shares([0.4, 0.3, 0.3], top_k=2) == pytest.approx([0.4, 0.3, 0.3], abs=0.002)
    assert shares([0.4, 0.35, 0.25], top_k=99) == pytest.approx([0.4, 0.35, 0.25], abs=0.002)


def test_cuts_are_those_of_transformers_one_by_one():
    logits = torch.randn(200, 40, generator=torch.Generator().manual_seed(1)) * 3
    for filters, theirs in (
        (Filters(top_k=7), TopKLogitsWarper(7)),
        (Filters(min_p=0.1), MinPLogitsWarper(0.1)),
    ):
        kept = LogitsProcessorList([theirs])(torch.zeros((200, 1), dtype=torch.long), logits)
        assert torch.equal(choosing._kept(logits, filters), kept)


def test_the_repetition_penalty_counts_prompt_and_response():
    logits = torch.randn(9, 12, generator=torch.Generator().manual_seed(2))
    prompts = torch.randint(12, (9, 5), generator=torch.Generator().manual_seed(3))
    drawn = torch.randint(12, (9, 4), generator=torch.Generator().manual_seed(4))
    ours = penalised(logits, prompts, drawn, Filters(repetition_penalty=1.3))
    theirs = Repetition(1.3)(torch.cat([prompts, drawn], dim=1), logits.clone())
    assert torch.equal(ours, theirs)


def test_the_other_penalties_count_the_response_alone():
    logits = torch.zeros(1, 4)
    prompts, drawn = torch.tensor([[0, 0, 1]]), torch.tensor([[1, 2, 2]])
    found = penalised(logits, prompts, drawn, Filters(presence_penalty=0.5))
    assert found.tolist() == [[0, -0.5, -0.5, 0]]
    found = penalised(logits, prompts, drawn, Filters(frequency_penalty=0.25))
    assert found.tolist() == [[0, -0.25, -0.5, 0]]
    both = Filters(frequency_penalty=0.25, presence_penalty=-1.0)
    assert penalised(logits, prompts, drawn, both).tolist() == [[0, 0.75, 0.5, 0]]
    assert penalised(logits, prompts, drawn[:, :0], both).tolist() == [[0, 0, 0, 0]]
    assert logits.tolist() == [[0, 0, 0, 0]]


def test_without_filters_the_draws_are_what_they_were():
    """The digest is of the version before there were filters: SAMPLER_REVISION stands for it."""
    values = torch.arange(64 * 50, dtype=torch.int64).mul(7919).remainder(1009)
    logits = values.reshape(64, 50).float() / 128
    draws = torch.arange(64, dtype=torch.float64).mul(37).remainder(64) / 64
    chosen = [choose(logits, draws, t, p) for t, p in ((1.0, 1.0), (0.6, 0.95), (2.0, 0.3))]
    taken = torch.cat([*chosen, choose(logits, None, 0.0, 1.0)]).tolist()
    assert hashlib.sha256(bytes(taken)).hexdigest()[:16] == "ec1e156a894f87e6"


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "sampler"])
def test_the_engine_heeds_each_and_its_log_probabilities_do_not(llama, name):
    engine = load(llama)
    value = {"top_k": 2, "min_p": 0.6}.get(name, 1.9)
    requests = [Request((1, 2, 3), 11), Request((4,), 12)]
    plain, drawn = draw(engine, requests), draw(engine, requests, **{name: value})
    assert {k: r.token_ids for k, r in plain.items()} != {k: r.token_ids for k, r in drawn.items()}
    for (i, _), response in drawn.items():
        raw = token_logprobs(engine, requests[i].prompt, response.token_ids)
        assert response.logprobs == pytest.approx(raw, abs=1e-4)


def test_prompts_of_other_lengths_are_penalised_by_their_tokens_alone(tmp_path):
    """What pads the shorter prompt on the left, here the end token, is none of its tokens."""
    engine = load(constant({"w1": 0.4, "w2": 0.3, "<eos>": 0.3}, tmp_path))
    w1, w2, w3 = (WORDS.index(word) for word in ("w1", "w2", "w3"))
    requests = [Request((w1,), 1), Request((w3, w3, w2, w3), 2)]
    keys = {"samples_per_shard": 4000, "max_tokens": 1, "batch_size": 8000}
    drawn = draw(engine, requests, repetition_penalty=2.0, **keys)
    # The logits are log p, below 0, so that the penalty squares the probability.
    for i, weights in enumerate(({w1: 0.16, w2: 0.3, 0: 0.3}, {w1: 0.4, w2: 0.09, 0: 0.3})):
        for token, weight in weights.items():
            p = weight / sum(weights.values())
            share = sum(r.token_ids == (token,) for (k, _), r in drawn.items() if k == i) / 4000
            assert abs(share - p) < 4 * math.sqrt(p * (1 - p) / 4000)


def test_greedy_decoding_is_penalised_too(tmp_path):
    engine = load(constant({"w1": 0.4, "w2": 0.3, "w3": 0.2, "<eos>": 0.1}, tmp_path))
    drawn = draw(engine, [Request((5,), 1)], temperature=0.0, presence_penalty=2.0, max_tokens=3)
    assert {response.text for response in drawn.values()} == {"w1 w2 w3"}


def test_names_of_filters():
    assert set(PENALTIES) < set(FILTERS) < set(Sampling.model_fields)
    assert filters_of(SAMPLING.model_dump()) == {}
    assert filters_of({"top_k": 5, "min_p": None, "top_p": 0.5}) == {"top_k": 5}
