"""The transformers engine on tiny models: sampling, scoring, and what it refuses."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

from boundary import engines
from boundary.engines import Machine, Request, Weights
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.transformers.uniforms import UNIFORM_STEPS, uniform_steps
from boundary.errors import InputError, MachineError
from boundary.jobs.sampling import Sampling
from boundary.prompts import scored_rows
from drawing import totals
from protocols import sampling
from tiny import MODELS, WORDS, load, save

PROMPTS = ["w1 w2 w3", "w4", "w5 w6 w7 w8 w9", "w1 w2 w3"]
SEEDS = [11, 12, 13, 14]
SAMPLING = sampling(samples_per_shard=3, max_tokens=24)


@pytest.fixture(scope="module", params=MODELS)
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an untrained model of each architecture."""
    torch.manual_seed(5)
    return save(MODELS[request.param](), tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> TransformersEngine:
    """Return the loaded engine."""
    return load(checkpoint)


def changed(**keys: Any) -> Sampling:
    """Return the protocol with other keys."""
    return sampling(**SAMPLING.spec() | keys)


def draw(
    engine: TransformersEngine,
    prompts: list[str],
    seeds: list[int],
    sampling: Sampling,
) -> list[list[engines.Response]]:
    """Draw all samples of some prompts, by prompt."""
    asked = [
        Request(tuple(engine.encode(prompt, sampling)), seed)
        for prompt, seed in zip(prompts, seeds, strict=True)
    ]
    found = {one[:2]: one.response for batch in engine.sample(asked, sampling) for one in batch}
    samples = range(sampling.samples_per_shard)
    return [[found[i, j] for j in samples] for i in range(len(prompts))]


def flat(responses: list[list[engines.Response]]) -> list[engines.Response]:
    """Return the responses of all prompts in one list."""
    return [response for row in responses for response in row]


@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.0])
def test_scoring_ones_own_samples_gives_their_log_probability(
    engine: TransformersEngine, temperature: float
) -> None:
    """Sampling (cache, padding on the left) and scoring (one pass, on the right) agree."""
    sampling = changed(temperature=temperature, top_p=0.9)
    drawn = draw(engine, PROMPTS, SEEDS, sampling)
    prompts = [prompt for prompt, row in zip(PROMPTS, drawn, strict=True) for _ in row]
    responses = flat(drawn)
    scored = totals(
        engine,
        prompts,
        [r.text for r in responses],
        [r.finish_reason == "stop" for r in responses],
        SAMPLING,
    )
    assert [tokens for tokens, _ in scored] == [r.n_tokens for r in responses]
    for (_, total), response in zip(scored, responses, strict=True):
        assert total == pytest.approx(response.logprob_sum, abs=1e-4)
        assert total < 0


def test_scores_equal_a_plain_forward_pass(engine: TransformersEngine, checkpoint: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float64).eval()
    for prompt, response, stopped in (
        ("w1 w2", "w3 w4 w5", True),
        ("w9", "w9", False),
        ("w1 w2 w3 w4", "", True),
    ):
        head = [WORDS.index(word) for word in prompt.split()]
        tail = [WORDS.index(word) for word in response.split()] + [0] * stopped
        with torch.inference_mode():
            logits = model(torch.tensor([head + tail])).logits[0]
        logprobs = logits.log_softmax(-1)
        expected = sum(logprobs[len(head) + i - 1, token].item() for i, token in enumerate(tail))
        ((tokens, total),) = totals(engine, [prompt], [response], [stopped], SAMPLING)
        assert tokens == len(tail)
        assert total == pytest.approx(expected, abs=1e-5)


def test_scores_do_not_depend_on_the_batch(
    engine: TransformersEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = ["w1", "w1 w2 w3 w4 w5 w6", "w2 w3", "w7 w7 w7"]
    responses = ["w3 w4", "w5", "", "w1 w2 w3 w4 w5 w6 w7 w8"]
    stopped = [True, False, True, False]
    together = totals(engine, prompts, responses, stopped, SAMPLING)
    alone = [
        totals(engine, [prompt], [response], [stop], SAMPLING)[0]
        for prompt, response, stop in zip(prompts, responses, stopped, strict=True)
    ]
    monkeypatch.setattr(engine.scorer, "tokens", 1)
    apart = totals(engine, prompts, responses, stopped, SAMPLING)
    for found in (alone, apart):
        assert [tokens for tokens, _ in found] == [3, 1, 1, 8]
        assert [total for _, total in found] == pytest.approx([t for _, t in together], abs=1e-5)


def test_an_empty_response_that_did_not_stop_has_no_tokens(engine: TransformersEngine) -> None:
    assert totals(engine, ["w1"], [""], [False], SAMPLING) == [(0, 0.0)]


def test_finish_reasons(engine: TransformersEngine) -> None:
    """A response stops at the end-of-text token, which counts, or runs to its length."""
    responses = flat(draw(engine, PROMPTS, SEEDS, changed(samples_per_shard=40)))
    for response in responses:
        words = response.text.split()
        assert "<eos>" not in words
        if response.finish_reason == "stop":
            assert response.n_tokens == len(words) + 1 <= 24
        else:
            assert response.finish_reason == "length"
            assert response.n_tokens == len(words) == 24
    assert {response.finish_reason for response in responses} == {"stop", "length"}


def test_one_token_is_enough_to_stop_or_to_run_out(engine: TransformersEngine) -> None:
    sampling = changed(max_tokens=1, samples_per_shard=100)
    for response in flat(draw(engine, PROMPTS, SEEDS, sampling)):
        assert response.n_tokens == 1
        assert response.finish_reason == ("length" if response.text else "stop")


def test_cold_samples_are_the_most_likely_tokens(
    engine: TransformersEngine, checkpoint: Path
) -> None:
    sampling = changed(temperature=0.0)
    drawn = draw(engine, PROMPTS, SEEDS, sampling)
    assert all(len(set(row)) == 1 for row in drawn)
    assert drawn == draw(engine, PROMPTS, [1, 2, 3, 4], sampling)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    ids = [WORDS.index(word) for word in PROMPTS[0].split()]
    words: list[str] = []
    for _ in range(24):
        with torch.inference_mode():
            token = int(model(torch.tensor([ids])).logits[0, -1].argmax())
        ids.append(token)
        if token == 0:
            break
        words.append(WORDS[token])
    assert drawn[0][0].text.split() == words


def test_a_prompts_samples_depend_on_its_seed_alone(engine: TransformersEngine) -> None:
    """Not on its neighbours, their number or their lengths."""
    together = draw(engine, PROMPTS, SEEDS, SAMPLING)
    for prompt, seed, row in zip(PROMPTS, SEEDS, together, strict=True):
        ((alone),) = draw(engine, [prompt], [seed], SAMPLING)
        assert [r.text for r in alone] == [r.text for r in row]
        assert [r.logprob_sum for r in alone] == pytest.approx(
            [r.logprob_sum for r in row], abs=1e-4
        )
    backwards = draw(engine, PROMPTS[::-1], SEEDS[::-1], SAMPLING)[::-1]
    assert [r.text for r in flat(backwards)] == [r.text for r in flat(together)]


def test_the_same_call_gives_the_same_bits(engine: TransformersEngine) -> None:
    first = draw(engine, PROMPTS, SEEDS, SAMPLING)
    torch.manual_seed(0)
    np.random.seed(0)
    assert draw(engine, PROMPTS, SEEDS, SAMPLING) == first


def test_seeds_and_samples_differ(engine: TransformersEngine) -> None:
    sampling = changed(samples_per_shard=8)
    first, second = draw(engine, [PROMPTS[0]] * 2, [1, 2], sampling)
    texts = [response.text for response in (*first, *second)]
    assert len(set(texts)) > len(texts) // 2


def test_max_tokens_only_cuts(engine: TransformersEngine) -> None:
    """A longest response cuts, and changes nothing before the cut."""
    short = flat(draw(engine, PROMPTS, SEEDS, changed(max_tokens=5)))
    long = flat(draw(engine, PROMPTS, SEEDS, SAMPLING))
    for one, other in zip(short, long, strict=True):
        assert other.text.split()[:5] == one.text.split()
        assert (one.finish_reason == "length") == (other.n_tokens > 5)


def test_samples_follow_the_models_own_distribution(engine: TransformersEngine) -> None:
    """First tokens of 4,000 samples against the softmax of one forward pass."""
    sampling = changed(samples_per_shard=4000, max_tokens=1)
    (row,) = draw(engine, ["w1 w2"], [3], sampling)
    counts = np.zeros(len(WORDS))
    for response in row:
        counts[WORDS.index(response.text or "<eos>")] += 1
    logits = engine.model(torch.tensor([[2, 3]])).logits[0, -1].detach()
    expected = logits.softmax(-1).double().numpy() * 4000
    used = expected > 1
    chi = ((counts - expected) ** 2 / expected)[used].sum()
    assert chi < used.sum() + 5 * math.sqrt(2 * used.sum())
    for response in row[:50]:
        token = WORDS.index(response.text or "<eos>")
        assert response.logprob_sum == pytest.approx(logits.log_softmax(-1)[token].item(), abs=1e-4)


@pytest.mark.parametrize("samples", [1, 3])
def test_uniforms_depend_on_seed_sample_and_step_alone(samples: int) -> None:
    steps = 2 * UNIFORM_STEPS + 3
    seeds = [7, 2**63 - 1, 0, 7]

    def draw(of: list[int], count: int) -> torch.Tensor:
        step = uniform_steps(of, samples)
        return torch.stack([step(i) for i in range(count)])

    together = draw(seeds, steps)
    assert together.shape == (steps, 4 * samples)
    assert together.dtype == torch.float64
    assert bool(((together >= 0) & (together < 1)).all())
    for place, seed in enumerate(seeds):
        rows = together[:, place * samples : (place + 1) * samples]
        assert torch.equal(draw([seed], steps), rows)
        assert torch.equal(draw([seed], 5), rows[:5])
    assert torch.equal(together[:, :samples], together[:, -samples:])
    others = together[:, : 3 * samples]
    assert len(others.flatten().unique()) == others.numel()


def test_uniforms_are_those_of_philox() -> None:
    step = uniform_steps([5], 2)
    expected = np.random.Generator(np.random.Philox(5)).random((2, UNIFORM_STEPS))
    assert [step(i).tolist() for i in range(3)] == expected[:, :3].T.tolist()


def test_a_stop_that_is_a_special_token_ends_a_response(llama: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(llama, tmp_path / "m")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": ["w3"]})
    tokenizer.save_pretrained(folder)
    sampling = changed(stop=["w3"], samples_per_shard=50, token_logprobs=True)
    responses = flat(draw(load(folder), PROMPTS, SEEDS, sampling))
    ids = [response.token_ids or () for response in responses]
    assert any(row[-1] == WORDS.index("w3") for row in ids)
    assert not any(WORDS.index("w3") in row[:-1] for row in ids)
    for response in responses:
        assert len(response.logprobs or ()) == response.n_tokens
        assert sum(response.logprobs or ()) == pytest.approx(response.logprob_sum)


def test_a_prompt_that_does_not_fit_is_refused(llama: Path) -> None:
    engine = load(llama)
    long = " ".join(["w1"] * 73)
    with pytest.raises(InputError, match="73 tokens and max_tokens of 24 exceed the 96 positions"):
        draw(engine, ["w1", long], [1, 2], SAMPLING)
    assert draw(engine, [long[3:]], [1], SAMPLING)
    with pytest.raises(InputError, match="73 tokens and the response of 24 exceed the 96"):
        totals(engine, [long], [" ".join(["w1"] * 23)], [True], SAMPLING)


def test_a_prompt_without_tokens_is_refused(llama: Path) -> None:
    engine = load(llama)
    with pytest.raises(InputError, match="has no token"):
        totals(engine, [""], ["w1"], [True], SAMPLING)
    with pytest.raises(InputError, match="none may be empty"):
        draw(engine, [" "], [1], SAMPLING)


def test_lengths_of_prompts(llama: Path) -> None:
    engine = load(llama)
    assert [len(engine.encode(prompt, SAMPLING)) for prompt in PROMPTS] == [3, 1, 5, 3]


def test_several_stop_tokens(llama: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(llama, tmp_path / "m")
    path = folder / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "eos_token_id": [0, 4, 5]}))
    engine = load(folder)
    assert engine.stop_ids == [0, 4, 5]
    sampling = changed(samples_per_shard=50)
    for response in flat(draw(engine, PROMPTS, SEEDS, sampling)):
        words = response.text.split()
        assert not {"w3", "w4"} & set(words[:-1])
        if response.finish_reason == "stop":
            assert response.n_tokens in (len(words), len(words) + 1)


def test_provenance_names_versions_and_device(llama: Path) -> None:
    import transformers

    found = load(llama).provenance()
    assert found["engine"] == "transformers"
    assert found["transformers"] == transformers.__version__
    assert found["torch"] == torch.__version__
    assert found["dtype"] == "float32"
    assert load(llama).hardware() == {"device": "cpu"}


def test_an_engine_that_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="there is no engine 'llama'") as caught:
        engines.load("llama", Weights(tmp_path), Machine())
    assert caught.value.exit_code == 3


def test_ids_of_another_vocabulary_are_no_text(engine: TransformersEngine) -> None:
    """A tokenizer leaves out ids that it does not know, whose text would then seem the same."""
    assert engine.decode([1, 2, 0]) == "w0 w1"
    assert engine.tokenizer.decode([1, 2, len(WORDS)]) == "w0 w1"
    assert engine.decode([1, 2, len(WORDS)]) is None
    assert engine.decode([1, -1]) is None
    assert engine.ends(SAMPLING) == [0]


def test_text_without_tokens_is_refused(engine: TransformersEngine) -> None:
    with pytest.raises(InputError, match=r"cannot write some of the responses .*vocabulary"):
        engine.rows(["w1"], ["strange"], [True], SAMPLING)


def test_a_token_that_stands_for_any_word_has_no_likelihood_to_score() -> None:
    words = WordLevel({"<eos>": 0, "a": 1, "<unk>": 2}, unk_token="<unk>")
    core = Tokenizer(words)
    core.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>")

    def rows(*texts: str) -> list[tuple[list[int], list[int]]]:
        stopped = [True] * len(texts)
        return scored_rows(tokenizer, [0], ["a"] * len(texts), texts, stopped, SAMPLING.prompt)

    assert rows("a a", "a <unk>") == [([1], [1, 1, 0]), ([1], [1, 2, 0])]
    with pytest.raises(InputError, match="it takes '<unk>' in their place"):
        rows("a a", "a b")
