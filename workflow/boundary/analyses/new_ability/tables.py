"""Schemas of what one model solves of the problems that the other leaves unsolved."""

from __future__ import annotations

from boundary.checking import Table, amount, around, count, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

#: Bins of the rate of success of the model whose rates form them.
LABELS = ("0", "(0, 1/16]", "(1/16, 1/8]", "(1/8, 1/4]", "(1/4, 1/2]", "(1/2, 1]")

#: Which model chooses the problems.
SIDES = ("base", "other")
#: Samples in which both are judged: one, or as many as left the problems unsolved.
JUDGED = ("one", "half")
#: What may be claimed of the model that did not choose.
CLAIMS = ("new-ability", "gain", "loss", "undecided")


NEW_ABILITY = table(
    "new_ability",
    (*PAIR_KEY, "unsolved_by", "judged"),
    {
        **PAIR,
        "unsolved_by": text(among=SIDES),
        "judged": text(among=JUDGED),
        "h_min": count(null=True, least=1),
        "h_max": count(null=True, least=1),
        "chosen": amount(),
        **around(share(null=True), "regained", "solved"),
        **around(real(null=True), "gain"),
        "beyond_line": count(null=True),
        "claim": text(null=True, among=CLAIMS),
        "strata": text(null=True),
        "n_problems": count(),
        "permitted": text(null=True),
        "note": text(null=True),
    },
)

GAIN_BY_RATE = table(
    "gain_by_rate",
    (*PAIR_KEY, "rates_of", "bin"),
    {
        **PAIR,
        "rates_of": text(among=SIDES),
        "bin": count(),
        "label": text(),
        "low": share(),
        "high": share(),
        "problems": amount(),
        "rate_seen": share(null=True),
        "rate_again": share(null=True),
        "rate_other": share(null=True),
        "naive_gain": real(null=True),
        **around(real(null=True), "gain"),
        "n_problems": count(),
    },
)

TABLES: dict[str, Table] = {NEW_ABILITY.name: NEW_ABILITY, GAIN_BY_RATE.name: GAIN_BY_RATE}
