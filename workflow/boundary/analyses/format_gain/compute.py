"""How much of a gain is answering, form and grading, and how much is being right."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.format_gain.parts import (
    Part,
    gain_interval,
    known_columns,
    parts_of,
    side_of,
)
from boundary.analyses.format_gain.tables import FORMAT_GAIN, PART_OF, RULE_GAINS
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import column_types
from boundary.analysis.linearised import Estimate
from boundary.analysis.pairs import Pair
from boundary.comparison_tables import COUNTED, EQUALITY_RULES
from boundary.extraction import RULES

Ends = tuple[float, float]
#: The rule of extraction that reads most, and the study's, where verdicts have no other.
WIDEST, STRICT = RULES[-1], EQUALITY_RULES[0]


def gain_parts(
    pair: Pair, arms: Mapping[str, pl.DataFrame], confidence: float
) -> list[dict[str, object]]:
    """Return the rows of FORMAT_GAIN of a pair; none where nothing tells what was answered.

    Parameters
    ----------
    pair : Pair
    arms : mapping of str to polars.DataFrame
        Scores of base and other on its problems, in its order.
    confidence : float
    """
    known = known_columns(arms)
    if "no_answer" not in known:
        return []
    sides = {side: side_of(arm, known, pair.questions) for side, arm in arms.items()}
    parts = parts_of(**sides)
    if not parts:
        return []
    one, two = (side.answers.right for side in sides.values())
    whole = _row(two - one, gain_interval(two - one, pair.questions, confidence))
    whole |= {"base_share": 1.0, "other_share": 1.0, "support": pair.questions.units}
    whole |= {"base_right": one.value, "other_right": two.value}
    rows = {"gain": whole, **{name: _part(part, pair, confidence) for name, part in parts.items()}}
    sizes = _sizes(pair)
    return [
        {**pair.labels, "term": name, "part_of": PART_OF[name], **row, **sizes}
        for name, row in rows.items()
    ]


def _row(estimate: Estimate, ends: tuple[float, float]) -> dict[str, object]:
    return {"points": estimate.value, "ci_low": ends[0], "ci_high": ends[1]}


def _part(part: Part, pair: Pair, confidence: float) -> dict[str, object]:
    return {
        **_row(part.value, part.interval(pair.questions, confidence)),
        "base_share": part.shares[0],
        "other_share": part.shares[1],
        "base_right": part.right[0],
        "other_right": part.right[1],
        "support": part.support,
    }


def _sizes(pair: Pair) -> dict[str, int]:
    return {
        "n_problems": pair.m,
        "n_independent": pair.questions.units,
        "n_base": int(pair.base_n.min()),
        "n_other": int(pair.other_n.min()),
    }


def rule_gains(
    pair: Pair, arms: Mapping[str, pl.DataFrame], confidence: float
) -> list[dict[str, object]]:
    """Return the rows of RULE_GAINS of a pair; none where but one rule is known of both arms.

    Parameters
    ----------
    pair, arms, confidence
        As of `gain_parts`.
    """
    known, questions = known_columns(arms), pair.questions
    columns = {rule: column for rule, column in COUNTED.items() if column in known}
    if len(columns) < 2:
        return []
    passed = {
        rule: tuple(
            Estimate.mean(questions.mean((arm[column] / arm["n"]).to_numpy()))
            for arm in arms.values()
        )
        for rule, column in columns.items()
    }
    gains = {rule: other - base for rule, (base, other) in passed.items()}
    widest = WIDEST if WIDEST in gains else STRICT
    ends = {rule: gain_interval(gain, questions, confidence) for rule, gain in gains.items()}
    rows: list[dict[str, object]] = []
    for rule, gain in gains.items():
        beyond: dict[str, float | None] = dict.fromkeys(_BEYOND)
        flips = False
        if rule != widest:
            more = gain - gains[widest]
            apart = gain_interval(more, questions, confidence)
            beyond = dict(zip(_BEYOND, (more.value, *apart), strict=True))
            flips = parted(gain, gains[widest], (ends[rule], ends[widest]), apart)
        base, other = passed[rule]
        rows.append(
            {
                **pair.labels,
                "rule": rule,
                "base_pass_at_1": base.value,
                "other_pass_at_1": other.value,
                "gain": gain.value,
                "ci_low": ends[rule][0],
                "ci_high": ends[rule][1],
                "widest": widest,
                **beyond,
                "flips": flips,
                **_sizes(pair),
            }
        )
    return rows


_BEYOND = ("beyond", "beyond_low", "beyond_high")


def parted(one: Estimate, two: Estimate, ends: tuple[Ends, Ends], apart: Ends) -> bool:
    """Return whether a gain is there under one rule and, for all that is known, not under another.

    Of the two intervals one excludes 0, and the other lies on the other side of 0 or holds it and
    ends before half of the gain that is there; and the gains differ.

    Parameters
    ----------
    one, two : Estimate
        The gain under either rule.
    ends : tuple
        Their intervals.
    apart : tuple of float
        That of their difference.
    """
    sides = [_side(each) for each in ends]
    if sides[0] == sides[1] or not _side(apart):
        return False
    if all(sides):
        return True
    (gain, side), (low, high) = (
        ((one, sides[0]), ends[1]) if sides[0] else ((two, sides[1]), ends[0])
    )
    return (high if side > 0 else -low) < abs(gain.value) / 2


def _side(ends: Ends) -> int:
    """Return on which side of 0 an interval lies; 0 where it holds it."""
    return (ends[0] > 0) - (ends[1] < 0)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the parts of each gain, and the gain under each rule, as far as scores tell."""
    made: dict[str, list[dict[str, object]]] = {FORMAT_GAIN.name: [], RULE_GAINS.name: []}
    for compared in inputs.compared:
        given = compared.pair, inputs.shared(compared), inputs.confidence
        made[FORMAT_GAIN.name] += gain_parts(*given)
        made[RULE_GAINS.name] += rule_gains(*given)
    if not any(made.values()):
        return {}
    return {
        table.name: pl.DataFrame(made[table.name], schema=column_types(table))
        for table in (FORMAT_GAIN, RULE_GAINS)
    }
