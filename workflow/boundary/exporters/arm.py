"""What exporters are given of an arm: names, counts, problems, responses with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from boundary.analysis.passk import pass_at_each
from boundary.analysis.stopped import rule_of
from boundary.meetings import read_pairs
from boundary.store import Provenance, read_provenance, read_table
from boundary.tables import PROBLEMS, SCORES, UNTESTED

#: What is taken of samples and of verdicts.
_SAMPLED = ("problem_id", "sample_index", "response", "n_tokens", "finish_reason")
_JUDGED = ("problem_id", "sample_index", "answer", "extraction", "verdict", "correct")


@dataclass(frozen=True)
class ExportedArm:
    """One model on one benchmark under one protocol, finished.

    Attributes
    ----------
    model, benchmark, protocol : str
        Names in the study.
    source : str
        Where the model comes from, as the study says.
    settings : mapping
        How it was sampled, as the study says; empty where it is not sampled.
    scores : Path
    problems : Path
        Not there for counts.
    samples, verdicts : tuple of Path
        Shards in pairs; none where verdicts come from a file.
    """

    model: str
    benchmark: str
    protocol: str
    source: str
    settings: Mapping[str, object]
    scores: Path
    problems: Path
    samples: tuple[Path, ...]
    verdicts: tuple[Path, ...]

    @property
    def labels(self) -> dict[str, str]:
        """Its names by the columns in which they stand."""
        return {"model": self.model, "benchmark": self.benchmark, "protocol": self.protocol}

    @property
    def place(self) -> Path:
        """What names a file of this arm alone, in folders, as names may hold any separator."""
        return Path(self.protocol, self.benchmark, self.model)

    @cached_property
    def counts(self) -> pl.DataFrame:
        """A SCORES table."""
        rows = read_table(self.scores, SCORES)
        return rows.filter(pl.col(key) == value for key, value in self.labels.items()).sort(
            "problem_id"
        )

    @cached_property
    def pass_at_1(self) -> tuple[float, float | None]:
        """pass@1 and its standard error over problems; None for one."""
        n, correct = self.counts["n"].to_numpy(), self.counts["correct"].to_numpy()
        rule = rule_of(self.counts)
        rates = correct / n if rule is None else pass_at_each(n, correct, 1, rule)
        error = rates.std(ddof=1) / len(rates) ** 0.5 if len(rates) > 1 else None
        return float(rates.mean()), None if error is None else float(error)

    @cached_property
    def asked(self) -> pl.DataFrame:
        """A PROBLEMS table of its benchmark, without tests.  Only of arms with responses."""
        rows = read_table(self.problems, PROBLEMS, columns=UNTESTED)
        return rows.filter(benchmark=self.benchmark).sort("problem_id")

    @cached_property
    def origin(self) -> Provenance:
        """The provenance of its scores."""
        return read_provenance(self.scores)

    def responses(self) -> pl.DataFrame:
        """Return all responses with their verdicts, by problem and sample; as large as the texts.

        Returns
        -------
        polars.DataFrame
            The arm's names, ``problem_id``, ``sample_index``, ``response``, ``n_tokens``,
            ``finish_reason``, ``answer``, ``extraction``, ``verdict`` and ``correct``; null
            verdicts of responses without outcome.

        Raises
        ------
        TableError
            When samples, verdicts, problems and scores are not of one origin.
        """
        pairs = read_pairs(self.problems, self.samples, self.verdicts, self.labels, self.scores)
        parts = [
            rows.select(_SAMPLED).join(
                judged.select(*(name for name in _JUDGED if name in judged.columns)),
                on=["problem_id", "sample_index"],
                how="left",
            )
            for rows, judged in pairs
        ]
        # Some kinds of problems have no rule by which answers are read.
        parts.append(pl.DataFrame(schema=dict.fromkeys(("answer", "extraction"), pl.String)))
        whole = pl.concat(parts, how="diagonal").sort("problem_id", "sample_index")
        named = (pl.lit(text).alias(key) for key, text in self.labels.items())
        return whole.select(*named, *_SAMPLED, *_JUDGED[2:])
