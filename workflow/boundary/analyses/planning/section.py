"""What the report says of further studies of the same kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.report.cells import PAIR, Cell, Summary, number_of, share_of, summary, text_of
from boundary.report.text import share
from boundary.rows import Row, rows_by_pair
from boundary.wording import number

#: Shares of the spread between problems from which more problems, or more samples, help most.
MOSTLY, HARDLY = 2 / 3, 1 / 3


def planned(frame: pl.DataFrame) -> Summary:
    """Summarise the designs of further studies."""
    columns: dict[str, Cell] = {
        **PAIR,
        "problems": lambda row: "these" if row["same_problems"] else number(row["problems"]),
        "n": number_of("samples"),
        "K": number_of("k_max"),
        "likeliest verdict": text_of("likeliest"),
        "power": share_of("power"),
        "assurance": share_of("assurance"),
        "settled": share_of("settled"),
        "a crossing": share_of("crossing"),
        "from M": number_of("n_problems"),
    }
    about = (
        "Of a hundred further studies of so many problems of this kind and n samples of each, how "
        "many would come to the verdict that is likeliest, if D is what was seen here (power) and "
        "if it is as uncertain as these problems leave it (assurance, which is the one to plan "
        "by); to one that leaves nothing open up to K (settled); and to a crossing either way. "
        "These: the same problems, sampled anew. Guards are not foreseen, nor what D does beyond K."
    )
    return summary("planned", "What a further study would find", about, frame, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict that leaves large k open what would decide more."""
    return {key: sentence(rows) for key, rows in rows_by_pair(tables.get("planned")).items()}


def sentence(rows: Sequence[Row]) -> str:
    """Say what further studies would find, and what they should have more of.

    Parameters
    ----------
    rows : sequence of mapping
        Those of PLANNED of one comparison on one benchmark.
    """
    others = [row for row in rows if not row["same_problems"]]
    seen, widest = others[0], others[-1]
    lead = (
        f"A further study of this size would settle it up to K in {share(seen['settled'])} of "
        f"cases; one of {_size(widest)} in {share(widest['settled'])}, its likeliest verdict "
        f"being {widest['likeliest']} ({share(widest['assurance'])})."
    )
    return f"{lead} {_bottleneck(seen)}".rstrip()


def _size(row: Row) -> str:
    return f"{number(row['problems'])} problems and n = {number(row['samples'])}"


def _bottleneck(row: Row) -> str:
    between = row["between_share"]
    if between is None:
        return ""
    if between >= MOSTLY:
        needs = "more problems, not more samples, would narrow D there"
    elif between <= HARDLY:
        needs = "more samples would narrow D there, more problems as well"
    else:
        needs = "problems and samples both would narrow D there"
    return (
        f"At the last k {share(between)} of the spread of D lies between problems, "
        f"the rest in their samples: {needs}."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"planned": planned}
