"""Schemas of what came of responses that two models wrote together."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, ends, flag, real, share, table, text
from boundary.jobs.crossing import CHOICES

#: A comparison on one benchmark, and which of its models is the host.
PAIR = {name: text() for name in ("comparison", "benchmark", "protocol", "host", "donor")}
#: Differences of success that are tested, with their simultaneous band.
DIFFERENCES = ("minus_host", "minus_donor", "minus_midway", "minus_random")

CROSS_SAMPLING = table(
    "cross_sampling",
    (*PAIR, "stratum", "choice", "m"),
    {
        **PAIR,
        "stratum": text(),
        "choice": text(among=CHOICES),
        "m": count(null=True),
        "n_problems": count(least=1),
        "of_right": count(),
        "n": count(least=1),
        "c": count(),
        "success": share(),
        **ends(share(), "ci"),
        "mean_tokens": real(),
        **around(real(null=True), *DIFFERENCES),
        "beyond_p": share(null=True),
        "beyond": flag(null=True),
        "study_success": share(null=True),
        "study_p": share(null=True),
    },
    at_most("c", "n"),
)

CROSS_POSITIONS = table(
    "cross_positions",
    (*PAIR, "stratum", "position"),
    {
        **PAIR,
        "stratum": text(),
        "position": count(),
        "n_problems": count(least=1),
        "problems": count(),
        "ranked_first": count(),
        "of_right": count(),
        "mean_gain": real(),
        "token": text(),
        "token_problems": count(),
    },
    *(at_most(name, "problems") for name in ("ranked_first", "of_right", "token_problems")),
)

TABLES: dict[str, Table] = {each.name: each for each in (CROSS_SAMPLING, CROSS_POSITIONS)}
