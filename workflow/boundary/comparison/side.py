"""One side of a comparison: what was read of a file or folder of another tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Literal

import polars as pl

from boundary.errors import InputError
from boundary.lookalikes import refuse_lookalikes

#: Stands for the protocol of responses and counts that were not sampled here.
PROTOCOL = "imported"
#: What problems are called where neither the files nor the user say it.
BENCHMARK = "benchmark"
#: Columns of what is known of problems.
ASKED = dict.fromkeys(("benchmark", "problem_id", "question", "answer"), pl.String)
#: Whose verdicts the numbers of correct responses are: of our graders, or of the file.
JudgedBy = Literal["ours", "theirs"]


@dataclass(frozen=True)
class Side:
    """A model and its scores, with what must be said of them.

    Attributes
    ----------
    path : Path
        File or folder that was given.
    format : str
        Name of the importer that read it.
    sha256 : str
        Digest of the content of all files that were read.
    label : str
        What the model is called.
    scores : polars.DataFrame
        A SCORES table of the model on each of its benchmarks, under `PROTOCOL`.
    judged_by : mapping of str to str
        By benchmark, whose verdicts ``correct`` counts.
    remarks : tuple of str
        What was read, dropped, joined or guessed: a sentence each, without full stop.
    rules : mapping of str to str
        By benchmark, by which of several rules the verdicts of the file are: a metric, a
        scorer; without those whose file knows one alone.
    problems : polars.DataFrame
        ``benchmark``, ``problem_id``, ``question`` and ``answer`` of problems of which
        something is known; questions and gold answers are null where they are not.
    """

    path: Path
    format: str
    sha256: str
    label: str
    scores: pl.DataFrame
    judged_by: Mapping[str, JudgedBy]
    remarks: tuple[str, ...] = field(default=())
    rules: Mapping[str, str] = field(default_factory=dict)
    problems: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ASKED))


def refuse_equal_labels(named: Sequence[tuple[Path, str]]) -> None:
    """Refuse two sides under one name.

    Raises
    ------
    InputError
        Names both paths.
    TableError
        When two names look alike.
    """
    for (one, name), (two, other) in combinations(named, 2):
        if name == other:
            raise InputError(
                f"{one} and {two}: both are called {name!r}. Give each side a name of its own, in "
                f"their order: --label NAME --label OTHER."
            )
    refuse_lookalikes(pl.Series([name for _, name in named]), "--label")
