"""Tables of chains of thought: what is judged, what was said of it, what follows for pass@k."""

from __future__ import annotations

import polars as pl

from boundary.checking import Table, at_most, count, ends, flag, real, rule, share, table, text
from boundary.columns import ARM, ARM_KEY, PASSK_COLUMNS

#: What a person or a model may say of a chain.
JUDGEMENTS = ("valid", "invalid", "unclear")
#: What the equations of a response came to.
ARITHMETIC = ("right", "wrong", "none")
#: Which responses count as solving a problem, the mildest rule first.
COT_RULES = ("answer", "arithmetic", "judged", "corrected", "human", "any", "majority", "all")
#: How several judges of a chain are counted: at least one, more than half, or all accept it.
VOTED_RULES = COT_RULES[-3:]
#: Scope of a judge's quality over all arms together.
ALL_ARMS = "all"

_SELECTED = {
    **ARM,
    "problem_id": text(),
    "sample_index": count(),
    "id": text(),
    "in_sheet": flag(),
    "n": count(least=1),
    "correct": count(least=1),
    "equations": count(),
    "wrong_equations": count(),
    "arithmetic": text(among=ARITHMETIC),
    "first_wrong": text(null=True),
    "problem_digest": count(null=True, need=False),
    "responses_digest": count(null=True, need=False),
}

#: Every correct response to the hardest solved problems, with its text.
CHAIN_ITEMS: Table = table(
    "chain_items",
    (*ARM_KEY, "problem_id", "sample_index"),
    {**_SELECTED, "question": text(), "gold": text(null=True), "response": text()},
    at_most("correct", "n"),
    at_most("wrong_equations", "equations"),
)

#: The same without texts, and what was said of each.
CHAINS: Table = table(
    "chains",
    (*ARM_KEY, "problem_id", "sample_index"),
    {
        **_SELECTED,
        "judge": text(null=True, among=JUDGEMENTS),
        "human": text(null=True, among=JUDGEMENTS),
        "votes": count(need=False),
        "votes_valid": count(need=False),
    },
    at_most("votes_valid", "votes"),
    at_most("correct", "n"),
    at_most("wrong_equations", "equations"),
)

#: What people filled into the sheet.
CHAIN_LABELS: Table = table(
    "chain_labels",
    ("id", "judge"),
    {
        "id": text(),
        "judge": text(),
        "judgement": text(among=JUDGEMENTS),
        "comment": text(null=True),
    },
)

#: How far two people agree; kappa is null where it is not defined.
CHAIN_AGREEMENT: Table = table(
    "chain_agreement",
    ("judge_a", "judge_b"),
    {
        "judge_a": text(),
        "judge_b": text(),
        "items": count(least=1),
        "agree": count(),
        "agreement": share(),
        "kappa": real(null=True),
    },
    at_most("agree", "items"),
)

#: What a language model said.
CHAIN_JUDGEMENTS: Table = table(
    "chain_judgements",
    ("id",),
    {
        "id": text(),
        "judge": text(),
        "judgement": text(among=JUDGEMENTS),
        "detail": text(null=True),
    },
)

#: How well a language model judges, held against people.
JUDGE_QUALITY: Table = table(
    "judge_quality",
    ("scope",),
    {
        "scope": text(),
        "judge": text(),
        "valid": count(),
        "valid_accepted": count(),
        "invalid": count(),
        "invalid_rejected": count(),
        "undecided": count(),
        "sensitivity": share(null=True),
        **ends(share(), "sensitivity_ci"),
        "specificity": share(null=True),
        **ends(share(), "specificity_ci"),
        "informative": flag(),
    },
    at_most("valid_accepted", "valid"),
    at_most("invalid_rejected", "invalid"),
)

#: pass@k by answer and by answer and chain: the columns of passk, by rule.
PASSK_COT: Table = table(
    "passk_cot",
    (*ARM_KEY, "rule", "k"),
    {
        **ARM,
        "rule": text(among=COT_RULES),
        **PASSK_COLUMNS,
        "hard_problems": count(),
        "hard_correct": count(),
        "judged": count(),
    },
    at_most("hard_problems", "n_problems"),
    at_most("judged", "hard_correct"),
    rule(
        "interval around the estimate",
        ("ci_low", "ci_high"),
        pl.col("ci_low") <= pl.col("ci_high"),
    ),
)
