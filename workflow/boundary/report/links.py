"""Links from what the page counts to the pages of the problems behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from boundary.explorer.address import address, filtered
from boundary.jobs.pages import Report
from boundary.report.text import visible
from boundary.rows import Row
from boundary.strata import strata_columns

#: What a link shows: values by filter of `boundary.explorer.address.filtered`; ``model`` and
#: ``protocol`` in place of a comparison are of the first that has the arm as a side; and with
#: ``problem`` it leads to that problem's own page.
Target = Mapping[str, str]
Link = Callable[[Row], Target | None]
#: Filters by responses of one side, or of either.
SIDED = {"cut", "graded"}


def of_pair(**kept: str) -> Link:
    """Link rows of comparisons to their problems, of those that filters keep."""
    return lambda row: {"comparison": row["comparison"], "benchmark": row["benchmark"], **kept}


def of_arm(**kept: str) -> Link:
    """Link rows of arms to the problems of a comparison, of those that filters keep."""
    return lambda row: {**{key: row[key] for key in ("model", "protocol", "benchmark")}, **kept}


def of_problem(row: Row) -> Target:
    """Link a row to the page of its problem."""
    return {"benchmark": row["benchmark"], "problem": row["problem_id"]}


class Links:
    """Addresses of pages of problems, of those that exist.

    Parameters
    ----------
    job : Report
        Benchmarks of its arms have a page for every problem; of others there are counts alone.
    tables : mapping of str to polars.DataFrame
        Those of the study, comparisons called by their titles.
    exist : bool
        Whether the pages are written at all.
    """

    def __init__(self, job: Report, tables: Mapping[str, pl.DataFrame], *, exist: bool) -> None:
        labels = {job.title(name): name for name in job.comparisons}
        self._quoted = {arm.benchmark for arm in job.arms}
        self._pairs: dict[tuple[str, str], str] = {}
        self._arms: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._strata: set[tuple[str, str]] = set()
        #: Those whose sets at n are the sets of all samples, by which the pages filter.
        self._exact: set[tuple[str, str]] = set()
        frame = tables.get("coverage_problems")
        if frame is None or not exist:
            return
        sides = ("base", "protocol", "other", "other_protocol")
        whole = pl.all_horizontal(pl.col("base_at_n", "other_at_n").is_in([0.0, 1.0])).all()
        keys = frame.group_by("comparison", "benchmark", *sides, maintain_order=True).agg(whole)
        for title, benchmark, base, protocol, other, second, exact in keys.iter_rows():
            label = labels.get(title, title)
            self._exact |= {(label, benchmark)} if exact else set()
            self._pairs[title, benchmark] = self._pairs[label, benchmark] = label
            for side, model, by in (("base", base, protocol), ("other", other, second)):
                self._arms.setdefault((model, by, benchmark), (label, side))
        for (benchmark,), part in frame.partition_by("benchmark", as_dict=True).items():
            for key, values in strata_columns(part["strata"]).items():
                self._strata |= {(benchmark, f"{key}: {value}") for value in set(values)}

    def __call__(self, target: Target | None) -> str | None:
        """Return the address of a target; None where no page shows it."""
        if target is None:
            return None
        kept = dict(target)
        benchmark, problem = kept.get("benchmark"), kept.pop("problem", None)
        arm, title = (kept.pop("model", ""), kept.pop("protocol", "")), kept.pop("comparison", "")
        if problem is not None:
            paged = benchmark in self._quoted and bool(self._pairs)
            return address(str(benchmark), problem) if paged else None
        label, side = self._pairs.get((title, str(benchmark))), ""
        if label is None:
            label, side = self._arms.get((*arm, str(benchmark)), (None, ""))
        if label is None or ("set" in kept and (label, benchmark) not in self._exact):
            return None
        if "stratum" in kept and (benchmark, kept["stratum"]) not in self._strata:
            return None
        # What is counted of an arm is of that side alone.
        kept |= {key: side for key in SIDED & kept.keys() if side}
        shown = {key: visible(value) for key, value in kept.items()}
        return filtered(comparison=visible(label), **shown)
