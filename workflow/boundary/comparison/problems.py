"""Whether the sides of a comparison mean the same problems by the same names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import polars as pl

from boundary.comparison.alike import alike, alike_where_they_differ
from boundary.comparison.side import Side
from boundary.errors import InputError

#: Problems that a message shows, and letters of a text.
SHOWN, LETTERS = 2, 60
_KEY = ["benchmark", "problem_id"]
#: Columns that tell which problems are one, or hang together.
_OF_QUESTION = "^(question|cluster)$"


def same_problems(sides: Sequence[Side]) -> None:
    """Require that equal ids are the same problems on every side that knows what they ask.

    Two are the same where their questions are alike, since each may stand in a
    template of its own, or their gold answers are equal.  A side without texts, such
    as one of counts, contradicts nobody.

    Raises
    ------
    InputError
        When they are others; shows two.
    """
    for one, other in combinations(sides, 2):
        others = list(_others(one, other))
        if others:
            raise InputError(
                f"{one.path} ({one.label}) and {other.path} ({other.label}): {len(others):,} ids "
                f"stand for another problem on either side: {'; '.join(others[:SHOWN])}. Models "
                f"are compared on the same problems: give files of one version of them."
            )


def asked_alike(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return scores in which problems are one question on all sides where they are on any.

    Digests of one question in two templates differ, and a side of counts has none: which
    problems are one must neither hang on the side that comes first nor differ between sides.
    """
    known = [frame for frame in frames if "question" in frame.columns]
    if not known:
        return [*frames]
    asked = pl.concat(
        [frame.select(*_KEY, pl.col(_OF_QUESTION)) for frame in known], how="diagonal"
    )
    problems = asked.group_by(_KEY, maintain_order=True).agg(
        pl.col("question").drop_nulls().unique(maintain_order=True),
        pl.col("^cluster$").drop_nulls().first(),
    )
    heads: dict[tuple[str, str], str] = {}

    def head(benchmark: str, digest: str) -> str:
        while (above := heads.get((benchmark, digest))) is not None:
            digest = above
        return digest

    digests = problems.select("benchmark", "question").rows()
    for benchmark, several in digests:
        for digest in several[1:]:
            first, other = head(benchmark, several[0]), head(benchmark, digest)
            if first != other:
                heads[benchmark, other] = first
    named = [head(benchmark, several[0]) if several else None for benchmark, several in digests]
    problems = problems.with_columns(question=pl.Series(named, dtype=pl.String))
    return [
        frame.drop("question", "cluster", strict=False).join(
            problems, on=_KEY, how="left", maintain_order="left"
        )
        for frame in frames
    ]


def _others(one: Side, other: Side) -> Iterator[str]:
    """Yield the ids that are one problem here and another there."""
    if one.problems.is_empty() or other.problems.is_empty():
        return
    from boundary.answers import canonical  # what reads answers takes time to load

    both = one.problems.join(other.problems, on=_KEY, how="inner", maintain_order="left")
    same = (pl.col("question") == pl.col("question_right")).fill_null(False)
    rows = both.filter(~same).select(*_KEY, "question", "question_right", "answer", "answer_right")
    for benchmark, name, *texts in rows.iter_rows():
        question, question_there, answer, answer_there = (text or "" for text in texts)
        asked, answered = bool(question and question_there), bool(answer and answer_there)
        agree = answered and canonical(answer) == canonical(answer_there)
        if agree or not (asked or answered):
            continue
        here_and_there = (question, question_there)
        if (
            asked
            and alike(*here_and_there)
            and (not answered or alike_where_they_differ(*here_and_there))
        ):
            continue
        shown = here_and_there if asked else (answer, answer_there)
        yield f"{name} of {benchmark} ({' and '.join(map(_brief, shown))})"


def _brief(text: str) -> str:
    return repr(text if len(text) <= LETTERS else f"{text[:LETTERS]}…")
