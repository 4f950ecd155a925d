"""Verdicts on last letters, by an exact check."""

from contextlib import contextmanager

import polars as pl

GRADER = "copying-1"


@contextmanager
def verifier(setting):
    yield judge


def correct(question, response):
    """Tell whether a response is the last letter of a question such as ``a b a b =``."""
    return response == question.split()[-2]


def judge(items):
    """Return a verdict for each response."""
    pairs = items.select("question", "response").iter_rows()
    right = pl.Series([correct(*pair) for pair in pairs], dtype=pl.Boolean)
    return items.select("problem_id", "sample_index").with_columns(
        answer=items["response"],
        correct=right,
        verdict=right.replace_strict({True: "correct", False: "wrong"}, return_dtype=pl.String),
        grader=pl.lit(GRADER),
        detail=pl.lit(None, pl.String),
    )
