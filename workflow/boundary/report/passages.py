"""Responses that the page shows token by token, each token with a mark of its own."""

from __future__ import annotations

from dataclasses import dataclass

from boundary.report.links import Target


@dataclass(frozen=True)
class Token:
    """A token on the page.

    Attributes
    ----------
    text : str
        Plain, every invisible character shown; the template escapes it.
    level : int
        How strongly it is marked: 0, not at all, to 3; by colour and by the kind of
        underline.
    note : str
        Its numbers, shown when pointed at.
    """

    text: str
    level: int
    note: str


@dataclass(frozen=True)
class Passage:
    """A response, or a part of it, with a heading, to a problem."""

    heading: str
    tokens: list[Token]
    behind: Target


@dataclass(frozen=True)
class Passages:
    """Responses of one table of the study.

    Attributes
    ----------
    name : str
        Stem of the CSV that holds all of it.
    title, about : str
        Heading, and what the marks mean.
    levels : list of str
        Legend: what each level of `Token` means, from 0.
    shown : list of Passage
    hidden : int
        Responses that only the CSV shows.
    """

    name: str
    title: str
    about: str
    levels: list[str]
    shown: list[Passage]
    hidden: int
