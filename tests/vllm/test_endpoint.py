"""The api engine against vLLM's own server: the same samples as in process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundary.engines import Machine, Request, Weights
from boundary.engines.api.engine import SEED_BOUND, ApiEngine
from boundary.engines.vllm.engine import VllmEngine
from boundary.jobs.endpoint import Reached
from drawing import SAMPLING, draw

#: Seconds that the server may take to start.
PATIENCE = 300


@pytest.fixture(scope="module")
def url(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the lab's base; every setting must come from requests, against its own defaults."""
    folder = tmp_path_factory.mktemp("served") / "base"
    folder.mkdir()
    for path in base.iterdir():
        (folder / path.name).symlink_to(path)
    settings = json.loads((base / "generation_config.json").read_text())
    (folder / "generation_config.json").unlink()
    (folder / "generation_config.json").write_text(json.dumps(settings | {"top_k": 1}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "vllm.entrypoints.openai.api_server"),
            *("--model", str(folder), "--served-model-name", "base", "--port", str(port)),
            *("--host", "127.0.0.1", "--enforce-eager"),
            # Left open, it would compute in another type than the engine here.
            *("--dtype", "float32"),
            # The CPU build cannot cut a prompt in two and keep a seed.
            *("--no-enable-chunked-prefill", "--max-num-batched-tokens", "8192"),
        ],
        env=os.environ | {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert server.poll() is None, "the server ended"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                    break
            except OSError:
                time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.parametrize("protocol", [{}, {"temperature": 0.6, "top_p": 0.9}, {"min_p": 0.1}])
def test_samples_are_those_in_process(
    url: str,
    base: Path,
    tmp_path: Path,
    requests: list[Request],
    tell: Callable[[str], None],
    protocol: dict[str, float],
) -> None:
    served = {"model": "base", "declared": "here", "tokenizer": f"file:{base}"}
    (tmp_path / "model.json").write_text(json.dumps({"served": served}))
    (tmp_path / "checkpoint").symlink_to(base)
    behind = ApiEngine(Weights(tmp_path / "checkpoint"), Machine(endpoint=Reached(url=url)))
    changes = {"token_logprobs": None, **protocol}
    answers = draw(behind, requests, **changes)
    assert len(answers) == len(requests) * SAMPLING.samples_per_shard
    assert len({one.token_ids for one in answers.values()}) > len(requests)

    with pytest.MonkeyPatch.context() as patch:
        hashed = sys.modules["boundary.engines.vllm.engine"].seed_of  # type: ignore[attr-defined]
        patch.setattr("boundary.engines.vllm.engine.seed_of", lambda *of: hashed(*of) % SEED_BOUND)
        inside = draw(VllmEngine(Weights(base), Machine()), requests, **protocol)
    apart = [key for key, one in inside.items() if answers[key].token_ids != one.token_ids]
    tell(f"vLLM's server against in process {protocol}: {len(apart)} of {len(inside)} diverge")
    assert not apart
    for key, one in inside.items():
        assert (one.text, one.finish_reason) == (answers[key].text, answers[key].finish_reason)


def test_what_the_probe_sees(url: str, base: Path, tmp_path: Path, requests: list[Request]) -> None:
    served = {"model": "base", "declared": "here", "tokenizer": f"file:{base}"}
    (tmp_path / "model.json").write_text(json.dumps({"served": served}))
    (tmp_path / "checkpoint").symlink_to(base)
    behind = ApiEngine(Weights(tmp_path / "checkpoint"), Machine(endpoint=Reached(url=url)))
    behind.encode(behind.decode(requests[0].prompt) or "", SAMPLING)
    seen = behind.provenance()
    assert seen.pop("api").startswith("vllm-")
    assert seen == {
        "engine": "api",
        "seeds": "kept",
        "effective": "temperature, top_p, top_k, min_p, max_tokens",
        "returns_logprobs": "true",
        "returns_token_ids": "true",
    }
