"""The problem table of an imported arm: gold answers as they came, and the kind that they tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from boundary.errors import InputError
from boundary.golds import gold_text
from boundary.importers.collect import OF_PROBLEM, Arm
from boundary.importers.record import Tally
from boundary.kinds import KINDS, names

#: A gold answer with a digit or a command of LaTeX, or of one letter or two that are no word.
_MATHEMATICS = re.compile(r".*[0-9\\].*|(?!no$)[a-z]{1,2}", re.DOTALL | re.IGNORECASE)
_TESTED = names(lambda kind: kind.tests and kind.programs)
_KIND, _TESTS, _ANSWER = (OF_PROBLEM.index(name) for name in ("kind", "tests", "answer"))
_METADATA = OF_PROBLEM.index("metadata")


def problem_table(arm: Arm, kind: str | None, tally: Tally) -> pl.DataFrame | None:
    """Return the problems of an arm; None where they have no gold answer and no tests.

    Parameters
    ----------
    arm : Arm
    kind : str, optional
        Their kind, where the user or the registry of benchmarks says it; by default
        it is guessed from the gold answers, and the tally is told.
    tally : Tally

    Returns
    -------
    polars.DataFrame or None
        A PROBLEMS table.

    Raises
    ------
    InputError
        When some problems can be graded and others cannot, or a gold answer is none.
    """
    gradable = {name: _gradable(texts) for name, texts in arm.problems.items()}
    if not any(gradable.values()):
        return None
    if not all(gradable.values()):
        lacking = [name for name, able in gradable.items() if not able]
        raise InputError(
            f"{arm.model} on {arm.benchmark}: {len(lacking)} of {len(gradable)} problems have "
            f"neither a gold answer nor tests (first: {lacking[0]}), so that their responses "
            f"cannot be graded. Complete the file, or take its verdicts by --trust theirs."
        )
    if not all(texts[_KIND] for texts in arm.problems.values()):
        kind = kind or _guess(arm, tally)
    rows = [
        {
            "benchmark": arm.benchmark,
            "problem_id": name,
            **dict(zip(OF_PROBLEM, texts, strict=True)),
            "question": texts[0] or "",
            "answer": _answer(texts[_ANSWER], f"{arm.benchmark}, problem {name}"),
            "kind": texts[_KIND] or kind,
        }
        for name, texts in arm.problems.items()
    ]
    schema = dict.fromkeys(("benchmark", "problem_id", *OF_PROBLEM), pl.String)
    return pl.DataFrame(rows, schema=schema)


def _gradable(texts: Sequence[str | None]) -> bool:
    return bool(texts[_TESTS]) or texts[_ANSWER] is not None


def _answer(text: str | None, where: str) -> str | None:
    if text is None:
        return None
    try:
        return gold_text(text)
    except InputError as error:
        raise InputError(f"{where}: {error}.") from None


def _guess(arm: Arm, tally: Tally) -> str:
    """Return the kind of the problems that do not say it."""
    texts = list(arm.problems.values())
    if any(each[_TESTS] for each in texts):
        return _TESTED[0]
    if all('"choices"' in (each[_METADATA] or "") for each in texts):
        return "choice"
    golds = [each[_ANSWER] or "" for each in texts]
    share = sum(bool(_MATHEMATICS.fullmatch(gold)) for gold in golds) / len(golds)
    kind = "math" if share >= 0.5 else "text"
    tally.say(
        f"the gold answers of {arm.benchmark} are taken for {KINDS[kind].about}, as "
        f"{100 * share:.0f} % of them look like mathematics (--kind says otherwise)"
    )
    return kind


def write_problems(table: pl.DataFrame, path: Path) -> None:
    """Write a problem table, checked."""
    from boundary.store import write_table
    from boundary.tables import PROBLEMS

    write_table(table, path, PROBLEMS)
