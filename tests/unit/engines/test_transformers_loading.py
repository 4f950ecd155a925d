"""What the transformers engine refuses to load, and how it says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from boundary import engines
from boundary.engines import Machine, Weights
from boundary.errors import InputError, MachineError
from tiny import load


def _drop_a_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["model.norm.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _reshape_a_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"] = torch.ones(3)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _pickle(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no config": (lambda f: (f / "config.json").unlink(), "config.json is missing"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "no file named model.safetensors"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "incomplete or damaged"),
    "truncated": (_truncate, "incomplete or damaged"),
    "a weight missing": (_drop_a_weight, r"1 weights are missing, first model\.norm\.weight"),
    "a weight misshapen": (_reshape_a_weight, "incomplete or damaged"),
    "pickled weights": (_pickle, "no file named model.safetensors"),
    "no JSON": (lambda f: (f / "config.json").write_text("{"), "incomplete or damaged"),
    "code of its own": (
        lambda f: (f / "config.json").write_text(
            json.dumps({"model_type": "x", "auto_map": {"AutoConfig": "x.Y"}})
        ),
        "incomplete or damaged",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_model_that_is_not_whole_is_refused(name: str, llama: Path, tmp_path: Path) -> None:
    damage, told = DAMAGE[name]
    folder = shutil.copytree(llama, tmp_path / "m")
    damage(folder)
    with pytest.raises(InputError, match=told) as caught:
        engines.load("transformers", Weights(folder), Machine())
    assert str(folder) in str(caught.value)


def test_a_model_without_an_end_is_refused(llama: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(llama, tmp_path / "m")
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        held = json.loads((folder / name).read_text())
        held.pop("eos_token_id", None)
        held.pop("eos_token", None)
        if name == "config.json":
            held["eos_token_id"] = None
        (folder / name).write_text(json.dumps(held))
    with pytest.raises(InputError, match="names no end-of-text token"):
        load(folder)


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no model"):
        engines.load("transformers", Weights(tmp_path / "none"), Machine())


@pytest.mark.parametrize(
    ("weights", "machine", "key"),
    [
        ({"quantization": "awq"}, {}, "quantization"),
        ({"adapter": Path("lora")}, {}, "adapter"),
        ({}, {"gpus": 2}, "tensor_parallel_size"),
    ],
)
def test_what_only_vllm_does(
    weights: dict[str, Any], machine: dict[str, Any], key: str, llama: Path
) -> None:
    message = f"^{key}: the engine transformers has no {key}; leave it out or take engine: vllm.$"
    with pytest.raises(InputError, match=message):
        engines.load("transformers", Weights(llama, **weights), Machine(**machine))


def test_a_gpu_that_is_not_there(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never another device in silence."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MachineError, match="asks for a GPU and torch finds none here"):
        engines.load("transformers", Weights(llama), Machine(device="gpu"))


def test_weights_load_in_the_type_that_is_asked(llama: Path) -> None:
    engine = engines.load("transformers", Weights(llama, dtype="bfloat16"), Machine())
    assert engine.provenance()["dtype"] == "bfloat16"
