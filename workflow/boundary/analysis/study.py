"""All tables of a study that follow from its scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from boundary.analysis.coverage import coverage_tables
from boundary.analysis.crossover import LEAST_REPLICATES, crossover_frame, decide
from boundary.analysis.differences import DifferenceCurve, difference_curve, differences_frame
from boundary.analysis.efficiency import efficiency_frame
from boundary.analysis.enough import with_enough
from boundary.analysis.fairness import sandbox_note, with_note
from boundary.analysis.frames import column_types
from boundary.analysis.grading import graded_otherwise, grading_rows, grading_tables
from boundary.analysis.histogram import histogram_table
from boundary.analysis.holm import holm_verdicts, replicates_for
from boundary.analysis.pairs import Pair, pair_from_spec
from boundary.analysis.passk import passk_table
from boundary.analysis.responses import responses_table
from boundary.analysis.series import series_table
from boundary.decisions import DECIDES
from boundary.notes import join_parts
from boundary.tables import PASSK, SCORES, STUDY_TABLES, check


def study_tables(scores: pl.DataFrame, spec: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """Return every table of STUDY_TABLES, empty where nothing applies.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table with all arms of the study.
    spec : mapping
        Plain JSON values: ``bootstrap`` (default 10000; verdicts draw no fewer),
        ``confidence`` (0.95),
        ``k_max`` (null: n/2), ``decides`` (population), ``min_n`` (null: problems
        of any n; `responses` counts all), ``comparisons`` (a
        list of {comparison, base, other, benchmark, protocol, other_protocol,
        permitted, note}, the last two what differs by permission and a remark,
        or null) and ``series`` (a list of {series, benchmark, protocol, points: [{model, step}]}).

    Returns
    -------
    dict of str to polars.DataFrame
        Validated and sorted by key.  Beside STUDY_TABLES also ``passk_chain``,
        a PASSK table of answers whose chain was judged correct too, when the
        scores carry such counts; and all of GRADING_TABLES, with rows or
        without, when they have the columns of other rules of grading.

    Raises
    ------
    InputError
        When the spec names an arm that the scores lack, two arms share no
        problem, k_max exceeds n, or min_n drops all problems.
    TableError
        When the scores break a rule of their schema.
    """
    scores = check(scores, SCORES, "scores of the study")
    replicates = int(spec.get("bootstrap", 10_000))
    confidence = float(spec.get("confidence", 0.95))
    k_max = spec.get("k_max")
    decides = spec.get("decides", DECIDES[0])
    min_n = spec.get("min_n")
    enough = with_enough(scores, min_n)
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in STUDY_TABLES}
    parts["passk"].append(passk_table(enough, confidence=confidence))
    parts["histogram"].append(histogram_table(enough, confidence))
    parts["responses"].append(responses_table(scores, confidence))
    other_rules = graded_otherwise(scores)
    graded: list[pl.DataFrame] = []

    entries = list(spec.get("comparisons") or [])
    replicates = max(replicates, LEAST_REPLICATES, replicates_for(len(entries), confidence))

    def curve_of(pair: Pair) -> DifferenceCurve:
        return difference_curve(pair, replicates=replicates, confidence=confidence, k_max=k_max)

    def decide_again(entry: Mapping[str, Any], pair: Pair) -> pl.DataFrame:
        return _decided(curve_of(pair), scores, entry, decides)

    curves = [curve_of(pair_from_spec(scores, entry, min_n)) for entry in entries]
    for entry, curve, holm in zip(entries, curves, holm_verdicts(curves), strict=True):
        pair = curve.pair
        decided = _decided(curve, scores, entry, decides)
        if len(entries) > 1:
            decided = decided.with_columns(
                verdict_holm=pl.lit(holm), holm_cells=pl.lit(len(entries), dtype=pl.Int64)
            )
        parts["differences"].append(differences_frame(curve))
        parts["crossovers"].append(decided)
        coverage, problems = coverage_tables(pair, confidence)
        parts["coverage"].append(coverage.with_columns(decided["permitted"]))
        parts["coverage_problems"].append(problems)
        parts["efficiency"].append(efficiency_frame(pair, confidence=confidence, k_max=k_max))
        if other_rules:
            graded.append(grading_rows(scores, entry, pair, decided, partial(decide_again, entry)))
    for entry in spec.get("series") or []:
        parts["series"].append(series_table(scores, entry, confidence, min_n))
    tables = {}
    for name, table in STUDY_TABLES.items():
        frame = pl.concat([pl.DataFrame(schema=column_types(table)), *parts[name]])
        tables[name] = check(frame, table, f"{name} of the study").sort(table.key)
    if other_rules:
        tables |= grading_tables(enough, graded, confidence)
    if "chain_correct" in scores.columns and scores["chain_correct"].count():
        chain = passk_table(enough, "chain_correct", confidence)
        tables["passk_chain"] = check(chain, PASSK, "passk_chain of the study").sort(PASSK.key)
    return tables


def _decided(
    curve: DifferenceCurve, scores: pl.DataFrame, entry: Mapping[str, Any], decides: str
) -> pl.DataFrame:
    """Return the row of CROSSOVERS of a comparison, with what must be said of it."""
    said = join_parts(filter(None, (entry.get("note"), sandbox_note(scores, entry))))
    outcome = replace(decide(curve), decides=decides)
    return with_note(crossover_frame(curve, outcome), said, entry.get("permitted"))
