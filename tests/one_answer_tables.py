"""One answer of N samples of the models of every comparison, as far apart as pass@k has them."""

from __future__ import annotations

import polars as pl

from boundary.analyses.best_of.tables import BEST_OF_PAIRS
from boundary.analyses.majority.tables import MAJORITY_PAIRS
from boundary.comparison_tables import PAIR
from boundary.tables import check


def one_answer_tables(differences: pl.DataFrame, n: int) -> dict[str, pl.DataFrame]:
    """Return best_of_pairs and majority_pairs, whose leads are those of pass@k at equal k."""
    powers = differences.filter(pl.col("k").is_in([1 << i for i in range(20)]))
    frame = powers.select(
        *PAIR,
        "k",
        *(
            pl.lit(value).alias(f"{side}_right{end}")
            for side in ("base", "other")
            for end, value in (("", 0.5), ("_low", 0.4), ("_high", 0.6))
        ),
        *(
            (sign * pl.col(source)).alias(f"{name}{end}")
            for name, sign in (("diff", 1), ("base_lead", 1), ("other_lead", -1))
            for end, source in zip(
                ("", "_low", "_high"), ("diff", "ci_low", "ci_high"), strict=True
            )
        ),
        "n_problems",
        "flagged",
        n_min=pl.lit(n),
    )
    return {
        table.name: check(
            pl.concat(frame.with_columns(rank=pl.lit(rank)) for rank in ranks).select(
                list(table.columns)
            ),
            table,
            table.name,
        )
        for table, ranks in ((BEST_OF_PAIRS, ("verifier", "logprob")), (MAJORITY_PAIRS, ("vote",)))
    }
