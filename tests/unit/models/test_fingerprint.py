"""Identity of local models: by content, never by place or time, cheap."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from boundary.digests import PACKAGE
from boundary.errors import InputError
from boundary.models import fingerprint
from boundary.models.fingerprint import folder_fingerprint, safetensors_header, source_path


def test_place_and_time_play_no_part(tiny, tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(tiny, copy)
    for path in copy.iterdir():
        os.utime(path, (1, 1))
    before = folder_fingerprint(tiny)
    assert folder_fingerprint(copy) == folder_fingerprint(str(copy)) == before
    assert len(before) == 64
    link = tmp_path / "link"
    link.symlink_to(copy)
    assert folder_fingerprint(link) == before


def test_what_a_model_is_not_made_of_plays_no_part(new_model):
    folder = new_model()
    before = folder_fingerprint(folder)
    (folder / "optimizer.pt").write_bytes(b"x")
    (folder / "README.md").write_text("x")
    (folder / ".hidden.json").write_text("{}")
    (folder / "step-5").mkdir()
    (folder / "step-5" / "config.json").write_text("{}")
    assert folder_fingerprint(folder) == before


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "chat_template.jinja"])
def test_settings_count_to_the_byte(new_model, name):
    folder = new_model()
    before = folder_fingerprint(folder)
    path = folder / name
    path.write_text(path.read_text() + " ")
    longer = folder_fingerprint(folder)
    path.rename(folder / f"other-{name}")
    assert len({before, longer, folder_fingerprint(folder)}) == 3


def test_every_tensor_counts_though_both_ends_stay(new_model, monkeypatch):
    """What a merged adapter or frozen embeddings leave behind."""
    monkeypatch.setattr(fingerprint, "END_BYTES", 64)
    folder = new_model()
    path = folder / "model.safetensors"
    before = folder_fingerprint(folder)
    weights = load_file(path)
    ends = path.read_bytes()[-64:]
    for name in weights:
        changed = {key: value.clone() for key, value in weights.items()}
        changed[name] += 1
        save_file(changed, path, metadata={"format": "pt"})
        assert folder_fingerprint(folder) != before, name
    save_file(weights, path, metadata={"format": "pt"})
    assert folder_fingerprint(folder) == before
    assert path.read_bytes()[-64:] == ends


def test_reads_little_of_many_weights(tmp_path, monkeypatch):
    """80 MB of 4,000 tensors: a read of both ends and of at most 512 tensors."""
    tensors = {f"t{i:04}": torch.zeros(5000) for i in range(4000)}
    save_file(tensors, tmp_path / "model.safetensors")
    read = 0
    original = fingerprint._read

    def counted(*arguments):
        nonlocal read
        data = original(*arguments)
        read += len(data)
        return data

    monkeypatch.setattr(fingerprint, "_read", counted)
    folder_fingerprint(tmp_path)
    assert 2**19 < read <= 2 * fingerprint.END_BYTES + 512 * fingerprint.TENSOR_BYTES


def test_a_gguf_file(tmp_path):
    path = tmp_path / "m.gguf"
    data = bytearray(np.random.default_rng(1).bytes(5 * 2**20))
    path.write_bytes(data)
    before = folder_fingerprint(path)
    (tmp_path / "other.gguf").write_bytes(data)
    assert folder_fingerprint(tmp_path / "other.gguf") == before
    for place in (0, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert folder_fingerprint(path) != before
    path.write_bytes(data + b"x")
    assert folder_fingerprint(path) != before


def test_the_header_is_that_of_the_library(tiny):
    path = tiny / "model.safetensors"
    header, start = safetensors_header(path)
    with safe_open(path, framework="np") as library:
        assert sorted(header) == sorted(library.keys())
        shapes = {name: library.get_slice(name).get_shape() for name in library.keys()}  # noqa: SIM118
    assert {name: list(entry.shape) for name, entry in header.items()} == shapes
    assert start == 8 + struct.unpack("<Q", path.read_bytes()[:8])[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:7],
        lambda data: data[:100],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: struct.pack("<Q", 2**60) + data[8:],
        lambda data: struct.pack("<Q", 2) + b"[]",
        lambda data: struct.pack("<Q", 13) + b'{"t":{"a":1}}',
        lambda data: struct.pack("<Q", 200) + b"[" * 200,
    ],
)
def test_weights_that_are_cut_off_or_something_else(new_model, change):
    path = new_model() / "model.safetensors"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError, match=r"model\.safetensors: is not a whole safetensors file"):
        folder_fingerprint(path.parent)


def test_damaged_weights_behind_a_link_are_named_where_they_are(new_model, tmp_path):
    """In the hub's cache a link that is deleted comes back, to the same content."""
    path, blob = new_model() / "model.safetensors", tmp_path / "blob"
    path.replace(blob)
    blob.write_bytes(blob.read_bytes()[:-1])
    path.symlink_to(blob)
    with pytest.raises(InputError, match=f"Move {blob} away and bring or download it again"):
        folder_fingerprint(path.parent)


def test_what_is_not_there(tmp_path):
    with pytest.raises(InputError, match=f"^{tmp_path}/none: no such file or folder"):
        folder_fingerprint(tmp_path / "none")
    (tmp_path / "link").symlink_to(tmp_path / "none")
    with pytest.raises(InputError, match="no such file or folder"):
        folder_fingerprint(tmp_path / "link")
    with pytest.raises(InputError, match=r"holds no \*\.safetensors"):
        folder_fingerprint(tmp_path)
    (tmp_path / "m.bin").write_text("x")
    with pytest.raises(InputError, match="neither a folder nor a"):
        folder_fingerprint(tmp_path / "m.bin")
    (tmp_path / "x.safetensors").symlink_to(tmp_path / "none")
    with pytest.raises(InputError, match=r"x\.safetensors: cannot be read"):
        folder_fingerprint(tmp_path)


def test_paths_are_relative_to_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert source_path("file:a/b") == tmp_path / "a" / "b"
    assert str(source_path("file:/a")) == "/a"


def test_loads_nothing_heavy():
    code = "import sys, boundary.models.fingerprint; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"numpy", "polars", "torch", "pydantic", "safetensors", "transformers"}
