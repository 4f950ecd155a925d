"""The sampling jobs of arms whose problems may stop.

Between two looks, at which it is decided who goes on, lies a round.  Its blocks are dealt out
to a few jobs by their position, so that a larger n adds jobs and changes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boundary.plan.arms import Arm

#: Jobs of a round: each loads the model once, and the last rounds are small.
MOST_JOBS = 4


@dataclass(frozen=True)
class RoundJob:
    """Consecutive blocks that one job samples.

    Attributes
    ----------
    look : int
        Samples of a problem at the look that says who goes on.
    blocks : tuple of int
        Numbers of the blocks.
    """

    look: int
    blocks: tuple[int, ...]

    @property
    def rule(self) -> str:
        """Name of its rule in the workflow."""
        return f"sample_blocks_{self.blocks[0]}_{self.blocks[-1]}"


def round_jobs(arm: Arm) -> list[RoundJob]:
    """Return the jobs that sample an arm behind the first look; none where no problem stops."""
    if arm.stopping is None:
        return []
    jobs = []
    for look in arm.stopping.looks[:-1]:
        first = look // arm.shard
        size = -(-first // MOST_JOBS)  # a round is as long as all before it
        starts = range(first, 2 * first, size)
        jobs += [RoundJob(look, tuple(range(at, min(at + size, 2 * first)))) for at in starts]
    return jobs


def rules_of(arms: Sequence[Arm]) -> dict[RoundJob, list[str]]:
    """Return the stopping rules of a study's arms under which each job is one, by the job."""
    under: dict[RoundJob, dict[str, None]] = {}
    for arm in arms:
        for job in round_jobs(arm):
            under.setdefault(job, {})[arm.stops] = None
    return {job: list(rules) for job, rules in under.items()}
