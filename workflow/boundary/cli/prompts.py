"""The command that shows a prompt as the model reads it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boundary.errors import InputError
from boundary.wording import reveal

if TYPE_CHECKING:
    from boundary.plan import Plan
    from boundary.plan.arms import Arm

SHOWN = 5  # problem ids that a message names
FIRST = 8  # tokens of a prompt that are shown one by one


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("show-prompt")(show_prompt)


def show_prompt(
    study: Annotated[Path, typer.Argument(help="Study file (YAML).")],
    model: Annotated[str, typer.Argument(help="Name of a model in the study.")],
    benchmark: Annotated[str, typer.Argument(help="Name of a benchmark in the study.")],
    problem: Annotated[
        str | None, typer.Option("--problem", help="Problem id; default: the first.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option("--protocol", help="Needed where the study has several.")
    ] = None,
) -> None:
    """Show the prompt of one problem as the model reads it.

    The text goes to standard output, and what is around it to standard error:
    stop strings, length, its first tokens, and how the text ends, to the last
    white space.  On a
    terminal invisible characters show, as `⟨U+001B⟩`.  Problems must have been
    made; the model too where its own chat template is asked for.

    A prompt that begins twice is an error, as it is when it is sampled.

    Example: `python -m boundary show-prompt config/studies/smoke.yaml base tiny`
    """
    from boundary.config import read_study
    from boundary.plan import Plan
    from boundary.prompts import as_text, as_tokens, check_beginning, fill, stops

    plan = Plan(read_study(study))
    arm = _find_arm(plan, study, (model, benchmark), protocol)
    sampling = plan.identity.sampling(arm.protocol, arm.benchmark)
    name, question, metadata = _problem(arm, study, problem)
    filled = fill(sampling.prompt, question, metadata)
    made = Path(plan.model_file(model)).is_file()
    tokenizer = _tokenizer(Path(plan.checkpoint_of(model))) if made else None
    if tokenizer is None and not isinstance(filled, str):
        raise InputError(
            f"the prompt {_prompt(plan, arm)!r} is a chat, and the chat template of {model!r} "
            f"comes with the model, which is not made yet; make it with "
            f"`{_make(plan.model_file(model), study)}`, or choose a prompt that is plain text."
        )
    text = as_text(tokenizer, filled, sampling.prompt)
    lines = {
        "model": model,
        "benchmark": f"{benchmark}, problem {name}",
        "protocol": f"{arm.protocol}, prompt {_prompt(plan, arm)}",
        "laid out by": "the template's text" if isinstance(filled, str) else "the model's template",
        "stop strings": ", ".join(map(repr, sampling.prompt.stop)) or "none",
        "max_tokens": sampling.max_tokens,
        "characters": len(text),
    }
    refused: InputError | None = None
    if tokenizer is None:
        lines["tokens"] = "not known before the model is made"
    else:
        ids = as_tokens(tokenizer, filled, sampling.prompt)
        first = " ".join(repr(tokenizer.decode([one])) for one in ids[:FIRST])
        lines["tokens"] = f"{len(ids)}, the first {first}"
        try:
            if warning := check_beginning(tokenizer, ids):
                lines["warning"] = warning
        except InputError as error:  # of a prompt that is shown first
            refused = error
        ends = [tokenizer.convert_ids_to_tokens(i) for i in stops(tokenizer, sampling.prompt)[0]]
        lines["stop tokens"] = ", ".join(map(repr, ends)) or "the model's own alone"
    lines["ends in"] = repr(text[-40:])
    for key, value in lines.items():
        typer.echo(f"{key + ':':14}{reveal(str(value))}", err=True)
    typer.echo(err=True)
    # A terminal would obey what a file or a pipe gets as it is; `color` keeps the library
    # from taking it out there.
    typer.echo(reveal(text, keep="\n\t") if sys.stdout.isatty() else text, color=True)
    if refused is not None:
        raise refused


def _find_arm(plan: Plan, study: Path, pair: tuple[str, str], protocol: str | None) -> Arm:
    """Return the arm of a model and a benchmark.

    Raises
    ------
    InputError
        When a name is not the study's, nothing is sampled for the two, or
        several protocols are and none is named; names what there is.
    """
    from boundary.config.model import GIVEN

    entries = plan.study
    model, benchmark = pair
    _known(study, "model", model, entries.models)
    _known(study, "benchmark", benchmark, entries.benchmarks)
    if (kind := entries.models[model].kind) in GIVEN:
        what = "has published counts only" if kind == "counts" else "is imported"
        raise InputError(f"{study}: {model!r} {what}; nothing is sampled, so it reads no prompt.")
    by_protocol = {arm.protocol: arm for arm in plan.arms if (arm.model, arm.benchmark) == pair}
    if not by_protocol:
        benchmarks = dict.fromkeys(arm.benchmark for arm in plan.arms if arm.model == model)
        raise InputError(
            f"{study}: no comparison or series samples {model!r} on {benchmark!r}; "
            f"it is sampled on: {', '.join(benchmarks) or 'nothing'}."
        )
    if protocol is not None:
        _known(study, f"protocol of {model!r} on {benchmark!r}", protocol, by_protocol)
        return by_protocol[protocol]
    if len(by_protocol) > 1:
        raise InputError(
            f"{study}: {model!r} is sampled on {benchmark!r} under several protocols; choose one "
            f"with --protocol: {', '.join(by_protocol)}."
        )
    return next(iter(by_protocol.values()))


def _known(study: Path, what: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise InputError(f"{study}: no {what} is called {name!r}; there are: {', '.join(names)}.")


def _prompt(plan: Plan, arm: Arm) -> str:
    return plan.study.protocols[arm.protocol].prompt


def _make(path: str, study: Path) -> str:
    return f"snakemake --cores 1 {path} --configfile {study}"


def _problem(arm: Arm, study: Path, name: str | None) -> tuple[str, str, str | None]:
    """Return id, question and metadata of a problem.

    Raises
    ------
    InputError
        When the problems are not made yet, or there is none of this name.
    """
    if not Path(arm.problems).is_file():
        raise InputError(
            f"{arm.problems}: the problems are not made yet; make them with "
            f"`{_make(arm.problems, study)}`."
        )
    from boundary.images import refuse_images
    from boundary.store import read_table
    from boundary.tables import PROBLEMS, UNTESTED

    frame = read_table(Path(arm.problems), PROBLEMS, columns=UNTESTED).sort("problem_id")
    ids = frame["problem_id"].to_list()
    if not ids:
        raise InputError(f"{arm.problems}: holds no problems.")
    refuse_images(frame, "show-prompt")
    if name is not None and name not in ids:
        raise InputError(
            f"{arm.problems}: no problem is called {name!r}; it has {len(ids)}, the first are: "
            f"{', '.join(ids[:SHOWN])}."
        )
    row = frame.row(ids.index(name) if name is not None else 0, named=True)
    return row["problem_id"], row["question"], row["metadata"]


def _tokenizer(folder: Path) -> Any:
    """Return the tokenizer of a model.

    Raises
    ------
    InputError
        When the folder holds no tokenizer that can be loaded.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder}: the tokenizer cannot be loaded ({' '.join(str(error).split())}). Make "
            f"or download the folder again."
        ) from None
