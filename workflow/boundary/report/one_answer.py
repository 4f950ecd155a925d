"""What one answer made of N samples comes to, beside one sample of the model that is ahead."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary
from boundary.report.text import share
from boundary.report.verdicts import names
from boundary.rows import PairRow, rows_by_pair
from boundary.wording import number, with_interval


def one_answer(pairs: pl.DataFrame, how: str) -> dict[tuple[str, str], str]:
    """Say of each comparison what the model that is behind at k = 1 has by one answer from N.

    N is the largest up to n/2, so that nothing is chosen by what it comes to.

    Parameters
    ----------
    pairs : polars.DataFrame
        As of `boundary.comparison_tables.one_answer_table`, of one rank.
    how : str
        How the answer is made, such as ``the vote``.
    """
    texts = {}
    for key, rows in rows_by_pair(pairs.sort("k")).items():
        one, inside = rows[0], [row for row in rows if not row["flagged"]]
        if not inside or inside[-1]["k"] == 1 or one["diff"] == 0:
            continue
        called = names(PairRow.of(one))
        behind, ahead = ("base", "other") if one["diff"] < 0 else ("other", "base")
        last = inside[-1]
        level = [row["k"] for row in rows if row[f"{behind}_lead"] >= 0]
        first = (
            f"the first N with no lower an estimate is {number(level[0])}"
            if level
            else f"no N up to {number(rows[-1]['k'])} has as high an estimate"
        )
        texts[key] = (
            f"By {how} of N = {number(last['k'])} samples {called[behind]} is right on "
            f"{with_interval(last, f'{behind}_right', share)} of problems, beside "
            f"{with_interval(one, f'{ahead}_right', share)} by one sample of {called[ahead]}: "
            f"{with_interval(last, f'{behind}_lead')} points, paired over M = "
            f"{number(last['n_problems'])} problems; {first}."
        )
    return texts


def paired(name: str, title: str, frame: pl.DataFrame, ranks: Mapping[str, str]) -> Summary:
    """Summarise what the models of comparisons come to by one answer of N samples.

    Parameters
    ----------
    name, title : str
        Of the table.
    frame : polars.DataFrame
        As of `boundary.comparison_tables.one_answer_table`.
    ranks : mapping
        How an answer is made, in words.
    """
    inside = frame.filter(~pl.col("flagged") | (pl.col("k") == 1))
    longest = pl.col("k") == pl.col("k").max().over(*PAIR_KEY, "rank")
    columns: dict[str, Cell] = {
        **PAIR,
        "chosen by": lambda row: ranks[row["rank"]],
        "N": number_of("k"),
        "base's answer": estimate_of("base_right", share),
        "other's": estimate_of("other_right", share),
        "base − other": estimate_of("diff"),
        "base's − one sample of other": estimate_of("base_lead"),
        "other's − one sample of base": estimate_of("other_lead"),
        "M": number_of("n_problems"),
        "n": number_of("n_min"),
    }
    about = (
        "One answer made of N samples, on the problems that both models have, at the largest N up "
        "to n/2; the CSV has every N. Differences in points, paired by problem, with pointwise "
        "intervals over problems: base − other has N samples of either, the last two N of one and "
        "a single one of the other."
    )
    shown = inside.filter(longest).sort(*PAIR_KEY[::-1], "rank")
    return summary(name, title, about, shown, columns)
