"""Whether a conclusion hangs on grading: the same analyses under other rules.

Strict counts what the verifier calls correct; lenient what a rule that mimics
the paper's grader accepts; agreed what both the verifier and a second,
independent engine call correct.  Boxed, declared and any count what the verifier
calls correct of the answers that each of these rules reads; one of the three is
the study's, and strict counts by it.  Fenced counts programs of which the last
fenced block alone is run.  Theirs counts the verdicts that the file of another tool
carries beside its responses.  No rule is a truth: where a verdict differs between
them, it rests on the grader and not on the models.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from boundary.analyses.grading.tables import GRADING
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import arms_with, column_types
from boundary.analysis.pairs import Pair, pair_from_spec
from boundary.analysis.passk import passk_table
from boundary.columns import ARM_KEY
from boundary.comparison_tables import COUNTED, GRADING_RULES
from boundary.jobs.reading import ComparisonRow
from boundary.tables import PASSK

STRICT = GRADING_RULES[0]


def graded_otherwise(scores: pl.DataFrame) -> bool:
    """Return whether scores come from a grader that has other rules beside the strict one."""
    return not set(scores.columns).isdisjoint(set(COUNTED.values()) - {"correct"})


def under(scores: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return scores that count by a rule, without arms of which it says nothing.

    Raises
    ------
    InputError
        When a rule is known of some problems of an arm only.
    """
    column = COUNTED[rule]
    if column not in scores.columns:
        return scores.clear()
    known = [scores.clear(), *(arm for _, arm in arms_with(scores, column))]
    return pl.concat(known).with_columns(correct=pl.col(column))


def grading_rows(
    scores: pl.DataFrame,
    comparison: ComparisonRow,
    strict: Pair,
    decided: pl.DataFrame,
    decide: Callable[[Pair], pl.DataFrame],
) -> pl.DataFrame:
    """Return the verdict of one comparison under each rule that both arms know.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    comparison : ComparisonRow
    strict : Pair
        Its counts under the strict rule.
    decided : polars.DataFrame
        Its row of CROSSOVERS.
    decide : callable
        Makes such a row from a pair.

    Returns
    -------
    polars.DataFrame
        A GRADING table.  ``base_solved`` counts problems with at least one
        correct response; ``base_responses_changed`` is Σ|c − c_strict| over
        problems, so that within a problem what one rule adds and takes away
        cancels; the same for the other arm.  Empty when only the strict rule is
        known of both arms.
    """
    rows = []
    for rule in GRADING_RULES[1:]:
        counted = under(scores, rule)
        present = set(counted.select(ARM_KEY).unique().rows())
        if not present.issuperset(comparison.arms.values()):
            continue
        pair = pair_from_spec(counted, comparison, strict.min_n or None)
        same = (pair.base_correct == strict.base_correct).all() and (
            pair.other_correct == strict.other_correct
        ).all()
        rows.append(_row(rule, pair, strict, decided if same else decide(pair)))
    if rows:
        rows.insert(0, _row(STRICT, strict, strict, decided))
    return pl.concat([pl.DataFrame(schema=column_types(GRADING)), *rows])


def grading_tables(
    scores: pl.DataFrame, rows: list[pl.DataFrame], confidence: float
) -> dict[str, pl.DataFrame]:
    """Return the curves and the verdicts under every rule, without rows where one is unknown.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    rows : list of polars.DataFrame
        What `grading_rows` made of each comparison.
    confidence : float
        Level of the intervals of pass@k.

    Raises
    ------
    InputError
        When a rule is known of some problems of an arm only.
    """
    made = {
        f"passk_{rule}": _curves(scores, column, confidence)
        for rule, column in COUNTED.items()
        if rule != STRICT
    }
    made[GRADING.name] = pl.concat([pl.DataFrame(schema=column_types(GRADING)), *rows])
    return made


def _curves(scores: pl.DataFrame, column: str, confidence: float) -> pl.DataFrame:
    if column not in scores.columns:
        return pl.DataFrame(schema=column_types(PASSK))
    return passk_table(scores, column, confidence)


def _row(rule: str, pair: Pair, strict: Pair, decided: pl.DataFrame) -> pl.DataFrame:
    counted: dict[str, str | int] = {"rule": rule}
    for side in ("base", "other"):
        now = getattr(pair, f"{side}_correct")
        change = abs(now - getattr(strict, f"{side}_correct"))
        counted[f"{side}_problems_changed"] = int((pair.questions.total(change) > 0).sum())
        counted[f"{side}_responses_changed"] = int(change.sum())
    types = column_types(GRADING)
    return decided.with_columns(
        pl.lit(value, dtype=types[name]).alias(name) for name, value in counted.items()
    ).select(list(types))


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return pass@k and verdicts under the other rules; none where scores know of none."""
    if not graded_otherwise(inputs.scores):
        return {}
    rows = [
        grading_rows(
            inputs.scores,
            each.of.row,
            each.pair,
            decided,
            lambda pair, each=each: inputs.decided(each, inputs.curve_of(pair)),  # type: ignore[misc]
        )
        for each, decided in zip(inputs.compared, inputs.verdicts, strict=True)
    ]
    return grading_tables(inputs.enough, rows, inputs.confidence)
