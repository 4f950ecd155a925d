"""What a folder with a model or an adapter holds, and whether it is whole."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boundary.errors import InputError
from boundary.models.fingerprint import folder_fingerprint, model_files, safetensors_header

INDEX = "model.safetensors.index.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
#: One of these sets of files makes a tokenizer.
TOKENIZERS = (("tokenizer.json",), ("tokenizer.model",), ("vocab.json", "merges.txt"))
#: Keys under which configurations state the longest sequence.
LENGTH_KEYS = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
#: Kinds of scaled rotary positions whose ``max_position_embeddings`` is scaled already.
SCALED_ALREADY = ("su", "longrope", "llama3", "yarn", "deepseek_yarn", "default", "mrope")


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a folder with weights holds.

    Attributes
    ----------
    files : dict
        Bytes by name.
    fingerprint : str
        See `boundary.models.fingerprint.folder_fingerprint`.
    parameters : int or None
        Numbers in the weights; None for quantised ones, which are packed.
    """

    files: dict[str, int]
    fingerprint: str
    parameters: int | None


@dataclass(frozen=True, kw_only=True)
class ModelFolder(Described):
    """What a model's folder holds; what is unknown is None.

    Attributes
    ----------
    architecture : str or None
        The first that ``config.json`` names.
    context_length : int or None
        Tokens, see `context_length`.
    dtype : str or None
        Of ``config.json``.
    """

    architecture: str | None
    context_length: int | None
    dtype: str | None


@dataclass(frozen=True, kw_only=True)
class AdapterFolder(Described):
    """What a LoRA adapter's folder holds.

    Attributes
    ----------
    rank : int
    target_modules : str or list of str
        The layers that are adapted; a list is sorted.
    base_model : object
        The model below it as the adapter names it, whatever stands there.
    """

    rank: int
    target_modules: str | list[str]
    base_model: object


def describe_model(folder: Path, remedy: str) -> ModelFolder:
    """Check that a folder holds a whole model, and say what it is.

    Parameters
    ----------
    folder : Path
        With ``config.json``, safetensors and tokenizer.
    remedy : str
        One sentence: what to do when it is not whole.

    Raises
    ------
    InputError
        When something is missing or damaged; names the file.
    """
    config = _read_json(folder / "config.json", remedy)
    counts = [_numbers(path) for path in _weights(folder, remedy)]
    names = {path.name for path in model_files(folder)}
    if not any(names.issuperset(files) for files in TOKENIZERS) and not any(
        name.endswith(".tiktoken") for name in names
    ):
        raise InputError(f"{folder}: has no tokenizer (tokenizer.json is missing). {remedy}")
    architectures = config.get("architectures")
    text = _text_config(config)
    packed = "quantization_config" in config
    return ModelFolder(
        files=_sizes(folder),
        fingerprint=folder_fingerprint(folder),
        architecture=_text(*architectures[:1]) if isinstance(architectures, list) else None,
        context_length=context_length(config),
        dtype=_text(text.get("dtype"), text.get("torch_dtype"), config.get("torch_dtype")),
        parameters=None if packed else sum(counts),
    )


def _text(*values: object) -> str | None:
    """Return the first of some values that is text, and not empty; None when none is."""
    return next((value for value in values if isinstance(value, str) and value), None)


def describe_adapter(folder: Path, remedy: str) -> AdapterFolder:
    """Check that a folder holds a whole LoRA adapter, and say what it is.

    Raises
    ------
    InputError
        When something is missing or damaged, or it is no LoRA adapter.
    """
    path = folder / "adapter_config.json"
    config = _read_json(path, remedy)
    kind = config.get("peft_type")
    if kind != "LORA":
        raise InputError(f"{path}: peft_type is {kind!r}; only LoRA adapters can be used.")
    rank, modules = config.get("r"), config.get("target_modules")
    if not isinstance(rank, int) or isinstance(rank, bool) or rank < 1:
        raise InputError(f"{path}: r is {rank!r}; the adapter's rank should be a positive integer.")
    if not modules or not isinstance(modules, str | list):
        raise InputError(
            f"{path}: target_modules is {modules!r}; it should name the layers that are adapted."
        )
    weights = folder / ADAPTER_WEIGHTS
    if not weights.is_file():
        raise InputError(f"{weights}: no such file{_pickles(folder)}. {remedy}")
    if not any(".lora_A." in name for name in safetensors_header(weights)[0]):
        raise InputError(f"{weights}: holds no LoRA weights (no tensor is called lora_A).")
    return AdapterFolder(
        files=_sizes(folder),
        fingerprint=folder_fingerprint(folder),
        rank=rank,
        target_modules=sorted(modules) if isinstance(modules, list) else modules,
        base_model=config.get("base_model_name_or_path"),
        parameters=_numbers(weights),
    )


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in model_files(folder)}


def _read_json(path: Path, remedy: str) -> Mapping[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. {remedy}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}). {remedy}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: should hold a JSON object. {remedy}")
    return content


def _weights(folder: Path, remedy: str) -> list[Path]:
    """Return the weight files, all that there should be."""
    index = folder / INDEX
    if index.is_file():
        table = _read_json(index, remedy).get("weight_map")
        if not isinstance(table, dict) or not table:
            raise InputError(f"{index}: has no weight_map. {remedy}")
        names = sorted({str(name) for name in table.values()})
        outside = [name for name in names if Path(name).name != name]
        if outside:
            raise InputError(f"{index}: names {outside[0]!r}, which is not a file of the folder.")
    else:
        names = sorted(path.name for path in model_files(folder) if path.suffix == ".safetensors")
        names = [name for name in names if name != ADAPTER_WEIGHTS]
        if any(re.search(r"-of-\d+\.safetensors$", name) for name in names):
            raise InputError(f"{folder}: has weights in parts but no {INDEX}. {remedy}")
    if not names:
        raise InputError(f"{folder}: holds no *.safetensors{_pickles(folder)}. {remedy}")
    absent = [name for name in names if not (folder / name).is_file()]
    if absent:
        raise InputError(
            f"{folder / absent[0]}: no such file, and {len(absent)} of {len(names)} weight files "
            f"are missing. {remedy}"
        )
    return [folder / name for name in names]


def _pickles(folder: Path) -> str:
    """Explain why other weights do not count, where there are such."""
    pickles = sorted(
        path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt", ".pth"}
    )
    if not pickles:
        return ""
    return (
        f" ({pickles[0]} is a pickle and refused, as loading it runs code; convert it with "
        f"`save_pretrained`, which writes safetensors)"
    )


def _numbers(path: Path) -> int:
    header, _ = safetensors_header(path)
    return sum(math.prod(tensor.shape) for tensor in header.values())


def _text_config(config: Mapping[str, object]) -> Mapping[str, object]:
    """Return the section about the language model of a configuration with several."""
    text = config.get("text_config")
    return text if isinstance(text, dict) else config


def context_length(config: Mapping[str, object]) -> int | None:
    """Return the longest sequence in tokens that a ``config.json`` promises.

    ``max_position_embeddings`` (or the key that the architecture has for it),
    times the factor of its rotary positions where that is not included yet.

    Parameters
    ----------
    config : mapping
        Content of ``config.json``.

    Returns
    -------
    int or None
        None when the configuration does not tell.

    Notes
    -----
    The rule is vLLM's (``_get_and_verify_max_len``), which refuses more.
    """
    text = _text_config(config)
    lengths = [n for key in LENGTH_KEYS if isinstance(n := text.get(key), int)]
    if not lengths:
        return None
    stated = text.get("rope_parameters") or text.get("rope_scaling")
    scaling = stated if isinstance(stated, dict) else {}
    kind = scaling.get("rope_type") or scaling.get("type") or "default"
    factor = 1.0 if kind in SCALED_ALREADY else scaling.get("factor") or 1.0
    return int(min(lengths) * factor)
