"""Schema of what further studies of the same kind would find."""

from __future__ import annotations

from boundary.checking import Table, count, flag, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY
from boundary.decisions import CROSSOVER_VERDICTS

PLANNED = table(
    "planned",
    (*PAIR_KEY, "same_problems", "problems", "samples"),
    {
        **PAIR,
        "same_problems": flag(),
        "problems": count(least=1),
        "samples": count(least=1),
        "k_max": count(least=1),
        "likeliest": text(among=tuple(CROSSOVER_VERDICTS)),
        "power": share(),
        "assurance": share(),
        "settled": share(),
        "crossing": share(),
        "between_share": share(null=True),
        "n": count(least=1),
        "n_problems": count(least=1),
    },
)

TABLES: dict[str, Table] = {PLANNED.name: PLANNED}
