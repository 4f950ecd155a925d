"""Schemas of success that likelihoods predict, beside success that was counted."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, ends, real, share, table, text
from boundary.tables import SCORED

#: Why an importance-weighted estimate is withheld; empty where it is given.
REFUSALS = ("", "sampler", "no right response", "few effective responses")
AGREEMENT = ("below", "within", "above")

#: The scorer's success on its own scored responses, with the exact interval of the count.
COUNTED = {
    "n": count(null=True),
    "c": count(null=True),
    **around(share(null=True), "counted"),
    "agrees": text(null=True, among=AGREEMENT),
}

SUPPORT_SUMS = table(
    "support_sums",
    ("scorer", "benchmark", "protocol", "problem_id"),
    {
        "scorer": text(),
        "benchmark": text(),
        "protocol": text(),
        "problem_id": text(),
        "right_responses": count(),
        "right_responses_of_others": count(),
        "support_sum": share(),
        "support_sum_of_others": share(),
        "at_most": share(),
        "expected_draws": real(null=True),
        **COUNTED,
    },
    at_most("right_responses_of_others", "right_responses"),
    at_most("support_sum_of_others", "support_sum"),
)

IMPORTANCE = table(
    "importance",
    (*SCORED, "problem_id"),
    {
        **SCORED,
        "problem_id": text(),
        "n_source": count(),
        "c_source": count(),
        "estimate": real(null=True),
        **ends(real(null=True), "ci"),
        "jensen": real(null=True),
        "effective": real(null=True),
        "largest_share": share(null=True),
        "refused": text(among=REFUSALS),
        **COUNTED,
    },
)

TABLES: dict[str, Table] = {SUPPORT_SUMS.name: SUPPORT_SUMS, IMPORTANCE.name: IMPORTANCE}
