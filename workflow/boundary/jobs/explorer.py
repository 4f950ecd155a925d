"""The job that writes the table of problems and the page of each."""

from __future__ import annotations

from pydantic import Field

from boundary.jobs.pages import Compared, Named
from boundary.jobs.reading import ArmNames, Confidence
from boundary.jobs.shards import File, Files, ShardFiles, Text
from boundary.strict import Strict


class Responses(Strict):
    """The responses of an arm, with what they answer and how they were judged."""

    problems: File
    samples: ShardFiles
    verdicts: ShardFiles


class ExploredArm(ArmNames):
    """An arm on the pages.

    ``quoted`` are what pages quote; where nobody has responses, as of published counts, there
    are scores alone.  ``scorer`` is the model under which ``likelihoods`` say how surprising
    they are.
    """

    scores: File
    quoted: Responses | None = None
    scorer: Text | None = None
    likelihoods: Files = Field(default=[])


class Explorer(Strict):
    """Write the pages of a study's problems.

    ``responses`` of each problem and arm at most, and of all together ``megabytes`` of text
    (10^6 bytes).  Comparisons and arms stand in the order in which they are shown.
    """

    study: Text
    models: list[Named]
    confidence: Confidence
    by_protocol: bool
    pairs: dict[str, Compared]
    comparisons: list[Text]
    arms: list[ExploredArm]
    responses: int = Field(ge=0)
    megabytes: int = Field(ge=0)
