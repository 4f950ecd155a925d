"""Scores with shared prompts and chunked logits against plain forward passes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from transformers import (
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
)

from boundary.engines.token_scores import Extras, Nucleus, Row, TokenScores
from boundary.engines.transformers.scoring import Scorer
from boundary.engines.transformers.statistics import token_statistics
from tiny import MODELS, SHAPE

LAYERS = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 96,
    "initializer_range": 0.5,
}
FAMILIES: dict[str, Callable[[], PreTrainedModel]] = {
    **MODELS,
    "capped": lambda: Gemma2ForCausalLM(
        Gemma2Config(**SHAPE, **LAYERS, head_dim=8, sliding_window=4, final_logit_softcapping=5.0)
    ),
    "scaled": lambda: CohereForCausalLM(CohereConfig(**SHAPE, **LAYERS, logit_scale=0.25)),
    "windowed": lambda: MistralForCausalLM(MistralConfig(**SHAPE, **LAYERS, sliding_window=4)),
}
SHARE = {"qwen3": True, "llama": True, "gpt2": True, "scaled": True}
DIRECT = {"qwen3": True, "llama": True, "gpt2": True, "windowed": True}
EXTRAS = Extras(nuclei=(Nucleus(1.0, 0.9), Nucleus(0.6, 0.95)))


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    """Return the name of an architecture."""
    return str(request.param)


@pytest.fixture(scope="module")
def model(family: str) -> PreTrainedModel:
    """Return an untrained model in float32."""
    torch.manual_seed(7)
    return FAMILIES[family]().eval()


def some_rows() -> list[Row]:
    """Return rows of many lengths: prompts shared and not, duplicates, short responses."""
    draw = np.random.default_rng(3)

    def words(length: int) -> list[int]:
        return draw.integers(12, size=length).tolist()

    long, *equal = words(30), words(9), words(9), words(9)
    rows: list[Row] = [(long, words(length)) for length in (1, 12, 5, 0, 40)]
    rows += [(prompt, words(length)) for prompt in equal for length in (3, 1, 17, 8, 8, 2)]
    rows += [(words(length), words(6)) for length in (1, 2, 50)]
    return [*rows, *rows[::3]]


def reference(model: PreTrainedModel, row: Row, extras: Extras) -> torch.Tensor:
    """Return the statistics of a row from one forward pass in float64."""
    head, tail = row
    with torch.inference_mode():
        logits = model(torch.tensor([[*head, *tail]]), use_cache=False).logits[0]
    return token_statistics(
        logits[len(head) - 1 : -1].clone(), torch.tensor(tail, dtype=torch.long), extras
    )


def stacked(scores: TokenScores) -> np.ndarray:
    """Return the columns of `token_statistics` again."""
    named = (scores.logprob, scores.rank, scores.top_logprob, scores.entropy, scores.varentropy)
    return np.column_stack([*named, (scores.before_low + scores.before_high) / 2])


@pytest.mark.parametrize("tokens", [1, 100])
def test_scores_equal_a_plain_forward_in_float64(
    family: str, model: PreTrainedModel, tokens: int
) -> None:
    rows = some_rows()
    scorer = Scorer(model, tokens, chunk_bytes=4 * 12 * 4 * 7)
    assert scorer.shares == SHARE.get(family, False)
    assert scorer.head.direct == DIRECT.get(family, False)
    exact = copy.deepcopy(model).double()
    alone = scorer.score(rows)
    for row, scores, plain in zip(rows, scorer.score(rows, EXTRAS), alone, strict=True):
        assert plain.rank is plain.entropy is None
        assert len(scores.logprob) == len(plain.logprob) == len(row[1])
        if row[1]:
            expected = reference(exact, row, EXTRAS).numpy()
            assert np.abs(stacked(scores) - expected).max() < 1e-4
            assert plain.total == pytest.approx(expected[:, 0].sum(), abs=1e-4)


def test_equal_rows_are_scored_once(model: PreTrainedModel) -> None:
    scorer = Scorer(model)
    count = 0

    def note(_: object, inputs: tuple[torch.Tensor, ...], __: object) -> None:
        nonlocal count
        count += inputs[0].shape[-2]

    handle = scorer.head.layer.register_forward_hook(note)
    scores = scorer.score([([1, 2, 3], [4, 5, 6])] * 50)
    handle.remove()
    assert len(scores) == 50
    assert all(one is scores[0] for one in scores)
    assert count == 3


def test_a_response_without_tokens(model: PreTrainedModel) -> None:
    (empty,) = Scorer(model).score([([1], [])], EXTRAS)
    assert empty.total == 0
    assert stacked(empty).shape == (0, 7)
    assert Scorer(model).score([]) == []


def test_a_shared_prompt_is_computed_once(family: str, model: PreTrainedModel) -> None:
    scorer = Scorer(model)
    passed: list[int] = []
    handle = scorer.head.body.register_forward_pre_hook(
        lambda _, args, kwargs: passed.append((args or tuple(kwargs.values()))[0].numel()),
        with_kwargs=True,
    )
    prompt = [1, 2, 3, 4] * 10
    responses = [[i, 5, 6] for i in range(8)]
    scorer.score([(prompt, response) for response in responses])
    handle.remove()
    shared = 40 + 8 * 2
    assert sum(passed) < shared + 20 if SHARE.get(family) else sum(passed) >= 8 * 42


def test_logits_are_never_whole(model: PreTrainedModel) -> None:
    """The output layer sees a chunk of positions at a time, whatever the batch."""
    scorer = Scorer(model, chunk_bytes=4 * 12 * 2 * 10)
    seen: list[int] = []
    handle = model.get_output_embeddings().register_forward_hook(
        lambda _, __, output: seen.append(output.numel() // 12)
    )
    rows = some_rows()
    scorer.score(rows)
    assert max(seen) <= 10
    scorer.score(rows, EXTRAS)
    handle.remove()
    assert max(seen) <= 10


def test_batches_stay_within_the_budget(model: PreTrainedModel) -> None:
    scorer = Scorer(model, tokens=120)
    keys = [(tuple(head), tuple(tail)) for head, tail in some_rows()]
    batches = list(scorer._batches(keys))
    assert sorted(key for batch in batches for key in batch) == sorted(keys)
    widths = [max(len(head) + len(tail) for head, tail in batch) for batch in batches]
    for width, batch in zip(widths, batches, strict=True):
        assert len(batch) == 1 or width * len(batch) <= 120
    assert all(one <= other for one, other in pairwise(widths))


def test_the_same_call_gives_the_same_bits(model: PreTrainedModel) -> None:
    first, second = (Scorer(model).score(some_rows(), EXTRAS) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(stacked(one), stacked(other))
