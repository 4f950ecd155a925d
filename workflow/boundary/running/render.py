"""How far a study is, for people."""

from __future__ import annotations

from dataclasses import fields

from rich.console import Console

from boundary.estimate.render import duration, grid, line, terminal
from boundary.running.status import RuleStatus, Status

WORDS = {"silent": "silent (it was killed, or says nothing)"}


def show(status: Status, left: str, console: Console | None = None) -> None:
    """Print how far a study is.

    Parameters
    ----------
    status : Status
        How far it is.
    left : str
        What is left costs, in words.
    console : rich.console.Console, optional
        Where to; default: standard output.
    """
    out = console or terminal()
    states = [field.name for field in fields(RuleStatus)]
    table = grid(f"Study {status.study}", ["jobs", *states], 1)
    for rule, counts in status.rules.items():
        numbers = [getattr(counts, state) for state in states]
        table.add_row(rule, *(f"{count:,}" if count else "–" for count in numbers))
    out.print(table)
    for job in status.begun:
        state = WORDS.get(job.state, job.state)
        line(out, f"{job.rule}: {state}, last sign of life {duration(job.seconds)} ago")
        line(out, f"  {job.text or 'no line of progress yet'}")
        line(out, f"  log: {job.log}")
    line(out, f"Left by estimate, running jobs counted in full: {left}.")
