"""Which responses of a study are edited, and the files and specs of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from boundary.digests import digest
from boundary.edits import most_tokens_of
from boundary.jobs.interventions import IntervenedArm, InterventionTables
from boundary.plan.arms import Arm
from boundary.plan.identity import INTERVENTION_REVISION

if TYPE_CHECKING:
    from boundary.config.analyses import Interventions


@dataclass(frozen=True)
class Intervention:
    """The edited responses of an arm.

    Attributes
    ----------
    arm : Arm
        Whose responses are edited.
    edits : tuple of str
        What is done to them.
    responses, steps : int
        First responses to each problem, and the most steps of one that are edited.
    """

    arm: Arm
    edits: tuple[str, ...]
    responses: int
    steps: int

    @classmethod
    def of(cls, arm: Arm, asked: Interventions) -> Intervention:
        """Return what a study asks for of an arm, which may have fewer responses."""
        return cls(arm, tuple(asked.edits), min(asked.responses, arm.n_each), asked.steps)

    @property
    def settings(self) -> dict[str, object]:
        """What decides, beside the arm, what is drawn."""
        return {"edits": sorted(self.edits), "responses": self.responses, "steps": self.steps}

    @property
    def folder(self) -> str:
        """The arm and the settings, as they stand in paths."""
        return f"{self.arm.folder}/{digest(self.settings | {'revision': INTERVENTION_REVISION})}"

    def whole_responses(self, longest: int) -> float:
        """Return to how many responses to a problem the tokens come that may be drawn."""
        return self.responses * most_tokens_of(self.edits, self.steps, longest) / longest

    @property
    def originals(self) -> list[str]:
        """Paths of the responses that are edited."""
        return self.arm.samples(self.responses)

    @property
    def samples(self) -> str:
        """Path of the responses that go on from an edit."""
        return f"results/interventions/{self.folder}/samples.parquet"

    @property
    def edited(self) -> str:
        """Path of the table of edits."""
        return f"results/interventions/{self.folder}/edited.parquet"

    @property
    def verdicts(self) -> str:
        """Path of the verdicts on the responses that go on from an edit."""
        return f"results/interventions/{self.folder}/verdicts-{self.arm.grader}.parquet"

    def inputs(self) -> list[str]:
        """Return the files from which tables are made."""
        judged = self.arm.verdicts(self.responses)
        made = (self.edited, self.samples, self.verdicts)
        return [self.arm.problems, *self.originals, *judged, self.arm.scores, *made]


def tables_job(
    interventions: Sequence[Intervention], confidence: float, options: dict[str, JsonValue]
) -> InterventionTables:
    """Return the job that makes the tables of an analysis."""
    return InterventionTables(
        arms=[
            IntervenedArm(
                model=each.arm.model,
                benchmark=each.arm.benchmark,
                protocol=each.arm.protocol,
                problems=each.arm.problems,
                samples=each.arm.sample_shards(each.responses),
                verdicts=each.arm.verdict_shards(each.responses),
                scores=each.arm.scores,
                edits=each.edited,
                edited=each.samples,
                edited_verdicts=each.verdicts,
            )
            for each in interventions
        ],
        confidence=confidence,
        options=options,
    )
