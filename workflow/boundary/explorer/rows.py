"""The table of problems as data of its page: plain text and numbers, as JSON in a script block."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.analysis.intervals import clopper_pearson
from boundary.analysis.stopped import stops_early
from boundary.comparison_tables import PAIR, SETS
from boundary.explorer.address import PAGES, page_name
from boundary.explorer.page import arm_name
from boundary.explorer.read import Material
from boundary.jobs.explorer import Explorer
from boundary.report.text import visible
from boundary.rows import PairRow
from boundary.strata import strata_columns

#: Characters of a question that the table shows and searches.
LONGEST_QUESTION = 2_000
#: What the columns of a row are, in order; the page's script reads them by place.
COLUMNS = (
    *("comparison", "problem", "set", "base_correct", "base_n", "base_low", "base_high"),
    *("other_correct", "other_n", "other_low", "other_high"),
    *("base_cut", "other_cut", "base_graded", "other_graded"),
)
#: What no number in JSON may hold, and no text in a script block.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def script_json(value: Any) -> str:
    """Return JSON in ASCII that no parser of HTML takes for anything but text.

    U+2028 and U+2029 are escaped as all that is not ASCII is.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return text


def table_data(job: Explorer, compared: pl.DataFrame, material: Material) -> dict[str, Any]:
    """Return what the table shows: a row a problem and comparison.

    Parameters
    ----------
    job : Explorer
    compared : polars.DataFrame
        A COVERAGE_PROBLEMS table.
    material : Material

    Returns
    -------
    dict
        ``comparisons``, ``problems`` and ``rows``, of which each has `COLUMNS`; shares are
        rounded to four digits.
    """
    pairs = job.comparisons
    order = {
        benchmark: i for i, benchmark in enumerate(dict.fromkeys(a.benchmark for a in job.arms))
    }
    compared = compared.sort(
        pl.col("comparison").replace_strict({name: i for i, name in enumerate(pairs)}),
        pl.col("benchmark").replace_strict(order),
        "problem_id",
    )
    listed = compared.select("benchmark", "problem_id", "strata").unique(
        ["benchmark", "problem_id"], keep="first", maintain_order=True
    )
    listed = listed.sort(pl.col("benchmark").replace_strict(order), "problem_id")
    places = {key: i for i, key in enumerate(listed.select("benchmark", "problem_id").iter_rows())}
    frame = _with_ends(_with_arms(compared, job, material), job.confidence)
    names_of = {(arm.model, arm.protocol): arm_name(arm, job.by_protocol) for arm in job.arms}
    sides = {
        pair.comparison: [
            f"{side}: {names_of[arm]}"
            for side, arm in zip(("base", "other"), pair.arms, strict=True)
        ]
        for pair in map(PairRow.of, compared.select(*PAIR).unique().iter_rows(named=True))
    }
    names = [pairs.index(name) for name in frame["comparison"]]
    numbers = [places[key] for key in frame.select("benchmark", "problem_id").iter_rows()]
    sets = [SETS.index(name) for name in frame["set"]]
    rest = frame.select(COLUMNS[3:]).iter_rows()
    return {
        "comparisons": [
            {
                "name": visible(name),
                "title": visible(job.pairs[name].title),
                "sides": sides.get(name, ["base", "other"]),
            }
            for name in pairs
        ],
        "problems": _listed(listed, material.problems),
        "rows": [[*three, *row] for *three, row in zip(names, numbers, sets, rest, strict=True)],
    }


def _with_arms(compared: pl.DataFrame, job: Explorer, material: Material) -> pl.DataFrame:
    """Put beside each side how many of its responses were cut or graded otherwise."""
    counts = []
    for place, (arm, frame) in enumerate(zip(job.arms, material.scores, strict=True)):
        rows = frame.select(
            "problem_id",
            cut=pl.col("truncated").cast(pl.Int64),
            stops=pl.lit(stops_early(frame)),
        )
        known = material.graded.get(place)
        rows = (
            rows.with_columns(graded=pl.lit(None, pl.Int64))
            if known is None
            else rows.join(
                known.select("problem_id", graded=pl.col("otherwise").cast(pl.Int64)),
                on="problem_id",
                how="left",
            )
        )
        counts.append(
            rows.with_columns(pl.lit(text).alias(name) for name, text in arm.labels.items())
        )
    whole = pl.concat(counts)
    for side, protocol in (("base", "protocol"), ("other", "other_protocol")):
        keys = {"model": side, "benchmark": "benchmark", "protocol": protocol}
        keys |= {"problem_id": "problem_id"}
        compared = compared.join(
            whole.rename({name: f"{side}_{name}" for name in ("cut", "graded", "stops")}),
            left_on=[*keys.values()],
            right_on=[*keys],
            how="left",
            maintain_order="left",
        )
    return compared


def _with_ends(frame: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Add the exact interval of each side's rate; null where problems stop early.

    c/n of such a problem says too much of its rate, and no more does the interval hold it.
    """
    ends: dict[str, pl.Series] = {}
    for side in ("base", "other"):
        hits, n = (frame[f"{side}_{name}"].cast(pl.Float64).to_numpy() for name in ("correct", "n"))
        low, high = clopper_pearson(hits, n, confidence)
        ends |= {f"{side}_low": pl.Series(low).round(4), f"{side}_high": pl.Series(high).round(4)}
    stops = {name: pl.col(f"{name.partition('_')[0]}_stops").fill_null(False) for name in ends}
    return frame.with_columns(**ends).with_columns(
        pl.when(~early).then(name).alias(name) for name, early in stops.items()
    )


def _listed(
    listed: pl.DataFrame, problems: Mapping[str, pl.DataFrame]
) -> list[tuple[str, str, str | None, str | None, list[str]]]:
    """Return benchmark, id, address, question and strata of each problem."""
    questions = {
        (benchmark, problem): question
        for benchmark, frame in problems.items()
        for problem, question in frame.select("problem_id", "question").iter_rows()
    }
    rows = []
    for (benchmark,), part in listed.partition_by("benchmark", as_dict=True).items():
        strata = strata_columns(part["strata"])
        for i, problem in enumerate(part["problem_id"]):
            question = questions.get((benchmark, problem))
            there = question is not None
            rows.append(
                (
                    visible(benchmark),
                    visible(problem),
                    f"{PAGES}/{page_name(benchmark, problem)}" if there else None,
                    visible(question, LONGEST_QUESTION) if there else None,
                    [visible(f"{key}: {values[i]}") for key, values in strata.items()],
                )
            )
    return rows
