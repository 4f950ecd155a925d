"""Verdicts on the number of words."""

from contextlib import contextmanager

import polars as pl

GRADER = "words-1"


@contextmanager
def verifier(setting):
    yield judge


def judge(items):
    """Return a verdict for each response."""
    words = items["response"].str.split(" ").list.len().cast(pl.String)
    return items.select("problem_id", "sample_index").with_columns(
        answer=words,
        correct=words == items["answer"],
        verdict=(words == items["answer"]).replace_strict({True: "correct", False: "wrong"}),
        grader=pl.lit(GRADER),
        detail=pl.lit(None, pl.String),
    )
