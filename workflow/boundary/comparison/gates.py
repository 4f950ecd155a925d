"""Gates of a release: verdicts that must not come, and verdicts that must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boundary.decisions import CROSSOVER_VERDICTS, read_guards
from boundary.errors import GateError, InputError
from boundary.rows import VerdictRow

#: Where K is 1 there is no smaller k.
_AT_ONE = ("base-ahead-to-K", "other-ahead-to-K", "undetermined")


@dataclass(frozen=True)
class Gate:
    """Verdicts that end a comparison with an error.

    Attributes
    ----------
    fail_if : tuple of str
        Any comparison with one of them fails, guarded or not.
    require : tuple of str
        Every comparison must have one of them, and no guard.
    """

    fail_if: tuple[str, ...] = ()
    require: tuple[str, ...] = ()


def gate(fail_if: str | None, require: str | None) -> Gate:
    """Read the verdicts that the two options of a gate name.

    Raises
    ------
    InputError
        When one names none, a verdict that does not exist, or the same as the other.
    """
    read = Gate(_names("--fail-if", fail_if), _names("--require", require))
    if both := [name for name in read.fail_if if name in read.require]:
        raise InputError(
            f"--fail-if and --require both name {both[0]}, so that nothing could pass. Take it "
            f"out of one."
        )
    return read


def _names(option: str, text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",") if name.strip()]
    valid = ", ".join(CROSSOVER_VERDICTS)
    if not names:
        raise InputError(f"{option}: names no verdict; there are: {valid}.")
    for name in names:
        if name not in CROSSOVER_VERDICTS:
            from boundary.config.raw import hint

            raise InputError(
                f"{option}: no verdict is called {name!r}; there are: {valid}."
                f"{hint(name, CROSSOVER_VERDICTS)}"
            )
    return tuple(dict.fromkeys(names))


def hold(asked: Gate, rows: Sequence[VerdictRow]) -> None:
    """Hold the verdicts of all comparisons against a gate.

    Raises
    ------
    InputError
        When no verdict that an option names can occur in any of them.
    GateError
        When one has a verdict of ``fail_if``, or lacks all of ``require``; names each.
    """
    for option, names in (("--fail-if", asked.fail_if), ("--require", asked.require)):
        if names and all(row.k_max == 1 for row in rows) and not {*names} & {*_AT_ONE}:
            raise InputError(
                f"{option}: {', '.join(names)} cannot occur, as K = 1 is the only k looked at; "
                f"what can are {', '.join(_AT_ONE)}. Give more samples a problem, or a larger "
                f"--k-max."
            )
    met = [_named(row) for row in rows if row.verdict in asked.fail_if]
    missed = [
        _named(row)
        for row in rows
        if asked.require and (row.guard or row.verdict not in asked.require)
    ]
    parts = []
    if met:
        parts.append(f"--fail-if {','.join(asked.fail_if)} is met: {'; '.join(met)}")
    if missed:
        parts.append(f"--require {','.join(asked.require)} is not met: {'; '.join(missed)}")
    if parts:
        raise GateError(f"The gate fails. {'. '.join(parts)}.")


def _named(row: VerdictRow) -> str:
    """Return which comparison it is, its verdict, and the guards that forbid to lean on it."""
    guards = f", guarded ({', '.join(read_guards(row.guard))})" if row.guard else ""
    return f"{row.other} against {row.base} on {row.benchmark} is {row.verdict}{guards}"
