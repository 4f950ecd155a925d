"""Files and specs of what two models write together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from boundary.digests import canonical_json
from boundary.estimate.stages import stages
from boundary.jobs.crossing import CrossingTables
from boundary.jobs.making import CrossingJob
from boundary.plan import Plan, crossing_specs, specs
from boundary.plan.analyses import analysis_jobs, figures_of, tables_of

ASKED = {"comparisons": ["rl-vs-base"], "benchmarks": ["tiny"], "positions": [1, 2]}
Planned = Callable[..., Plan]


def crossed(plan: Planned, edits: dict[str, Any] | None = None, **keys: Any) -> Plan:
    return plan({"analyses.cross_sampling": ASKED | keys, **(edits or {})})


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_is_planned_that_nobody_reads(plan: Planned, asked: bool) -> None:
    found = crossed(plan, {"analyses.gain_carriers": False}) if asked else plan()
    assert found.crossings == []
    assert "cross_sampling" not in {*tables_of(found), *figures_of(found)}
    assert not {"cross_sample", "verify_crossing"} & stages(found, lambda path: False).counts.keys()


def test_both_directions_are_planned_and_counted(plan: Planned) -> None:
    found = crossed(plan)
    assert [(each.host.model, each.donor.model) for each in found.crossings] == [
        ("base", "rl"),
        ("rl", "base"),
    ]
    counts = {rule: count.all for rule, count in stages(found, lambda path: False).counts.items()}
    assert (counts["cross_sample"], counts["verify_crossing"]) == (2, 2)
    assert counts["analyse_gain_carriers"] == 1
    assert "cross_sampling" in tables_of(found)
    assert "cross_sampling" in figures_of(found)


def test_a_spec_holds_what_decides_and_no_budget(plan: Planned) -> None:
    found = crossed(plan)
    first = found.crossings[0]
    text = crossing_specs.crossing_spec(found, first.folder)
    assert text == canonical_json(json.loads(text))
    job = CrossingJob.model_validate(json.loads(text))
    assert (job.host.model, job.donor.model, job.n) == ("base", "rl", 8)
    assert job.name == "rl in base"
    other = crossed(plan, most_tokens=10**9, edits={"study": "another", "analyses.bootstrap": 999})
    assert crossing_specs.crossing_spec(other, first.folder) == text


def test_exchanging_base_and_other_keeps_every_file_and_spec(plan: Planned) -> None:
    swapped = {"comparisons.0.base": "rl", "comparisons.0.other": "base"}
    one, two = crossed(plan), crossed(plan, swapped, comparisons=["base-vs-rl"])
    assert one.by_crossing.keys() == two.by_crossing.keys()
    for folder in one.by_crossing:
        made = [crossing_specs.crossing_spec(each, folder) for each in (one, two)]
        assert made[0] == made[1]


def test_what_decides_stands_in_the_path(plan: Planned) -> None:
    folders = {
        next(iter(each.by_crossing))
        for each in (
            crossed(plan),
            crossed(plan, positions=[1]),
            crossed(plan, responses=8),
            crossed(plan, {"protocols.t1.n": 16}),
            crossed(plan, {"protocols.t1.temperature": 0.5}),
        )
    }
    assert len(folders) == 5


def test_the_job_of_the_tables_names_every_file_that_it_reads(plan: Planned) -> None:
    found = crossed(plan)
    (job,) = (job for job in analysis_jobs(found) if job.needs == "crossings")
    tables = CrossingTables.model_validate(json.loads(specs.analysis_spec(found, job)))
    named = {
        path
        for arm in tables.arms
        for name, path in arm
        if name not in ("comparison", "benchmark", "protocol", "host", "donor")
    }
    assert named == set(job.inputs)
    assert job.command == "analysis gain_carriers"


def test_a_job_has_room_for_both_models(plan: Planned) -> None:
    found = crossed(plan)
    first = found.crossings[0]
    alone = found.job(first.donor.model, first.donor)
    assert found.crossing_job(first).mem_mb == 2 * alone.mem_mb
