"""What the vLLM engine asks of a machine, and how it starts vLLM."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
import torch._dynamo.config as compiling
from safetensors.torch import save_file
from transformers import Qwen3Config

from boundary.engines import Machine, Weights, load
from boundary.engines.vllm import setup
from boundary.errors import InputError, MachineError

GPU = Machine(device="gpu")
CONFIG = Qwen3Config(
    hidden_size=64,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=32,
    dtype="float32",
)
OURS = ("HF_HUB_OFFLINE", "OMP_WAIT_POLICY", "TORCH_CPP_LOG_LEVEL", "TORCH_COMPILE_DISABLE")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no variable of this machine in, and none of the tests out."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VLLM_") and k not in OURS}
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(torch, "set_num_threads", lambda threads: None)
    with compiling.patch(disable=False):
        yield


def pretend(monkeypatch: pytest.MonkeyPatch, *, cpu: bool, gpus: int = 0) -> None:
    """Put a vLLM in place that is built for one device and sees some GPUs."""
    platforms = ModuleType("vllm.platforms")
    platforms.current_platform = SimpleNamespace(  # type: ignore[attr-defined]
        is_cpu=lambda: cpu, is_cuda_alike=lambda: not cpu and gpus > 0, device_count=lambda: gpus
    )
    monkeypatch.setitem(sys.modules, "vllm", ModuleType("vllm"))
    monkeypatch.setitem(sys.modules, "vllm.platforms", platforms)
    monkeypatch.setattr(setup, "installed", lambda: True)


def test_without_vllm_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "installed", lambda: False)
    with pytest.raises(MachineError, match="make install-vllm"):
        load("vllm", Weights(tmp_path), Machine())


def test_a_folder_of_that_name_is_no_vllm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vllm").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "vllm", raising=False)
    assert not setup.installed()


def test_the_cpu_build_refuses_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=True)
    with pytest.raises(MachineError, match=r"CPU build.*make install-vllm-gpu.*device: cpu"):
        setup.prepare(GPU)


def test_the_gpu_build_refuses_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=False, gpus=1)
    with pytest.raises(MachineError, match=r"built for GPUs.*device: gpu"):
        setup.prepare(Machine())


def test_a_machine_without_gpus_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=False)
    with pytest.raises(MachineError, match=r"asks for 1 GPU.*finds 0 here\."):
        setup.prepare(GPU)


def test_fewer_gpus_than_asked_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=False, gpus=2)
    monkeypatch.setitem(os.environ, "CUDA_VISIBLE_DEVICES", "0,1")
    with pytest.raises(MachineError, match=r"4 GPU.*finds 2 .*CUDA_VISIBLE_DEVICES=0,1"):
        setup.prepare(Machine(device="gpu", gpus=4))


@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_the_core_runs_in_this_process(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    pretend(monkeypatch, cpu=device == "cpu", gpus=1)
    setup.prepare(Machine(device=device))
    assert os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] == "0"
    assert os.environ["VLLM_NO_USAGE_STATS"] == os.environ["HF_HUB_OFFLINE"] == "1"


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=True)
    own = {"VLLM_LOGGING_LEVEL": "info", "OMP_WAIT_POLICY": "ACTIVE", "VLLM_CPU_KVCACHE_SPACE": "3"}
    os.environ.update(own)
    setup.prepare(Machine())
    assert {name: os.environ[name] for name in own} == own


@pytest.mark.parametrize("own", [None, "0"])
def test_nothing_is_compiled_on_a_cpu_unless_the_user_wants_it(
    monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    pretend(monkeypatch, cpu=True)
    if own:
        monkeypatch.setitem(os.environ, "TORCH_COMPILE_DISABLE", own)
    setup.prepare(Machine())
    assert compiling.disable is (own is None)


def test_threads_are_those_of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cpu=True)
    used: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", used.append)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5, 7})
    for threads in (2, 64):
        setup.prepare(Machine(threads=threads))
    assert used == [2, 3]


def settings(machine: Machine, *, scoring: bool = False, **weights: Any) -> dict[str, Any]:
    return setup.settings(
        Weights(Path("m"), **weights),
        machine,
        CONFIG,
        room=300,
        sequences=40,
        scoring=scoring,
    )


def test_settings_on_a_gpu() -> None:
    machine = Machine(device="gpu", gpus=4, gpu_memory_utilization=0.8)
    found = settings(machine, dtype="bfloat16", quantization="fp8")
    assert found["tensor_parallel_size"] == 4
    assert found["gpu_memory_utilization"] == 0.8
    assert (found["dtype"], found["quantization"]) == ("bfloat16", "fp8")
    assert found["max_model_len"] == 300
    assert "max_num_batched_tokens" not in found


@pytest.mark.parametrize("machine", [Machine(), GPU], ids=["cpu", "gpu"])
def test_settings_trust_nothing_in_a_checkpoint(machine: Machine) -> None:
    found = settings(machine)
    assert found["trust_remote_code"] is False
    assert found["load_format"] == "safetensors"
    assert found["generation_config"] == "vllm"


def test_settings_keep_float32_where_the_checkpoint_says_so() -> None:
    assert settings(GPU)["dtype"] == "float32"


@pytest.mark.parametrize("machine", [Machine(), GPU], ids=["cpu", "gpu"])
def test_scoring_bounds_the_tokens_of_a_step(machine: Machine) -> None:
    found = settings(machine, scoring=True)
    assert found["max_num_batched_tokens"] == setup.SCORE_TOKENS


def test_the_cpu_build_cuts_no_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(Machine())
    assert found["enable_chunked_prefill"] is False
    assert found["max_num_batched_tokens"] >= found["max_model_len"]


def test_the_cache_on_a_cpu_holds_all_requests_or_half_of_what_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    psutil = pytest.importorskip("psutil")
    free = 2**40
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    # keys and values, layers, heads, their width, bytes a number
    token = 2 * 3 * 2 * 32 * 4
    assert settings(Machine())["kv_cache_memory_bytes"] == (40 * 3 + 2) * 128 * token
    free = 2**20
    assert settings(Machine())["kv_cache_memory_bytes"] == 2**19


def adapter(folder: Path, *modules: str) -> Path:
    """Make an adapter that changes some modules."""
    (folder / "adapter_config.json").write_text('{"r": 24}')
    names = [f"base_model.model.model.layers.0.{module}.lora_A.weight" for module in modules]
    save_file({name: torch.zeros(24, 64) for name in names}, folder / "adapter_model.safetensors")
    return folder


def test_settings_of_an_adapter(tmp_path: Path) -> None:
    made = adapter(tmp_path, "self_attn.v_proj", "self_attn.q_proj")
    found = settings(GPU, adapter=made)
    assert (found["enable_lora"], found["max_lora_rank"]) == (True, 32)
    assert found["lora_target_modules"] == ["q_proj", "v_proj"]


def test_scoring_under_an_adapter_of_the_output_layer_is_refused(tmp_path: Path) -> None:
    made = adapter(tmp_path, "lm_head")
    assert settings(GPU, adapter=made)["lora_target_modules"] == ["lm_head"]
    with pytest.raises(InputError, match=r"does not score under an adapter that changes lm_head"):
        settings(GPU, adapter=made, scoring=True)
