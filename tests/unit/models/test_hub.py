"""The hub: what is taken, what works without a network, and what is said when it cannot be had."""

from __future__ import annotations

import errno
import shutil

import huggingface_hub
import pytest
from huggingface_hub import constants

from boundary.errors import InputError, MachineError, StorageError
from boundary.models.checkpoint import describe_model
from boundary.models.hub import fetch

REPOSITORY = "org/tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WHERE = "models.tiny"


def test_takes_what_a_model_is_made_of_and_nothing_that_runs(hub):
    extra = ["pytorch_model.bin", "model.pt", "modeling_tiny.py", "consolidated.safetensors"]
    for name in [*extra, "README.md"]:
        (hub.folder / name).write_bytes(b"x")
    (hub.folder / "original").mkdir()
    (hub.folder / "original" / "params.json").write_text("{}")
    folder = fetch(REPOSITORY, COMMIT, WHERE)
    assert sorted(path.name for path in folder.iterdir()) == [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    assert folder.name == COMMIT
    assert describe_model(folder, "").parameters == describe_model(hub.folder, "").parameters


@pytest.mark.parametrize("how", ["unreachable", "offline"])
def test_what_is_cached_needs_no_network(hub, monkeypatch, how):
    folder = fetch(REPOSITORY, COMMIT, WHERE)
    asked = list(hub.asked)
    if how == "offline":
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub.close()
    assert fetch(REPOSITORY, COMMIT, WHERE) == folder
    assert hub.asked == asked


def test_a_cache_that_was_brought_from_elsewhere(hub, new_model, tmp_path, monkeypatch):
    """A folder of the cache alone, as it is carried to a cluster."""
    snapshot = tmp_path / "hub" / "models--org--tiny" / "snapshots" / COMMIT
    shutil.copytree(hub.folder, snapshot)
    hub.close()
    assert fetch(REPOSITORY, COMMIT, WHERE) == snapshot
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(
        InputError, match=r"has no \*\.safetensors; .* brought here in part: On a ma"
    ):
        fetch(REPOSITORY, COMMIT, WHERE)


def test_an_interrupted_download_goes_on(hub, monkeypatch):
    hub.refused["model.safetensors"] = (403, "")
    with pytest.raises(MachineError):
        fetch(REPOSITORY, COMMIT, WHERE)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(MachineError, match="is not whole in the cache of the hub"):
        fetch(REPOSITORY, COMMIT, WHERE)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    hub.refused.clear()
    hub.asked.clear()
    describe_model(fetch(REPOSITORY, COMMIT, WHERE), "")
    assert hub.asked.count("model.safetensors") == 1


def test_never_cached_and_no_network(hub):
    hub.close()
    with pytest.raises(MachineError) as error:
        fetch(REPOSITORY, COMMIT, WHERE)
    assert "models.tiny: org/tiny at 0123456789abcdef" in str(error.value)
    assert f"`hf download {REPOSITORY} --revision {COMMIT}`" in str(error.value)
    assert "`source: file:FOLDER`" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("part", ["tree", "config.json"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_repository(hub, part, status):
    hub.refused[part] = (status, "GatedRepo")
    with pytest.raises(InputError, match=r"org/tiny is for those .* `hf auth login` or set HF_TOK"):
        fetch(REPOSITORY, COMMIT, WHERE)


@pytest.mark.parametrize("status", [404, 401])
def test_a_repository_that_is_not_there(hub, status):
    hub.refused["tree"] = (status, "RepoNotFound")
    with pytest.raises(InputError, match="the hub has no model 'org/tiny', or it is private"):
        fetch(REPOSITORY, COMMIT, WHERE)


def test_a_commit_that_is_not_there(hub):
    with pytest.raises(
        InputError, match=f"org/tiny has no commit {'f' * 40}. Read the field `sha`"
    ):
        fetch(REPOSITORY, "f" * 40, WHERE)


@pytest.mark.parametrize(
    ("repository", "revision", "message"),
    [
        (REPOSITORY, None, "the revision of hf:org/tiny is not established"),
        (REPOSITORY, "main", "models.tiny.revision: 'main' is no commit"),
        (REPOSITORY, COMMIT[:39], "is no commit"),
        (REPOSITORY, COMMIT.upper(), "is no commit"),
        ("../etc/passwd", COMMIT, "should be like hf:ORGANISATION/NAME"),
        ("", COMMIT, "should be like"),
    ],
)
def test_what_is_refused_before_the_hub_is_asked(monkeypatch, repository, revision, message):
    monkeypatch.setattr(huggingface_hub, "snapshot_download", None)
    with pytest.raises(InputError, match=message) as error:
        fetch(repository, revision, WHERE)
    if "like" not in message:
        assert "https://huggingface.co/api/models/org/tiny and write it to models.tiny" in str(
            error.value
        )


def test_a_full_disk(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/cache/blob")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(StorageError, match=r"^/cache/blob: the disk is full"):
        fetch(REPOSITORY, COMMIT, WHERE)
