"""What the specs of different jobs share."""

from __future__ import annotations

from boundary.digests import canonical_json
from boundary.plan.arms import Arm
from boundary.strict import Strict

#: Settings that stand in a spec only where they are given, so that a study without them
#: keeps the specs it had before there were any.
LATER_KEYS = (
    *("min_n", "question", "read", "comparisons", "grids", "printed_points", "printed_sets"),
    *("printed_entropies", "stopping", "controls", "protocols"),
)


def spec_text(job: Strict) -> str:
    """Return the canonical text of a job's settings."""
    unset = {name for name in LATER_KEYS if getattr(job, name, ...) is None}
    return canonical_json(job.model_dump(mode="json", exclude=unset))


def arm_names(arm: Arm) -> dict[str, str]:
    """Return what tells an arm from others."""
    return {"model": arm.model, "benchmark": arm.benchmark, "protocol": arm.protocol}


def judged(arm: Arm, first: int | None = None) -> dict[str, object]:
    """Return an arm with its problems and verdicts, all or the first samples'."""
    return {
        "kind": arm.kind,
        "problems": arm.problems,
        "verdicts": arm.verdict_shards(first),
        **arm_names(arm),
    }
