"""Files and specs of edited responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from boundary.digests import canonical_json
from boundary.estimate.estimate import estimate_study
from boundary.estimate.stages import stages
from boundary.jobs.interventions import InterventionTables
from boundary.jobs.making import InterventionJob
from boundary.plan import Plan, intervention_specs, specs
from boundary.plan.analyses import analysis_jobs, tables_of

ASKED = {"models": ["base", "rl"], "benchmarks": ["tiny"], "protocol": "t1"}
Planned = Callable[..., Plan]


def intervened(plan: Planned, study: dict[str, Any] | None = None, /, **keys: Any) -> Plan:
    return plan({"analyses.interventions": ASKED | keys, **(study or {})})


def test_nothing_is_planned_where_nobody_asks(plan: Planned) -> None:
    quiet = plan()
    assert quiet.interventions == []
    assert "interventions" not in tables_of(quiet)
    counts = stages(quiet, lambda path: False).counts
    assert not {"intervene", "verify_intervention", "analyse_interventions"} & counts.keys()


def test_each_model_is_a_job_and_is_counted(plan: Planned) -> None:
    asked = intervened(plan)
    counts = {rule: count.all for rule, count in stages(asked, lambda path: False).counts.items()}
    assert (counts["intervene"], counts["verify_intervention"]) == (2, 2)
    assert counts["analyse_interventions"] == 1
    assert {"interventions", "interventions_left_out"} <= {*tables_of(asked)}


def test_the_estimate_knows_the_tokens(plan: Planned) -> None:
    """Twelve problems, four responses, two that go on at each of three steps of 16 tokens."""
    asked = intervened(plan, responses=4, steps=3, edits=["corrupt"])
    costs = [c for c in estimate_study(asked).others if c.rule == "intervene"]
    assert [cost.what for cost in costs] == ["base on tiny", "rl on tiny"]
    for cost in costs:
        assert (cost.work.jobs, cost.work.done) == (1, 0)
        assert cost.work.most_tokens == 12 * 4 * 2 * 3 * 16


def test_a_spec_holds_what_decides_and_no_budget(plan: Planned) -> None:
    asked = intervened(plan)
    first = asked.interventions[0]
    text = intervention_specs.intervention_spec(asked, first.folder)
    assert text == canonical_json(json.loads(text))
    job = InterventionJob.model_validate(json.loads(text))
    assert (job.model, job.responses, job.steps) == ("base", 8, 8)
    assert job.loads_with == "transformers"
    # Neither a budget, nor n, nor the order of edits: the first eight responses are the same.
    study = {"study": "another", "protocols.t1.n": 16, "analyses.bootstrap": 999}
    turned = ["paraphrase", "swap", "no_chain", "filler", "truncate", "corrupt"]
    other = intervened(plan, study, most_tokens=10**9, edits=turned)
    assert intervention_specs.intervention_spec(other, first.folder) == text


def test_what_decides_stands_in_the_path(plan: Planned) -> None:
    folders = {
        next(iter(each.by_intervention))
        for each in (
            intervened(plan),
            intervened(plan, edits=["corrupt"]),
            intervened(plan, responses=4),
            intervened(plan, steps=2),
            intervened(plan, {"protocols.t1.temperature": 0.5}),
        )
    }
    assert len(folders) == 5


def test_fewer_responses_than_asked_for_are_all_edited(plan: Planned) -> None:
    (one, _) = intervened(plan, responses=100).interventions
    assert (one.responses, len(one.originals)) == (8, 2)
    (one, _) = intervened(plan, responses=3).interventions
    assert (one.responses, len(one.originals)) == (3, 1)


def test_the_job_of_the_tables_names_every_file_that_it_reads(plan: Planned) -> None:
    asked = intervened(plan)
    (job,) = (job for job in analysis_jobs(asked) if job.needs == "interventions")
    tables = InterventionTables.model_validate(json.loads(specs.analysis_spec(asked, job)))
    named = {
        path
        for arm in tables.arms
        for name in ("problems", "scores", "edits", "edited", "edited_verdicts")
        for path in [getattr(arm, name)]
    } | {
        path
        for arm in tables.arms
        for shards in (arm.samples, arm.verdicts)
        for path in shards.files()
    }
    assert named == set(job.inputs)
    assert job.command == "analysis interventions"


def test_a_job_has_the_room_of_a_sampling_job(plan: Planned) -> None:
    asked = intervened(plan)
    first = asked.interventions[0]
    alone = asked.job(first.arm.model, first.arm)
    assert asked.intervention_job(first).mem_mb == alone.mem_mb
    assert asked.intervention_job(first).env == alone.env
