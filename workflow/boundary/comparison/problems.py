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


def asked_as(base: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return scores of the same problems with the base's digests of questions and its clusters.

    Digests of one question in two templates differ; those of the base tell as well which
    problems ask the same.
    """
    if "question" not in base.columns:
        return scores
    kept = [name for name in ("question", "cluster") if name in base.columns]
    joined = scores.join(
        base.select(*_KEY, *(pl.col(name).alias(f"{name}_base") for name in kept)),
        on=_KEY,
        how="left",
        maintain_order="left",
    )
    known = pl.col("question_base").is_not_null()
    here = [
        pl.col(name) if name in scores.columns else pl.lit(None, dtype=pl.String) for name in kept
    ]
    return joined.with_columns(
        pl.when(known).then(f"{name}_base").otherwise(mine).alias(name)
        for name, mine in zip(kept, here, strict=True)
    ).drop(f"{name}_base" for name in kept)


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
