"""What the report says of horizons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from boundary.columns import ARM_KEY
from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    arm_of,
    estimate_of,
    number_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import arm_named, visible
from boundary.report.verdicts import side_of
from boundary.rows import Row
from boundary.wording import k_interval, listed, number, percent, points

_ARM: dict[str, Cell] = {"benchmark": text_of("benchmark"), "model": arm_of("model", "protocol")}
_COUNTED: dict[str, Cell] = {
    "M": number_of("n_problems"),
    "independent": number_of("n_independent"),
    "fewer than k samples": number_of("n_imputed"),
}
_SETTING: dict[str, Cell] = {
    "k": number_of("k"),
    "weights": text_of("weights"),
    "λ": number_of("penalty"),
}


def step_rates(frame: pl.DataFrame) -> Summary:
    """Summarise the rates of one step."""
    columns: dict[str, Cell] = {
        **_ARM,
        "length by": text_of("by"),
        "rate of one": lambda row: f"{row['rate']:.4f} [{row['ci_low']:.4f}, {row['ci_high']:.4f}]",
        "lengths": number_of("lengths"),
        "M": number_of("n_problems"),
        "independent": number_of("n_independent"),
    }
    about = (
        "The rate p of one unit of length under which pass@1 would be p^L, by maximum likelihood, "
        "with an interval over problems or clusters. Whether p^L holds is a test of its own."
    )
    return summary("step_rates", "Rate of a step", about, frame, columns)


def horizons(frame: pl.DataFrame) -> Summary:
    """Summarise the lengths half solved, the setting that counts first."""
    columns: dict[str, Cell] = {
        **_ARM,
        "length by": text_of("by"),
        **_SETTING,
        "half solved at": _horizon,
        "interval": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        **_COUNTED,
    }
    about = (
        "Length at which a logistic curve in log2(length) passes one half. Ends beyond the "
        "shortest or the longest problem are open. Intervals by a bootstrap of clusters and of "
        "problems within them. Where problems have fewer than k samples, 1 − (1 − c/n)^k stands in."
    )
    ordered = frame.sort("benchmark", *ARM_KEY, pl.col("first").not_(), "weights", "penalty", "k")
    return summary("horizons", "Length half solved", about, ordered, columns)


def _horizon(row: Row) -> str:
    """Return a horizon, or on which side of all lengths it lies."""
    if row["beyond"] is None:
        return number(row["horizon"])
    end = number(row["longest" if row["beyond"] == "longer" else "shortest"])
    return f"{'over' if row['beyond'] == 'longer' else 'under'} {end}"


def horizon_ratios(frame: pl.DataFrame) -> Summary:
    """Summarise the ratios of horizons."""
    columns: dict[str, Cell] = {
        **PAIR,
        **_SETTING,
        "other / base": number_of("ratio"),
        "interval": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "drawn beyond the data": lambda row: percent(row["beyond"]),
        **_COUNTED,
    }
    about = (
        "How many times as long the problems are that the other model solves half of the time, "
        "where both lengths lie within the data. Problems are drawn for both models together. "
        "Beyond the data: share of replicates in which either length is an extrapolation, which "
        "opens ends."
    )
    ordered = frame.sort(
        "benchmark", "comparison", pl.col("first").not_(), "weights", "penalty", "k"
    )
    return summary("horizon_ratios", "Ratio of lengths half solved", about, ordered, columns)


def _corrected(row: Row) -> str:
    return "–" if row["p_holm"] is None else f"{row['p_holm']:.2g}"


def horizon_gaps(frame: pl.DataFrame) -> Summary:
    """Summarise the difference of pass@k by length."""
    columns: dict[str, Cell] = {
        **PAIR,
        "length": _length,
        "k": number_of("k"),
        "D": estimate_of("diff", stem="ci"),
        "p after Holm": _corrected,
        "M": number_of("n_problems"),
    }
    about = (
        "Base less other in percentage points of pass@k, over the problems of one length; "
        "pointwise intervals, and p of no difference, corrected over the lengths at one k."
    )
    ordered = frame.sort("benchmark", "comparison", "k", "length")
    return summary("horizon_gaps", "Difference by length", about, ordered, columns)


def horizon_leads(frame: pl.DataFrame) -> Summary:
    """Summarise which model is ahead at all k, by length."""
    columns: dict[str, Cell] = {
        **PAIR,
        "length": _length,
        "K": number_of("k_max"),
        "ahead at all k up to K": lambda row: side_of(row, row["ahead"]),
        "least surely at k": number_of("k"),
        "D there": estimate_of("diff", stem="ci"),
        "p after Holm": _corrected,
        "M": number_of("n_problems"),
    }
    about = (
        "Whether one model is ahead at every k up to K, half of the smallest n of the length: the "
        "largest p over k, corrected over the lengths. D: base less other in percentage points, "
        "where it is least sure, with its pointwise interval over the problems of the length."
    )
    ordered = frame.sort("benchmark", "comparison", "length")
    return summary("horizon_leads", "Ahead at all k by length", about, ordered, columns)


def _length(row: Row) -> str:
    low, high = row["length_low"], row["length_high"]
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say where the product rule holds, who is ahead at all k, and where k exceeds n."""
    if "step_rates" not in tables:
        return []
    return [
        *_extrapolated(tables["horizons"]),
        *_product_rule(tables, confidence),
        *_leads(tables["horizon_leads"], confidence),
    ]


def _leads(leads: pl.DataFrame, confidence: float) -> Iterator[tuple[Tag, str]]:
    """Say of each pair at which of several lengths one model is ahead at every k."""
    ordered = leads.sort(*PAIR_KEY, "length")
    for _, frame in ordered.group_by(PAIR_KEY, maintain_order=True):
        rows = frame.to_dicts()
        if len(rows) < 2:
            continue
        other, base = side_of(rows[0], "other"), side_of(rows[0], "base")
        level = f"after Holm over {len(rows)} lengths at {percent(confidence)}"
        head = f"{other} against {base} on {visible(rows[0]['benchmark'])}, {level}"
        ahead = [_ahead(row) for row in rows if row["ahead"]]
        none = [_length(row) for row in rows if not row["ahead"]]
        if not ahead:
            yield "same", f"{head}: at no length is one ahead at every k that n allows."
            continue
        rest = f" At {listed(none)} neither is ahead at every k." if none else ""
        yield "differs", f"{head}: {'; '.join(ahead)}.{rest} Larger k are not spoken of."


def _ahead(row: Row) -> str:
    ends = [row["diff"], row["ci_low"], row["ci_high"]]
    if row["ahead"] == "other":
        ends = [-ends[0], -ends[2], -ends[1]]
    lead, low, high = map(points, ends)
    return (
        f"{side_of(row, row['ahead'])} is ahead at every k up to {number(row['k_max'])} at "
        f"{visible(row['by'])} {_length(row)} (least surely at k = {number(row['k'])}, by {lead} "
        f"points [{low}, {high}], {number(row['n_problems'])} problems)"
    )


def _extrapolated(horizons: pl.DataFrame) -> Iterator[tuple[Tag, str]]:
    for row in horizons.filter("first", pl.col("n_imputed") > 0).iter_rows(named=True):
        yield (
            "warning",
            f"{number(row['n_imputed'])} of {number(row['n_problems'])} problems of "
            f"{arm_named(row)} have fewer than k = {number(row['k'])} samples: there "
            f"pass@{row['k']} is 1 − (1 − c/n)^{row['k']}, and its horizon extrapolates beyond "
            f"what was sampled.",
        )


def _product_rule(
    tables: Mapping[str, pl.DataFrame], confidence: float
) -> Iterator[tuple[Tag, str]]:
    """Say where the product rule breaks, and of which models no length is told apart from it."""
    curve = tables["horizon_curve"].filter(pl.col("breaks").is_not_null()).sort("length")
    held: dict[str, list[str]] = {}
    for rate in tables["step_rates"].sort("benchmark", *ARM_KEY).iter_rows(named=True):
        rows = curve.filter(**{name: rate[name] for name in ARM_KEY}).to_dicts()
        if not rows:
            continue
        where, worst = visible(rate["benchmark"]), max(rows, key=lambda row: abs(row["excess"]))
        seen = (
            f"p = {rate['rate']:.3f}; at {visible(rate['by'])} {_length(worst)}, where they differ "
            f"most, pass@1 should be {percent(worst['predicted'])} and is "
            f"{percent(worst['pass_at_k'])}"
        )
        broken = [
            f"{_length(row)} ({points(row['excess'])} points "
            f"[{points(row['excess_low'])}, {points(row['excess_high'])}])"
            for row in rows
            if row["breaks"]
        ]
        if broken:
            yield (
                "differs",
                f"{visible(rate['model'])} on {where}: the product rule p^L breaks at "
                f"{listed(broken)}, after Holm over {len(rows)} lengths at {percent(confidence)} "
                f"({seen}). Steps are not independent, or problems of one length not alike.",
            )
        else:
            held.setdefault(where, []).append(f"{visible(rate['model'])} ({seen})")
    for where, models in held.items():
        yield (
            "same",
            f"On {where} no length is told apart from the product rule, after Holm at "
            f"{percent(confidence)}, of {listed(models)}.",
        )


#: Tables of the page, by the table that each shows.
SUMMARIES = {
    "step_rates": step_rates,
    "horizons": horizons,
    "horizon_ratios": horizon_ratios,
    "horizon_gaps": horizon_gaps,
    "horizon_leads": horizon_leads,
}
