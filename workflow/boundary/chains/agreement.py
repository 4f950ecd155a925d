"""How far two people agree on the same chains: simple agreement and Cohen's kappa."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from boundary.chain_tables import CHAIN_AGREEMENT, JUDGEMENTS
from boundary.tables import check


def agreement_table(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the agreement of every two judges who have items in common.

    Parameters
    ----------
    labels : polars.DataFrame
        A CHAIN_LABELS table.

    Returns
    -------
    polars.DataFrame
        A CHAIN_AGREEMENT table.  ``kappa`` = (p_o − p_e)/(1 − p_e) over the
        three judgements (Cohen 1960); null where p_e = 1, that is where both
        say the same of everything and chance explains all agreement.
    """
    rows = []
    for one, other in combinations(sorted(labels["judge"].unique()), 2):
        judged = [
            labels.filter(judge=name).select("id", pl.col("judgement").alias(side))
            for name, side in ((one, "a"), (other, "b"))
        ]
        both = judged[0].join(judged[1], on="id")
        if both.is_empty():
            continue
        items = both.height
        agree = int((both["a"] == both["b"]).sum())
        expected = sum(
            int((both["a"] == word).sum()) * int((both["b"] == word).sum()) for word in JUDGEMENTS
        ) / (items * items)
        observed = agree / items
        rows.append(
            {
                "judge_a": one,
                "judge_b": other,
                "items": items,
                "agree": agree,
                "agreement": observed,
                "kappa": None if expected == 1 else (observed - expected) / (1 - expected),
            }
        )
    types = {name: c.dtype.type for name, c in CHAIN_AGREEMENT.schema.columns.items()}
    frame = pl.DataFrame(rows, schema=types)
    return check(frame, CHAIN_AGREEMENT, "agreement of judges").sort(CHAIN_AGREEMENT.key)
