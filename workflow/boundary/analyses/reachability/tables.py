"""Schema of what a scorer could give under samplers that cut off unlikely tokens."""

from __future__ import annotations

from boundary.checking import Table, at_most, count, ends, flag, real, share, table, text
from boundary.tables import SCORED

REACHABILITY = table(
    "reachability",
    (*SCORED, "responses", "temperature", "top_p"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "temperature": real(),
        "top_p": share(),
        "drew_responses": flag(null=True),
        "n_responses": count(least=1),
        "n_outside": count(),
        "n_undecided": count(),
        "n_problems": count(least=1),
        "mean_tokens": real(),
        "reachable": share(),
        "reachable_at_most": share(),
        **ends(share(), "reachable"),
        "yardstick_reachable": share(null=True),
        "tokens_inside": share(),
        "tokens_inside_at_most": share(),
        **ends(share(), "tokens_inside"),
        "yardstick_tokens_inside": share(null=True),
        "median_before_outside": real(null=True),
    },
    at_most("n_outside", "n_responses"),
    at_most("n_undecided", "n_responses"),
    at_most("reachable", "reachable_at_most"),
    at_most("tokens_inside", "tokens_inside_at_most"),
)

TABLES: dict[str, Table] = {REACHABILITY.name: REACHABILITY}
