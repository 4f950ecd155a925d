"""The command that brings a model's weights to this machine."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from boundary.cli.options import OutputFile, Spec
from boundary.cli.spec import read_spec


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
    from boundary.jobs.making import Resolving
    from boundary.models.behind import resolve_served
    from boundary.models.resolve import resolve as bring
    from boundary.store import provenance, write_text

    job = read_spec(spec, Resolving)
    if job.served is not None:
        summary = resolve_served(job, output.parent)
    else:
        resolved = bring(job, output.parent)
        if resolved.adapter is not None and (warning := resolved.adapter.warning):
            typer.echo(f"Warning: models.{job.model}.adapter: {warning}", err=True)
        summary = asdict(resolved)
    summary["provenance"] = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write_text(output, json.dumps(summary, indent=1, sort_keys=True) + "\n")
