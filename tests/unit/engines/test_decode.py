"""The sampling loop against plain forward passes, exact distributions and generate."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import chisquare
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from boundary.engines import decode as module
from boundary.engines.decode import Decoded, decode
from boundary.errors import InputError

VOCABULARY = 20
PAD, STOP = 0, 1
EQUAL = [[2, 3, 4, 5], [6, 7, 8, 9], [5, 5, 2, 17]]
RAGGED = [[2, 3], [6, 7, 8, 9, 10, 11], [5, 5, 2]]
SMALL = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "initializer_range": 0.3,
}


def qwen3() -> PreTrainedModel:
    return Qwen3ForCausalLM(
        Qwen3Config(**SMALL, num_key_value_heads=2, head_dim=8, max_position_embeddings=64)
    )


def llama() -> PreTrainedModel:
    return LlamaForCausalLM(LlamaConfig(**SMALL))


def gpt2() -> PreTrainedModel:
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY,
            n_embd=32,
            n_layer=2,
            n_head=4,
            n_positions=64,
            initializer_range=0.3,
            resid_pdrop=0.0,
        )
    )


def sliding() -> PreTrainedModel:
    """Layers that keep the last few tokens only, so that the cache is of another kind."""
    return MistralForCausalLM(MistralConfig(**SMALL, num_key_value_heads=2, sliding_window=4))


FAMILIES = {"qwen3": qwen3, "llama": llama, "gpt2": gpt2, "sliding": sliding}


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def model(request: pytest.FixtureRequest) -> PreTrainedModel:
    torch.manual_seed(0)
    return FAMILIES[request.param]().eval()


@pytest.fixture(scope="module")
def peaked() -> PreTrainedModel:
    """A model whose distribution is far from flat."""
    torch.manual_seed(1)
    return qwen3().eval()


def uniforms(rows: int, tokens: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((rows, tokens), generator=generator, dtype=torch.float64)


def run(model: PreTrainedModel, prompts: list[list[int]], **changes) -> Decoded:
    settings = {
        "samples": 5,
        "temperature": 1.0,
        "top_p": 1.0,
        "max_tokens": 12,
        "stop_ids": [STOP],
        "pad_id": PAD,
        **changes,
    }
    rows = len(prompts) * settings["samples"]
    settings.setdefault("uniforms", uniforms(rows, settings["max_tokens"]))
    return decode(model, prompts, **settings)


def equal(first: Decoded, second: Decoded) -> bool:
    return torch.equal(first.tokens, second.tokens) and torch.equal(first.lengths, second.lengths)


@pytest.mark.parametrize("prompts", [EQUAL, RAGGED], ids=["equal", "ragged"])
@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.0])
def test_logprobs_are_those_of_a_plain_forward_pass(model, prompts, temperature):
    found = run(model, prompts, temperature=temperature, top_p=0.9)
    for row in range(len(prompts) * 5):
        prompt, n = prompts[row // 5], int(found.lengths[row])
        ids = torch.tensor([prompt + found.tokens[row, :n].tolist()])
        with torch.no_grad():
            plain = model(ids).logits[0].log_softmax(-1)
        wanted = plain[len(prompt) - 1 : -1].gather(-1, ids[0, len(prompt) :, None])[:, 0]
        assert torch.allclose(found.logprobs[row, :n], wanted, atol=1e-4)
        assert not found.logprobs[row, n:].any()
        assert (found.tokens[row, n:] == PAD).all()
        stops = (found.tokens[row, :n] == STOP).nonzero()[:, 0].tolist()
        assert stops == ([n - 1] if found.finished[row] else [])


@pytest.mark.parametrize("prompts", [EQUAL, RAGGED], ids=["equal", "ragged"])
def test_greedy_equals_generate(model, prompts):
    found = run(model, prompts, samples=1, temperature=0.0)
    for row, prompt in enumerate(prompts):
        ids = torch.tensor([prompt])
        with torch.no_grad():
            wanted = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=12,
                eos_token_id=STOP,
                pad_token_id=PAD,
            )[0, len(prompt) :]
        assert found.tokens[row, : int(found.lengths[row])].tolist() == wanted.tolist()


def exact(model: PreTrainedModel, prompt: list[int], temperature: float, top_p: float):
    """Distribution of the next token, by the definition of the nucleus."""
    with torch.no_grad():
        logits = model(torch.tensor([prompt])).logits[0, -1].double()
    weights = (logits / temperature).softmax(-1).tolist()
    kept, mass = [], 0.0
    for token in sorted(range(VOCABULARY), key=lambda t: -weights[t]):
        kept.append(token)
        mass += weights[token]
        if mass >= top_p:
            break
    return {token: weights[token] / mass for token in kept}


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.6, 1.0), (1.0, 0.8), (2.0, 0.5)])
def test_two_steps_follow_the_exact_distribution(peaked, temperature, top_p):
    rows = 20_000
    found = run(
        peaked,
        [EQUAL[0]],
        samples=rows,
        max_tokens=2,
        temperature=temperature,
        top_p=top_p,
        stop_ids=[],
    )
    expected = {}
    for first, weight in exact(peaked, EQUAL[0], temperature, top_p).items():
        second = exact(peaked, [*EQUAL[0], first], temperature, top_p)
        expected |= {(first, token): weight * share for token, share in second.items()}
    pairs = [tuple(row) for row in found.tokens.tolist()]
    assert set(pairs) <= set(expected)
    large = [pair for pair, share in expected.items() if share * rows >= 10]
    observed = [pairs.count(pair) for pair in large]
    wanted = [expected[pair] * rows for pair in large]
    observed.append(rows - sum(observed))
    wanted.append(rows - sum(wanted))
    if wanted[-1] < 10:
        observed[-2:], wanted[-2:] = [sum(observed[-2:])], [sum(wanted[-2:])]
    assert chisquare(observed, wanted, sum_check=False).pvalue > 1e-3


@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_a_sample_depends_on_its_own_uniforms_only(model, top_p):
    draws = uniforms(15, 12)
    whole = run(model, EQUAL, uniforms=draws, top_p=top_p)
    for problem in range(3):
        part = run(
            model, [EQUAL[problem]], uniforms=draws[5 * problem : 5 * problem + 5], top_p=top_p
        )
        rows = slice(5 * problem, 5 * problem + 5)
        width = part.tokens.shape[1]
        assert torch.equal(part.tokens, whole.tokens[rows, :width])
        assert torch.equal(part.lengths, whole.lengths[rows])
    single = run(model, [EQUAL[1]], samples=1, uniforms=draws[7:8], top_p=top_p)
    assert single.tokens[0].tolist() == whole.tokens[7, : single.tokens.shape[1]].tolist()


def test_padding_does_not_change_samples(model):
    draws = uniforms(15, 12)
    ragged = run(model, RAGGED, uniforms=draws)
    for problem in range(3):
        rows = slice(5 * problem, 5 * problem + 5)
        alone = run(model, [RAGGED[problem]], uniforms=draws[rows])
        assert torch.equal(alone.tokens, ragged.tokens[rows, : alone.tokens.shape[1]])


@pytest.mark.parametrize("prompts", [EQUAL, RAGGED], ids=["equal", "ragged"])
def test_dropping_finished_rows_changes_nothing(model, prompts, monkeypatch):
    settings = {"samples": 30, "max_tokens": 20, "stop_ids": [1, 3, 5, 7]}
    dropped = run(model, prompts, **settings)
    assert dropped.finished.float().mean() > 0.5
    monkeypatch.setattr(module, "COMPACT_BELOW", 0.0)
    assert equal(dropped, run(model, prompts, **settings))


def test_long_responses_outgrow_the_first_room(peaked, monkeypatch):
    wanted = run(peaked, EQUAL, max_tokens=40, stop_ids=[])
    monkeypatch.setattr("boundary.engines.kvcache.FIRST_ROOM", 2)
    assert equal(wanted, run(peaked, EQUAL, max_tokens=40, stop_ids=[]))


def test_uniforms_may_come_step_by_step(peaked):
    draws = uniforms(15, 12)
    assert equal(
        run(peaked, EQUAL, uniforms=draws),
        run(peaked, EQUAL, uniforms=lambda step: draws[:, step]),
    )


def test_results_can_take_part_in_a_backward_pass(peaked):
    found = run(peaked, EQUAL)
    peaked(found.tokens).logits.sum().backward()
    assert peaked.get_input_embeddings().weight.grad is not None
    peaked.zero_grad()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"max_tokens": 0, "uniforms": None}, "max_tokens"),
        ({"uniforms": uniforms(14, 12)}, "shape"),
        ({"uniforms": lambda step: torch.zeros(14)}, "shape"),
    ],
)
def test_wrong_parameters_are_named(peaked, changes, message):
    with pytest.raises(InputError, match=message):
        run(peaked, EQUAL, **changes)


@pytest.mark.parametrize("prompts", [[], [[2, 3], []]])
def test_every_prompt_needs_a_token(peaked, prompts):
    with pytest.raises(InputError, match="prompt"):
        run(peaked, prompts)
