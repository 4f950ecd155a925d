"""Run the command line and turn errors into one paragraph and an exit code.

Exit codes: 0 done, 2 the user's input is wrong, 3 this machine cannot do it,
4 a release gate failed, 1 anything else.
"""

from __future__ import annotations

import functools
import inspect
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from boundary import __version__
from boundary.cli import (
    analyses,
    analysis,
    chains,
    compare,
    crossing,
    doctor,
    estimate,
    export,
    imports,
    interventions,
    lab_check,
    models,
    new_study,
    pages,
    paper,
    plan_n,
    prompts,
    published,
    responses,
    rounds,
    running,
    screen,
    simulate,
    study,
    weights,
)
from boundary.errors import BoundaryError, InputError
from boundary.extras import missing_extra
from boundary.inputs import keeping, refuse_input
from boundary.wording import reveal

COMMAND = "boundary"
#: How this program was started, for help and messages: by the name that pip installs, or as
#: the module, which works wherever Python finds the package.
PROGRAM = COMMAND if Path(sys.argv[0]).stem == COMMAND else f"python -m {COMMAND}"
#: Typer carries a Click of its own and exports only the last descendants of its errors.
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name=COMMAND,
    help="Measure whether a trained language model solves what its base model cannot.",
    epilog="Add --debug to any command for a traceback.",
    add_completion=PROGRAM == COMMAND,  # a shell completes words that are programs
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for group in (
    compare,
    study,
    new_study,
    doctor,
    estimate,
    lab_check,
    plan_n,
    prompts,
    published,
    models,
    weights,
    imports,
    responses,
    rounds,
    running,
    simulate,
    crossing,
    interventions,
    screen,
    export,
    analyses,
    analysis,
    chains,
    pages,
    paper,
):
    group.register(app)

#: Parameters that name files that a command writes.
WRITTEN = ("output", "tokens_output", "positions", "edited")
#: Paths that are no inputs.
_NO_INPUTS = (*WRITTEN, "cache")


def _keep_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Have a command refuse to write over what it was given or has read."""

    @functools.wraps(command)
    def run(**options: Any) -> Any:
        given = [value for name, value in options.items() if name not in _NO_INPUTS]
        each = [item for value in given for item in (value if isinstance(value, list) else [value])]
        with keeping(item for item in each if isinstance(item, Path)):
            written = {n: options[n] for n in WRITTEN if isinstance(options.get(n), Path)}
            for path in written.values():
                if not path.is_dir():
                    refuse_input(path)
            if len({path.resolve() for path in written.values()}) < len(written):
                names = " and ".join(f"--{name.replace('_', '-')}" for name in written)
                raise InputError(f"{names}: name one file, and each writes its own; give another.")
            return command(**options)

    return run


def _as_started(text: str) -> str:
    """Return a text with this program named as it was started."""
    return text.replace(f"python -m {COMMAND}", PROGRAM)


for typed_app in (app, *(group.typer_instance for group in app.registered_groups)):
    for entry in typed_app.registered_commands if typed_app else ():
        if entry.callback is not None:
            entry.help = _as_started(inspect.getdoc(entry.callback) or "")
            entry.callback = _keep_inputs(entry.callback)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"boundary {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def main() -> NoReturn:
    """Run the command in ``sys.argv`` and exit; what pip installs as `boundary` calls this."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    signal.signal(signal.SIGTERM, _terminated)  # so that temporary files are removed
    try:
        status = app(arguments or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except typer.Abort:  # at a question
        status = 130
    except Exception as error:
        if debug:
            traceback.print_exc()
        text, status = _message(missing_extra(error) or error)
        # It may quote names and values from data files, which a terminal would obey.
        print("Error: " + reveal(_as_started(text), keep="\n\t"), file=sys.stderr)
    sys.exit(status)


def _message(error: Any) -> tuple[str, int]:
    """Return what to say of an error, and the exit code."""
    if isinstance(error, BoundaryError):
        return str(error), error.exit_code
    text = " ".join(str(error).split()) or "no message"
    if isinstance(error, USAGE_ERROR):
        text = " ".join(error.format_message().split()).removesuffix(".")
        text += "" if text.endswith("?") else "."
        command = error.ctx.command_path if error.ctx else PROGRAM
        return f"{text} See {command} --help.", InputError.exit_code
    return (
        f"{type(error).__name__}: {text.removesuffix('.')}. This is not an error that was "
        f"foreseen; run the command again with --debug for a traceback.",
        BoundaryError.exit_code,
    )


def _terminated(*_: object) -> NoReturn:
    sys.exit(143)
