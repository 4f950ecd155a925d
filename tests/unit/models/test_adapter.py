"""The base that an adapter records, against the model that it is put on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boundary.models.adapter import other_base, recorded_base

SAME = [
    ("Qwen/Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B"),
    ("qwen/qwen2.5-7b/", "hf:Qwen/Qwen2.5-7B"),
    ("/home/me/models/Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B"),
    ("./Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B"),
    ("C:\\models\\Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B"),
    ("gpt2", "hf:openai-community/gpt2"),
    ("/c/hub/models--Qwen--Qwen2.5-7B/snapshots/0123", "hf:Qwen/Qwen2.5-7B"),
    ("Qwen/Qwen2.5-7B", "file:/data/Qwen2.5-7B"),
    ("/elsewhere/Qwen2.5-7B", "file:Qwen2.5-7B"),
    ("Qwen/Qwen2.5-7B", "file:/data/Qwen2.5-7B.gguf"),
    # Nothing is recorded, or nothing can be compared.
    (None, "hf:Qwen/Qwen2.5-7B"),
    ("", "hf:Qwen/Qwen2.5-7B"),
    (7, "hf:Qwen/Qwen2.5-7B"),
    ("Qwen/Qwen2.5-7B", "pypi:package#file"),
]
OTHER = [
    ("Qwen/Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B-Instruct"),
    ("Qwen/Qwen2.5-7B", "hf:Qwen/Qwen2.5-1.5B"),
    ("Qwen/Qwen2.5-7B", "hf:other/Qwen2.5-7B"),
    ("/home/me/models/Qwen2.5-1.5B", "hf:Qwen/Qwen2.5-7B"),
    ("/c/hub/models--Qwen--Qwen2.5-1.5B/snapshots/0123", "hf:Qwen/Qwen2.5-7B"),
    ("meta-llama/Llama-3.1-8B", "file:/data/Qwen2.5-7B"),
    ("gpt2", "hf:openai-community/gpt2-large"),
]


@pytest.mark.parametrize(("recorded", "source"), SAME)
def test_one_model_by_any_of_its_names(recorded: object, source: str) -> None:
    assert other_base(recorded, source) is None


@pytest.mark.parametrize(("recorded", "source"), OTHER)
def test_another_model(recorded: str, source: str) -> None:
    told = other_base(recorded, source)
    assert told is not None
    assert told.startswith(f"the adapter was trained on {recorded!r}, as its adapter_config.json")
    assert f"put on {source}." in told


def test_a_folder_goes_by_what_its_config_says(tmp_path: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    assert other_base("Qwen/Qwen2.5-7B", f"file:{folder}") is not None
    (folder / "config.json").write_text(json.dumps({"_name_or_path": "Qwen/Qwen2.5-7B"}))
    assert other_base("Qwen/Qwen2.5-7B", f"file:{folder}") is None
    (tmp_path / "link").symlink_to(folder)
    assert other_base("/x/base", f"file:{tmp_path / 'link'}") is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", "\udce9"])
def test_what_cannot_be_read_records_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_bytes(content.encode(errors="surrogateescape"))
    assert recorded_base(tmp_path) is None
    assert recorded_base(tmp_path / "none") is None
