"""Arms whose problems may stop: their files, the jobs of a round, and what stays from n to n."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from boundary.jobs.making import SamplingJob, SamplingRound
from boundary.jobs.reading import Look, Score
from boundary.jobs.shards import Shards
from boundary.plan import Arm, Plan
from boundary.plan.round_specs import look_spec, round_spec
from boundary.plan.rounds import MOST_JOBS, RoundJob, round_jobs, rules_of
from boundary.plan.specs import sample_spec, score_spec
from boundary.stopping import StoppingRule

Planned = Callable[..., Plan]


@pytest.fixture
def stopping(plan: Planned) -> Callable[..., Plan]:
    """Return what plans the smoke study, blocks of 4, with a rule."""

    def planned(maximum: int = 32, first: int = 4, stop_after: int = 2, **edits: object) -> Plan:
        rule = {"max": maximum, "first": first, "stop_after": stop_after}
        return plan({"protocols.t1.n": rule} | {k.replace("__", "."): v for k, v in edits.items()})

    return planned


def test_the_files_of_an_arm(stopping: Planned, plan: Planned) -> None:
    arm, fixed = stopping().arms[0], plan({"protocols.t1.n": 4}).arms[0]
    assert (arm.folder, arm.n, arm.n_each) == (fixed.folder, 32, 4)
    assert arm.stopping == StoppingRule(32, 4, 2)
    assert arm.samples()[:1] == fixed.samples() == arm.samples(4)
    assert arm.samples()[1:] == [
        f"results/samples/{arm.folder}/{arm.stops}/{block:05d}.parquet" for block in range(1, 8)
    ]
    assert arm.verdicts(8) == [
        f"results/verdicts/{arm.folder}/{arm.grader}/00000.parquet",
        f"results/verdicts/{arm.folder}/{arm.grader}/{arm.stops}/00001.parquet",
    ]
    assert arm.going(8) == f"results/going/{arm.folder}/{arm.stops}/8.json"
    assert arm.scores == f"results/scores/{arm.folder}/n32-{arm.stops}-{arm.grader}.parquet"
    assert arm.sample_shards(4).model_dump() == {
        "folder": f"results/samples/{arm.folder}",
        "blocks": 1,
        "partly": True,
    }
    whole = arm.sample_shards()
    assert Shards.model_validate(whole.model_dump()).files() == arm.samples()
    assert fixed.sample_shards().model_dump() == {"folder": whole.folder, "blocks": 1}


def test_a_model_with_an_n_of_its_own_has_no_rule(stopping: Planned) -> None:
    arms = {arm.model: arm for arm in stopping(models__rl__n=8).arms}
    assert arms["rl"].stopping is None and arms["rl"].n == 8
    assert arms["base"].stopping is not None


@pytest.mark.parametrize(
    ("edits", "same"),
    [
        ({"maximum": 64}, True),
        ({"stop_after": 3}, False),
        ({"first": 8}, False),
        ({"verification": {"extract": "boxed"}}, True),  # which the lab's grader does not read
    ],
)
def test_the_rule_has_an_identity_of_its_own(edits: dict, same: bool, stopping: Planned) -> None:
    assert (stopping(**edits).arms[0].stops == stopping().arms[0].stops) == same


def jobs(plan: Plan) -> list[RoundJob]:
    return round_jobs(plan.arms[0])


def test_a_round_is_dealt_out_to_few_jobs_by_position(stopping: Planned) -> None:
    made = jobs(stopping(64))
    assert [(job.look, job.blocks) for job in made] == [
        *[(4, (1,)), (8, (2,)), (8, (3,)), (16, (4,)), (16, (5,)), (16, (6,)), (16, (7,))],
        *[(32, (at, at + 1)) for at in (8, 10, 12, 14)],
    ]
    assert made[: len(jobs(stopping()))] == jobs(stopping())
    assert made[-1].rule == "sample_blocks_14_15"


@pytest.mark.parametrize("first", [4, 12, 20, 28, 100])
def test_every_block_is_sampled_once(first: int, stopping: Planned) -> None:
    made = jobs(stopping(8 * first, first))
    blocks = [block for job in made for block in job.blocks]
    assert blocks == [*range(first // 4, 2 * first)]
    for look in (first, 2 * first, 4 * first):
        assert 0 < sum(job.look == look for job in made) <= MOST_JOBS


def test_arms_of_one_n_have_no_rounds(plan: Planned) -> None:
    assert rules_of(plan().arms) == {}
    assert round_jobs(plan().arms[0]) == []


def test_the_rules_under_which_a_job_is_one(stopping: Planned) -> None:
    planned = stopping()
    rules = {arm.stops for arm in planned.arms}
    assert len(rules) == 1
    assert {tuple(names) for names in rules_of(planned.arms).values()} == {tuple(rules)}


def test_a_block_is_the_one_that_an_arm_of_one_n_has(stopping: Planned, plan: Planned) -> None:
    arm: Arm = stopping().arms[0]
    spec = SamplingRound.model_validate_json(round_spec(stopping(), arm.folder, (2, 3)))
    for block, made in zip((2, 3), spec.jobs(), strict=True):
        fixed = SamplingJob.model_validate_json(
            sample_spec(plan({"protocols.t1.n": 32}), arm.folder, block)
        )
        assert made == fixed
        assert made.model_dump(exclude_unset=True) == fixed.model_dump(exclude_unset=True)


def test_specs_of_looks_and_scores(stopping: Planned) -> None:
    planned = stopping()
    arm = planned.arms[0]
    look = Look.model_validate_json(look_spec(planned, arm.folder, 8))
    assert (look.look, look.stop_after) == (8, 2)
    assert look.verdicts.files() == arm.verdicts(8)
    assert look_spec(stopping(64), arm.folder, 8) == look_spec(planned, arm.folder, 8)
    text = score_spec(planned, arm.folder, 32)
    score = Score.model_validate_json(text)
    assert (score.n, score.stopping) == (None, StoppingRule(32, 4, 2))
    assert score.samples.files() == arm.samples()
    assert json.loads(text)["stopping"] == {"n_max": 32, "first_look": 4, "stop_after": 2}


def test_readers_of_responses_take_the_first_look(stopping: Planned) -> None:
    planned = stopping()
    arm = planned.scored.arms[0]
    assert planned.scored.responses(arm) == 4
    assert {path for each in planned.scored.arms for path in each.samples(4)} <= {
        *planned.scored.texts()
    }
