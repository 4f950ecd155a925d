"""A secret in every place of the harness from which it could leak into a program."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "BOUNDARY_THREAT_SECRET"


@dataclass(frozen=True)
class Planted:
    """The secret, the port where the harness tells it, and the files that hold it."""

    secret: str
    port: int
    paths: tuple[str, ...]


@contextlib.contextmanager
def planted(repository: Path) -> Iterator[Planted]:
    """Put a secret into environment, descriptors, files, memory and sockets of this process."""
    secret = f"canary-{secrets.token_hex(16)}"
    with contextlib.ExitStack() as stack:
        paths = tuple(str(path) for path in _files(stack, secret, repository))
        stack.callback(os.environ.pop, VARIABLE, None)
        os.environ[VARIABLE] = secret
        for path in paths[:1]:  # open, and inherited by whoever is started carelessly
            found = os.open(path, os.O_RDONLY)
            os.set_inheritable(found, True)
            stack.callback(os.close, found)
        port = _listen(stack, secret)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        line = socket.socket(socket.AF_UNIX)
        line.bind(f"{folder}/socket")
        _serve(stack, line, secret)
        yield Planted(secret, port, (*paths, f"{folder}/socket"))


def _files(stack: contextlib.ExitStack, secret: str, repository: Path) -> Iterator[Path]:
    temporary = Path(tempfile.gettempdir())
    for folder in (temporary, Path("/dev/shm"), Path.home(), repository / "results"):
        if os.access(folder, os.W_OK):
            handle, name = tempfile.mkstemp(dir=folder, prefix=".boundary-threat-")
            os.close(handle)
            path = Path(name)
            stack.callback(path.unlink, missing_ok=True)
            path.write_text(secret)
            path.chmod(0o644)
            yield path


def _listen(stack: contextlib.ExitStack, secret: str) -> int:
    """Tell the secret to whoever connects by TCP, UDP or an abstract Unix socket."""
    stream = socket.create_server(("127.0.0.1", 0))
    port: int = stream.getsockname()[1]
    _serve(stack, stream, secret)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0boundary-threat-{port}")
    _serve(stack, abstract, secret)
    packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    packets.bind(("127.0.0.1", port))
    stack.callback(packets.close)

    def reply() -> None:
        with contextlib.suppress(OSError):
            while True:
                _, sender = packets.recvfrom(99)
                packets.sendto(secret.encode(), sender)

    threading.Thread(target=reply, daemon=True).start()
    return port


def _serve(stack: contextlib.ExitStack, line: socket.socket, secret: str) -> None:
    line.listen()
    stack.callback(line.close)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = line.accept()
                with caller:
                    caller.sendall(secret.encode())

    threading.Thread(target=accept, daemon=True).start()
