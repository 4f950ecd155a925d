"""Charts of a study: one module a figure, all drawn from the study's tables.

`NAMES` is what a study file may ask for.  The builders live in
`boundary.figures.registry`, which loads Altair; this module does not, so that
a config can be checked without it.
"""

from typing import get_args

from boundary.jobs.pages import FigureName

NAMES: tuple[str, ...] = get_args(FigureName)
