"""Schema of perplexity with and without masks."""

from __future__ import annotations

from boundary.analysis.spans import MASKS as NAMES
from boundary.checking import Table, count, real, share, table, text
from boundary.tables import SCORED

#: Statistics with an interval each; those of ``masked_`` are of the tokens outside the mask.
STATISTICS = (
    *("perplexity", "masked_perplexity", "perplexity_ratio"),
    *("surprisal", "masked_surprisal"),
)

MASKS = table(
    "masks",
    (*SCORED, "responses", "mask"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "mask": text(among=NAMES),
        "n_responses": count(),
        "n_problems": count(),
        "n_unplaced": count(),
        "n_all_masked": count(),
        "n_impossible": count(),
        "masked_share": share(null=True),
        **{
            name + end: real(null=True)
            for name in STATISTICS
            for end in ("", "_ci_low", "_ci_high")
        },
        "log10_probability": real(null=True),
        "masked_log10_probability": real(null=True),
    },
)

TABLES: dict[str, Table] = {MASKS.name: MASKS}
