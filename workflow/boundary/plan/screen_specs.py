"""Spec of the jobs in which models complete problems."""

from __future__ import annotations

from boundary.digests import canonical_json
from boundary.plan.specs import sampled
from boundary.plan.study import Plan


def screen_spec(plan: Plan, folder: str) -> str:
    """Spec of a job in which a model completes problems."""
    each = plan.by_screened[folder]
    return canonical_json(sampled(plan, each.arm.folder) | each.settings)
