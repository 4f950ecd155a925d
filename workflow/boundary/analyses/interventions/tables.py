"""Schemas of what came of edited responses."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, real, share, table, text
from boundary.columns import ARM
from boundary.edits import DRAWN, EXCLUDED

#: Which steps a row is of: one by its number; the last; all before it; or the whole chain.
STEP = "step"
PLACES = (STEP, "before_last", "last", "chain")
#: What the verifier says of the response before it was edited.
ORIGINALS = ("right", "right_by_wrong_chain", "wrong")

INTERVENTIONS = table(
    "interventions",
    (*ARM, "edit", "place", "step", "original"),
    {
        **ARM,
        "edit": text(among=DRAWN),
        "place": text(among=PLACES),
        "step": count(null=True, least=1),
        "original": text(among=ORIGINALS),
        "n_problems": count(least=1),
        "n": count(least=1),
        **around(share(null=True), "follows"),
        **around(share(), "stays"),
        **around(share(null=True), "breaks"),
        **around(share(), "right", "silent"),
        **around(real(null=True), "moved"),
    },
    at_most("n_problems", "n"),
)

LEFT_OUT = table(
    "interventions_left_out",
    (*ARM, "edit", "excluded"),
    {
        **ARM,
        "edit": text(among=DRAWN),
        "excluded": text(among=EXCLUDED),
        "n": count(least=1),
        "of": count(least=1),
        "n_problems": count(least=1),
    },
    at_most("n", "of"),
    at_most("n_problems", "n"),
)

TABLES: dict[str, Table] = {each.name: each for each in (INTERVENTIONS, LEFT_OUT)}
