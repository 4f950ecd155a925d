"""What the report says of success that likelihoods predict."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import (
    Cell,
    Summary,
    arm_of,
    number_of,
    share_of,
    summary,
    text_of,
)

WHERE = ["benchmark", "scorer", "protocol"]


def support_sums(frame: pl.DataFrame) -> Summary:
    """Summarise support sums over the problems of each scorer."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "scored by": arm_of("scorer", "protocol"),
        "M": number_of("M"),
        "at least (all seen)": share_of("all"),
        "at least (seen from others)": share_of("others"),
        "at most": share_of("most"),
        "counted": share_of("counted"),
        "n": number_of("n"),
        "problems within the count's interval": number_of("within"),
        "below it": number_of("below"),
        "above it": number_of("above"),
    }
    about = (
        "Mean over problems of the probability that the scorer gives a right response: at least "
        "the sum of its probabilities of the distinct right responses seen from any model (or "
        "from others alone), at most 1 less that of the distinct wrong ones; neither has a "
        "sampling error. Counted: its own scored responses, n of them. The last columns say on "
        "how many problems the sum over others' responses lies within, below or above the "
        "Clopper-Pearson interval of the count: below, the scorer has ways to solve it that the "
        "others were not seen to use; above would contradict the count. Empty where responses "
        "were not sampled at temperature 1 and top_p 1."
    )
    held = frame.group_by(WHERE).agg(
        M=pl.len(),
        all=pl.col("support_sum").mean(),
        others=pl.col("support_sum_of_others").mean(),
        most=pl.col("at_most").mean(),
        counted=pl.col("counted").mean(),
        n=pl.col("n").sum(),
        known=pl.col("agrees").count(),
        **{name: (pl.col("agrees") == name).sum() for name in ("within", "below", "above")},
    )
    held = held.with_columns(
        pl.when(pl.col("known") > 0).then(pl.col(name)).alias(name)
        for name in ("n", "within", "below", "above")
    )
    return summary("support_sums", "From likelihood to k", about, held.sort(WHERE), columns)


def importance(frame: pl.DataFrame) -> Summary:
    """Summarise importance-weighted estimates over problems, and why others are withheld."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "of": text_of("scorer"),
        "from responses of": arm_of("source_model", "protocol"),
        "M": number_of("M"),
        "given": number_of("given"),
        "withheld": number_of("withheld"),
        "estimated": share_of("estimate"),
        "counted on the same": share_of("counted"),
        "problems within the count's interval": number_of("within"),
        "least effective responses": number_of("effective"),
    }
    about = (
        "Success of one model estimated from another's right responses, each weighted by the "
        "ratio of its probabilities; mean over the problems where it is given. Withheld with "
        "fewer than 10 effective responses, and so wherever one has a third of the weight: there "
        "lucky draws decide. Where most are withheld, the rest are those with such luck, and no "
        "mean is shown. It speaks of the kinds of responses that the other model draws; "
        "what it never draws is not in it. The CSV has each problem's interval, effective size "
        "and reason."
    )
    given = pl.col("estimate").is_not_null()
    held = frame.group_by(*WHERE, "source_model").agg(
        M=pl.len(),
        given=given.sum(),
        withheld=(~given).sum(),
        estimate=pl.col("estimate").mean(),
        counted=pl.col("counted").filter(given).mean(),
        within=(pl.col("agrees") == "within").sum(),
        effective=pl.col("effective").filter(given).min(),
    )
    most = pl.col("given") >= pl.col("withheld")
    held = held.with_columns(
        pl.when(most).then(pl.col(name)).alias(name) for name in ("estimate", "counted")
    )
    order = [*WHERE, "source_model"]
    title = "Success estimated from another model's responses"
    return summary("importance", title, about, held.sort(order), columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"support_sums": support_sums, "importance": importance}
