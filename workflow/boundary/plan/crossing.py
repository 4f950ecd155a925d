"""What a study has two models write together, and the files of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from boundary.digests import digest
from boundary.jobs.crossing import CrossedArm, CrossingTables, settings_of
from boundary.plan.arms import Arm
from boundary.plan.identity import CROSSING_REVISION


@dataclass(frozen=True)
class Crossing:
    """One direction of a comparison on one benchmark.

    Attributes
    ----------
    comparison : str
        Its name.
    host, donor : Arm
        The model that chooses all tokens but a few, and that which chooses those.
    positions : tuple of int
        Numbers of positions at which the donor chooses.
    responses : int
        Responses per problem and setting.
    """

    comparison: str
    host: Arm
    donor: Arm
    positions: tuple[int, ...]
    responses: int

    @property
    def folder(self) -> str:
        """Both models, benchmark, protocol and settings, as they stand in paths."""
        host, _, _ = self.host.folder.split("/")
        settings = {
            "positions": self.positions,
            "responses": self.responses,
            "n": self.donor.n_each,
            "revision": CROSSING_REVISION,
        }
        return f"{host}/{self.donor.folder}/{digest(settings)}"

    @property
    def per_problem(self) -> int:
        """Responses to a problem, in all settings."""
        return self.responses * len(settings_of(self.positions))

    @property
    def samples(self) -> str:
        """Path of the responses."""
        return f"results/crossings/{self.folder}/samples.parquet"

    @property
    def ranked(self) -> str:
        """Path of the positions at which the donor chooses."""
        return f"results/crossings/{self.folder}/positions.parquet"

    @property
    def verdicts(self) -> str:
        """Path of the verdicts on the responses."""
        return f"results/crossings/{self.folder}/verdicts-{self.donor.grader}.parquet"


def tables_job(
    crossings: Sequence[Crossing], bootstrap: int, confidence: float, options: dict[str, JsonValue]
) -> CrossingTables:
    """Return the job that makes the tables of an analysis."""
    return CrossingTables(
        arms=[
            CrossedArm(
                comparison=crossing.comparison,
                benchmark=crossing.donor.benchmark,
                protocol=crossing.donor.protocol,
                host=crossing.host.model,
                donor=crossing.donor.model,
                problems=crossing.donor.problems,
                samples=crossing.samples,
                positions=crossing.ranked,
                verdicts=crossing.verdicts,
                host_scores=crossing.host.scores,
                donor_scores=crossing.donor.scores,
            )
            for crossing in crossings
        ],
        positions=list(crossings[0].positions),
        responses=crossings[0].responses,
        bootstrap=bootstrap,
        confidence=confidence,
        options=options,
    )
