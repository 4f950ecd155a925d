"""Which kinds of problems there are: one line each."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from boundary.errors import InputError
from boundary.kinds import (  # noqa: F401  # read as globals below
    choice,
    code,
    custom,
    lab,
    math,
    modular,
    skills,
    text,
)
from boundary.kinds.record import Kind

#: By name; each module or package above declares its ``KIND``.
KINDS: dict[str, Kind] = {
    module.KIND.name: module.KIND
    for module in list(globals().values())
    if isinstance(module, ModuleType)
}
#: Those that a file of the user's judges.
CUSTOM = custom.KIND.name
#: Of a benchmark on which counts were published, and nobody says more.
UNKNOWN = "unknown"

#: Those that a benchmark may name, in words.
ABOUT = ", ".join(f"`{k.name}` ({k.about})" for k in KINDS.values() if not k.task)

if TYPE_CHECKING:
    KindName = str
    OfEntry = str
    OfBenchmark = str
else:
    #: For models of pydantic: any kind; what the registry of benchmarks may call its problems;
    #: what a study may, which can name the file that judges them beside.
    KindName = Literal[tuple(KINDS)]
    OfEntry = Literal[tuple(k.name for k in KINDS.values() if k.module and not k.task)]
    OfBenchmark = Literal[tuple(k.name for k in KINDS.values() if not k.task)]


def kind(name: str) -> Kind:
    """Return a kind of problems by its name.

    Raises
    ------
    InputError
        When there is none; names those that there are.
    """
    if name not in KINDS:
        raise InputError(
            f"There is no verifier for problems of kind {name!r} yet; verifiers exist for: "
            f"{', '.join(sorted(KINDS))}. Leave benchmarks of kind {name!r} out of the study."
        )
    return KINDS[name]


def names(has: Callable[[Kind], object]) -> tuple[str, ...]:
    """Return the names of the kinds that have something.

    >>> names(lambda kind: kind.programs)
    ('code',)
    """
    return tuple(name for name, entry in KINDS.items() if has(entry))
