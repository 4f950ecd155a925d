"""What each edit makes of a response: the text after which its model goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from boundary.digests import seed_of
from boundary.edits import ANSWERS, GOES_ON, with_controls
from boundary.steps import Step, Steps


class Donor(NamedTuple):
    """A response to another problem, whose chain may stand in for one."""

    problem_id: str
    sample_index: int
    question: str
    chain: str
    steps: int


class Edited(NamedTuple):
    """An edit of a response.

    Attributes
    ----------
    edit : str
        One of `boundary.edits.DRAWN`.
    step : int
        The step, from 1; 0 where the whole chain is edited.
    text : str
        What the model goes on from; empty where something excludes the edit.
    implied : str or None
        The answer that it implies, where that is known before any verdict.
    donor : Donor or None
        Whose chain it has.
    excluded : str or None
        Why nobody goes on from it, of `boundary.edits.EXCLUDED`.
    """

    edit: str
    step: int
    text: str = ""
    implied: str | None = None
    donor: Donor | None = None
    excluded: str | None = None


def places(steps: int, most: int) -> list[int]:
    """Return the steps that are edited, from 1: the first, the last, others evenly between."""
    chosen = np.linspace(1, steps, min(steps, most)).round() if most > 1 else [1]
    return sorted({int(place) for place in chosen})


def chain_of(response: str, steps: Sequence[Step]) -> str:
    """Return a response up to the end of its last step."""
    return response[: steps[-1].until] if steps else ""


def pick_donor(
    question: str, steps: int, donors: Sequence[Donor], rng: np.random.Generator
) -> Donor | None:
    """Draw a response to another question, of as many steps where there is one."""
    others = [donor for donor in donors if donor.question != question]
    alike = [donor for donor in others if donor.steps == steps] or others
    return alike[int(rng.integers(len(alike)))] if alike else None


def edits_of(
    question: str,
    response: str,
    how: Steps,
    edits: Collection[str],
    most_steps: int,
    donors: Sequence[Donor],
    filler: str,
    seed: int,
) -> tuple[int, list[Edited]]:
    """Edit a response in every way that is asked for, and in none, to hold them against.

    Parameters
    ----------
    question, response : str
        The problem as the kind knows it, and what the model wrote.
    how : Steps
        The steps of its kind.
    edits : collection of str
        Of `boundary.edits.EDITS`.
    most_steps : int
        The most steps that are edited one by one.
    donors : sequence of Donor
        Whose chains may be swapped in.
    filler : str
        Filler of as many tokens as the chain has.
    seed : int
        Of the values and donors that are drawn; equal responses are edited alike.

    Returns
    -------
    steps : int
        How many steps the response has.
    edited : list of Edited
    """
    asked, steps = with_controls(edits), how.split(question, response)
    if not steps:
        return 0, [Edited(edit, 0, excluded="no_steps") for edit in asked]
    made: list[Edited] = []
    for place in places(len(steps), most_steps):
        rng = np.random.default_rng(seed_of(seed, response, place))
        made += _of_step(question, response, how, asked, steps, place, rng)
    chain = chain_of(response, steps)
    rng = np.random.default_rng(seed_of(seed, response, "donor"))
    donor = pick_donor(question, len(steps), donors, rng)
    made += _of_chain(chain, how, asked, donor, filler)
    return len(steps), made


def _of_step(
    question: str,
    response: str,
    how: Steps,
    asked: Collection[str],
    steps: Sequence[Step],
    place: int,
    rng: np.random.Generator,
) -> Iterator[Edited]:
    start, end, until = steps[place - 1]
    if GOES_ON in asked:
        yield Edited(GOES_ON, place, response[:until])
    if "corrupt" in asked:
        result = response[start:end]
        other = how.another(question, result, rng)
        if other is None or other == result:
            yield Edited("corrupt", place, excluded="nothing_changed")
        else:
            text = response[:start] + other + response[end:until]
            implied = how.implied(question, text) if how.implied else None
            yield Edited("corrupt", place, text, implied)
    if "truncate" in asked and place < len(steps):  # behind the last it is the whole chain
        yield Edited("truncate", place, _answering(response[:until], how))


def _of_chain(
    chain: str,
    how: Steps,
    asked: Collection[str],
    donor: Donor | None,
    filler: str,
) -> Iterator[Edited]:
    if ANSWERS in asked:
        yield Edited(ANSWERS, 0, _answering(chain, how))
    if "filler" in asked:
        yield Edited("filler", 0, _answering(filler, how))
    if "no_chain" in asked:
        yield Edited("no_chain", 0, _answering("", how))
    if "swap" in asked:
        if donor is None:
            yield Edited("swap", 0, excluded="no_donor")
        elif donor.chain == chain:
            yield Edited("swap", 0, excluded="nothing_changed")
        else:
            yield Edited("swap", 0, _answering(donor.chain, how), donor=donor)
    if "paraphrase" in asked:
        other = how.paraphrase(chain) if how.paraphrase else None
        if other is None or other == chain:
            why = "not_offered" if other is None else "nothing_changed"
            yield Edited("paraphrase", 0, excluded=why)
        else:
            yield Edited("paraphrase", 0, _answering(other, how))


def _answering(chain: str, how: Steps) -> str:
    """Return a chain with what asks for the answer behind it."""
    return (chain.rstrip() + how.cue).lstrip()
