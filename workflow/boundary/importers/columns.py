"""The rows that importers yield: one a problem of counts, or one a response."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from boundary.errors import InputError
from boundary.stopping import STOPPING

#: Most rows, and letters of responses, of a batch.
BATCH_ROWS, BATCH_LETTERS = 16_384, 1 << 26

#: What tools call the end of a response, and what we call it.
ENDS = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "max_length", "model_length"), "length"),
}

#: One row a model, benchmark and problem: n trials, the correct ones, those without outcome, what
#: more is said of the problem (`boundary.strata`), and the rule by which it ended.
COUNTS: dict[str, type[pl.DataType]] = {
    "model": pl.String,
    "benchmark": pl.String,
    "problem_id": pl.String,
    "n": pl.Int64,
    "correct": pl.Int64,
    "n_unset": pl.Int64,
    "line": pl.Int64,
    "strata": pl.String,
    **dict.fromkeys(STOPPING, pl.Int64),
}

#: One row a trial.  Null is what the file does not tell: a name (then the user's, or that of
#: the file), an index (then trials are numbered in the order of reading), a response (then only
#: the verdict counts).  ``unset`` is a trial without outcome, ``correct_theirs`` the verdict of
#: the file, ``score`` the number by which it ranks responses (a reward), ``rounds`` the turns of
#: an agent and ``cost`` what the trial cost in dollars; of the problem ``answer`` is the gold
#: answer and ``kind`` one of `boundary.kinds`.
TRIALS: dict[str, type[pl.DataType]] = {
    "model": pl.String,
    "benchmark": pl.String,
    "problem_id": pl.String,
    "sample_index": pl.Int64,
    "response": pl.String,
    "finish_reason": pl.String,
    "n_tokens": pl.Int64,
    "unset": pl.Boolean,
    "correct_theirs": pl.Boolean,
    "answer_theirs": pl.String,
    "score": pl.Float64,
    "rounds": pl.Int64,
    "cost": pl.Float64,
    "question": pl.String,
    "answer": pl.String,
    "kind": pl.String,
    "tests": pl.String,
    "metadata": pl.String,
    "line": pl.Int64,
}


@dataclass(frozen=True)
class Batch:
    """Some rows of one file.

    Attributes
    ----------
    rows : polars.DataFrame
        Columns of `COUNTS` or `TRIALS`; those that are null throughout may be left out.
    where : str
        The file, for messages.
    """

    rows: pl.DataFrame
    where: str


def batched(rows: Iterable[Mapping[str, object]], where: str) -> Iterator[Batch]:
    """Yield trials of one file, some at a time.

    Parameters
    ----------
    rows : iterable of mapping
        Values by column of `TRIALS`; those that are null may be left out.
    where : str
        The file.
    """
    some: list[Mapping[str, object]] = []
    size = 0
    for row in rows:
        some.append(row)
        size += len(str(row.get("response") or ""))
        if len(some) >= BATCH_ROWS or size >= BATCH_LETTERS:
            yield Batch(pl.DataFrame(some, schema=TRIALS), where)
            some, size = [], 0
    if some:
        yield Batch(pl.DataFrame(some, schema=TRIALS), where)


def complete(rows: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Return the columns of a schema, null where they are left out."""
    absent = [pl.lit(None).alias(name) for name in schema if name not in rows.columns]
    kept = rows.with_columns(absent)
    return kept.select(pl.col(name).cast(kind) for name, kind in schema.items())


def brief(value: object, letters: int = 60) -> str:
    """Return a value of a file as a message shows it."""
    text = repr(value)
    return text if len(text) <= letters else f"{text[:letters]}…"


def end_of(value: object) -> str | None:
    """Return how a response ended, as a tool calls it; None where that says nothing here."""
    return ENDS.get(value) if isinstance(value, str) else None


def count_of(value: object) -> int | None:
    """Return a number of tokens; None of anything else."""
    return value if type(value) is int and 0 <= value < 2**62 else None


def text_id(question: str) -> str:
    """Return the id of a problem that nothing names but its text."""
    return hashlib.sha256(question.strip().encode()).hexdigest()[:12]


class ProblemIds:
    """Ids of problems as text, of which none may stand for two.

    Text and whole numbers are ids; ``1`` in one row and ``"1"`` in another could be
    one problem or two, so both in one side are an error.
    """

    def __init__(self) -> None:
        self._types: dict[str, type] = {}

    def text(self, value: object, where: str) -> str:
        """Return an id as text.

        Parameters
        ----------
        value : object
            As the file has it.
        where : str
            File and line.

        Raises
        ------
        InputError
            When it is missing, of another type, or stands elsewhere with another type.
        """
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InputError(
                f"{where}: the problem's id should be text or a whole number, and is "
                f"{'missing' if value is None else repr(value)[:80]}."
            )
        text = str(value).strip()
        if not text:
            raise InputError(f"{where}: the problem's id is empty.")
        if self._types.setdefault(text, type(value)) is not type(value):
            here, there = ("text", "a number") if isinstance(value, str) else ("a number", "text")
            raise InputError(
                f"{where}: the problem's id {text} is {here} here and {there} elsewhere, so that "
                f"nobody knows whether both are one problem; write ids in one way."
            )
        return text
