"""An arm: one model on one benchmark under one protocol, and its files."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cache
from typing import Literal

from boundary.digests import digest
from boundary.jobs.shards import Shards
from boundary.kinds import grader_digest, kind
from boundary.stopping import StoppingRule

#: Stand in place of a grader's digest where counts were published, and where the verdicts of
#: imported files count.
PUBLISHED, THEIRS = "published", "theirs"

#: Bump when a change of code alters who goes on after a look.
STOPPING_REVISION = 1

#: What may be had of an arm.
Offer = Literal["scores", "verdicts", "samples"]


@dataclass(frozen=True)
class Source:
    """Where the responses of an arm come from, and so what there is of them."""

    name: str
    offers: tuple[Offer, ...]


SAMPLED = Source("sampled", ("scores", "verdicts", "samples"))
COUNTS = Source("counts", ("scores",))
#: Responses of another tool that are graded here, and those that count by its verdicts.
IMPORTED = Source("import", ("scores", "verdicts", "samples"))
IMPORTED_SCORES = Source("import", ("scores",))


@cache
def _grader(
    kind: str, sandbox: str, extract: str, stdout_tolerance: float, verifier: str | None
) -> str:
    """Digest of a grader; reading its sources takes longer than the rest of an arm's plan."""
    return grader_digest(kind, sandbox, extract, stdout_tolerance, verifier)


@dataclass(frozen=True)
class Arm:
    """One model on one benchmark under one protocol.

    Attributes
    ----------
    folder : str
        The three labelled digests, joined by slashes, as they stand in paths.
    n : int
        Samples per problem that the study asks for, of problems that stop early the most; 0
        where imported files alone tell.
    shard : int
        Samples per problem in one block; 0 where nothing is sampled.
    kind : str
        What the problems are, of `boundary.kinds`; ``unknown`` where counts name a
        benchmark of which neither the study nor the registry says it.
    source : Source
        Where the responses come from.
    sandbox : str
        Which sandbox the study lets programs run in.
    extract : str
        The rule by which the study reads final answers.
    stdout_tolerance : float
        By how much printed floats may differ.
    verifier : str, optional
        The study's own verifier, ``file:PATH.py``.
    stopping : StoppingRule, optional
        When a problem is sampled no further; None: all have n samples.
    """

    model: str
    benchmark: str
    protocol: str
    folder: str
    n: int
    shard: int
    kind: str
    source: Source
    sandbox: str
    extract: str
    stdout_tolerance: float = 0.0
    verifier: str | None = None
    stopping: StoppingRule | None = None

    @property
    def n_each(self) -> int:
        """Samples that every problem has."""
        return self.stopping.first_look if self.stopping else self.n

    @property
    def stops(self) -> str:
        """Identity of who goes on after each look; how far the study goes is no part of it."""
        if self.stopping is None:
            return ""
        made_of = {
            "first": self.stopping.first_look,
            "growth": 2,
            "stop_after": self.stopping.stop_after,
            "label": "correct",
            "grader": self.grader,
            "samples_per_shard": self.shard,  # by which rounds are cut into jobs
            "revision": STOPPING_REVISION,
        }
        return digest(made_of)

    def going(self, look: int) -> str:
        """Path of the list of problems that go on after a look."""
        return f"results/going/{self.folder}/{self.stops}/{look}.json"

    @property
    def published(self) -> bool:
        """Whether verdicts, or counts of them, come from a file and nothing is judged here."""
        return "samples" not in self.source.offers

    @property
    def sampled(self) -> bool:
        """Whether the study draws the responses."""
        return self.source is SAMPLED

    @property
    def imported(self) -> bool:
        """Whether another tool made the responses."""
        return self.source.name == IMPORTED.name

    @property
    def problems(self) -> str:
        """Path of the problem table."""
        if self.imported:
            return f"results/imports/{self.folder}/problems.parquet"
        return f"results/problems/{self.folder.split('/')[1]}.parquet"

    @property
    def grader(self) -> str:
        """Identity of what judges the responses."""
        if self.published:
            return THEIRS if self.imported else PUBLISHED
        return _grader(self.kind, self.sandbox, self.extract, self.stdout_tolerance, self.verifier)

    @property
    def verification_flags(self) -> str:
        """What the command that verifies the arm is told beside its files."""
        takes = kind(self.kind).takes
        flags = {
            "sandbox": "sandbox" in takes,
            "extract": "extract" in takes,
            "stdout_tolerance": "stdout_tolerance" in takes and self.stdout_tolerance > 0,
            "verifier": self.verifier is not None,
        }
        return " ".join(
            f"--{name.replace('_', '-')}={shlex.quote(str(getattr(self, name)))}"
            for name, used in flags.items()
            if used
        )

    @property
    def scores(self) -> str:
        """Path of the scores: at this n, or of all that was imported."""
        which = "imported" if self.imported else f"n{self.n}"
        which += f"-{self.stops}" if self.stopping else ""
        return f"results/scores/{self.folder}/{which}-{self.grader}.parquet"

    def sample_shards(self, first: int | None = None) -> Shards:
        """Shards that hold the ``first`` samples of each problem; all of it by default."""
        stage = "imports" if self.imported else "samples"
        return self._shards(f"results/{stage}/{self.folder}", first)

    def verdict_shards(self, first: int | None = None) -> Shards:
        """Verdict shards of the ``first`` samples of each problem."""
        return self._shards(f"results/verdicts/{self.folder}/{self.grader}", first)

    def _shards(self, folder: str, first: int | None) -> Shards:
        blocks = self._blocks(first)
        every = min(blocks, self._blocks(self.n_each))
        if blocks == every:
            partly = self.stopping is not None
            return Shards(folder=folder, blocks=every, partly=partly)
        return Shards(folder=folder, blocks=every, later=f"{folder}/{self.stops}", end=blocks)

    def samples(self, first: int | None = None) -> list[str]:
        """Paths of the shards that hold the ``first`` samples; none of published counts."""
        return self.sample_shards(first).files() if self._blocks(first) else []

    def verdicts(self, first: int | None = None) -> list[str]:
        """Paths of their verdict shards."""
        return self.verdict_shards(first).files() if self._blocks(first) else []

    def _blocks(self, first: int | None) -> int:
        if self.published:
            return 0
        if self.imported:
            return 1
        return -(-(self.n if first is None else first) // self.shard)
