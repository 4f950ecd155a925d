"""Charts of a study: one module a figure, all drawn from the study's tables.

`NAMES` is what a study file may ask for.  The builders live in
`boundary.figures.registry`, which loads Altair; this module does not, so that
a config can be checked without it.
"""

NAMES = (
    "passk",
    "difference",
    "coverage",
    "histogram",
    "perplexity",
    "series",
    "chain",
    "guess",
    "grading",
    "cot",
)
