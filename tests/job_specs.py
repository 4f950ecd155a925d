"""The specs of the jobs that make a study's tables, by what they are."""

from __future__ import annotations

from boundary.plan import Plan, specs
from boundary.plan.analyses import analysis_jobs


def tables_spec(plan: Plan) -> str:
    """Return the spec of the job of all analyses of scores."""
    return spec_of(plan, "analyse_study")


def spec_of(plan: Plan, rule: str) -> str:
    """Return the spec of the job of a rule."""
    (job,) = (job for job in analysis_jobs(plan) if job.rule == rule)
    return specs.analysis_spec(plan, job)
