"""Schemas of diversity."""

from boundary.checking import Table, count, ends, real, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import PAIR, PAIR_KEY

#: What is measured of the responses to a problem, and in what unit.
MEASURES = {
    "distinct_answers": "answers",
    "distinct_wrong_answers": "answers",
    "answer_entropy": "nats",
    "answer_entropy_corrected": "nats",
    "distinct_responses": "responses",
    "distinct_correct_responses": "responses",
}

_INTERVAL = {
    "se": real(null=True),
    **ends(real(null=True), "ci"),
    "n_problems": count(),
    "n_min": count(least=1),
    "n_max": count(least=1),
    "note": text(null=True),
}

DIVERSITY = table(
    "diversity",
    (*ARM_KEY, "measure"),
    {**ARM, "measure": text(among=tuple(MEASURES)), "mean": real(null=True), **_INTERVAL},
)

DIVERSITY_CHANGE = table(
    "diversity_change",
    (*PAIR_KEY, "measure"),
    {
        **PAIR,
        "measure": text(among=tuple(MEASURES)),
        "base_mean": real(null=True),
        "other_mean": real(null=True),
        "change": real(null=True),
        **_INTERVAL,
    },
)

TABLES: dict[str, Table] = {entry.name: entry for entry in (DIVERSITY, DIVERSITY_CHANGE)}
