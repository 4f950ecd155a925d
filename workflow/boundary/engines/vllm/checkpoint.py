"""What the vLLM engine reads from a checkpoint before it starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundary.engines import Weights
from boundary.engines.vllm.run import plain, words
from boundary.errors import InputError

if TYPE_CHECKING:
    from transformers import PretrainedConfig

#: Ranks of LoRA adapters for which vLLM has room.
LORA_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
#: Weights of an adapter; the older format is a pickle.
ADAPTER = "adapter_model.safetensors"


def read_config(weights: Weights) -> PretrainedConfig:
    """Read the config of a checkpoint, and check that its files are there.

    Raises
    ------
    InputError
        When the folder holds no model, or the adapter's holds no adapter.
    """
    from transformers import AutoConfig

    folder = weights.checkpoint
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder}: holds no model (config.json is missing).")
    if not any(folder.glob("*.safetensors")):
        raise InputError(f"{folder}: holds no weights in the safetensors format.")
    for name in ("adapter_config.json", ADAPTER) if weights.adapter is not None else ():
        if not (weights.adapter / name).is_file():  # type: ignore[operator]
            raise InputError(f"{weights.adapter}: holds no adapter ({name} is missing).")
    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: its config.json cannot be read: {words(error)}.") from None


def read_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a checkpoint.

    Raises
    ------
    InputError
        When there is none, or it is damaged.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # nothing narrower: the library in Rust raises just that
        raise InputError(
            f"{folder}: the tokenizer cannot be loaded, so it is incomplete or damaged "
            f"({words(error)}). Make or download the folder again."
        ) from None


def end_tokens(folder: Path, config: PretrainedConfig, tokenizer: Any) -> list[int]:
    """Return the tokens that end a response of a model, as the transformers engine does.

    Those of its generation config, which defaults to its config; else the
    tokenizer's.

    Raises
    ------
    InputError
        When nothing names one.
    """
    from transformers import GenerationConfig

    try:
        generation = GenerationConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError):
        generation = GenerationConfig.from_model_config(config)
    ends = generation.eos_token_id
    ends = tokenizer.eos_token_id if ends is None else ends
    if ends is None:
        raise InputError(f"{folder}: names no end-of-text token, so nothing would stop it.")
    return [ends] if isinstance(ends, int) else list(ends)


def dtype_of(weights: Weights, config: PretrainedConfig) -> str:
    """Return the type in which the weights are used: the study's, else the checkpoint's own.

    vLLM left to itself would take float32 weights for bfloat16.

    Raises
    ------
    InputError
        When neither names one.
    """
    if weights.dtype is not None:
        return weights.dtype
    named = getattr(config, "dtype", None) or getattr(config.get_text_config(), "dtype", None)
    if named is None:
        raise InputError(
            f"{weights.checkpoint}: its config.json names no dtype; give one for the model in the "
            f"study file (float32, bfloat16 or float16)."
        )
    return str(named).removeprefix("torch.")


def context_of(weights: Weights, dtype: str, room: int) -> int:
    """Return ``room`` where a model's context holds it, else the length of the context.

    The length is the one that vLLM derives from the config, scaled positions
    included.

    Raises
    ------
    MachineError
        When vLLM cannot take the model at all.
    """
    from vllm.config import ModelConfig

    model: dict[str, object] = {"model": str(weights.checkpoint), "dtype": dtype}
    with plain(f"{weights.checkpoint}: vLLM cannot take this model"):
        try:
            ModelConfig(**model, max_model_len=room)
        except ValueError:
            context = int(ModelConfig(**model).max_model_len)
            if context >= room:
                raise
            return context
    return room


def lora_rank(adapter: Path) -> int:
    """Return the smallest of vLLM's ranks that holds a LoRA adapter.

    Raises
    ------
    InputError
        When the adapter's config tells no rank, or one that is too large.
    """
    path = adapter / "adapter_config.json"
    try:
        content = json.loads(path.read_text())
        rank = max([int(content["r"]), *map(int, (content.get("rank_pattern") or {}).values())])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path}: tells no LoRA rank under 'r'.") from None
    if rank > LORA_RANKS[-1]:
        raise InputError(f"{path}: a rank of {rank} is more than vLLM's {LORA_RANKS[-1]}.")
    return min(known for known in LORA_RANKS if known >= rank)


def lora_modules(adapter: Path) -> list[str]:
    """Return the names of the modules that a LoRA adapter changes, such as ``q_proj``.

    Raises
    ------
    InputError
        When its weights are damaged, or none of a LoRA adapter.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(adapter / ADAPTER, "pt") as file:
            names = list(file.keys())
    except SafetensorError as error:
        raise InputError(
            f"{adapter / ADAPTER} is incomplete or damaged ({words(error)}). Make or download "
            f"the folder again."
        ) from None
    modules = {name.partition(".lora_")[0].rpartition(".")[2] for name in names if ".lora_" in name}
    if not modules:
        raise InputError(f"{adapter / ADAPTER} holds no weights of a LoRA adapter.")
    return sorted(modules)
