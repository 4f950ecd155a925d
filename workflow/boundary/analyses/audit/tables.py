"""Schemas of attacks on the verifier, and of answers on which rules of grading differ."""

from __future__ import annotations

from boundary.checking import Table, at_most, count, ends, flag, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.tables import VERDICTS

#: What the audit counts: breaches seen at run time, tricks seen in the source, by which
#: sandbox programs were run, in which form answers stood, and what the verifier remarks.
AUDIT_KINDS = ("breach", "trick", "sandbox", "extraction", "remark")

AUDIT = table(
    "audit",
    (*ARM_KEY, "kind", "name"),
    {
        **ARM,
        "kind": text(among=AUDIT_KINDS),
        "name": text(),
        "responses": count(),
        "problems": count(),
        "n_responses": count(),
        "n_problems": count(),
        "share": share(null=True),
        **ends(share(null=True), "ci"),
    },
    at_most("responses", "n_responses"),
    at_most("problems", "n_problems"),
)

DISAGREEMENTS = table(
    "disagreements",
    (*ARM_KEY, "problem_id", "answer", "verdict", "correct_lenient", "correct_agreed"),
    {
        **ARM,
        "problem_id": text(),
        "gold": text(null=True),
        "answer": text(null=True),
        "verdict": text(among=VERDICTS),
        "correct": flag(),
        "correct_lenient": flag(null=True),
        "correct_agreed": flag(null=True),
        "responses": count(least=1),
        "first_sample": count(),
    },
)

TABLES: dict[str, Table] = {AUDIT.name: AUDIT, DISAGREEMENTS.name: DISAGREEMENTS}
