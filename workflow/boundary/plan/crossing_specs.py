"""Spec of the jobs in which two models write together."""

from __future__ import annotations

from boundary.digests import canonical_json, seed_of
from boundary.plan.specs import weights
from boundary.plan.study import Plan


def crossing_spec(plan: Plan, folder: str) -> str:
    """Spec of a job that has two models write together."""
    crossing = plan.by_crossing[folder]
    arm = crossing.donor
    sides = {"host": crossing.host.model, "donor": arm.model}
    digests = [part.rpartition("-")[2] for part in folder.split("/")[:-1]]
    return canonical_json(
        {
            "sampling": plan.identity.sampling(arm.protocol, arm.benchmark).spec(),
            "benchmark": arm.benchmark,
            "protocol": arm.protocol,
            **{side: {"model": name, **weights(plan, name)} for side, name in sides.items()},
            "positions": crossing.positions,
            "responses": crossing.responses,
            "n": arm.n_each,
            "seed": seed_of("cross-sampling", *digests),
        }
    )
