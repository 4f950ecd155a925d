"""Which function reads the rows of which benchmark: the ``adapter`` of a registry entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boundary import strict_json
from boundary.data import evalplus, livecodebench, math_sets
from boundary.data.problem import Problem, Row, absent, field, label, text
from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.golds import gold_text, math_gold
from boundary.tables import KINDS

#: From a row and its position in the data to a problem.
Adapter = Callable[[Row, int], Problem]


def plain(row: Row, index: int) -> Problem:
    """Rows of a user's own file: ``problem_id``, ``question`` and ``answer``.

    ``kind`` is math unless given; ``tests`` and ``metadata`` may be JSON or
    text that holds JSON.
    """
    answer = None if absent(row.get("answer")) else row["answer"]
    kind = "math" if absent(row.get("kind")) else str(row["kind"] or "math")
    tests = _json(row, "tests")
    if kind not in KINDS:
        raise InputError(f"'kind' should be one of {', '.join(KINDS)}, found {kind!r}")
    if kind != "code":
        given = row["answer"] if "answer" in row else field(row, "answer")
        answer = math_gold(given) if kind == "math" else gold_text(given)
    if kind == "code" and tests is None:
        raise InputError("is of kind code and has no 'tests'")
    return Problem(
        problem_id=label(field(row, "problem_id")),
        question=text(row, "question"),
        answer=None if answer is None else str(answer),
        kind=kind,
        tests=tests,
        metadata=_json(row, "metadata"),
    )


def _json(row: Row, name: str) -> str | None:
    value: Any = row.get(name)
    if absent(value) or value == "":
        return None
    try:
        if not isinstance(value, str):
            return canonical_json(value)
        strict_json.loads(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{name!r} is not JSON: {error}") from None
    return value


ADAPTERS: dict[str, Adapter] = {
    "aime": math_sets.aime,
    "amc": math_sets.amc,
    "gsm8k": math_sets.gsm8k,
    "humaneval_plus": evalplus.humaneval_plus,
    "livecodebench": livecodebench.livecodebench,
    "math500": math_sets.math500,
    "mbpp_plus": evalplus.mbpp_plus,
    "minerva": math_sets.minerva,
    "olympiadbench": math_sets.olympiadbench,
    "omni_math": math_sets.omni_math,
    "plain": plain,
}


def adapter(name: str, entry: str) -> Adapter:
    """Return an adapter by name.

    Raises
    ------
    InputError
        When the registry entry names one that is not there.
    """
    if name not in ADAPTERS:
        raise InputError(
            f"entry {entry!r} of the registry has the adapter {name!r}; there are: "
            f"{', '.join(ADAPTERS)}."
        )
    return ADAPTERS[name]
