"""The program of a response, and what it is run with.

What follows the reasoning is read into text and fenced blocks (`fences`, linear
in the length of the text); the sandbox then parses them and chooses (`choose`),
since parsing hostile text is an attack of its own.  Where nothing parses, the
last block is the program, in function style the last that defines the entry
point, and without a block the whole response: the interpreter says what is
wrong with it.

Beside it stands what published harnesses take: the last fenced block, and nothing else.

Where the question is the beginning of a program that defines the entry point
(HumanEval), it stands in front: a response that continues it is completed by
it, and one that begins anew finds its imports and helper functions.  Programs
of LiveCodeBench (standard input, or a method of ``Solution``) get the imports
that its own harness puts in front.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from boundary.answers.reasoning import after_reasoning
from boundary.verify.code import fences
from boundary.verify.code.fences import Block
from boundary.verify.code.together import ask_together
from boundary.verify.sandbox import Job, Limits, Sandbox, wire

#: Responses that one process reads; alone when one of them spoils it.
TOGETHER = 128
#: A longer response is read without parsing, in characters.
LONGEST = 1 << 18
_LIMITS = Limits(cpu_seconds=30.0, wall_seconds=90.0, memory_bytes=2 << 30, output_bytes=32 << 20)
_ALONE = Limits(cpu_seconds=5.0, wall_seconds=15.0, memory_bytes=1 << 30, output_bytes=4 << 20)
_FUTURE = re.compile(r"^from __future__ import [\w, ]+$", re.MULTILINE)
#: What LiveCodeBench's `testing_util` puts before every program.
_MODULES = (
    "string re datetime collections heapq bisect copy math random statistics itertools functools "
    "operator io sys json"
)
_PRELUDE = (
    "".join(f"from {name} import *\nimport {name}\n" for name in _MODULES.split())
    + "from builtins import *\nfrom typing import *\nsys.setrecursionlimit(50000)\n"
)


class Ask(NamedTuple):
    """A response whose program is asked for.

    Attributes
    ----------
    response : str
        What the model wrote; hostile.
    entry_point : str or None
        ``f`` or ``Class.f``; None in stdio style.
    question : str
        As in the problems table.
    """

    response: str
    entry_point: str | None
    question: str


@dataclass(frozen=True)
class Program:
    """A program as the response has it, and as it is run.

    Attributes
    ----------
    own : str
        The text of the response; empty when there is none.
    text : str
        With what stands in front of it.
    form : str or None
        How it stood there, one of `boundary.extraction.PROGRAM_FORMS`.
    fenced : str or None
        What is run where only the last fenced block counts; None without a block.
    parsed : bool
        Whether the response was parsed; false where it is too long for it, or
        where parsing it ended or broke what parses.
    """

    own: str
    text: str
    form: str | None = None
    fenced: str | None = None
    parsed: bool = True


def programs_of(sandbox: Sandbox, asks: Sequence[Ask]) -> list[Program]:
    """Return the program of each response, in order."""
    distinct = list(dict.fromkeys(asks))
    given = [(ask, fences.read(after_reasoning(ask.response))) for ask in distinct]
    plain = [_plain(ask, reading) for ask, reading in given]
    read = [at for at, (_, one) in enumerate(given) if 0 < len(one.text.strip()) <= LONGEST]
    for at, (_, one) in enumerate(given):
        if len(one.text.strip()) > LONGEST:
            plain[at] = replace(plain[at], parsed=False)
    for at, chosen in zip(read, _chosen(sandbox, [given[at] for at in read]), strict=True):
        if chosen == "failed":
            plain[at] = replace(plain[at], parsed=False)
        elif chosen is not None:
            form, own, text = chosen
            plain[at] = Program(own, _ended(text), form, plain[at].fenced)
    programs = dict(zip(distinct, plain, strict=True))
    return [programs[ask] for ask in asks]


# --- what the sandbox chooses --------------------------------------------------------

_Given = tuple[Ask, fences.Reading]
_Chosen = tuple[str, str, str] | Literal["failed"] | None


def _chosen(sandbox: Sandbox, given: Sequence[_Given]) -> Iterator[_Chosen]:
    for record in ask_together(sandbox, given, TOGETHER, (_LIMITS, _ALONE), _job):
        if isinstance(record, str) or record.kind != "returned":
            yield "failed"
        else:
            yield wire.decode(record.payload)


def _job(batch: Sequence[_Given], limits: Limits) -> Job:
    inputs = tuple(wire.encode(_arguments(ask, reading)) for ask, reading in batch)
    return Job(_chooser(), "function", "find", inputs, limits, digest_above=4 << 20)


def _arguments(ask: Ask, reading: fences.Reading) -> tuple[object, ...]:
    name, _, method = (ask.entry_point or "").partition(".")
    return (
        reading.text,
        [(_tag(block), block.text) for block in reading.blocks],
        reading.head,
        [(_tag(block), block.text) for block in reading.rest],
        name or None,
        method or None,
        _beginning(ask),
        "" if name and not method else _PRELUDE,
    )


def _tag(block: Block) -> str:
    if block.language in fences.PYTHON:
        return "python"
    return "other" if block.language in fences.OTHER else ""


@cache
def _chooser() -> str:
    """Return the program that chooses, with the modules it imports."""
    folder = Path(__file__).parent
    sources = {
        f"boundary.verify.code.{name}": folder.joinpath(f"{name}.py").read_text(encoding="utf-8")
        for name in ("source", "pieces", "names", "indentation", "choose")
    }
    return (
        f"import sys, types\nfor name, source in {sources!r}.items():\n"
        "    module = sys.modules[name] = types.ModuleType(name)\n"
        "    exec(compile(source, name, 'exec', dont_inherit=True), module.__dict__)\n"
        "find = module.find\n"
    )


# --- without parsing -------------------------------------------------------------------


def _plain(ask: Ask, reading: fences.Reading) -> Program:
    """Return the last block, in function style the last that defines the entry point."""
    name = ask.entry_point.partition(".")[0] if ask.entry_point else None
    blocks = [block.text for block in reading.blocks if block.text.strip()]
    defining = [block for block in blocks if name is not None and _defines(block, name)]
    own = (defining or blocks or ([] if reading.blocks else [reading.text]) or [""])[-1]
    last = _last_fenced(after_reasoning(ask.response))
    fenced = _ended(_with_front(ask, last)) if last.strip() else None
    if not own.strip():
        return Program("", "", None, fenced)
    form = "fenced block" if blocks and own is blocks[-1] else "other block"
    text = _ended(_with_front(ask, own))
    return Program(own, text, form if blocks else "whole response", fenced)


def _ended(text: str) -> str:
    """Return a program with one newline at its end, so that the same ones are judged once."""
    return text.rstrip("\n") + "\n"


def _last_fenced(text: str) -> str:
    """Return what stands between the last two lines that hold a fence.

    So do LiveCodeBench and what follows it (`lcb_runner/utils/extraction_utils.py`,
    ``extract_code``, at 28fef95); without two such lines there is no program.
    """
    lines = text.split("\n")
    fences = [at for at, line in enumerate(lines) if "```" in line]
    return "\n".join(lines[fences[-2] + 1 : fences[-1]]) if len(fences) >= 2 else ""


def _with_front(ask: Ask, own: str) -> str:
    if ask.entry_point is None or "." in ask.entry_point:
        return _after(_PRELUDE, own)
    beginning = _beginning(ask)
    # What defines the entry point begins anew; anything else goes on where the question ends.
    if beginning and not _defines(own, ask.entry_point):
        return beginning + own
    return _after(beginning, own)


def _beginning(ask: Ask) -> str:
    """Return the question where it begins the program, else nothing."""
    name = ask.entry_point
    if not name or "." in name or not _defines(ask.question, name) or not _parses(ask.question):
        return ""
    return ask.question if ask.question.endswith("\n") else f"{ask.question}\n"


def _defines(text: str, name: str) -> bool:
    """Whether a line at the left margin defines a name; without parsing, which can be attacked."""
    pattern = rf"^(?:(?:async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b|^{re.escape(name)}[ \t]*="
    return re.search(pattern, text, re.MULTILINE) is not None


@cache
def _parses(question: str) -> bool:
    try:
        ast.parse(question)
    except (SyntaxError, ValueError):
        return False
    return True


def _after(front: str, program: str) -> str:
    """Put text in front of a program, below its ``from __future__`` lines."""
    futures = _FUTURE.findall(program)
    rest = _FUTURE.sub("", program) if futures else program
    return "".join(f"{line}\n" for line in futures) + front + rest
