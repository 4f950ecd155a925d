"""What the verdicts of an overview come to, in sentences that claim no more than they tested."""

from __future__ import annotations

from collections.abc import Sequence

from boundary.jobs.pages import Relation
from boundary.report.overview import MARKS, RELATIONS, VERDICTS, Line, kind
from boundary.report.verdicts import band_levels
from boundary.wording import counted, number, span

#: What the later and the earlier side are called, where one is.
_SIDES: dict[Relation, tuple[str, str]] = {
    "rl": ("The RL model", "The model that it was made from"),
    "distilled": ("The distilled model", "The model that it was made from"),
    "instruct": ("The tuned model", "The model that it was made from"),
    "steps": ("The later checkpoint", "The earlier one"),
}


def summary(lines: Sequence[Line], confidence: float) -> list[str]:
    """Return what the verdicts of all lines come to, and what they leave open.

    Parameters
    ----------
    lines : sequence of Line
    confidence : float
        Level of the band by which each verdict is.

    Returns
    -------
    list of str
        A sentence or two for each kind of comparison, then what is not known, then what
        holds over all lines together.
    """
    texts = []
    for relation in RELATIONS:
        if members := [line for line in lines if line.relation == relation]:
            texts.append(_known(relation, members))
    texts.append(_open(lines))
    level = band_levels((line.band_level for line in lines), confidence)
    chance = f"{100 * (1 - confidence):.3g} %"
    texts.append(
        f"Each verdict is by the simultaneous {level} band of its row alone, and none is corrected "
        f"for the {counted(len(lines), 'row')} here: a row whose two models do not differ shows a "
        f"difference with a probability of about {chance}. Verdicts after Holm's correction over "
        f"the comparisons of one study stand below theirs. Rows that share a model share its "
        f"samples, and are not independent of each other."
    )
    return texts


def _open(lines: Sequence[Line]) -> str:
    """Say what stays open: larger k, guarded and undecided rows, a single sample, cautions."""
    free = [line for line in lines if not line.guards]
    undecided = sum(line.verdict == "undetermined" for line in free)
    single = sum(line.k_max == 1 for line in lines)
    careful = sum(bool(line.cautions) for line in lines)
    largest = number(max(line.k_max for line in lines))
    parts = [f"Not known: the order beyond the K of each row, which is at most {largest}"]
    if guarded := len(lines) - len(free):
        parts[0] += f", and in {counted(guarded, 'row')} that a guard keeps from any claim"
    if undecided:
        parts.append(
            f"In {counted(undecided, 'row')} without a guard no k is decided, which is no evidence "
            f"that the two are equal"
        )
    if single:
        parts.append(
            f"In {counted(single, 'row')} K is 1: of a single sample, and of nothing that a model "
            f"reaches in many"
        )
    if careful:
        parts.append(
            f"{counted(careful, 'row')} have a caution, such as of how answers were graded, to be "
            f"read before anything is made of their verdicts"
        )
    return ". ".join(parts) + "."


def _known(relation: Relation, lines: Sequence[Line]) -> str:
    """Say how often each verdict stands in a group of lines, of those without a guard."""
    free = [line for line in lines if not line.guards]
    text = f"{RELATIONS[relation].partition(':')[0]}: {counted(len(lines), 'row')}"
    if guarded := len(lines) - len(free):
        text += f", {number(guarded)} of which with a guard"
    if not free:
        return f"{text}; no claim."
    phrases: dict[str, list[Line]] = {}
    for line in sorted(free, key=lambda line: [*VERDICTS].index(kind(line.verdict))):
        phrases.setdefault(_phrase(line), []).append(line)
    return ". ".join([text, *(f"{phrase}: {_tested(of)}" for phrase, of in phrases.items())]) + "."


def _phrase(line: Line) -> str:
    """Say a verdict without names, by which side is the later one where one is."""
    if line.side not in MARKS:
        return "No k is decided"
    words = VERDICTS[kind(line.verdict)][2]
    if line.later is None:
        return f"One of the two {words}"
    return f"{_SIDES[line.relation][line.side != line.later]} {words}"


def _tested(lines: Sequence[Line]) -> str:
    """Say in how many rows, on which benchmarks, and up to which K."""
    sizes = [line.k_max for line in lines]
    on = ", ".join(dict.fromkeys(line.benchmark for line in lines))
    return f"{counted(len(lines), 'row')} ({on}; K = {span(min(sizes), max(sizes))})"
