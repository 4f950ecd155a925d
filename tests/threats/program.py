"""What a program of the battery is, and the tasks that the programs pretend to solve."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: What an attack may end in: anything but a pass.
CAUGHT = frozenset({"wrong", "error", "timeout", "resource", "violation"})
#: What a program may end in that computed the right answer and then misbehaved.
ANY = CAUGHT | {"correct"}
#: A probe reports what it could reach and is right when that is nothing.
CLOSED = frozenset({"correct", "error", "violation", "resource"})
CORRECT = frozenset({"correct"})


@dataclass(frozen=True)
class Task:
    """Inputs and expected outputs, in both styles.

    Attributes
    ----------
    args : tuple of tuple
        Arguments of the function ``f``, one tuple a test.
    expected : tuple
        What it returns.
    stdin, stdout : tuple of str
        The same tests of a program that reads and prints.
    """

    name: str
    args: tuple[tuple[Any, ...], ...] = ()
    expected: tuple[Any, ...] = ()
    stdin: tuple[str, ...] = ()
    stdout: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """One program text, what it tries, and what may become of it.

    Attributes
    ----------
    threat : int
        Row of the threat table; 0 for an honest program.
    form : str
        ``import`` and ``call``: a function whose attack runs when the program
        is loaded or when it is called; ``stdio``: a program that prints.
    allowed : frozenset of str
        Verdicts that are no failure of the verifier.
    limits : mapping
        Limits of the sandbox that differ from those of the battery.
    before : Program or None
        An honest program that runs just before it, in the same worker.
    """

    threat: int
    name: str
    tries: str
    form: str
    text: str
    task: Task
    allowed: frozenset[str] = CAUGHT
    limits: Mapping[str, float] = field(default_factory=dict)
    before: Program | None = None

    @property
    def style(self) -> str:
        """``function`` or ``stdio``."""
        return "stdio" if self.form == "stdio" else "function"

    @property
    def label(self) -> str:
        """Row, name and form: unique in the battery."""
        return f"{self.threat:02d}-{self.name}-{self.form}"


def hashed(n: int) -> int:
    """Return what nobody guesses: the answer to the task that most attacks dodge."""
    return (n * 2654435761 + 12345) % 1000003


_NUMBERS = (1, 2, 77, 123456)
HASH = Task(
    "hash",
    args=tuple((n,) for n in _NUMBERS),
    expected=tuple(hashed(n) for n in _NUMBERS),
    stdin=tuple(f"{n}\n" for n in _NUMBERS),
    stdout=tuple(f"{hashed(n)}\n" for n in _NUMBERS),
)
#: Its honest solutions, for attacks that know the answer.
SOLUTION = "def f(n):\n    return (n * 2654435761 + 12345) % 1000003\n"
SOLUTION_STDIO = "print((int(input()) * 2654435761 + 12345) % 1000003)\n"

#: A probe returns the list of what it could do, and the right answer is none.
NOTHING = Task("nothing", args=((),), expected=([],), stdin=("",), stdout=("[]\n",))

_READ_ARGUMENTS = "import json as _json, sys as _sys\nargs = _json.loads(_sys.stdin.read())\n"


def attack(
    threat: int,
    name: str,
    tries: str,
    code: str,
    *,
    forms: tuple[str, ...] = ("import", "call", "stdio"),
    task: Task = HASH,
    allowed: frozenset[str] = CAUGHT,
    reads: bool = False,
    **limits: float,
) -> list[Program]:
    """Put one piece of code into the forms in which it makes sense.

    The code leaves what it wants to answer in ``result``; with `reads` it finds
    the arguments in ``args``, for which the stdio form reads a JSON list.
    """
    texts = {
        "import": f"{code}\ndef f(*args):\n    return globals().get('result', 0)\n",
        "call": f"def f(*args):\n{textwrap.indent(code, '    ')}\n"
        f"    return locals().get('result', 0)\n",
        "stdio": f"{_READ_ARGUMENTS if reads else ''}{code}\nprint(globals().get('result', 0))\n",
    }
    return [
        Program(threat, name, tries, form, texts[form], task, allowed, limits) for form in forms
    ]


def whole(
    threat: int,
    name: str,
    tries: str,
    *,
    function: str | None = None,
    stdio: str | None = None,
    task: Task = HASH,
    allowed: frozenset[str] = CAUGHT,
    **limits: float,
) -> list[Program]:
    """Take program texts as they stand."""
    texts = {"call": function, "stdio": stdio}
    return [
        Program(threat, name, tries, form, text, task, allowed, limits)
        for form, text in texts.items()
        if text is not None
    ]
