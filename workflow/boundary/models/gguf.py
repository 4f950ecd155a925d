"""GGUF files made into folders that the engines load.

Weights are written in float32.  A dequantised weight is scale × level +
offset with half-precision scale and offset, which float32 holds exactly (all
106 million Q4_1 weights of SmolLM2-135M do); bfloat16 would change three in
four of them, by up to 0.4 %, and float16 one in three.
"""

from __future__ import annotations

import importlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from boundary.atomic import whole_folder
from boundary.digests import file_digest
from boundary.errors import InputError, MachineError, StorageError
from boundary.models.vocabulary import Fields, build_tokenizer, stop_ids

#: Bump when conversion gives other weights or another tokenizer.
REVISION = 1
#: Architectures whose converted logits are tested against the original's.
ARCHITECTURES = ("llama", "qwen2", "qwen3")
NOTE = "conversion.json"


@dataclass(frozen=True)
class Conversion:
    """What was converted: the content of ``conversion.json``.

    Attributes
    ----------
    sha256 : str
        Of the GGUF file.
    revision : int
        `REVISION` of the conversion.
    architecture : str
    tensor_types : list of str
        Types of the file's tensors, each once, sorted.
    """

    sha256: str
    revision: int
    architecture: str
    tensor_types: list[str]


def convert(gguf: Path, folder: Path) -> Conversion:
    """Make ``folder`` from a GGUF file; leave it when it was made from that file before.

    The folder holds float32 safetensors with tied weights kept once, the
    tokenizer with its chat template, a generation configuration with the
    tokens that end a response, and ``conversion.json``.  It is written under
    a hidden name and renamed.

    Parameters
    ----------
    gguf : Path
        The file.
    folder : Path
        Where the model goes.

    Raises
    ------
    InputError
        When the file is no GGUF file, or of a kind that is not known to come
        out exactly.
    MachineError
        When the packages that read GGUF are missing.
    StorageError
        When the folder cannot be written.
    """
    checksum = file_digest(gguf)
    done = _done(folder)
    if done is not None and (done.sha256, done.revision) == (checksum, REVISION):
        return done
    reader = _read(gguf)
    fields = {key: field.contents() for key, field in reader.fields.items()}
    _check(reader, fields, gguf)
    tokenizer = build_tokenizer(fields, str(gguf))
    stops = stop_ids(fields)
    if not stops:
        raise InputError(f"{gguf}: names no end-of-text token, so nothing would stop a response.")
    note = Conversion(
        sha256=checksum,
        revision=REVISION,
        architecture=fields["general.architecture"],
        tensor_types=sorted({tensor.tensor_type.name for tensor in reader.tensors}),
    )
    ids: dict[str, int | list[int] | None] = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": stops[0] if len(stops) == 1 else stops,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model = _model(gguf, len(reader.tensors), ids)
    tokenizer.model_max_length = model.config.max_position_embeddings
    try:
        with whole_folder(folder) as partial:
            model.save_pretrained(partial)
            tokenizer.save_pretrained(partial)
            _name_class(partial / "tokenizer_config.json")
            (partial / NOTE).write_text(json.dumps(asdict(note), indent=1, sort_keys=True) + "\n")
            _share(partial)
            require_ours(folder)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}.") from None
    return note


def remove(place: Path) -> None:
    """Remove a link, or a folder that `convert` made, if there is one.

    Raises
    ------
    InputError
        When something else stands there.
    """
    require_ours(place)
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def require_ours(place: Path) -> None:
    """Require a path to be free, a link, or a folder that `convert` made.

    Raises
    ------
    InputError
        When it is something else.
    """
    if place.exists() and not place.is_symlink() and not (place / NOTE).is_file():
        raise InputError(
            f"{place}: is there, and was not made by this command, which would replace it. Nothing "
            f"was changed; give an --output in another folder."
        )


def _share(folder: Path) -> None:
    """Give the weights the permissions of the other files."""
    mode = (folder / "config.json").stat().st_mode
    for path in folder.iterdir():
        path.chmod(mode)


def _done(folder: Path) -> Conversion | None:
    """Return the note of an earlier conversion; the folder was renamed whole or is not there."""
    try:
        return Conversion(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _read(gguf: Path) -> Any:
    try:
        module = importlib.import_module("gguf")
        importlib.import_module("accelerate")
    except ImportError as error:
        raise MachineError(
            f"{gguf}: reading GGUF files needs the packages gguf and accelerate ({error}). Run "
            f"`make install-vllm`, or bring the model as a folder with safetensors (`file:FOLDER`)."
        ) from None
    try:
        return module.GGUFReader(gguf)
    except OSError as error:
        raise InputError(f"{gguf}: cannot be read: {error.strerror or error}.") from None
    except (ValueError, IndexError, KeyError, OverflowError, MemoryError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{gguf}: is not a whole GGUF file ({why}).") from None


def _check(reader: Any, fields: Fields, gguf: Path) -> None:
    """Refuse what transformers would read as something else, without a word."""
    bring = "Bring the model as a folder with safetensors (`file:FOLDER`)."
    kind = fields.get("general.architecture")
    if kind not in ARCHITECTURES:
        raise InputError(
            f"{gguf}: its architecture is {kind!r}; only {', '.join(ARCHITECTURES)} are known to "
            f"come out exactly. {bring}"
        )
    scaling = fields.get(f"{kind}.rope.scaling.type", "none")
    if scaling != "none" or any(tensor.name.startswith("rope_") for tensor in reader.tensors):
        raise InputError(f"{gguf}: has scaled rotary positions, which would be lost. {bring}")
    size = gguf.stat().st_size
    ends = [int(tensor.data_offset) + int(tensor.n_bytes) for tensor in reader.tensors]
    if not ends or max(ends) > size:
        raise InputError(f"{gguf}: is cut off: {size} bytes of {max(ends, default=0)}.")


def _model(gguf: Path, tensors: int, ids: dict[str, int | list[int] | None]) -> Any:
    """Return a plain model with all the weights of the file, in float32."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig, GgufConfig

    try:
        packed, report = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            dtype=torch.float32,
            quantization_config=GgufConfig(dequantize=True),
            output_loading_info=True,
        )
        settings = packed.config.to_dict()
        # What came from a quantised file stays marked and is refused on saving; hence a new model.
        for key in ("quantization_config", "_name_or_path", "_model_name_or_path"):
            settings.pop(key, None)
        config = AutoConfig.for_model(**settings | ids)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        model.load_state_dict(packed.state_dict(), strict=True)
    except (RuntimeError, ValueError, KeyError, NotImplementedError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{gguf}: its weights do not fit its settings ({why}).") from None
    lost = sorted(map(str, [*report["missing_keys"], *report["unexpected_keys"]]))
    if lost:
        raise InputError(f"{gguf}: {len(lost)} weights do not fit its architecture, as {lost[0]}.")
    model.tie_weights()
    # The library skips what it has no name for, such as a bias, without a word.
    held = len({weight.data_ptr() for weight in model.state_dict().values()})
    if held != tensors:
        raise InputError(f"{gguf}: holds {tensors} tensors, of which {held} would be read.")
    model.generation_config = GenerationConfig(**ids)
    return model.eval()


def _name_class(path: Path) -> None:
    """Name a class that every version of transformers has, for the engines load with their own."""
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(settings, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
