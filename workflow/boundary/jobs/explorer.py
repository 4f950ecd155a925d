"""The job that writes the table of problems and the page of each."""

from __future__ import annotations

from pydantic import Field

from boundary.jobs.pages import Compared, Named, QuotedArm
from boundary.jobs.reading import ArmNames, ComparedArms, Confidence
from boundary.jobs.shards import File, Files, Text
from boundary.strict import Strict


class ExploredArm(ArmNames):
    """An arm on the pages.

    ``quoted`` are its responses; where nobody has them, as of published counts, there are its
    scores alone.  ``scorer`` is the model under which ``likelihoods`` say how surprising they are.
    """

    scores: File
    quoted: QuotedArm | None = None
    scorer: Text | None = None
    likelihoods: Files = Field(default=[])


class Explorer(Strict):
    """Write the pages of a study's problems.

    ``responses`` of each problem and arm at most, and of all together ``megabytes`` of text
    (10^6 bytes).  Arms and benchmarks stand in the order in which they are shown.
    """

    study: Text
    models: list[Named]
    confidence: Confidence
    by_protocol: bool
    pairs: dict[str, Compared]
    comparisons: list[ComparedArms]
    arms: list[ExploredArm]
    responses: int = Field(ge=0)
    megabytes: int = Field(ge=0)
