"""Schema of controls, held against the gains that they could explain."""

from boundary.allowed import CONTROLS
from boundary.checking import Table, around, count, flag, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

#: Whether the control is ahead of the trained model at k, by its interval.
OUTCOMES = ("ahead", "behind", "open")

TABLE = table(
    "controls",
    (*PAIR_KEY, "kind", "chosen", "control", "k"),
    {
        **PAIR,
        "kind": text(among=tuple(CONTROLS)),
        "chosen": flag(),
        "control": text(),
        "control_protocol": text(),
        "setting": text(),
        "settings": text(),
        "start": text(among=("base", "other")),
        "k": count(least=1),
        "start_pass_at_k": share(),
        "trained_pass_at_k": share(),
        **around(share(), "control_pass_at_k"),
        **around(real(), "gain", "lead"),
        **around(real(null=True), "explained"),
        "outcome": text(among=OUTCOMES),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
        "note": text(null=True),
    },
)

TABLES: dict[str, Table] = {TABLE.name: TABLE}
