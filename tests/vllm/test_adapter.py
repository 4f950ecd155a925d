"""LoRA adapters: the model with one is the model with its product added to the weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from boundary.engines import Machine, Request, Weights
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.vllm.engine import VllmEngine
from drawing import SAMPLING, Draws, draw, token_logprobs, totals

RANK, ALPHA = 4, 8
#: Of each layer, with widths of input and output from the checkpoint itself.
MODULES = ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj")


@pytest.fixture(scope="module")
def adapted(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an adapter of random numbers, and a checkpoint into which it is merged."""
    folder = tmp_path_factory.mktemp("adapter")
    adapter, merged = folder / "adapter", folder / "merged"
    adapter.mkdir()
    shutil.copytree(base, merged)
    weights = load_file(base / "model.safetensors")
    random = torch.Generator().manual_seed(3)
    low: dict[str, torch.Tensor] = {}
    for name in sorted(weights):
        module = name.removesuffix(".weight")
        if not module.endswith(MODULES):
            continue
        out, inner = weights[name].shape
        a = torch.randn(RANK, inner, generator=random) * 0.1
        b = torch.randn(out, RANK, generator=random) * 0.1
        low |= {
            f"base_model.model.{module}.lora_A.weight": a,
            f"base_model.model.{module}.lora_B.weight": b,
        }
        weights[name] = weights[name] + ALPHA / RANK * (b @ a)
    assert len(low) == 2 * len(MODULES) * 2
    save_file(low, adapter / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": RANK,
        "lora_alpha": ALPHA,
        "target_modules": [name.rpartition(".")[2] for name in MODULES],
        "bias": "none",
    }
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    save_file(weights, merged / "model.safetensors", metadata={"format": "pt"})
    return adapter, merged


def test_an_adapter_is_applied_to_samples_and_scores(
    base: Path,
    adapted: tuple[Path, Path],
    requests: list[Request],
    draws: Draws,
    tell: Callable[[str], None],
) -> None:
    adapter, merged = adapted
    engine = VllmEngine(Weights(base, adapter=adapter), Machine())
    found = draw(engine, requests[:20])
    changed = sum(found[key].token_ids != draws[key].token_ids for key in found)
    assert changed > len(found) / 2
    whole = TransformersEngine(Weights(merged), Machine())
    worst = 0.0
    for (i, _), response in found.items():
        theirs = token_logprobs(whole, requests[i].prompt, response.token_ids or ())
        ours = response.logprobs or ()
        worst = max(worst, *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
    tell(f"largest difference of a log-probability to the merged weights: {worst:.1e}")
    assert worst < 1e-3
    prompts = [engine.tokenizer.decode(requests[i].prompt) for i, _ in found]
    texts = [response.text for response in found.values()]
    stopped = [response.finish_reason == "stop" for response in found.values()]
    scored = totals(engine, prompts, texts, stopped, SAMPLING)
    for (n, ours), (m, theirs) in zip(
        scored, totals(whole, prompts, texts, stopped, SAMPLING), strict=True
    ):
        assert n == m
        assert abs(ours - theirs) < 1e-3
