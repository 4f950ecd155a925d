"""What an importer declares of itself; light, as the command line asks every one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from boundary.importers.head import Head

#: What an importer yields: numbers of correct responses, or one row a response
#: (`boundary.importers.columns`).
Offer = Literal["counts", "trials"]


@dataclass(frozen=True)
class Importer:
    """A form of file that another tool writes.

    Attributes
    ----------
    name : str
        Its folder, and the value of ``--format``.
    about : str
        What a person calls it, with the tool's name.
    offers : str
        One of `Offer`.
    detect : callable
        From the beginning of a file to why it is of this form; None where it is not.
    fields : tuple of str
        What ``--field NAME=COLUMN`` may name.
    fallback : bool
        Whether it is asked only where no other importer answers.
    trials_end : str or tuple of str, optional
        How names end of files of which two may be equal, as they hold one trial each, or trials
        that the reader tells apart by their ids.
    other : callable, optional
        From the beginning of a file to what it is and what to give in its place, where the tool
        wrote it and it holds no single trial.
    """

    name: str
    about: str
    offers: Offer
    detect: Callable[[Head], str | None]
    fields: tuple[str, ...] = ()
    fallback: bool = False
    trials_end: str | tuple[str, ...] | None = None
    other: Callable[[Head], str | None] | None = None

    @property
    def reader(self) -> str:
        """The module that has ``read(sources, request, tally) -> Iterator[Batch]``."""
        return f"boundary.importers.{self.name}.read"


@dataclass(frozen=True)
class Request:
    """What the user told of files beside their content.

    Attributes
    ----------
    benchmark : str, optional
        What the problems are called where the files do not say it.
    fields : mapping of str to str
        Columns by what they hold, as of ``--field``.
    model : str, optional
        The only model to take; files of others may be left unread.
    problems : bool
        Whether problems are given, so that files need neither verdicts nor golds.
    """

    benchmark: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    problems: bool = False


class Tally:
    """What was dropped, joined or guessed while reading, in the order in which it came up."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, str | None]] = {}
        self._sentences: dict[str, None] = {}
        self._rules: dict[tuple[str | None, str | None], str] = {}

    def count(self, what: str, number: int = 1, where: str | None = None) -> None:
        """Count something, such as ``lines without a response, kept as wrong``.

        Parameters
        ----------
        what : str
            In the plural.
        number : int
            How many more.
        where : str, optional
            File and line of this one; the first is shown.
        """
        before, first = self._counts.get(what, (0, where))
        self._counts[what] = before + number, first

    def say(self, sentence: str) -> None:
        """Note a sentence, without full stop, once."""
        self._sentences[sentence] = None

    def judge(self, model: str | None, benchmark: str | None, rule: str) -> None:
        """Note by which of several rules the file's verdicts on a model are, such as a metric."""
        self._rules[model, benchmark] = rule

    def rule(self, model: str, benchmark: str) -> str | None:
        """Return the rule of the file's verdicts; None where it has but one."""
        return next(
            (
                rule
                for (its_model, its_benchmark), rule in self._rules.items()
                if its_model in (None, model) and its_benchmark in (None, benchmark)
            ),
            None,
        )

    def remarks(self) -> tuple[str, ...]:
        """Return sentences, then counts with the place of the first."""
        counted = (
            f"{number:,} {what}" + (f" (first: {where})" if where else "")
            for what, (number, where) in self._counts.items()
        )
        return (*self._sentences, *counted)
