"""What vLLM needs of a machine, and the settings that it starts with."""

from __future__ import annotations

import importlib.util
import logging
import math
import os
from typing import TYPE_CHECKING

from boundary.cores import available_cores
from boundary.engines import Machine, Weights
from boundary.engines.vllm.checkpoint import dtype_of, lora_modules, lora_rank
from boundary.errors import InputError, MachineError
from boundary.extras import how_to_install

if TYPE_CHECKING:
    from transformers import PretrainedConfig

#: Sequences that the CPU build decodes together.
CPU_SEQUENCES = 256
#: Tokens of new prompts that a step takes up, on the CPU.
CPU_STEP_TOKENS = 8192
#: Tokens that a step of scoring takes up: their logits over the whole vocabulary
#: are held at once, which vLLM's own budget of memory knows nothing of.
SCORE_TOKENS = 2048
#: Tokens in a block of the CPU build's cache.
CPU_BLOCK = 128
OUTPUT_LAYER = "lm_head"
INSTALL = (
    "make install-vllm (the CPU build, in .venv-vllm) or, on a machine with an NVIDIA GPU, "
    f"make install-vllm-gpu; outside a checkout, {how_to_install('engines,vllm')}"
)


def prepare(machine: Machine) -> None:
    """Set vLLM's environment, and check that it is there and can use the device.

    A variable that the user has set stays as it is.

    Raises
    ------
    MachineError
        When vLLM is not installed, is built for the other device, or finds
        fewer GPUs than it should use.
    """
    for name, value in _environment(machine).items():
        os.environ.setdefault(name, value)
    if not installed():
        raise MachineError(
            f"the protocol asks for engine: vllm, which is not installed here: {INSTALL}. "
            f"Or take engine: transformers."
        )
    # vLLM sets this level itself, after its first messages.
    logging.getLogger("vllm").setLevel(os.environ["VLLM_LOGGING_LEVEL"].upper())
    # Before an error it would print its whole queue.
    logging.getLogger("vllm.logging_utils.dump_input").setLevel(logging.CRITICAL)
    from vllm.platforms import current_platform

    if machine.device == "cpu":
        if not current_platform.is_cpu():
            raise MachineError(
                "the vLLM installed here is built for GPUs and the study asks for device: cpu. "
                "Take the CPU build (make install-vllm), or set device: gpu in the protocol."
            )
        _ready_torch(machine.threads)
        return
    if current_platform.is_cpu():
        raise MachineError(
            "the study asks for a GPU and the vLLM installed here is the CPU build. Run "
            "make install-vllm-gpu on a machine with an NVIDIA GPU, or set device: cpu in the "
            "protocol."
        )
    gpus = current_platform.device_count() if current_platform.is_cuda_alike() else 0
    if gpus < machine.gpus:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        raise MachineError(
            f"the study asks for {machine.gpus} GPU(s) and vLLM finds {gpus} here"
            + (f" (CUDA_VISIBLE_DEVICES={visible})" if visible is not None else "")
            + ". Run it on a machine that has them, set tensor_parallel_size in the study, or, "
            "with vLLM's CPU build, device: cpu in the protocol."
        )


def installed() -> bool:
    """Say whether there is a vLLM; a folder of that name on the path is none."""
    spec = importlib.util.find_spec("vllm")
    return spec is not None and spec.origin is not None


def _environment(machine: Machine) -> dict[str, str]:
    """Return the variables under which vLLM runs, unless the user has others."""
    common = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        # vLLM's core in this very process: as a process of its own it outlives a
        # job that is killed, and keeps the GPU.
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    }
    if machine.device == "gpu":
        return common | {"VLLM_LOGGING_LEVEL": "WARNING"}
    return common | {
        # Its warnings on a CPU are of things that it does not need there.
        "VLLM_LOGGING_LEVEL": "ERROR",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
        # Threads that spin while they wait make a job several times slower as soon
        # as anything else runs on its cores; these sleep.
        "OMP_WAIT_POLICY": "PASSIVE",
        # Compiling one small function takes a C++ compiler and longer than it saves.
        "TORCH_COMPILE_DISABLE": "1",
    }


def _ready_torch(threads: int) -> None:
    """Tell torch what its environment says, which it has read if it was loaded before."""
    import torch
    import torch._dynamo.config as compiling

    torch.set_num_threads(max(1, min(threads, available_cores())))
    compiling.disable = os.environ["TORCH_COMPILE_DISABLE"] == "1"


def settings(
    weights: Weights,
    machine: Machine,
    config: PretrainedConfig,
    *,
    room: int,
    sequences: int,
    scoring: bool,
) -> dict[str, object]:
    """Return the arguments of `vllm.LLM`.

    Parameters
    ----------
    weights, machine
        See `boundary.engines`.
    config : transformers.PretrainedConfig
        What `read_config` returned.
    room : int
        Tokens that the longest prompt and its response need together.
    sequences : int
        Responses that will be asked for.
    scoring : bool
        Whether prompts are scored, rather than continued.

    Raises
    ------
    InputError
        When the adapter is none that vLLM can apply.
    """
    dtype = dtype_of(weights, config)
    arguments: dict[str, object] = {
        "model": str(weights.checkpoint),
        "dtype": dtype,
        "quantization": weights.quantization,
        "max_model_len": room,
        "seed": 0,
        "trust_remote_code": False,
        "load_format": "safetensors",  # the older format is a pickle
        "generation_config": "vllm",  # the checkpoint's temperature and penalties are not ours
        "logprobs_mode": "raw_logprobs",
        "enable_prefix_caching": True,
        "disable_log_stats": True,
        "use_tqdm_on_load": False,
    }
    if weights.adapter is not None:
        modules = lora_modules(weights.adapter)
        if scoring and OUTPUT_LAYER in modules:
            raise InputError(
                f"{weights.adapter}: vLLM does not score under an adapter that changes "
                f"{OUTPUT_LAYER}; merge the adapter into its model and give that as file:."
            )
        arguments |= {
            "enable_lora": True,
            "max_loras": 1,
            "max_lora_rank": lora_rank(weights.adapter),
            # Left open, vLLM readies its output layer for an adapter and then cannot score.
            "lora_target_modules": modules,
        }
    if machine.device == "gpu":
        arguments |= {
            "tensor_parallel_size": machine.gpus,
            "gpu_memory_utilization": machine.gpu_memory_utilization,
        }
        return arguments | ({"max_num_batched_tokens": SCORE_TOKENS} if scoring else {})
    return arguments | {
        "enforce_eager": True,
        "max_num_seqs": CPU_SEQUENCES,
        # The CPU build cannot cut a prompt in two and keep a seed.
        "enable_chunked_prefill": False,
        "max_num_batched_tokens": max(room, SCORE_TOKENS if scoring else CPU_STEP_TOKENS),
        "kv_cache_memory_bytes": _cache_bytes(config, dtype, min(sequences, CPU_SEQUENCES), room),
    }


def _cache_bytes(config: PretrainedConfig, dtype: str, sequences: int, room: int) -> int:
    """Return the memory for keys and values: what all need, at most half of what is free."""
    import psutil
    import torch

    text = config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    token: int = 2 * text.num_hidden_layers * heads * width * getattr(torch, dtype).itemsize
    blocks = sequences * math.ceil(room / CPU_BLOCK) + 2  # vLLM keeps one to itself
    free: int = psutil.virtual_memory().available
    return min(blocks * CPU_BLOCK * token, free // 2)
