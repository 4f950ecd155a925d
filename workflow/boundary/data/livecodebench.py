"""Adapter of LiveCodeBench (Jain et al. 2024), as its hub data set has it.

Public test cases are JSON.  Private ones are JSON too, or base64 of zlib of a
pickle of one string of JSON.  A pickle can run code when it is loaded, so none
is: its opcodes are listed by `pickletools`, which executes nothing, and only
those that spell a single string are accepted.
"""

from __future__ import annotations

import base64
import binascii
import json
import pickletools
import zlib
from dataclasses import dataclass

from boundary.data.problem import Problem, Row, Tests, code_problem, field, some, text
from boundary.errors import InputError
from boundary.tagged import encode

#: Most bytes that the private test cases of one problem may unpack to.
MOST_BYTES = 1 << 30
_STRINGS = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"})
_HARMLESS = frozenset({"PROTO", "FRAME", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT", "STOP"})


@dataclass(frozen=True)
class Case:
    """A test case: input and output as text, and which kind of program it is for."""

    input: str
    output: str
    testtype: str


def livecodebench(row: Row, index: int) -> Problem:
    """LiveCodeBench: programs on standard input, or a method of LeetCode's class.

    The metadata have ``starter_code`` where a program is to complete one.
    """
    problem_id = str(field(row, "question_id"))
    cases = _public(text(row, "public_test_cases")) + private_cases(text(row, "private_test_cases"))
    starter = str(row.get("starter_code") or "")
    styles = {case.testtype for case in cases}
    if styles == {"functional"}:
        tests: Tests = {
            "style": "function",
            "entry_point": _entry_point(row, starter),
            "cases": [_call(case) for case in cases],
        }
    elif styles == {"stdin"}:
        tests = {
            "style": "stdio",
            "cases": [{"stdin": case.input, "stdout": case.output} for case in cases],
        }
    else:
        raise InputError(
            f"test cases should all be 'stdin' or all 'functional', found "
            f"{', '.join(map(repr, sorted(styles))) or 'none'}"
        )
    metadata = some(
        row, "question_title", "platform", "contest_id", "contest_date", "difficulty"
    ) | {"starter_code": starter or None}
    return code_problem(problem_id, text(row, "question_content"), tests, metadata)


def private_cases(packed: str) -> list[Case]:
    """Unpack private test cases, without loading the pickle that they may be in.

    Raises
    ------
    InputError
        When they are neither JSON nor packed JSON, or the pickle holds more
        than one string.
    """
    try:
        return _cases(json.loads(packed))
    except ValueError:
        pass  # packed
    try:
        raw = _inflate(base64.b64decode(packed, validate=True))
        return _cases(json.loads(pickled_text(raw)))
    except (ValueError, binascii.Error, zlib.error) as error:
        raise InputError(f"the private test cases cannot be unpacked: {error}") from None


def _inflate(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    raw = stream.decompress(packed, MOST_BYTES)
    if stream.unconsumed_tail:
        raise ValueError(f"they unpack to more than {MOST_BYTES} bytes")
    if not stream.eof:
        raise ValueError("they are cut short")
    return raw


def pickled_text(raw: bytes) -> str:
    """Return the one string that a pickle spells, without loading it.

    Raises
    ------
    ValueError
        When it spells anything else.
    """
    texts: list[str] = []
    for opcode, argument, _ in pickletools.genops(raw):
        if opcode.name in _STRINGS:
            texts.append(str(argument))
        elif opcode.name not in _HARMLESS:
            raise ValueError(f"the pickle does more than spell a string ({opcode.name})")
    if len(texts) != 1:
        raise ValueError(f"the pickle spells {len(texts)} strings, not one")
    return texts[0]


def _public(cases: str) -> list[Case]:
    try:
        return _cases(json.loads(cases))
    except ValueError as error:
        raise InputError(f"the public test cases are not JSON: {error}") from None


def _cases(cases: object) -> list[Case]:
    if not isinstance(cases, list) or not all(
        isinstance(case, dict)
        and isinstance(case.get("input"), str)
        and isinstance(case.get("output"), str)
        for case in cases
    ):
        raise InputError("test cases should be a list of objects with 'input' and 'output'")
    return [Case(case["input"], case["output"], str(case.get("testtype"))) for case in cases]


def _entry_point(row: Row, starter: str) -> str:
    try:
        name = json.loads(str(row.get("metadata") or "{}")).get("func_name")
    except (ValueError, AttributeError):
        name = None
    if not isinstance(name, str) or not name:
        raise InputError("functional test cases, and 'metadata' names no 'func_name'")
    return f"Solution.{name}" if "class Solution" in starter else name


def _call(case: Case) -> dict[str, object]:
    """Read one call: each line of the input is an argument in JSON, the output its value."""
    try:
        args = [encode(json.loads(line)) for line in case.input.split("\n")]
        return {"args": args, "expected": encode(json.loads(case.output))}
    except ValueError as error:
        raise InputError(f"a functional test case is not JSON: {error}") from None
