"""What an analysis declares of itself; the plan reads it whenever Snakemake parses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from boundary.strict import Strict

FOLDER = Path(__file__).resolve().parent
#: What an analysis reads: the scores of all arms; problems and verdicts, or samples too, arm by
#: arm; log-probabilities; what two models wrote together; what followed edited responses; what
#: models completed of problems; what was said of chains of thought.
Need = Literal[
    "scores",
    "verdicts",
    "samples",
    "likelihoods",
    "crossings",
    "interventions",
    "screen",
    "labels",
]
#: Chapters of the report, in the order of the page.
Chapter = Literal["answer", "changed", "real", "likelihood", "cost"]
CHAPTERS: dict[Chapter, str] = {
    "answer": "pass@k and differences",
    "changed": "What changed",
    "real": "Is it real? Grading, format, luck, attacks and truncation",
    "likelihood": "Likelihood",
    "cost": "Cost and reliability",
}


class Options(Strict):
    """Settings of an analysis under ``analyses.NAME`` of a study; none by default."""


@dataclass(frozen=True)
class Figure:
    """A figure of an analysis.

    Attributes
    ----------
    name : str
        Stem of its files, and of the module that builds it.
    reads : tuple of str
        Tables from which it is drawn.
    asks : str
        Key paths of sections of the study, with blanks between, without any of
        which it has nothing to show.
    on : bool
        Whether it is drawn where the study names no figures.
    series : bool
        Whether it shows the checkpoints of series that no comparison is of.
    problems : bool
        Whether its marks are of single problems, or of sets of them, in comparisons: the page
        links to these beside it.
    """

    name: str
    reads: tuple[str, ...]
    asks: str = ""
    on: bool = True
    series: bool = False
    problems: bool = False


@dataclass(frozen=True)
class Analysis:
    """What an analysis is called, reads, makes and shows.

    Attributes
    ----------
    name : str
        Its folder, its key under ``analyses`` and, where it has one, its job.
    about : str
        One sentence, for the schema of study files.
    needs : str
        What it reads, one of `Need`.
    tables : tuple of str
        What it makes, in the order of the files.
    docs : str
        Page and anchor below ``docs/``.
    kinds : tuple of str
        Kinds of problems that it is of; empty: any, published counts too.  An
        analysis of scores runs where the study has such problems, and is given
        the scores of all arms; others are given those arms alone.
    compares : bool
        Whether an analysis of verdicts or samples is given the study's comparisons too.
    stops_early : bool
        Whether an analysis of scores is right of arms whose problems stop early, which others
        are not given; those of verdicts, samples and likelihoods are given the samples that
        every problem has.
    grids : bool
        Whether an analysis of scores is told which protocols differ in temperature alone.
    controls : bool
        Whether an analysis of scores is of controls, and runs where a study has any.
    texts : bool
        Whether an analysis of likelihoods reads questions and responses too.
    unprinted : tuple of str
        Tables without a CSV beside them, as they are long.
    options : type
        Its settings.
    on : bool
        Whether it runs where the study says nothing.
    always : bool
        Whether it has no switch: the report stands on it, or the section of its stage is one.
    figures : tuple of Figure
        What it draws.
    chapter : str, optional
        Where the report shows it.
    """

    name: str
    about: str
    needs: Need
    tables: tuple[str, ...]
    docs: str
    kinds: tuple[str, ...] = ()
    compares: bool = False
    stops_early: bool = False
    grids: bool = False
    controls: bool = False
    texts: bool = False
    unprinted: tuple[str, ...] = ()
    options: type[Options] = Options
    on: bool = True
    always: bool = False
    figures: tuple[Figure, ...] = ()
    chapter: Chapter | None = None

    @property
    def spare(self) -> bool:
        """Whether it is of some studies alone, and makes no tables where it has nothing to show."""
        return bool(self.kinds) or self.controls

    @property
    def has_section(self) -> bool:
        """Whether the report says more of it than its figures."""
        return (FOLDER / self.name / "section.py").is_file()

    def figure(self, name: str) -> Figure:
        """Return its figure of a name."""
        return next(figure for figure in self.figures if figure.name == name)

    def files(self, folder: str) -> list[str]:
        """Return the paths of its tables in a folder, those for people after each."""
        return [
            f"{folder}/{name}.{suffix}"
            for name in self.tables
            for suffix in ("parquet", "csv")[: 1 if name in self.unprinted else 2]
        ]
