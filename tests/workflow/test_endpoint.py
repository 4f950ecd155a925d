"""A study of models behind an endpoint: refusals, the limit of cost, resuming, and the key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.columns import FAULT
from boundary.store import read_provenance
from chat_server import ChatServer, FakeModel, Reply, chat_server
from harness import copy_repository, edit_study, python, snakemake

KEY, STUDY = "sk-never-in-a-file", "endpoint.yaml"
ROWS = 12 * 8


class Moody:
    """A model that is busy now and then, cuts connections and refuses one prompt in all."""

    def __init__(self) -> None:
        self.model, self.refused = FakeModel(), set[str]()
        self.answered: list[tuple[str, int]] = []

    def __call__(self, body: dict[str, Any], number: int) -> Reply:
        if number % 7 == 3:
            return 429, {"Retry-After": "0"}, b"busy"
        if number % 11 == 5:
            return None
        if body["max_tokens"] == 16 and "seed" in body:
            self.answered.append((body["model"], body["seed"]))
        # Ever the same samples.
        if body["max_tokens"] == 16 and body.get("seed", 1) % 40 == 0:
            self.refused.add(str(body["seed"]))
            return FakeModel(finish_reason="content_filter")(body, number)
        return self.model(body, number)


def behind(study: dict[str, Any], url: str, **settings: Any) -> None:
    """Put two models behind an endpoint in place of the lab's."""
    for key in ("series", "lab"):
        del study[key]
    del study["analyses"]["likelihood"]
    endpoint = {"url": url, "key_env": "SOME_KEY", "declared": "2026-01", "concurrency": 4}
    study["models"] = {
        name: {"source": f"api:{name}", "role": role, "endpoint": endpoint | {"model": name} | more}
        for name, role, more in (("one", "base", settings), ("two", "rl", {}))
    }
    study["protocols"]["t1"] |= {"engine": "api", "prompt": "raw"}
    study["comparisons"][0] |= {"base": "one", "other": "two"}
    study["verification"] = {"max_unset": 0.2}


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with chat_server(Moody()) as serving:
        yield serving


def edit(copy: Path, url: str, **settings: Any) -> None:
    edit_study(copy, lambda study: behind(study, url, **settings), STUDY)


def test_a_study_stops_at_its_limit_goes_on_and_hides_the_key(
    tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    copy = copy_repository(tmp_path / "copy")
    prices = {"input": 1.0, "output": 10.0}
    edit(copy, server.url, prices=prices, max_cost=2500e-6, probe_tokens=4)
    stopped = snakemake(copy, "--cores", "1", "samples", config=STUDY)
    assert stopped.returncode != 0
    assert "endpoint.max_cost" in stopped.stderr + stopped.stdout
    edit(copy, server.url, prices=prices, max_cost=1.0, probe_tokens=4)
    done = snakemake(copy, "--cores", "1", config=STUDY)
    assert done.returncode == 0, done.stderr
    shards = sorted((copy / "results/samples").rglob("*.parquet"))
    rows = pl.concat([pl.read_parquet(path) for path in shards])
    assert rows.height == 2 * ROWS
    lost = rows.filter(finish_reason=FAULT)
    assert 0 < lost.height == len(server.answer.refused)  # type: ignore[attr-defined]
    assert read_provenance(shards[0])["sampled_by"]["seeds"] == "kept"
    answered = [
        seed
        for name, seed in server.answer.answered  # type: ignore[attr-defined]
        if name == "one"
    ]
    assert len(answered) == len({*answered}) == ROWS, "no sample is paid for twice"
    again = snakemake(copy, "--cores", "1", "-n", config=STUDY)
    assert "Nothing to be done" in again.stdout + again.stderr
    for folder, _, names in os.walk(copy):
        for name in names:
            assert KEY.encode() not in (Path(folder) / name).read_bytes(), name
    assert KEY not in stopped.stdout + stopped.stderr + done.stdout + done.stderr


def test_what_an_endpoint_cannot_do_is_refused_by_name(tmp_path: Path) -> None:
    copy = copy_repository(tmp_path / "copy")

    def wrong(study: dict[str, Any]) -> None:
        behind(study, "http://localhost:1/v1", max_cost=1.0, tokenizer="file:t", interface="chat")
        del study["models"]["two"]["endpoint"]["declared"]
        study["models"]["two"]["dtype"] = "float32"
        study["models"]["two"]["endpoint"]["extensions"] = False
        study["protocols"]["t1"] |= {"token_logprobs": True, "top_k": 5, "min_p": 0.1}
        study["protocols"]["t1"] |= {"repetition_penalty": 1.1}
        likelihood = {"models": ["one"], "benchmarks": ["tiny"], "protocol": "t1", "responses": 4}
        study["analyses"]["likelihood"] = likelihood

    edit_study(copy, wrong, STUDY)
    told = python(copy, "-m", "boundary", "check-config", STUDY).stderr
    for message in (
        "models.one.endpoint.prices: missing",
        "models.one.endpoint.tokenizer: only goes with",
        "models.two.endpoint.declared: state the date or revision",
        "models.two.dtype: only goes with",
        "protocols.t1.token_logprobs: nobody knows",
        "protocols.t1.top_k: models.two has 'extensions: false'",
        "protocols.t1.repetition_penalty: the engine api has no repetition_penalty",
        "analyses.likelihood.models[0]: 'one' is behind an endpoint",
    ):
        assert message in told, told


@pytest.mark.parametrize("engine", ["api", "transformers"])
def test_engine_and_model_go_together(tmp_path: Path, engine: str) -> None:
    copy = copy_repository(tmp_path / "copy")

    def mixed(study: dict[str, Any]) -> None:
        models = study["models"]
        behind(study, "http://localhost:1/v1")
        study["models"]["two"] = models["base"] | {"source": "hf:org/name", "revision": "0" * 40}
        study["protocols"]["t1"]["engine"] = engine

    edit_study(copy, mixed, STUDY)
    told = python(copy, "-m", "boundary", "check-config", STUDY).stderr
    name, right = ("two", "transformers or vllm") if engine == "api" else ("one", "api")
    assert f"protocols.t1.engine: {engine!r} does not sample models.{name}" in told
    assert f"take {right}, in a protocol of its own" in told
