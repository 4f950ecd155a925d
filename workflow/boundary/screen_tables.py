"""The table of completions of partial problems, and why some problems have none."""

from __future__ import annotations

import polars as pl

from boundary.checking import at_most, count, flag, rule, share, table, text

#: Why a problem has no completion: too few words before or after the cut; no name or number
#: that a twin could have otherwise; not as many different twins as are asked for.
EXCLUDED = ("too_short", "nothing_to_alter", "few_twins")

#: What follows the shown part of a problem, ``twin`` 0, and of its twins: cut to as many words as
#: the rest has; ROUGE-L of words; whether it is the rest; words of the rest that it begins with.
COMPLETIONS = table(
    "completions",
    ("problem_id", "share", "twin"),
    {
        "problem_id": text(),
        "share": share(),
        "twin": count(),
        "words": count(),
        "text": text(null=True),
        "rouge_l": share(null=True),
        "exact": flag(null=True),
        "run": count(null=True),
        "excluded": text(null=True, among=EXCLUDED),
    },
    rule(
        "a text where nothing excludes it, and nowhere else",
        ("excluded", "text"),
        pl.col("excluded").is_null() == pl.col("text").is_not_null(),
    ),
    rule(
        "exact where ROUGE-L is 1, and nowhere else",
        ("exact", "rouge_l"),
        pl.col("exact") == (pl.col("rouge_l") == 1),
    ),
    at_most("run", "words"),
    filled=True,
)
