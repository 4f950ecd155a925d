"""Controls against the gains that they could explain, paired by problem.

Several controls of one kind are several settings: the one with the highest pass@1 on one
half of the problems is judged on the other half, and each is told by itself too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.controls.tables import TABLE
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.common import common_problems, counts_on
from boundary.analysis.crossfit import FEWEST, halves
from boundary.analysis.explained import explained_share, mean_between
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.pairs import select_arm
from boundary.analysis.passk import curve_at, few_ks
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import with_rule
from boundary.jobs.reading import Control


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the table of every gain that a control is held against; none without any."""
    rows: list[dict[str, Any]] = []
    for each in inputs.compared:
        of_pair = [
            control
            for control in inputs.controls
            if (control.comparison, control.benchmark)
            == (each.of.row.comparison, each.of.row.benchmark)
        ]
        for kind in dict.fromkeys(control.kind for control in of_pair):
            rows += _rows(inputs, each, [control for control in of_pair if control.kind == kind])
    return {TABLE.name: pl.DataFrame(rows, schema=column_types(TABLE))} if rows else {}


def _rows(
    inputs: ScoreInputs, each: Compared, controls: Sequence[Control]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one kind of control: each setting by itself, then the chosen one."""
    row, start = each.of.row, controls[0].start
    trained = row.arms["other" if start == "base" else "base"]
    model, benchmark, _ = row.arms[start]
    asked = [(model, benchmark, control.protocol) for control in controls]
    frames = [
        select_arm(inputs.enough, *arm, f"Comparison {row.comparison}")
        for arm in (row.arms[start], trained, *asked)
    ]
    common = common_problems(frames)
    if common.is_empty():
        return
    arms = [counts_on(common, frame) for frame in frames]
    n_min = int(min(arm.longest.min() for arm in arms))
    ks, questions = few_ks(n_min), Questions.of(common)
    problems = Questions(np.arange(questions.m), questions.cluster)
    values = np.stack([questions.mean(curve_at(arm.n, arm.correct, ks, arm.rule)) for arm in arms])
    settings = ", ".join(control.setting for control in controls)
    shared = {**each.pair.labels, "kind": controls[0].kind, "start": start, "settings": settings}
    sizes = {"n_problems": questions.m, "n_min": n_min}
    few = len(controls) > 1 and questions.units < FEWEST
    for control, of in zip(controls, values[2:], strict=True):
        note = f"fewer than {FEWEST} problems: no setting is chosen" if few else None
        named = _named(control) | {"chosen": False, "note": note}
        yield from _judged(shared | named | sizes, ks, values[:2], of, problems, inputs)
    if len(controls) == 1 or few:
        return
    counts = [with_rule(np.stack([arm.n, arm.correct]), arm.rule) for arm in arms[2:]]
    # In whichever order a study lists its controls, the same one is chosen by the same half.
    ordered = sorted(range(len(controls)), key=lambda place: counts[place].tobytes())
    chooses = halves(questions.units, content_seed(*(counts[i] for i in ordered)))[0] == 1
    if questions.cluster is not None:
        chooses = chooses[questions.cluster]
    at_one = values[2:, chooses, 0].mean(axis=1)  # few_ks begins at 1
    best = max(ordered, key=lambda place: at_one[place])
    judged = problems.rows(~chooses)
    named = _named(controls[best]) | {"chosen": True}
    sizes = {"n_problems": judged.m, "n_min": n_min}
    of_rest = values[:, ~chooses]
    yield from _judged(shared | named | sizes, ks, of_rest[:2], of_rest[2 + best], judged, inputs)


def _named(control: Control) -> dict[str, Any]:
    return {
        "control": control.control,
        "control_protocol": control.protocol,
        "setting": control.setting,
    }


def _judged(
    row: dict[str, Any],
    ks: Any,
    sides: Floats,
    control: Floats,
    problems: Questions,
    inputs: ScoreInputs,
) -> Iterator[dict[str, Any]]:
    """Yield a row a k: what the control has, and what of the gain it explains.

    ``sides`` are start and trained, ``[2, M, K]``, ``control`` is ``[M, K]``; a row of
    ``problems`` is one of the M.
    """
    mean, se = problems.mean_and_se(control)
    low, high = share_interval(mean, se, problems.units, inputs.confidence)
    for i, k in enumerate(ks.tolist()):
        start, trained, of = sides[0, :, i], sides[1, :, i], control[:, i]
        lead = mean_between(of - trained, problems, inputs.confidence)
        share = explained_share(start, trained, of, problems, inputs.confidence)
        yield row | {
            "k": k,
            "flagged": 2 * k > row["n_min"],
            "start_pass_at_k": min(1.0, max(0.0, float(start.mean()))),
            "trained_pass_at_k": min(1.0, max(0.0, float(trained.mean()))),
            "control_pass_at_k": min(1.0, max(0.0, float(mean[i]))),
            "control_pass_at_k_low": float(low[i]),
            "control_pass_at_k_high": float(high[i]),
            **_around("gain", mean_between(trained - start, problems, inputs.confidence)),
            **_around("lead", lead),
            **_around("explained", share or (None, None, None)),
            "outcome": "ahead" if lead[1] > 0 else "behind" if lead[2] < 0 else "open",
        }


def _around(name: str, ends: Sequence[float | None]) -> dict[str, float | None]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
