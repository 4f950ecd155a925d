"""Responses that are scored under models: which, by what, and the files that hold the results."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from boundary.allowed import BATCH_TOKENS, GOLD
from boundary.config.analyses import Likelihood
from boundary.digests import digest
from boundary.jobs.reading import tokens_beside
from boundary.jobs.sampling import Sampler, filters_of
from boundary.plan.arms import Arm
from boundary.plan.identity import SCORER_REVISION, Identity
from boundary.plan.jobs import Resources, job_of


class Scored:
    """What ``analyses.likelihood`` of a study asks for; nothing where it is absent.

    Parameters
    ----------
    asked : Likelihood, optional
        The section.
    identity : Identity
        The study, and what its names stand for.
    arm_of : callable
        Returns the arm of a model, a benchmark and a protocol.

    Attributes
    ----------
    arms : list of Arm
        Arms whose responses are scored.
    """

    def __init__(
        self, asked: Likelihood | None, identity: Identity, arm_of: Callable[[str, str, str], Arm]
    ) -> None:
        self.asked, self._identity = asked, identity
        self.arms: list[Arm] = []
        if asked:
            self.arms = [
                arm_of(model, benchmark, asked.protocol)
                for benchmark in asked.benchmarks
                for model in dict.fromkeys([*asked.models, *asked.sources])
            ]

    @property
    def scorers(self) -> list[str]:
        """Models under which responses are scored."""
        return self.asked.models if self.asked else []

    @property
    def batch_tokens(self) -> int:
        """Tokens that the transformers engine scores together, which decides no result."""
        return self.asked.batch_tokens if self.asked else BATCH_TOKENS

    @cached_property
    def by_label(self) -> dict[str, str]:
        """Scorers by their labels."""
        return {self._identity.model_label(scorer): scorer for scorer in self.scorers}

    @cached_property
    def pairs(self) -> dict[tuple[str, str], tuple[str, Arm]]:
        """(Scorer, source arm) by (scorer's label, source's folder)."""
        return {
            (label, arm.folder): (scorer, arm)
            for arm in self.arms
            for label, scorer in self.by_label.items()
        }

    def responses(self, arm: Arm) -> int:
        """How many responses per problem of an arm are scored."""
        return min(self.asked.responses, arm.n_each) if self.asked else 0

    def blocks(self, arm: Arm) -> list[tuple[int, int]]:
        """Blocks of an arm that are scored, and how many responses per problem of each."""
        left, size = self.responses(arm), arm.shard
        return [(block, min(size, left - at)) for block, at in enumerate(range(0, left, size))]

    def reads(self, folder: str, block: int) -> bool:
        """Whether responses of a block are scored, so that its sampled tokens are of use."""
        return any(arm.folder == folder and block < len(self.blocks(arm)) for arm in self.arms)

    def engine(self, arm: Arm) -> str:
        """Engine that scores the responses of an arm."""
        asked = self.asked.engine if self.asked else None
        return asked or self._identity.study.protocols[arm.protocol].engine

    def samplers(self, arm: Arm) -> list[Sampler]:
        """Samplers whose reach is looked at: the arm's own nucleus if it cuts, and those asked for.

        A sampler with filters is none that a nucleus stands for.
        """
        drawn = self._identity.study.protocols[arm.protocol]
        each = list(self.asked.samplers) if self.asked else []
        nucleus = drawn.temperature > 0 and not filters_of(drawn.model_dump())
        if nucleus and (drawn.temperature, drawn.top_p) != (1, 1):
            each.insert(0, Sampler(temperature=drawn.temperature, top_p=drawn.top_p))
        return [one for i, one in enumerate(each) if one not in each[:i]]

    def settings(self, arm: Arm, samples: range) -> dict[str, object]:
        """Return what decides the scores of some samples of an arm beside the scorer.

        Of the responses whose tokens are kept those count that are among them, so that
        blocks behind these stay as they are.
        """
        asked = self.asked
        kept = min(asked.token_responses, samples.stop) if asked else 0
        return {
            "engine": self.engine(arm),
            "samplers": [each.model_dump(mode="json") for each in self.samplers(arm)],
            "token_responses": kept if kept > samples.start else 0,
            "too_long": asked.too_long if asked else "cut",
        }

    def job(self, scorer: str, arm: Arm) -> Resources:
        """Return what a job needs that scores responses of a block of an arm."""
        most = self.blocks(arm)[0][1]
        return job_of(self._identity, scorer, arm, most, self.engine(arm))

    def folder(self, scorer: str) -> str:
        """Folder of all log-probabilities under a model."""
        return f"results/likelihoods/{self._identity.model_label(scorer)}"

    def samples(self, arm: Arm, block: int) -> range:
        """Return the samples of each problem that are scored of a block of an arm."""
        first = block * arm.shard
        return range(first, first + self.blocks(arm)[block][1])

    def _digest(self, arm: Arm, samples: range) -> str:
        return digest({"revision": SCORER_REVISION, **self.settings(arm, samples)})

    def names(self, arm: Arm) -> list[str]:
        """Tables of an arm's responses below the folder of each scorer, one a block."""
        return [
            f"{arm.folder}/{block:05d}-first{responses}-"
            f"{self._digest(arm, self.samples(arm, block))}.parquet"
            for block, responses in self.blocks(arm)
        ]

    @cached_property
    def gold(self) -> dict[str, Arm]:
        """An arm on each benchmark whose solutions are scored, by their folder."""
        if not (self.asked and self.asked.gold):
            return {}
        return {f"{GOLD}/{arm.folder.partition('/')[2]}": arm for arm in self.arms}

    def gold_name(self, folder: str) -> str:
        """Table of the solutions of a benchmark below the folder of each scorer."""
        return f"{folder}/{self._digest(self.gold[folder], range(1))}.parquet"

    def files(self) -> list[str]:
        """Paths of all log-probabilities that the study asks for."""
        sampled = [
            f"{self.folder(scorer)}/{name}"
            for scorer, arm in self.pairs.values()
            for name in self.names(arm)
        ]
        solved = [
            f"{self.folder(scorer)}/{self.gold_name(folder)}"
            for folder in self.gold
            for scorer in self.scorers
        ]
        return [*sampled, *solved]

    def token_files(self) -> list[str]:
        """Paths of the tables of what is said of each token."""
        return [tokens_beside(path) for path in self.files()]

    def verdicts(self) -> list[str]:
        """Verdict shards of the responses that are scored."""
        return [path for arm in self.arms for path in arm.verdicts(self.responses(arm))]

    def texts(self) -> list[str]:
        """Problems and sample shards of the responses that are scored."""
        problems = dict.fromkeys(arm.problems for arm in self.arms)
        samples = (path for arm in self.arms for path in arm.samples(self.responses(arm)))
        return [*problems, *samples]
