"""Schemas of models at the best of several temperatures."""

from boundary.checking import Table, around, count, flag, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

#: Whether a temperature of its own lets the model that is behind catch up.
RECOVERED = ("yes", "no", "open")

_SIDE = {
    "pass_at_k": share(),
    **around(share(null=True), "envelope"),
    "best": real(null=True),
}


ENVELOPE = table(
    "temperature_envelope",
    (*PAIR_KEY, "k"),
    {
        **PAIR,
        "k": count(least=1),
        **{f"{side}_{name}": kind for side in ("base", "other") for name, kind in _SIDE.items()},
        **around(real(null=True), "gap", "envelope_gap", "caught_up"),
        "recovered": text(null=True, among=RECOVERED),
        "base_temperatures": text(),
        "other_temperatures": text(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
        "note": text(null=True),
    },
)

MATCHED = table(
    "matched_temperature",
    PAIR_KEY,
    {
        **PAIR,
        "base_temperature": real(),
        "base_entropy": real(null=True),
        **around(real(null=True), "temperature"),
        "n_problems": count(),
        "n_min": count(least=1),
        "note": text(null=True),
    },
)

TABLES: dict[str, Table] = {entry.name: entry for entry in (ENVELOPE, MATCHED)}
