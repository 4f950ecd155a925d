"""Run the command line and turn errors into one paragraph and an exit code.

Exit codes: 0 done, 2 the user's input is wrong, 3 this machine cannot do it,
1 anything else.
"""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

import typer

from boundary.cli import analyses, models, pages, responses, study
from boundary.errors import BoundaryError

app = typer.Typer(
    name="boundary",
    help="Measure whether a trained language model solves what its base model cannot.",
    epilog="Add --debug to any command for a traceback.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for group in (study, models, responses, analyses, pages):
    group.register(app)


def main() -> NoReturn:
    """Run the command in ``sys.argv`` and exit."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    signal.signal(signal.SIGTERM, _terminated)  # so that temporary files are removed
    try:
        app(arguments, prog_name="python -m boundary")
    except BoundaryError as error:
        if debug:
            raise
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        if debug:
            raise
        text = " ".join(str(error).split()) or "no message"
        print(
            f"Error: {type(error).__name__}: {text}. This is not an error that was foreseen; "
            f"run the command again with --debug for a traceback.",
            file=sys.stderr,
        )
        sys.exit(1)
    sys.exit(0)


def _terminated(*_: object) -> NoReturn:
    sys.exit(143)
