"""`python -m boundary` of jobs, forked from a process that has imported what they import.

That saves 1 to 6 s of every job.  As a program with one argument, a socket, it is that process;
with more it is what the shell of a job runs in place of Python, and ends as the fork does.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import select
import shlex
import signal
import socket
import sys
import threading
from pathlib import Path

#: What jobs import.  Not this package, which each copy of the repository has anew.
MODULES = ("polars", "pandera.polars", "pydantic", "typer", "scipy.stats", "yaml", "jinja2")
MODULES += ("altair",)
#: What those import that run a model.
ENGINE = ("torch", "safetensors.torch", "transformers.models.auto.tokenization_auto")
ENGINE += ("transformers.models.qwen3", "transformers.models.qwen3.modeling_qwen3")
RUNS_A_MODEL = {"train", "sample", "likelihood"}
#: Names the socket of the process that forks, for all workers of the tests.
SOCKET = "BOUNDARY_TEST_JOBS"


def fork() -> list[str]:
    """Return the command that stands for Python where it runs `-m boundary`."""
    return [sys.executable, "-I", "-S", __file__, os.environ[SOCKET]]


def in_place_of_python() -> dict[str, str]:
    """Return the environment in which the shell of a job takes a fork for its Python."""
    return {"BASH_FUNC_python%%": f'() {{ {shlex.join(fork())} "$@"; }}'}


def _ask(path: str, arguments: list[str]) -> int:
    """Have a command run with the files and the environment of this process; return its status."""
    request = marshal.dumps((arguments, str(Path.cwd()), dict(os.environ)))
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        socket.send_fds(server, [len(request).to_bytes(8, "big")], [0, 1, 2])
        server.sendall(request)
        return int.from_bytes(server.recv(1), "big")


def _bundle_once(kept: Path) -> None:
    """Have the JavaScript that pages of figures share, which takes 2 s, made by the first job."""
    import vl_convert

    bundle = vl_convert.javascript_bundle

    def once() -> str:
        if not kept.exists():
            partial = kept.with_suffix(f".{os.getpid()}")
            partial.write_text(bundle(), encoding="utf-8")
            partial.replace(kept)
        return kept.read_text(encoding="utf-8")

    vl_convert.javascript_bundle = once


def _become(arguments: list[str], folder: str, environment: dict[str, str], kept: Path) -> None:
    """Run a command in this process, to the end of it."""
    import runpy

    assert arguments[:2] == ["-m", "boundary"]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:1] = [folder, *environment["PYTHONPATH"].split(":")]
    sys.argv = ["boundary", *arguments[2:]]
    if arguments[2] == "figures":
        _bundle_once(kept)
    try:
        runpy.run_module("boundary", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        leave(left)


def leave(left: SystemExit) -> None:
    """End this fork without taking down one by one what was imported, which takes 1 s."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(left.code if isinstance(left.code, int) else 0)


def _asked(connection: socket.socket) -> tuple[list[int], tuple[list[str], str, dict[str, str]]]:
    """Return the files of a request, and what it asks for, having imported what that needs."""
    size, files, *_ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        request = marshal.loads(stream.read(int.from_bytes(size, "big")))
    for name in MODULES + (ENGINE if request[0][2] in RUNS_A_MODEL else ()):
        importlib.import_module(name)
    assert "boundary" not in sys.modules
    gc.freeze()  # what every job has
    return files, request


def _serve(path: str) -> None:
    """Fork for each request, until standard input ends."""
    jobs: dict[int, tuple[socket.socket, int]] = {}  # by what is readable once a job has ended
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    print(path, flush=True)
    while True:
        asking = [connection for connection, _ in jobs.values()]
        ready = select.select([0, listening, *jobs, *asking], [], [])[0]
        if 0 in ready:
            break
        for ended, (connection, pid) in [*jobs.items()]:
            if connection in ready:  # its shell was killed
                os.kill(pid, signal.SIGKILL)
            if ended in ready:
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with connection:
                    connection.send(bytes([code if code >= 0 else 128 - code]))
                os.close(ended)
                del jobs[ended]
        if listening in ready:
            connection, _ = listening.accept()
            files, request = _asked(connection)
            pid = os.fork()
            if pid == 0:
                for descriptor, file in enumerate(files):
                    os.dup2(file, descriptor)
                os.closerange(3, 3 + max(files))
                _become(*request, Path(path).with_name("vega.js"))
                break
            for file in files:
                os.close(file)
            jobs[os.pidfd_open(pid)] = connection, pid


if __name__ == "__main__":
    sys.exit(_ask(sys.argv[1], sys.argv[2:]) if sys.argv[2:] else _serve(sys.argv[1]))
