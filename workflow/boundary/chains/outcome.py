"""What was said of each selected response, in one table without texts."""

from __future__ import annotations

import polars as pl

from boundary.chain_tables import CHAINS
from boundary.chains.labels import decided
from boundary.errors import TableError
from boundary.tables import check


def with_outcomes(
    items: pl.DataFrame, judgements: pl.DataFrame | None, labels: pl.DataFrame | None
) -> pl.DataFrame:
    """Join what a model and what people said to every selected response.

    Parameters
    ----------
    items : polars.DataFrame
        A CHAIN_ITEMS table.
    judgements, labels : polars.DataFrame or None
        CHAIN_JUDGEMENTS and CHAIN_LABELS tables; None where nobody was asked.

    Returns
    -------
    polars.DataFrame
        A CHAINS table, null where nothing was said; ``votes`` counts the model and every
        person who said anything, ``unclear`` too, and ``votes_valid`` those who accept.

    Raises
    ------
    TableError
        When something was said of a response that is not among the items.
    """
    frame = items
    given = [
        judged.select("id", "judgement") for judged in (judgements, labels) if judged is not None
    ]
    human = None if labels is None else decided(labels)
    for name, judged in (("judge", judgements), ("human", human)):
        if judged is None:
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name))
            continue
        foreign = judged.join(items, on="id", how="anti")
        if foreign.height:
            raise TableError(
                f"{foreign.height} judged response(s) are not among those selected, first "
                f"{foreign['id'].sort()[0]}. The judgements are of another selection."
            )
        frame = frame.join(
            judged.select("id", pl.col("judgement").alias(name)), on="id", how="left"
        )
    votes = pl.concat([pl.DataFrame(schema={"id": pl.String, "judgement": pl.String}), *given])
    counted = votes.group_by("id").agg(
        votes=pl.len().cast(pl.Int64),
        votes_valid=(pl.col("judgement") == "valid").sum().cast(pl.Int64),
    )
    frame = frame.join(counted, on="id", how="left").with_columns(
        pl.col("votes", "votes_valid").fill_null(0)
    )
    return check(frame, CHAINS, "chains").sort(CHAINS.key)
