"""A model from outside stands where the engines load it, or nothing does."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import torch
from transformers import AutoModelForCausalLM

from boundary.errors import InputError, StorageError
from boundary.jobs.making import Resolving
from boundary.models import resolve as module
from boundary.models.fingerprint import folder_fingerprint
from boundary.models.resolve import resolve

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def spec(source, **more):
    return Resolving.model_validate({"model": "tiny", "source": source} | more)


def test_a_folder_is_linked(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny.parent)
    folder = tmp_path / "results" / "tiny"
    resolved = resolve(spec("file:tiny"), folder)
    assert (folder / "checkpoint").is_symlink()
    assert (folder / "checkpoint").readlink().is_absolute()
    assert resolved.checkpoint == str(tiny.resolve())
    assert resolved.fingerprint == folder_fingerprint(tiny)
    assert (resolved.conversion, resolved.adapter, resolved.revision) == (None, None, None)
    monkeypatch.chdir(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(folder / "checkpoint")
    assert sum(weight.numel() for weight in model.parameters()) == resolved.parameters
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint"]
    assert json.loads(json.dumps(asdict(resolved))) == asdict(resolved)


def test_a_commit_of_the_hub_is_linked(hub, tmp_path):
    resolved = resolve(spec("hf:org/tiny", revision=COMMIT), tmp_path / "m")
    assert resolved.checkpoint.endswith(f"models--org--tiny/snapshots/{COMMIT}")
    assert resolved.revision == COMMIT
    assert (
        AutoModelForCausalLM.from_pretrained(tmp_path / "m" / "checkpoint").dtype == torch.float32
    )


def test_a_repository_of_pickles_is_refused(hub, tmp_path):
    (hub.folder / "model.safetensors").rename(hub.folder / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"has no \*.safetensors; pickled weights .* are refused"):
        resolve(spec("hf:org/tiny", revision=COMMIT), tmp_path / "m")
    assert "pytorch_model.bin" not in hub.asked
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("wrong", [False, True])
def test_an_adapter_stands_beside_its_model(wrong, tiny, new_adapter, tmp_path):
    lora = new_adapter(base_model_name_or_path=f"org/{tiny.name}" + "-other" * wrong)
    asked = spec(f"file:{tiny}", adapter={"source": f"file:{lora}", "revision": None})
    resolved = resolve(asked, tmp_path / "m")
    assert (tmp_path / "m" / "adapter" / "adapter_config.json").is_file()
    assert (resolved.adapter.rank, resolved.adapter.source) == (4, f"file:{lora}")
    warning = resolved.adapter.warning
    assert bool(warning) is wrong
    assert not wrong or warning.startswith("the adapter was trained on 'org/tiny-other'")
    resolve(spec(f"file:{tiny}"), tmp_path / "m")
    assert not (tmp_path / "m" / "adapter").is_symlink()
    assert lora.is_dir()


def test_another_model_takes_the_place_in_one_step(tiny, new_model, tmp_path):
    other = new_model("other", seed=1)
    folder = tmp_path / "m"
    first = resolve(spec(f"file:{tiny}"), folder)
    second = resolve(spec(f"file:{other}"), folder)
    assert first.fingerprint != second.fingerprint
    assert (folder / "checkpoint").resolve() == other
    (folder / "checkpoint").unlink()
    (folder / "checkpoint").mkdir()
    (folder / "checkpoint" / "conversion.json").write_text("of another conversion")
    resolve(spec(f"file:{tiny}"), folder)
    assert (folder / "checkpoint").resolve() == tiny.resolve()
    assert (other / "model.safetensors").is_file()


@pytest.mark.parametrize("name", ["checkpoint", "adapter"])
def test_a_folder_that_was_not_made_here_stays(tiny, tmp_path, name):
    """A model of the user's may well be called so."""
    kept = tmp_path / name / "model.safetensors"
    kept.parent.mkdir()
    kept.write_text("weeks of training")
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(InputError, match=rf"{name}: is there, and was not made by this command"):
        resolve(spec(f"file:{tiny}"), tmp_path)
    assert kept.read_text() == "weeks of training"
    assert (tmp_path / "model.json").exists()


def test_a_summary_never_outlives_what_it_speaks_of(tiny, tmp_path, monkeypatch):
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    with pytest.raises(InputError):
        resolve(spec("file:none"), folder)
    assert (folder / "model.json").exists()  # nothing was touched

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        resolve(spec(f"file:{tiny}"), folder)
    assert not (folder / "model.json").exists()


def test_the_fingerprint_of_a_folder_with_a_missing_part(new_model, tmp_path):
    folder = new_model(max_shard_size="20KB")
    min(folder.glob("model-*.safetensors")).unlink()
    with pytest.raises(
        InputError, match=f"Bring the whole folder {folder}, or correct models.tiny"
    ):
        resolve(spec(f"file:{folder}"), tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("file:none", r"/none: no such file or folder; a model is expected there"),
        ("file:m.bin", "neither a folder nor a .gguf file"),
        ("file:d.gguf", "is a folder, but named as a .gguf file"),
        ("file:quantized", r"holds GGUF files; name one, as file:.*/quantized/a.gguf"),
        ("file:empty", r"empty/config.json: no such file"),
        ("lab:x", "should begin with hf:, file: or pypi:"),
        ("pypi:x", "should be like pypi:NAME==VERSION#"),
        ("hf:org/tiny", "the revision of hf:org/tiny is not established"),
    ],
)
def test_sources_that_do_not_do(tmp_path, monkeypatch, source, message):
    monkeypatch.chdir(tmp_path)
    for name in ("d.gguf", "quantized", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "quantized" / "a.gguf").write_text("x")
    (tmp_path / "m.bin").write_text("x")
    with pytest.raises(InputError, match=message):
        resolve(spec(source), tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("adapter", "message"),
    [
        ({"source": "pypi:a==1#x.gguf"}, "models.tiny.adapter.source: .* hf: or file:"),
        ({"source": "file:none"}, "none: no such file"),
        ({"source": "file:x.gguf"}, "is no folder; an adapter is"),
        ({"source": "hf:org/lora"}, "models.tiny.adapter: the revision .* not established"),
    ],
)
def test_adapters_that_do_not_do(tiny, tmp_path, monkeypatch, adapter, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.gguf").write_text("x")
    with pytest.raises(InputError, match=message):
        resolve(spec(f"file:{tiny}", adapter=adapter), tmp_path / "m")


def test_a_folder_that_cannot_be_written(tiny, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        resolve(spec(f"file:{tiny}"), tmp_path / "file" / "m")
