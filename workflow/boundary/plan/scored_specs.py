"""Specs of the jobs that score responses, and worked solutions, under models."""

from __future__ import annotations

from boundary.digests import canonical_json
from boundary.plan.arms import Arm
from boundary.plan.specs import weights
from boundary.plan.study import Plan


def likelihood_spec(plan: Plan, scorer_label: str, folder: str, block: int) -> str:
    """Spec of a job that scores responses of a block of one model under another."""
    scorer, arm = plan.scored.pairs[scorer_label, folder]
    return _scoring(plan, scorer, arm, plan.scored.samples(arm, block), {})


def gold_spec(plan: Plan, scorer_label: str, folder: str) -> str:
    """Spec of a job that scores the worked solutions of a benchmark under a model."""
    arm = plan.scored.gold[folder]
    names = {"benchmark": arm.benchmark, "protocol": arm.protocol}
    scorer = plan.scored.by_label[scorer_label]
    return _scoring(plan, scorer, arm, range(1), {"gold": names})


def _scoring(plan: Plan, scorer: str, arm: Arm, samples: range, what: dict[str, object]) -> str:
    return canonical_json(
        {
            "scorer": scorer,
            "first": samples.start,
            "responses": len(samples),
            **what,
            **plan.scored.settings(arm, samples),
            "sampling": plan.identity.sampling(arm.protocol, arm.benchmark).spec(),
            **weights(plan, scorer),
        }
    )
