"""What one answer made of N samples comes to, beside one sample of the model that is ahead."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.text import share, visible
from boundary.rows import PairRow
from boundary.wording import interval, number


def one_answer(
    tables: Mapping[str, pl.DataFrame], curve: pl.DataFrame, column: str, how: str
) -> dict[tuple[str, str], str]:
    """Say of each comparison what the model that is behind at k = 1 has by one answer from N.

    N is the largest up to n/2, so that nothing is chosen by what it comes to.

    Parameters
    ----------
    tables : mapping
        Those of the study, with ``crossovers``.
    curve : polars.DataFrame
        ``model``, ``benchmark``, ``protocol``, ``k``, an estimate with ``ci_low`` and ``ci_high``,
        which at k = 1 is pass@1, ``n_problems`` and ``flagged``.
    column : str
        That of the estimate.
    how : str
        How the answer is made, such as ``the vote``.
    """
    by_arm = {
        key: rows.sort("k").to_dicts()
        for key, rows in curve.partition_by(
            ["model", "protocol", "benchmark"], as_dict=True, include_key=False
        ).items()
    }
    texts = {}
    for pair in map(PairRow.of, tables["crossovers"].iter_rows(named=True)):
        sides = [(arm[0], by_arm.get((*arm, pair.benchmark))) for arm in pair.arms]
        ordered = sorted(
            ((name, rows) for name, rows in sides if rows), key=lambda side: side[1][0][column]
        )
        if len(ordered) < 2 or ordered[0][0] == ordered[1][0]:
            continue
        (behind, rows), (ahead, (one, *_)) = ordered
        last = [row for row in rows if not row["flagged"]][-1:]
        if not last or last[0]["k"] == 1 or rows[0][column] == one[column]:
            continue
        level = [row["k"] for row in rows if row[column] >= one[column]]
        first = (
            f"the first N with no lower an estimate is {number(level[0])}"
            if level
            else (f"no N up to {number(rows[-1]['k'])} has as high an estimate")
        )
        sizes = dict.fromkeys((last[0]["n_problems"], one["n_problems"]))
        texts[pair.key] = (
            f"By {how} of N = {number(last[0]['k'])} samples {visible(behind)} is right on "
            f"{share(last[0][column])} {interval(last[0], words=share)} of problems, beside "
            f"{share(one[column])} {interval(one, words=share)} by one sample of {visible(ahead)}; "
            f"{first} (unpaired; M = {' and '.join(map(number, sizes))})."
        )
    return texts
