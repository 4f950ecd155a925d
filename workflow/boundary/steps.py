"""The steps of a response, for interventions on them: what a kind of problems says of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Step(NamedTuple):
    """Where a step of a response states its result.

    Attributes
    ----------
    start, end : int
        The result, as characters of the response.
    until : int
        Where the step ends: at the result, or at what closes it and is no part of it.
    """

    start: int
    end: int
    until: int


@dataclass(frozen=True)
class Steps:
    """How the steps of responses to a kind of problems are found and edited.

    Responses are data of anybody's: none of the functions raises, whatever it is given.

    Attributes
    ----------
    split : callable
        The steps of a response, in order, given the question; none where it has none.
    another : callable
        From the question, the text of a result and a generator to another result of its
        kind; None where there is none.
    cue : str
        What stands between a chain and its answer, such as `` #``.
    filler : str
        Text that says nothing, which may be repeated.
    implied : callable, optional
        From the question and the beginning of a response, up to the end of a step, to the
        answer of who goes on from there without a mistake, as verdicts write it; None where
        none follows.  Without it nobody knows what an edit implies.
    paraphrase : callable, optional
        A chain in other words.
    """

    split: Callable[[str, str], list[Step]]
    another: Callable[[str, str, np.random.Generator], str | None]
    cue: str
    filler: str
    implied: Callable[[str, str], str | None] | None = None
    paraphrase: Callable[[str], str] | None = None


def load_steps(where: str) -> Steps:
    """Load the steps of a kind, from its ``MODULE:NAME``."""
    module, _, name = where.partition(":")
    loaded: Steps = getattr(import_module(module), name)
    return loaded
