"""Downloads: kept when whole and of the right checksum, used again without a network."""

from __future__ import annotations

import errno
import hashlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from boundary.data import fetch as module
from boundary.data.fetch import fetch
from boundary.errors import InputError, MachineError, StorageError

COMMIT = "c" * 40
CONTENT = b'{"question": "q"}\n'
SHA = hashlib.sha256(CONTENT).hexdigest()
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA}\nsize 18\n".encode()
SOURCE = "github:some/where"


class Server:
    """What a server on the loopback answers, by path, and what it was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, int]] = {}
        self.asked: list[str] = []

    def put(
        self, content: bytes, *, under: str = "raw", status: int = 200, promised: int | None = None
    ) -> None:
        """Answer with a content, and say that it is so many bytes."""
        length = len(content) if promised is None else promised
        self.answers[f"/{under}/some/where/{COMMIT}/data/x.jsonl"] = status, content, length


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            status, content, length = known.answers.get(self.path, (404, b"", 0))
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    base = f"http://127.0.0.1:{running.server_port}"
    monkeypatch.setattr(module, "RAW", f"{base}/raw")
    monkeypatch.setattr(module, "MEDIA", f"{base}/media")
    monkeypatch.setattr(module, "TIMEOUT", 5)
    monkeypatch.setenv("BOUNDARY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    yield known
    running.shutdown()
    running.server_close()
    thread.join()


def kept(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def bring(sha256: str | None = SHA) -> Path:
    return fetch(SOURCE, COMMIT, "data/x.jsonl", sha256)


@pytest.mark.parametrize("sha256", [SHA, None])
def test_a_file_is_fetched_once(server: Server, tmp_path: Path, sha256: str | None) -> None:
    server.put(CONTENT)
    path = bring(sha256)
    assert path == tmp_path / "cache" / "github/some/where" / COMMIT / "data/x.jsonl"
    assert path.read_bytes() == CONTENT
    server.answers.clear()
    assert bring(sha256).read_bytes() == CONTENT
    assert len(server.asked) == 1
    assert kept(tmp_path) == ["x.jsonl"]


def test_a_pointer_of_git_lfs_leads_to_the_content(server: Server, tmp_path: Path) -> None:
    server.put(POINTER)
    server.put(CONTENT, under="media")
    assert bring(None).read_bytes() == CONTENT
    assert [path.split("/")[1] for path in server.asked] == ["raw", "media"]


def test_a_pointer_whose_content_is_another_is_refused(server: Server, tmp_path: Path) -> None:
    server.put(POINTER)
    server.put(b"another", under="media")
    with pytest.raises(InputError, match=f"not {SHA}; it was not kept"):
        bring(None)
    assert kept(tmp_path) == []


def test_another_checksum_is_refused_and_not_kept(server: Server, tmp_path: Path) -> None:
    server.put(b"changed")
    with pytest.raises(InputError) as caught:
        bring()
    found = hashlib.sha256(b"changed").hexdigest()
    assert f"what came has the SHA-256 {found}, not {SHA}; it was not kept" in str(caught.value)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("sha256", [SHA, None])
def test_a_cut_download_is_not_kept(server: Server, tmp_path: Path, sha256: str | None) -> None:
    server.put(CONTENT[:7], promised=len(CONTENT))
    with pytest.raises(MachineError, match="the download was cut short: 7 of 18 bytes came"):
        bring(sha256)
    assert kept(tmp_path) == []


def test_a_spoilt_copy_is_fetched_anew(server: Server) -> None:
    server.put(CONTENT)
    path = bring()
    path.write_bytes(b"spoilt")
    assert bring().read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_file_that_is_not_there_is_the_users_error(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no such file \(HTTP 404\)"):
        bring()
    assert kept(tmp_path) == []


def test_a_refusal_of_the_server_is_the_machines(server: Server) -> None:
    server.put(b"", status=503)
    with pytest.raises(MachineError, match="HTTP 503"):
        bring()


def test_without_a_network_the_file_to_bring_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RAW", "http://127.0.0.1:9")
    monkeypatch.setenv("BOUNDARY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(MachineError) as caught:
        bring()
    text = str(caught.value)
    target = tmp_path / "cache/github/some/where" / COMMIT / "data/x.jsonl"
    for part in (
        f"data/x.jsonl (SHA-256 {SHA}) is not on this machine",
        f"http://127.0.0.1:9/some/where/{COMMIT}/data/x.jsonl",
        '`source: "file:PATH/x.jsonl"`',
        f"or put it at {target}",
    ):
        assert part in text
    assert kept(tmp_path) == []
    target.write_bytes(CONTENT)  # brought by hand
    assert bring() == target


@pytest.mark.parametrize("revision", ["main", "abc", "C" * 40])
def test_a_name_of_a_branch_is_refused(revision: str) -> None:
    with pytest.raises(InputError, match="names of branches move"):
        fetch(SOURCE, revision, "x")


def test_another_kind_of_source_is_refused() -> None:
    with pytest.raises(InputError, match="data files come from hf:, github: or file:"):
        fetch("ftp:x/y", COMMIT, "x")


class Hub:
    """In place of the hub's download: a file, or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Path | Exception = OSError("unset")
        self.asked: list[tuple] = []
        monkeypatch.setattr("huggingface_hub.hf_hub_download", self.download)

    def download(self, name: str, path: str, **more: object) -> str:
        self.asked.append((name, path, more))
        if isinstance(self.answer, Exception):
            raise self.answer
        return str(self.answer)


def test_a_file_of_the_hub_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, path = Hub(monkeypatch), tmp_path / "x.jsonl"
    path.write_bytes(CONTENT)
    hub.answer = path
    assert fetch("hf:a/b", COMMIT, "data/x.jsonl", SHA) == path
    assert hub.asked == [("a/b", "data/x.jsonl", {"repo_type": "dataset", "revision": COMMIT})]
    path.write_bytes(b"changed")
    with pytest.raises(InputError, match=f"not {SHA}; move it away"):
        fetch("hf:a/b", COMMIT, "data/x.jsonl", SHA)


def test_a_wrong_file_in_the_hubs_cache_is_named_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would make a link that is deleted again, to the same wrong content."""
    hub, blob = Hub(monkeypatch), tmp_path / "blob"
    blob.write_bytes(b"changed")
    hub.answer = tmp_path / "x.jsonl"
    hub.answer.symlink_to(blob)
    with pytest.raises(InputError, match=f"^{blob}: "):
        fetch("hf:a/b", COMMIT, "data/x.jsonl", SHA)


def test_a_full_disk_is_no_lack_of_network(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(monkeypatch)
    hub.answer = OSError(errno.ENOSPC, "No space left on device", "/cache/blob")
    with pytest.raises(StorageError, match=r"^/cache/blob: the disk is full"):
        fetch("hf:a/b", COMMIT, "data/x.jsonl")


@pytest.mark.parametrize("error", [ssl.SSLEOFError(8, "EOF"), OSError(errno.EHOSTUNREACH, "gone")])
def test_a_network_that_breaks_off_is_no_full_disk(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def broken(*_: object) -> bytes:
        raise error

    server.put(CONTENT)
    monkeypatch.setattr("http.client.HTTPResponse.read", broken)
    with pytest.raises(MachineError, match=f"could not be fetched from .*{type(error).__name__}"):
        bring()
    assert kept(tmp_path) == []


def test_what_the_hub_lacks_and_what_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import errors

    hub = Hub(monkeypatch)
    hub.answer = errors.LocalEntryNotFoundError("no connection.\nmore")
    with pytest.raises(MachineError) as caught:
        fetch("hf:a/b", COMMIT, "data/x.jsonl", SHA)
    assert f"data/x.jsonl (SHA-256 {SHA}) is not on this machine" in str(caught.value)
    assert "(no connection)" in str(caught.value)
    hub.answer = errors.EntryNotFoundError("404: no such entry")
    with pytest.raises(InputError, match="the hub has no such file"):
        fetch("hf:a/b", COMMIT, "data/x.jsonl")
    hub.answer = ConnectionError("reset")
    with pytest.raises(MachineError, match="reset"):
        fetch("hf:a/b", COMMIT, "data/x.jsonl")
