"""`python -m boundary` forked from a process that has imported torch, which saves 4 s each."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

#: What every sampling job imports.  Not this package, which reads its environment.
MODULES = ("torch", "polars", "pandera.polars", "pydantic", "safetensors.torch", "typer")
MODULES += ("transformers.models.auto.tokenization_auto", "transformers.models.qwen3")
MODULES += ("transformers.models.qwen3.modeling_qwen3",)


def started(
    arguments: Sequence[str], environment: Mapping[str, str], stderr: Path
) -> ForkServerProcess:
    """Start a command; what it prints as errors is written to a file."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([*MODULES])
    process = forks.Process(target=_become, args=([*arguments], dict(environment), str(stderr)))
    process.start()
    return process


def _become(arguments: list[str], environment: dict[str, str], stderr: str) -> None:
    for descriptor, name in ((1, os.devnull), (2, stderr)):
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["boundary", *arguments]
    from boundary.cli import main

    main()
