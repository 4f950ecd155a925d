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
        "likeliest": text_of("likeliest"),
        "power": share_of("power"),
        "assurance": share_of("assurance"),
        "settled": share_of("settled"),
        "a crossing": share_of("crossing"),
        "from M": number_of("n_problems"),
    }
    about = (
        "Of a hundred further studies of so many problems of this kind and n samples of each, how "
        "many would come to the likeliest verdict that decides anything, if D is what was seen "
        "here (power) and if it is as uncertain as these problems leave it (assurance, which is "
        "the one to plan by); to one that leaves nothing open up to K (settled); and to a crossing "
        "either way. These: the same problems, sampled anew, and the verdict on this set alone. "
        "Guards are not foreseen, nor what D does beyond K."
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
    first, widest = others[0], others[-1]
    seen = (first["n_problems"], first["n"]) == (first["problems"], first["samples"])
    size = "this size" if seen else _size(first)
    lead = f"A further study of {size} would settle it up to {_settled(first)} of cases"
    if widest is not first:
        lead += f"; one of {_size(widest)}, up to {_settled(widest)}"
    if widest["likeliest"] == "undetermined":
        last = "no verdict that decides anything is likely there"
    else:
        likeliest = f"{widest['likeliest']} ({share(widest['assurance'])})"
        last = f"the likeliest verdict that decides anything is {likeliest} there"
    return f"{lead}; {last}. {_bottleneck(first)}".rstrip()


def _settled(row: Row) -> str:
    return f"k = {number(row['k_max'])} in {share(row['settled'])}"


def _size(row: Row) -> str:
    return f"{number(row['problems'])} problems and n = {number(row['samples'])}"


def _bottleneck(row: Row) -> str:
    between = row["between_share"]
    if between is None:
        return ""
    if between >= MOSTLY:
        needs = "more problems would narrow D there, rather than more samples"
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
