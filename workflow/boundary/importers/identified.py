"""To which of given problems each response is: by its text, its id or its function."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from boundary import strict_json
from boundary.comparison.alike import ALIKE, alike, alikeness, common_beginning
from boundary.errors import InputError
from boundary.importers.columns import Batch, brief
from boundary.importers.record import Tally
from boundary.questions import question_digests

#: The function that a question begins or asks for.
_FUNCTION = re.compile(r"^(?:async )?def (\w+)\(", re.MULTILINE)
#: Columns by which a trial tells what it answers.
_ASKED = ("problem_id", "question")
#: What the given problems say in place of the files.
_SAID = ("benchmark", "problem_id", "question", "answer")


@dataclass
class Identified:
    """Finds the given problem that each trial is to: by its text, its id or its function.

    Attributes
    ----------
    path : Path
    table : polars.DataFrame
        The given problems.
    tally : Tally
        Is told by what they were found.
    """

    path: Path
    table: pl.DataFrame
    tally: Tally
    _by: Counter[str] = field(default_factory=Counter)
    _known: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    _asked_as: dict[str, str] = field(default_factory=dict)
    _called: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.table["problem_id"].to_list()
        self.benchmark = str(self.table["benchmark"][0])
        self._questions = dict(zip(names, self.table["question"], strict=True))
        self._ids = _unique([*zip(names, names, strict=True), *self._other_names()])
        digests = question_digests(self.table["question"])
        self._texts = _unique((text, name) for text, name in zip(digests, names, strict=True))
        self._functions: dict[str, list[str]] = {}
        for name, question in self._questions.items():
            self._functions.setdefault(_function(question) or "", []).append(name)

    def _other_names(self) -> Iterator[tuple[str, str]]:
        """Yield what else tools call a problem, with its name."""
        for name, metadata in self.table.select("problem_id", "metadata").iter_rows():
            for key in ("task_id", "unique_id"):
                if isinstance(other := strict_json.loads(metadata or "{}").get(key), str):
                    yield other, name
            if name.isdecimal():
                yield str(int(name)), name

    def batches(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield trials under the given names and texts.

        Raises
        ------
        InputError
            When a trial is to none of the problems, is called as one that asks
            something else, two problems of the file are one of them, or the files
            hold several benchmarks; names file and line.
        """
        texts = self.table.select(*_SAID)
        for batch in batches:
            rows = batch.rows.with_columns(
                pl.lit(None, dtype=pl.String).alias(name)
                for name in ("benchmark", *_ASKED)
                if name not in batch.rows.columns
            )
            self._note_benchmarks(rows["benchmark"], batch.where)
            asked = rows.select(*_ASKED, "line").unique(_ASKED, keep="first", maintain_order=True)
            digests = question_digests(asked["question"].fill_null(""))
            names = [
                self._name(problem, question, digest, f"{batch.where}: line {line}")
                for (problem, question, line), digest in zip(
                    asked.iter_rows(), digests, strict=True
                )
            ]
            match = asked.select(*_ASKED).with_columns(given=pl.Series(names, dtype=pl.String))
            rows = rows.join(
                match, on=_ASKED, how="left", nulls_equal=True, maintain_order="left"
            ).drop(*_SAID, "kind", "tests", "metadata", strict=False)
            yield Batch(
                rows.rename({"given": "problem_id"}).join(
                    texts, on="problem_id", how="left", maintain_order="left"
                ),
                batch.where,
            )
        self._finish()

    def _note_benchmarks(self, names: pl.Series, where: str) -> None:
        self._called |= dict.fromkeys(names.drop_nulls().unique().sort().to_list())
        if len(self._called) > 1:
            raise InputError(
                f"{where}: the files hold several benchmarks ({', '.join(self._called)}), and "
                f"--problems {self.path} is of one; give the files of one."
            )

    def _name(
        self, problem: str | None, question: str | None, digest: str | None, where: str
    ) -> str:
        """Return the given problem that a trial of this id and text is to."""
        key = problem, digest
        if key not in self._known:
            self._known[key] = name = self._match(problem, question, digest, where)
            asked_as = problem if problem is not None else str(digest)
            earlier = self._asked_as.setdefault(name, asked_as)
            if earlier != asked_as:
                raise InputError(
                    f"{where}: problem {asked_as} is {name} of {self.path}, and so is problem "
                    f"{earlier}; name them in one way."
                )
        return self._known[key]

    def _match(
        self, problem: str | None, question: str | None, digest: str | None, where: str
    ) -> str:
        by_id = self._ids.get(problem or "")
        if digest is not None and (name := self._texts.get(digest)):
            self._by["their text"] += 1
            return name
        if by_id is not None:
            given = self._questions[by_id]
            if question and given and not alike(question, given):
                raise InputError(
                    f"{where}: problem {problem} asks something else than problem {by_id} of "
                    f"{self.path} ({brief(question)} and {brief(given)}), so those ids are of "
                    f"other problems."
                )
            self._by["their id"] += 1
            return by_id
        if question and (function := _function(question)):
            *others, best = sorted(
                (alikeness(question, given), common_beginning(question, given), name)
                for name in self._functions.get(function, ())
                if (given := self._questions[name])
            ) or [(0.0, 0, "")]
            if best[0] >= ALIKE and (not others or others[-1][:2] < best[:2]):
                self._by["the function that they ask for"] += 1
                return best[2]
        asked = f"problem {problem}" if problem is not None else f"the question {brief(question)}"
        raise InputError(
            f"{where}: {asked} is none of the {self.table.height:,} problems of {self.path} "
            f"(such as {self.table['problem_id'][0]}); give the problems of these responses."
        )

    def _finish(self) -> None:
        if not self._by:
            return
        how = ", ".join(f"{number:,} by {what}" for what, number in self._by.items())
        self.tally.say(f"problems are those of {self.path}: {how}")
        called = next(iter(self._called), self.benchmark)
        if called != self.benchmark:
            self.tally.say(f"the problems of {called!r} are taken for {self.benchmark!r}")
        if lacking := self.table.height - len(self._asked_as):
            self.tally.count(f"problems of {self.path} have no response", lacking)


def _unique(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """Return what each key stands for, without those that stand for two."""
    names: dict[str, set[str]] = {}
    for key, name in pairs:
        if key:
            names.setdefault(key, set()).add(name)
    return {key: next(iter(each)) for key, each in names.items() if len(each) == 1}


def _function(question: str) -> str | None:
    """Return the last function that a text begins at its left margin."""
    functions = _FUNCTION.findall(question)
    return functions[-1] if functions else None
