"""An arm: one model on one benchmark under one protocol, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from boundary.jobs.shards import Shards
from boundary.verify import grader_digest, verifier

#: Stands in place of a grader's digest where counts were published.
PUBLISHED = "published"


@cache
def _grader(kind: str, sandbox: str, extract: str, stdout_tolerance: float) -> str:
    """Digest of a grader; reading its sources takes longer than the rest of an arm's plan."""
    return grader_digest(kind, sandbox, extract, stdout_tolerance)


@dataclass(frozen=True)
class Arm:
    """One model on one benchmark under one protocol.

    Attributes
    ----------
    folder : str
        The three labelled digests, joined by slashes, as they stand in paths.
    n : int
        Samples per problem that the study asks for.
    shard : int
        Samples per problem in one block; 0 for published counts.
    kind : str
        What the problems are (``lab``), or ``counts``.
    sandbox : str
        Which sandbox the study lets programs run in.
    extract : str
        The rule by which the study reads final answers.
    stdout_tolerance : float
        By how much printed floats may differ.
    """

    model: str
    benchmark: str
    protocol: str
    folder: str
    n: int
    shard: int
    kind: str
    sandbox: str
    extract: str
    stdout_tolerance: float = 0.0

    @property
    def published(self) -> bool:
        """Whether counts come from a file and nothing is sampled."""
        return self.kind == "counts"

    @property
    def problems(self) -> str:
        """Path of the problem table."""
        return f"results/problems/{self.folder.split('/')[1]}.parquet"

    @property
    def grader(self) -> str:
        """Identity of what judges the responses."""
        if self.published:
            return PUBLISHED
        return _grader(self.kind, self.sandbox, self.extract, self.stdout_tolerance)

    @property
    def verification_flags(self) -> str:
        """What the command that verifies the arm is told beside its files."""
        entry = verifier(self.kind)
        flags = {
            "sandbox": entry.programs,
            "extract": entry.extracts,
            "stdout_tolerance": entry.programs and self.stdout_tolerance > 0,
        }
        return " ".join(
            f"--{name.replace('_', '-')}={getattr(self, name)}"
            for name, used in flags.items()
            if used
        )

    @property
    def scores(self) -> str:
        """Path of the scores at this n."""
        return f"results/scores/{self.folder}/n{self.n}-{self.grader}.parquet"

    def sample_shards(self, first: int | None = None) -> Shards:
        """Shards that hold the ``first`` samples of each problem; all n by default."""
        return Shards(folder=f"results/samples/{self.folder}", blocks=self._blocks(first))

    def verdict_shards(self, first: int | None = None) -> Shards:
        """Verdict shards of the ``first`` samples of each problem."""
        folder = f"results/verdicts/{self.folder}/{self.grader}"
        return Shards(folder=folder, blocks=self._blocks(first))

    def samples(self, first: int | None = None) -> list[str]:
        """Paths of the shards that hold the ``first`` samples; none of published counts."""
        return self.sample_shards(first).files() if self._blocks(first) else []

    def verdicts(self, first: int | None = None) -> list[str]:
        """Paths of their verdict shards."""
        return self.verdict_shards(first).files() if self._blocks(first) else []

    def _blocks(self, first: int | None) -> int:
        if self.published:
            return 0
        return -(-(self.n if first is None else first) // self.shard)
