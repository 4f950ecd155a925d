"""What the vLLM engine reads from a checkpoint, without vLLM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from boundary.engines import Weights
from boundary.engines.vllm.checkpoint import (
    dtype_of,
    end_tokens,
    lora_modules,
    lora_rank,
    read_config,
    read_tokenizer,
)
from boundary.errors import InputError
from tiny import MODELS, load, save


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(5)
    return save(MODELS["qwen3"](), tmp_path_factory.mktemp("original"))


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """Return a checkpoint that a test may change."""
    return Path(shutil.copytree(original, tmp_path / "model"))


def edit(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


def ends(folder: Path) -> list[int]:
    return end_tokens(folder, read_config(Weights(folder)), read_tokenizer(folder))


@pytest.mark.parametrize("given", [0, [3, 0], None])
def test_responses_end_as_in_the_transformers_engine(folder: Path, given: object) -> None:
    edit(folder / "generation_config.json", eos_token_id=given)
    assert ends(folder) == load(folder).stop_ids


def test_the_config_names_end_tokens_where_there_is_no_generation_config(folder: Path) -> None:
    (folder / "generation_config.json").unlink()
    edit(folder / "config.json", eos_token_id=4)
    assert ends(folder) == load(folder).stop_ids == [4]


def test_a_model_that_nothing_would_stop_is_refused(folder: Path) -> None:
    for name in ("generation_config.json", "config.json", "tokenizer_config.json"):
        edit(folder / name, eos_token_id=None, eos_token=None)
    with pytest.raises(InputError, match="nothing would stop it"):
        ends(folder)


def test_dtype_is_the_checkpoints_own(folder: Path) -> None:
    config = read_config(Weights(folder))
    assert dtype_of(Weights(folder), config) == "float32"
    assert dtype_of(Weights(folder, dtype="bfloat16"), config) == "bfloat16"


def test_a_checkpoint_without_dtype_is_refused(folder: Path) -> None:
    edit(folder / "config.json", dtype=None, torch_dtype=None)
    with pytest.raises(InputError, match="names no dtype"):
        dtype_of(Weights(folder), read_config(Weights(folder)))


def test_a_folder_without_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json is missing"):
        read_config(Weights(tmp_path / "absent"))


def test_weights_that_are_pickles_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        read_config(Weights(folder))


def test_a_damaged_config_is_named(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config\.json cannot be read"):
        read_config(Weights(folder))


def test_a_missing_adapter_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"adapter_config\.json is missing"):
        read_config(Weights(folder, adapter=tmp_path))
    (tmp_path / "adapter_config.json").write_text("{}")
    (tmp_path / "adapter_model.bin").write_bytes(b"")
    with pytest.raises(InputError, match=r"adapter_model\.safetensors is missing"):
        read_config(Weights(folder, adapter=tmp_path))


@pytest.mark.parametrize("content", ["{", "{}", '{"added_tokens": [], "model": 3}'])
def test_a_damaged_tokenizer_is_named(folder: Path, content: str) -> None:
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(InputError, match="tokenizer cannot be loaded"):
        read_tokenizer(folder)


@pytest.mark.parametrize(
    ("content", "rank"),
    [({"r": 1}, 1), ({"r": 8}, 8), ({"r": 9}, 16), ({"r": 8, "rank_pattern": {"q": 33}}, 64)],
)
def test_rank_is_the_smallest_that_holds_the_adapter(
    tmp_path: Path, content: dict[str, object], rank: int
) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps(content))
    assert lora_rank(tmp_path) == rank


@pytest.mark.parametrize("content", ["{}", "[]", '{"r": "many"}', "{"])
def test_an_adapter_without_rank_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "adapter_config.json").write_text(content)
    with pytest.raises(InputError, match="tells no LoRA rank"):
        lora_rank(tmp_path)


def test_an_adapter_of_too_high_a_rank_is_refused(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"r": 1024}')
    with pytest.raises(InputError, match="512"):
        lora_rank(tmp_path)


def test_an_adapter_of_another_kind_is_refused(tmp_path: Path) -> None:
    save_file({"prompt_embeddings": torch.zeros(2, 2)}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(InputError, match="no weights of a LoRA adapter"):
        lora_modules(tmp_path)


def test_a_damaged_adapter_is_named(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"half of it")
    with pytest.raises(InputError, match="incomplete or damaged"):
        lora_modules(tmp_path)
