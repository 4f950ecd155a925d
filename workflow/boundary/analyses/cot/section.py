"""What the report says of chains that several judged."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.chain_tables import COT_RULES, VOTED_RULES
from boundary.columns import ARM_KEY
from boundary.report.cells import ARM, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.verdicts import names
from boundary.rows import Row, VerdictRow
from boundary.wording import number, percent, with_interval


def curves(frame: pl.DataFrame) -> Summary:
    """Summarise pass@k by rule, at the largest k up to n/2."""
    columns: dict[str, Cell] = {
        **ARM,
        "rule": text_of("rule"),
        "k": number_of("k"),
        "pass@k": estimate_of("pass_at_k", percent, "ci"),
        "judged": lambda row: f"{number(row['judged'])} of {number(row['hard_correct'])}",
        "hard problems": number_of("hard_problems"),
        "M": number_of("n_problems"),
    }
    about = (
        "pass@k by the answer and by answer and chain of thought, under each rule for what makes a "
        "chain hold: an upper bound, as chains of hard problems alone are looked at."
    )
    arm = ("benchmark", *ARM_KEY, "rule")
    inside = frame.filter(~pl.col("flagged")).drop_nulls("pass_at_k")
    last = inside.filter(pl.col("k") == pl.col("k").max().over(arm))
    ordered = last.sort("benchmark", *ARM_KEY, pl.col("rule").cast(pl.Enum(COT_RULES)))
    return summary("passk_cot", "Chains of thought", about, ordered, columns)


Curves = Mapping[tuple[str, str, str, str], Row]


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict whether the order at K hangs on how judges are counted."""
    if "passk_cot" not in tables:
        return {}
    voted = tables["passk_cot"].filter(pl.col("rule").is_in(VOTED_RULES))
    sentences = {}
    for row in map(VerdictRow.of, tables["crossovers"].iter_rows(named=True)):
        at: Curves = {
            (each["rule"], each["model"], each["benchmark"], each["protocol"]): each
            for each in voted.filter(k=row.k_max).drop_nulls("pass_at_k").iter_rows(named=True)
        }
        if text := sentence(row, at):
            sentences[row.key] = text
    return sentences


def sentence(row: VerdictRow, at: Curves) -> str | None:
    """Say what both models solve by each way to count judges; None where either is not judged.

    Parameters
    ----------
    row : VerdictRow
    at : mapping
        Rows of PASSK_COT at its K, by rule, model, benchmark and protocol.
    """
    name, parts, ahead = names(row), [], set()
    for rule in VOTED_RULES:
        base, other = (at.get((rule, m, row.benchmark, p)) for m, p in row.arms)
        if base is None or other is None:
            return None
        ahead.add(
            (base["pass_at_k"] > other["pass_at_k"]) - (base["pass_at_k"] < other["pass_at_k"])
        )
        of = [with_interval(each, "pass_at_k", percent, "ci") for each in (base, other)]
        parts.append(f"{rule}: {' against '.join(of)}")
    hangs = "does not hang" if len(ahead) == 1 else "hangs"
    return (
        f"With chains judged by two or more, pass@k at k = {number(row.k_max)} of {name['base']} "
        f"against {name['other']} where any, the majority or all of the judges accept: "
        f"{'; '.join(parts)}. By these estimates the order {hangs} on how judges are counted; no "
        f"difference of them is tested."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"passk_cot": curves}
