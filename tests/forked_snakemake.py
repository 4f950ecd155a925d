"""Snakemake forked from a process that has imported it, which saves 2 s of imports each.

As a program it is that process: for each line of JSON on standard input it runs
`python -m snakemake` in a fork and answers with the exit status.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from forked_jobs import leave

#: What every run imports.  Not this package, which each copy of the repository has anew.
MODULES = ("snakemake.cli", "snakemake.report.html_reporter", "docutils.core", "dpath", "jinja2")
MODULES += ("pydantic", "requests", "snakemake_logger_plugin_rich", "smart_open", "yte")


@cache
def _server() -> subprocess.Popen[str]:
    """Return the process that forks; it ends with this one, which closes its input."""
    return subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # tests send signals to groups of processes
    )


def forked(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `python -m snakemake` with arguments in a folder, as `subprocess.run` would."""
    if _server().poll() is not None:
        _server.cache_clear()
    server = _server()
    assert server.stdin and server.stdout
    with tempfile.TemporaryDirectory() as output:
        request = {"arguments": arguments, "folder": str(folder), "output": output}
        server.stdin.write(json.dumps(request | {"environment": dict(environment)}) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(output, name).read_text(encoding="utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(arguments, code, out, err)


def _become(request: Mapping[str, object]) -> None:
    """Run one request in this process, to the end of it."""
    signal.alarm(600)
    files = (os.devnull, f"{request['output']}/out", f"{request['output']}/err")
    for descriptor, name in enumerate(files):
        opened = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.path[0] = request["folder"]  # where `python -m` looks first
    sys.argv = ["snakemake", *request["arguments"]]
    try:
        runpy.run_module("snakemake", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        leave(left)


def _serve() -> None:
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module("snakemake.cli").get_argument_parser()  # looks for all plugins
    assert "boundary" not in sys.modules
    gc.freeze()  # what every run has
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
