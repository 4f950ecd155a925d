"""Spec of the jobs that edit responses and let the models that wrote them go on."""

from __future__ import annotations

from boundary.digests import canonical_json, seed_of
from boundary.plan.specs import sampled
from boundary.plan.study import Plan


def intervention_spec(plan: Plan, folder: str) -> str:
    """Spec of a job that edits responses of an arm."""
    each = plan.by_intervention[folder]
    digests = [label.rpartition("-")[2] for label in each.arm.folder.split("/")]
    seed = seed_of("interventions", *digests)
    return canonical_json(sampled(plan, each.arm.folder) | each.settings | {"seed": seed})
