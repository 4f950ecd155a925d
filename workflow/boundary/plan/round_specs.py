"""Specs of the jobs of arms whose problems may stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from boundary.digests import canonical_json
from boundary.jobs.reading import Look
from boundary.plan.specs import block_of, sampled
from boundary.plan.study import Plan
from boundary.stopping import StoppingRule


def round_spec(plan: Plan, folder: str, blocks: Sequence[int]) -> str:
    """Spec of a job that samples blocks of the problems that go on."""
    made_of = [block_of(folder, block) for block in blocks]
    return canonical_json({**sampled(plan, folder), "blocks": made_of})


def look_spec(plan: Plan, folder: str, look: int) -> str:
    """Spec of the job that says which problems go on after a look."""
    arm = plan.by_folder[folder]
    rule = cast("StoppingRule", arm.stopping)
    job = Look(verdicts=arm.verdict_shards(look), look=look, stop_after=rule.stop_after)
    return canonical_json(job.model_dump(mode="json"))
