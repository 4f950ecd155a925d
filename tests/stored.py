"""A small table of verdicts, not in the order of its key, for tests of files."""

import polars as pl

VERDICTS = pl.DataFrame(
    {
        "problem_id": ["b", "a", "a"],
        "sample_index": [0, 1, 0],
        "answer": ["1", None, 'é\n,"'],
        "verdict": ["correct", "no_answer", "wrong"],
        "correct": [True, False, False],
        "grader": ["g"] * 3,
        "detail": [None, "why", None],
    },
    schema_overrides={"detail": pl.String},
)
