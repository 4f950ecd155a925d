"""The api engine against a server that answers as a model does, or worse."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.columns import FAULT
from boundary.engines import Drawn, Machine, Request, Weights
from boundary.engines.api.engine import SEED_BOUND, SPENT, ApiEngine
from boundary.errors import InputError, MachineError
from boundary.jobs.endpoint import Reached
from boundary.jobs.sampling import Sampling
from boundary.sampling import sample_block
from boundary.store import read_table
from boundary.tables import SAMPLES
from chat_server import FakeModel, Reply, chat_server
from protocols import sampling, sampling_job

KEY = "sk-very-secret"
EACH = 4
REQUESTS = [Request(tuple(f"problem {i}".encode()), 100 + i) for i in range(3)]
PROTOCOL = sampling(engine="api", samples_per_shard=EACH, max_tokens=8, token_logprobs=None)


def engine(
    folder: Path, url: str, served: dict[str, Any] | None = None, **reached: Any
) -> ApiEngine:
    stated = {"model": "fake", "declared": "2026-01", **(served or {})}
    (folder / "model.json").write_text(json.dumps({"served": stated}))
    asked = Reached(**{"url": url, "retries": 3, **reached})
    return ApiEngine(Weights(folder / "checkpoint"), Machine(endpoint=asked))


def drawn(asked: ApiEngine, requests: list[Request] = REQUESTS, **changes: Any) -> list[Drawn]:
    protocol = Sampling.model_validate(PROTOCOL.spec() | changes)
    return [one for batch in asked.sample(requests, protocol) for one in batch]


def sampled(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the requests that are none of the probe's."""
    return [body for body in bodies if body.get("max_tokens") == PROTOCOL.max_tokens]


def test_every_sample_is_one_request_with_all_settings_and_a_seed(tmp_path: Path) -> None:
    with chat_server(FakeModel()) as server:
        responses = drawn(engine(tmp_path, server.url), temperature=0.6, top_k=20)
    assert {(one.request, one.sample) for one in responses} == {
        (i, j) for i in range(3) for j in range(EACH)
    }
    bodies = sampled(server.asked)
    assert len(bodies) == len(responses) == 12
    seeds = [body.pop("seed") for body in bodies]
    assert len({*seeds}) == 12 and max(seeds) < SEED_BOUND
    assert {body.pop("prompt") for body in bodies} == {f"problem {i}" for i in range(3)}
    for body in bodies:
        assert body == {
            **{"model": "fake", "n": 1, "stream": False, "temperature": 0.6, "top_p": 1.0},
            **{"max_tokens": 8, "presence_penalty": 0.0, "frequency_penalty": 0.0, "top_k": 20},
            **{"min_p": 0.0, "repetition_penalty": 1.0, "min_tokens": 0, "ignore_eos": False},
            **{"skip_special_tokens": True, "include_stop_str_in_output": False},
            "return_token_ids": True,
        }
    assert {*server.paths} == {"/v1/completions"}
    assert all(one.response.logprob_sum is None for one in responses)


def test_what_is_done_is_not_asked_again_and_order_plays_no_part(tmp_path: Path) -> None:
    with chat_server(FakeModel()) as server:
        whole = {one[:2]: one.response for one in drawn(engine(tmp_path, server.url))}
        some = [Request(r.prompt, r.seed, frozenset({0, 2})) for r in REQUESTS]
        rest = drawn(engine(tmp_path, server.url, concurrency=1), some)
    assert {one[:2] for one in rest} == {(i, j) for i in range(3) for j in (1, 3)}
    assert all(whole[one[:2]] == one.response for one in rest)


def test_messages_go_to_a_chat_endpoint(tmp_path: Path) -> None:
    with chat_server(FakeModel()) as server:
        served = {"interface": "chat", "extensions": False}
        asked = engine(tmp_path, server.url, served)
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}]
        prompt = tuple(asked.encode(messages, PROTOCOL))
        assert len(drawn(asked, [Request(prompt, 1)])) == EACH
        with pytest.raises(InputError, match="begins the answer"):
            asked.encode([*messages, {"role": "assistant", "content": "It is"}], PROTOCOL)
    assert {*server.paths} == {"/v1/chat/completions"}
    last = server.asked[-1]
    assert last["messages"] == messages and last["max_completion_tokens"] == 8
    assert not {"top_k", "min_p", "max_tokens", "return_token_ids"} & last.keys()


@pytest.mark.parametrize(
    ("ignored", "message"),
    [
        ("seed", "seed 1 gave two texts.*seeded: false"),
        ("sampling", "gave one text at temperature 1"),
        ("temperature", "temperature 0 has no effect"),
        ("top_p", "top_p 1e-06 has no effect"),
        ("top_k", "top_k 1 has no effect.*extensions: false"),
        ("min_p", "min_p 1 has no effect"),
        ("max_tokens", "max_tokens 1 has no effect"),
        ("usage", "no usage"),
    ],
)
def test_the_probe_refuses_what_has_no_effect(tmp_path: Path, ignored: str, message: str) -> None:
    with chat_server(FakeModel(ignored)) as server:
        asked = engine(tmp_path, server.url)
        with pytest.raises(InputError, match=message):
            drawn(asked)
    assert not sampled(server.asked)


def test_provenance_tells_what_was_seen_and_not_where(tmp_path: Path) -> None:
    with chat_server(FakeModel()) as server:
        asked = engine(tmp_path, server.url)
        asked.encode("problem 0", PROTOCOL)
        assert asked.provenance() == {
            "engine": "api",
            "api": "fake-1",
            "seeds": "kept",
            "effective": "temperature, top_p, top_k, min_p, max_tokens",
            "returns_logprobs": "false",
            "returns_token_ids": "false",
        }


def test_without_seeds_none_is_sent(tmp_path: Path) -> None:
    with chat_server(FakeModel("seed")) as server:
        served = {"seeded": False}
        assert len(drawn(engine(tmp_path, server.url, served))) == 12
    assert not any("seed" in body for body in server.asked)


class Changing:
    """A model of which one reply is another; replies to the probe are its own."""

    def __init__(self, at: int, other: Callable[[dict[str, Any], int], Reply]) -> None:
        self.model, self.at, self.other, self.count = FakeModel(), at, other, 0

    def __call__(self, body: dict[str, Any], number: int) -> Reply:
        if body["max_tokens"] != PROTOCOL.max_tokens:
            return self.model(body, number)
        self.count += 1
        return (self.other if self.count == self.at else self.model)(body, number)


@pytest.mark.parametrize(
    "choice", [{"finish_reason": "content_filter"}, {"text": None}, {"finish_reason": None}]
)
def test_a_refusal_has_no_outcome(tmp_path: Path, choice: dict[str, Any]) -> None:
    with chat_server(Changing(3, FakeModel(**choice))) as server:
        responses = [one.response for one in drawn(engine(tmp_path, server.url))]
    (lost,) = [one for one in responses if one.finish_reason == FAULT]
    assert lost.text == "" and len(responses) == 12


def test_another_version_stops_the_arm_and_keeps_what_came(tmp_path: Path) -> None:
    with chat_server(Changing(5, FakeModel(fingerprint="fake-2"))) as server:
        asked, kept = engine(tmp_path, server.url, concurrency=1), []
        with pytest.raises(MachineError, match="'fake-1' and is 'fake-2' now"):
            for batch in asked.sample(REQUESTS, PROTOCOL):
                kept += batch
    assert len(kept) == 4


def test_what_the_server_cut_is_refused(tmp_path: Path) -> None:
    with (
        chat_server(Changing(2, FakeModel(finish_reason="length"))) as server,
        pytest.raises(MachineError, match="a response of 3 tokens by 'length' where the limit"),
    ):
        drawn(engine(tmp_path, server.url))


def test_busy_servers_and_cut_connections_are_asked_again(tmp_path: Path) -> None:
    model = FakeModel()

    def answer(body: dict[str, Any], number: int) -> Reply:
        if number % 5 == 1:
            return 429, {"Retry-After": "0"}, b"slow down"
        if number == 8:
            return None
        return model(body, number)

    with chat_server(answer) as server:
        asked = drawn(engine(tmp_path, server.url, concurrency=2, retries=6))
    with chat_server(model) as server:
        assert sorted(asked) == sorted(drawn(engine(tmp_path, server.url)))


def test_the_limit_of_cost_stops_and_a_raised_one_goes_on(tmp_path: Path) -> None:
    # A request costs 10 · 1 + 3 · 10 = 40 millionths, and at most 11 · 1 + 8 · 10 or so.
    prices, kept = {"input": 1.0, "output": 10.0}, []

    def asked(url: str, limit: float) -> ApiEngine:
        return engine(tmp_path, url, max_cost=limit, prices=prices, concurrency=3, probe_tokens=4)

    with chat_server(FakeModel()) as server:
        with pytest.raises(MachineError, match=r"endpoint\.max_cost: .* of 0.0008 is spent"):
            for batch in asked(server.url, 800e-6).sample(REQUESTS, PROTOCOL):
                kept += batch
        spent = [json.loads(line) for line in (tmp_path / SPENT).read_text().splitlines()]
        assert len(spent) == len(server.asked)
        cost = sum(10 * one["tokens"] + one["prompt_tokens"] for one in spent) / 1e6
        # As near to the limit as the worst case of one more request allows.
        assert 800e-6 - 100e-6 < cost <= 800e-6
        assert 0 < len(kept) == len(sampled(server.asked)) < 12
        done = [
            Request(r.prompt, r.seed, frozenset(one.sample for one in kept if one.request == i))
            for i, r in enumerate(REQUESTS)
        ]
        rest = drawn(asked(server.url, 1.0), done)
        seeds = [body["seed"] for body in sampled(server.asked)]
    assert len(seeds) == len({*seeds}) == len(kept) + len(rest) == 12


def test_a_job_that_is_asked_to_end_keeps_what_came(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(3)]
    frame = pl.DataFrame({"benchmark": "b", "problem_id": names, "question": names})
    frame = frame.with_columns(answer=pl.lit("1"), kind=pl.lit("integer"), metadata=None)
    model, output, killed = FakeModel(), tmp_path / "00000.parquet", []

    def answer(body: dict[str, Any], number: int) -> Reply:
        if len(sampled(server.asked)) == 7 and not killed:
            killed.append(body["seed"])
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        return model(body, number)

    with chat_server(answer) as server:
        job = sampling_job(PROTOCOL)
        with pytest.raises(KeyboardInterrupt):
            sample_block(engine(tmp_path, server.url, concurrency=1), frame, job, output)
        assert not output.exists()
        sample_block(engine(tmp_path, server.url), frame, job, output)
        seeds = [body["seed"] for body in sampled(server.asked)]
    # That in flight is lost, and no other.
    assert sorted(seeds) == sorted([*{*seeds}, *killed]) and len(seeds) == 13
    rows = read_table(output, SAMPLES)
    assert rows.height == 12 and rows["logprob_sum"].null_count() == 12


def test_half_a_line_of_the_ledger_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / SPENT).write_text('{"prompt_tokens": 1000000, "tokens": 0}\n{"prompt_to')
    with chat_server(FakeModel()) as server:
        prices = {"input": 1.0, "output": 1.0}
        asked = engine(tmp_path, server.url, max_cost=1.0, prices=prices)
        with pytest.raises(MachineError, match="1 of 1 is spent"):
            drawn(asked)
    assert server.asked == []


def test_keys_stay_in_one_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    with chat_server(lambda *_: (401, {}, f"bad key {KEY}".encode())) as server:
        asked = engine(tmp_path, server.url, key_env="SOME_KEY")
        with pytest.raises(InputError, match=r"status 401: bad key \[key\]"):
            drawn(asked)
        assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_models_of_other_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"model": "weights"}')
    with pytest.raises(InputError, match="describes no model behind an endpoint"):
        ApiEngine(Weights(tmp_path / "checkpoint"), Machine(endpoint=Reached(url="http://h/v1")))
    with pytest.raises(InputError, match="--endpoint: missing"):
        ApiEngine(Weights(tmp_path / "checkpoint"), Machine())
