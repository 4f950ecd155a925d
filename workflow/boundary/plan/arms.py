"""An arm: one model on one benchmark under one protocol, and its files."""

from __future__ import annotations

from dataclasses import dataclass

from boundary.verify import grader_digest

#: Stands in place of a grader's digest where counts were published.
PUBLISHED = "published"


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
    """

    model: str
    benchmark: str
    protocol: str
    folder: str
    n: int
    shard: int
    kind: str
    sandbox: str

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
        return PUBLISHED if self.published else grader_digest(self.kind, self.sandbox)

    @property
    def scores(self) -> str:
        """Path of the scores at this n."""
        return f"results/scores/{self.folder}/n{self.n}-{self.grader}.parquet"

    @property
    def quoted(self) -> dict[str, str]:
        """Files from which the report quotes responses: problems, and the first block."""
        return {
            "problems": self.problems,
            "samples": self.samples(1)[0],
            "verdicts": self.verdicts(1)[0],
        }

    def samples(self, first: int | None = None) -> list[str]:
        """Paths of the shards that hold the ``first`` samples of each problem."""
        return [f"results/samples/{self.folder}/{b:05d}.parquet" for b in self._blocks(first)]

    def verdicts(self, first: int | None = None) -> list[str]:
        """Paths of the verdict shards of the ``first`` samples of each problem."""
        if self.published:
            return []
        root = f"results/verdicts/{self.folder}/{self.grader}"
        return [f"{root}/{b:05d}.parquet" for b in self._blocks(first)]

    def _blocks(self, first: int | None) -> range:
        """Blocks that hold the first samples; all n by default."""
        if self.published:
            return range(0)
        return range(-(-(self.n if first is None else first) // self.shard))
