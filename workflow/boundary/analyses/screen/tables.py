"""Schemas of what models completed of problems, and of verdicts without the flagged ones."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, ends, flag, real, share, table, text
from boundary.columns import ARM
from boundary.comparison_tables import PAIR, PAIR_KEY
from boundary.screen_tables import EXCLUDED

#: What may be said of a benchmark: a model may remember what no completion shows.
MEMORY = ("found", "not_found")
#: Verdicts without as many random problems as are flagged.
RANDOM_SETS = 200

SCREEN = table(
    "screen",
    (*ARM, "share"),
    {
        **ARM,
        "share": share(),
        "n_problems": count(least=1),
        "n_twins": count(least=1),
        **around(share(), "rouge_l", "twins_rouge_l"),
        **around(real(), "lead"),
        **around(share(), "exact"),
        "twins_exact": share(),
        "p": share(),
        "p_adjusted": share(),
        "memory": text(among=MEMORY),
        "level": share(),
        "n_flagged": count(),
        "n_flagged_anywhere": count(),
        "n_screened": count(least=1),
    },
    at_most("n_flagged", "n_problems"),
    at_most("n_flagged", "n_flagged_anywhere"),
    at_most("n_flagged_anywhere", "n_screened"),
)

PROBLEMS = table(
    "screen_problems",
    (*ARM, "problem_id", "share"),
    {
        **ARM,
        "problem_id": text(),
        "share": share(),
        "words": count(least=1),
        "rouge_l": share(),
        "exact": flag(),
        "run": count(),
        "twins": count(least=1),
        "twins_as_good": count(),
        "p": share(),
        "p_adjusted": share(),
        "flagged": flag(),
    },
    at_most("twins_as_good", "twins"),
)

LEFT_OUT = table(
    "screen_left_out",
    (*ARM, "share", "excluded"),
    {
        **ARM,
        "share": share(),
        "excluded": text(among=EXCLUDED),
        "n": count(least=1),
        "of": count(least=1),
    },
    at_most("n", "of"),
)

VERDICTS = table(
    "screen_verdicts",
    PAIR_KEY,
    {
        **PAIR,
        "k_max": count(least=1),
        "n_problems": count(least=1),
        "n_flagged": count(),
        "verdict": text(),
        "verdict_kept": text(null=True),
        "n_random": count(),
        "random_as_all": count(null=True),
        "random_as_kept": count(null=True),
        **{
            name: column
            for k in ("diff_at_1", "diff_at_k_max")
            for name, column in {
                **around(real(), k),
                **around(real(null=True), f"kept_{k}"),
                **ends(real(null=True), f"random_{k}"),
            }.items()
        },
    },
    at_most("n_flagged", "n_problems"),
    at_most("random_as_all", "n_random"),
    at_most("random_as_kept", "n_random"),
)

TABLES: dict[str, Table] = {each.name: each for each in (SCREEN, VERDICTS, PROBLEMS, LEFT_OUT)}
