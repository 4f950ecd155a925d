"""Jobs of a study from its plan, and those that are left where some files are there."""

from __future__ import annotations

from collections.abc import Callable, Container

import pytest

from boundary.estimate.stages import Stages, stages
from boundary.plan import Plan

#: Two models on two benchmarks in two blocks each.
ALL = {
    "make_problems": 2,
    "resolve_model": 2,
    "sample_block": 8,
    "verify_block": 8,
    "score_arm": 4,
    "analyse_study": 1,
    "analyse_audit": 1,
    "analyse_guess_floor": 1,
    "draw_figures": 1,
    "write_report": 1,
    "write_explorer": 1,
    "bundle_report": 1,
}


def left(found: Stages) -> dict[str, int]:
    return {rule: count.left for rule, count in found.counts.items() if count.left}


def without(files: Container[str]) -> Callable[[str], bool]:
    """Return what says that all files are there but some."""
    return lambda path: path not in files


def test_from_nothing_every_job_runs(study: Callable[..., Plan]) -> None:
    found = stages(study(), lambda path: False)
    assert {rule: count.all for rule, count in found.counts.items()} == ALL == left(found)


def test_where_all_is_there_nothing_runs(study: Callable[..., Plan]) -> None:
    found = stages(study(), lambda path: True)
    assert (left(found), found.to_make) == ({}, frozenset())
    assert {rule: count.all for rule, count in found.counts.items()} == ALL


def test_a_missing_report_is_one_job_and_the_zip(study: Callable[..., Plan]) -> None:
    plan = study()
    report, bundle = plan.file("report.html"), plan.file("report.zip")
    assert stages(plan, without({report})).to_make == {report, bundle}


def test_a_missing_sample_is_made_only_for_what_needs_it(study: Callable[..., Plan]) -> None:
    plan = study()
    arm = plan.arms[0]
    sample, verdict = arm.samples()[0], arm.verdicts()[0]
    assert left(stages(plan, without({sample, verdict}))) == {}
    ends = dict.fromkeys(("analyse_study", "draw_figures", "write_report"), 1)
    ends |= dict.fromkeys(("write_explorer", "bundle_report"), 1)
    verdicts = dict.fromkeys(("analyse_audit", "analyse_guess_floor"), 1)
    # Scores that are missing need its verdict, and that the sample.
    again = stages(plan, without({sample, verdict, arm.scores}))
    blocks = {"sample_block": 1, "verify_block": 1, "score_arm": 1}
    assert left(again) == blocks | verdicts | ends
    assert {sample, verdict, arm.scores} < again.to_make


@pytest.mark.parametrize("lost", ["problems", "model"])
def test_an_ancient_input_that_is_lost_samples_anew(study: Callable[..., Plan], lost: str) -> None:
    """Nothing asks for it while samples are there; made anew for a block, it makes all stale."""
    plan = study()
    arm = plan.arms[0]
    path = arm.problems if lost == "problems" else plan.model_file(arm.model)
    found = left(stages(plan, without({path, arm.scores, *arm.samples(), *arm.verdicts()})))
    assert found["make_problems" if lost == "problems" else "resolve_model"] == 1
    # Blocks of the other model on these problems, or of this model on the other problems.
    assert found["sample_block"] == 4
