"""Sampling with vLLM: seeds, resuming, stops, lengths, and what a checkpoint may not decide."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.engines import Drawn, Machine, Request, Weights
from boundary.engines.vllm import run, setup
from boundary.engines.vllm.engine import VllmEngine
from boundary.errors import InputError, MachineError
from boundary.jobs.sampling import Sampling
from boundary.sampling import sample_block
from boundary.store import read_table
from boundary.tables import SAMPLES
from drawing import SAMPLING, Draws, draw
from protocols import sampling, sampling_job

MOST = SAMPLING.max_tokens
EVERY = range(SAMPLING.samples_per_shard)
#: Of log-probabilities, where another batch adds in another order.
CLOSE = 1e-4


@pytest.fixture
def divergences(tell: Callable[[str], None]) -> Callable[[Draws, Draws, str], int]:
    """Return what counts, tells and returns the responses that differ."""

    def count(one: Draws, two: Draws, what: str) -> int:
        found = different(one, two)
        tell(f"{what}: {found} of {len(one)} responses diverge")
        return found

    return count


def different(one: Draws, two: Draws) -> int:
    """Count responses whose tokens differ; those that agree agree in their numbers too."""
    apart = [key for key in one if one[key].token_ids != two[key].token_ids]
    for key in one.keys() - set(apart):
        assert abs(one[key].logprob_sum - two[key].logprob_sum) < CLOSE
        assert one[key].text == two[key].text
    return len(apart)


def test_samples_of_a_problem_differ(draws: Draws, requests: list[Request]) -> None:
    for i in range(len(requests)):
        assert len({draws[i, j].token_ids for j in EVERY}) > 1


def test_equal_prompts_with_other_seeds_draw_other_numbers(
    engine: VllmEngine, requests: list[Request]
) -> None:
    one, two = requests[0], replace(requests[0], seed=77)
    drawn = draw(engine, [one, two])
    assert [drawn[0, j].token_ids for j in EVERY] != [drawn[1, j].token_ids for j in EVERY]


def test_a_resumed_block_draws_the_same(
    engine: VllmEngine,
    requests: list[Request],
    draws: Draws,
    divergences: Callable[[Draws, Draws, str], int],
) -> None:
    done = frozenset(EVERY[::2])
    rest = draw(engine, [replace(request, done=done) for request in requests])
    assert rest.keys() == {key for key in draws if key[1] not in done}
    whole = {key: draws[key] for key in rest}
    # The model is float32 and small, so that no draw lies that near to a border.
    assert divergences(rest, whole, "half of a block") == 0


def test_other_requests_in_the_batch_change_nothing(
    engine: VllmEngine,
    requests: list[Request],
    draws: Draws,
    divergences: Callable[[Draws, Draws, str], int],
) -> None:
    few = draw(engine, [requests[7], requests[3]])
    whole = {(i, j): draws[(7, 3)[i], j] for i, j in few}
    assert divergences(few, whole, "two requests alone") == 0


def test_nothing_is_drawn_where_all_is_done(base: Path, requests: list[Request]) -> None:
    idle = VllmEngine(Weights(base), Machine())
    assert list(idle.sample([replace(requests[0], done=frozenset(EVERY))], SAMPLING)) == []
    assert idle._llm is None


def test_what_is_left_behind_does_not_stay_in_the_queue(
    engine: VllmEngine, requests: list[Request], draws: Draws
) -> None:
    started = engine.sample(requests, SAMPLING)
    next(started)
    started.close()
    again = draw(engine, requests[:2])
    assert {key[0] for key in again} == {0, 1}
    assert engine._llm.llm_engine.get_num_unfinished_requests() == 0


def test_max_tokens_ends_a_response(
    engine: VllmEngine, requests: list[Request], draws: Draws
) -> None:
    short = draw(engine, requests, max_tokens=5)
    for key, response in short.items():
        whole = draws[key].token_ids or ()
        assert response.token_ids == whole[:5]
        assert response.finish_reason == ("length" if len(whole) > 5 else "stop")


def test_a_stop_string_ends_a_response_before_it(
    engine: VllmEngine, requests: list[Request], draws: Draws
) -> None:
    cut = draw(engine, requests, stop=["#"])
    met = 0
    for key, response in cut.items():
        whole = draws[key]
        assert "#" not in response.text
        assert response.token_ids == (whole.token_ids or ())[: response.n_tokens]
        if response.finish_reason == "stop" and "#" in whole.text:
            met += 1
            assert response.text.strip() == whole.text.partition("#")[0].strip()
            assert abs(response.logprob_sum - sum(response.logprobs or ())) < CLOSE
    assert met > len(cut) / 2


def test_text_is_the_same_where_a_stop_string_is_never_met(
    engine: VllmEngine, requests: list[Request], draws: Draws
) -> None:
    """vLLM makes the text then, and this engine does otherwise."""
    found = draw(engine, requests[:8], stop=["never to be seen"])
    for key, response in found.items():
        assert response.text == draws[key].text
        assert response.finish_reason == draws[key].finish_reason


def test_no_temperature_is_the_likeliest_token(
    engine: VllmEngine, requests: list[Request], transformers_engine: Any
) -> None:
    ours = draw(engine, requests[:6], temperature=0.0, samples_per_shard=2)
    theirs = draw(transformers_engine, requests[:6], temperature=0.0, samples_per_shard=2)
    assert {k: r.token_ids for k, r in ours.items()} == {k: r.token_ids for k, r in theirs.items()}


def test_a_small_nucleus_keeps_likely_tokens(engine: VllmEngine, requests: list[Request]) -> None:
    narrow = draw(engine, requests, top_p=0.3)
    wide = draw(engine, requests)
    mean = [sum(r.logprob_sum for r in d.values()) / len(d) for d in (narrow, wide)]
    assert mean[0] > mean[1] + 1


def test_token_lists_come_only_when_asked_for(engine: VllmEngine, requests: list[Request]) -> None:
    found = draw(engine, requests[:1], token_logprobs=None)
    assert all(response.logprobs is None for response in found.values())
    assert all(len(response.token_ids) == response.n_tokens for response in found.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_tokens": 1000}, r"exceed the 128 tokens of the model's context"),
        ({"max_model_len": 50}, r"Raise max_model_len to"),
        ({"max_model_len": 4096}, r"max_model_len is 4,096, and .* holds 128"),
        ({"temperature": 0.001}, r"^temperature: vllm takes 0 or from 0\.01"),
    ],
)
def test_what_does_not_fit_is_refused_before_vllm_starts(
    base: Path, requests: list[Request], changes: dict[str, Any], message: str
) -> None:
    idle = VllmEngine(Weights(base), Machine())
    with pytest.raises(InputError, match=message):
        draw(idle, requests, **changes)
    assert idle._llm is None


def test_an_empty_prompt_is_refused(base: Path) -> None:
    with pytest.raises(InputError, match="no token"):
        draw(VllmEngine(Weights(base), Machine()), [Request((), 1)])


def test_a_max_model_len_that_holds_all_changes_nothing(
    engine: VllmEngine,
    requests: list[Request],
    draws: Draws,
    divergences: Callable[[Draws, Draws, str], int],
) -> None:
    found = draw(engine, requests[:4], max_model_len=128)
    assert divergences(found, {k: draws[k] for k in found}, "under max_model_len") == 0


def test_a_response_that_something_else_ended_is_an_error(engine: VllmEngine) -> None:
    class Output:
        finish_reason, token_ids, cumulative_logprob = "abort", [1, 2], -1.0

    class Whole:
        outputs = (Output,)

    with pytest.raises(MachineError, match=r"2 tokens by 'abort'"):
        engine._response(Whole, SAMPLING)
    Output.finish_reason = "length"
    with pytest.raises(MachineError, match=rf"by 'length' where max_tokens is {MOST}"):
        engine._response(Whole, SAMPLING)
    Output.finish_reason, Output.cumulative_logprob = "stop", float("nan")
    with pytest.raises(MachineError, match="not numbers with dtype float32"):
        engine._response(Whole, SAMPLING)


class Cut(VllmEngine):
    """An engine whose job is killed in the middle."""

    def sample(self, requests: Any, sampling: Sampling) -> Iterator[list[Drawn]]:
        for count, drawn in enumerate(super().sample(requests, sampling)):
            if count == 4:
                raise KeyboardInterrupt
            yield drawn


def test_a_block_goes_on_where_it_was_killed(
    engine: VllmEngine, base: Path, problems: pl.DataFrame, tmp_path: Path
) -> None:
    block = sampling_job(SAMPLING, benchmark="short", block=3, seed=5, checkpoint=str(base))
    tables = []
    for name in ("whole", "killed"):
        output = tmp_path / f"{name}.parquet"
        if name == "killed":
            with pytest.raises(KeyboardInterrupt):
                sample_block(Cut(Weights(base), Machine()), problems, block, output)
            assert not output.exists()
        sample_block(engine, problems, block, output)
        tables.append(read_table(output, SAMPLES))
    numbers = ["logprob_sum", "logprobs"]
    assert tables[0].drop(numbers).equals(tables[1].drop(numbers))
    assert (tables[0]["logprob_sum"] - tables[1]["logprob_sum"]).abs().max() < CLOSE


@pytest.fixture
def copied(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "copied"))


def test_a_checkpoint_decides_where_responses_end_and_nothing_else(
    copied: Path, engine: VllmEngine, requests: list[Request], draws: Draws
) -> None:
    hash_mark = engine.tokenizer.convert_tokens_to_ids("#")
    settings = {
        "eos_token_id": [engine.stop_ids[0], hash_mark],
        "temperature": 0.1,
        "top_k": 1,
        "top_p": 0.1,
        "repetition_penalty": 9.0,
        "max_new_tokens": 3,
        "do_sample": True,
    }
    (copied / "generation_config.json").write_text(json.dumps(settings))
    found = draw(VllmEngine(Weights(copied), Machine()), requests[:20])
    ended = 0
    for key, response in found.items():
        whole = draws[key].token_ids or ()
        place = whole.index(hash_mark) + 1 if hash_mark in whole else len(whole)
        assert response.token_ids == whole[:place]
        ended += place < len(whole)
    assert ended > len(found) / 2


def test_long_prompts_and_a_small_cache_change_nothing(
    base: Path,
    requests: list[Request],
    monkeypatch: pytest.MonkeyPatch,
    divergences: Callable[[Draws, Draws, str], int],
) -> None:
    """Prompts that fill several steps, requests that are put back for want of room."""
    long = [Request(request.prompt * 5, request.seed) for request in requests[:24]]
    changes = {"max_tokens": 24, "samples_per_shard": 4}
    usual = draw(VllmEngine(Weights(base), Machine()), long, **changes)
    monkeypatch.setattr(setup, "CPU_STEP_TOKENS", 128)
    monkeypatch.setattr(setup, "CPU_SEQUENCES", 8)
    cached = setup._cache_bytes
    monkeypatch.setattr(setup, "_cache_bytes", lambda c, d, s, r: cached(c, d, 4, r))
    asked: list[int] = []
    tight = VllmEngine(Weights(base), Machine())
    found: Draws = {}
    for batch in tight.sample(long, sampling(**SAMPLING.spec() | changes)):
        asked.append(tight._llm.llm_engine.get_num_unfinished_requests())
        found |= {one[:2]: one.response for one in batch}
    assert max(asked) <= run.QUEUED * 8
    assert divergences(found, usual, "a small cache") == 0


def test_a_damaged_checkpoint_is_an_error_of_ours(copied: Path, requests: list[Request]) -> None:
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"copied: vLLM cannot start.*incomplete or damaged"):
        draw(VllmEngine(Weights(copied), Machine()), requests[:1])


def test_a_model_that_vllm_does_not_know_is_named(copied: Path, requests: list[Request]) -> None:
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps(config | {"architectures": ["NopeForNothing"]}))
    with pytest.raises(MachineError, match=r"copied: vLLM cannot take this model.*NopeForNothing"):
        draw(VllmEngine(Weights(copied), Machine()), requests[:1])
