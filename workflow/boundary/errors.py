"""Typed errors: what is wrong, where, and what to do next.

Every error that a user can cause or cure derives from `BoundaryError`; the
command line prints its text as one paragraph and exits with its code.
"""

from __future__ import annotations


class BoundaryError(Exception):
    """Base of all errors that the package raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the process exits with: 2 the user's input is wrong, 3 this
        machine cannot do it, 4 a release gate failed, 1 anything else.
    """

    exit_code = 1


class InputError(BoundaryError):
    """The user's input is wrong (exit code 2)."""

    exit_code = 2


class ConfigError(InputError):
    """A study file is wrong; carries every problem found, not just the first.

    Parameters
    ----------
    problems : list of str
        One line a problem, each beginning with its key path.
    where : str
        The file (or other origin) of the configuration.
    """

    def __init__(self, problems: list[str], where: str) -> None:
        self.problems = problems
        self.where = where
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "\n".join(f"  - {line}" for line in problems)
        super().__init__(f"{where}: {len(problems)} {noun} in the study file\n{lines}")


class TableError(InputError):
    """A table does not hold what its schema promises (names file and rows)."""


class MachineError(BoundaryError):
    """What was asked cannot be done on this machine (exit code 3)."""

    exit_code = 3


class GateError(BoundaryError):
    """A comparison has a verdict that its caller refuses, or lacks one (exit code 4)."""

    exit_code = 4


class StorageError(BoundaryError):
    """A file could not be written or read for a reason outside its contents."""
