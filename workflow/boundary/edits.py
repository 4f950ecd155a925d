"""Which edits of a response there are, what they are held against, and what they take."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

#: What a study may ask for: the result of a step replaced, and the model goes on; the chain cut
#: after a step, as much filler, none, that of another problem, or in other words, and the
#: model answers at once.
Edit = Literal["corrupt", "truncate", "filler", "no_chain", "swap", "paraphrase"]
EDITS: tuple[Edit, ...] = ("corrupt", "truncate", "filler", "no_chain", "swap", "paraphrase")
#: What edits are held against: the model goes on from a step as it was, or answers at once
#: after the whole chain.
GOES_ON, ANSWERS = "unedited", "whole_chain"
#: Everything that is drawn, each control before what is held against it.
DRAWN = (GOES_ON, "corrupt", ANSWERS, *EDITS[1:])
#: Tokens in which an answer must follow where a model has to answer at once.
ANSWER_TOKENS = 64
#: Why an edit has no outcome, in the order in which that is asked.
EXCLUDED = (
    *("no_steps", "not_offered", "no_donor", "nothing_changed", "no_room"),
    *("no_answer", "not_implied", "same_answer"),
)


def with_controls(edits: Collection[str]) -> list[str]:
    """Return edits and what they are held against, in the order of `DRAWN`."""
    controls = {GOES_ON if edit == "corrupt" else ANSWERS for edit in edits}
    return [edit for edit in DRAWN if edit in controls or edit in edits]


def most_tokens_of(edits: Collection[str], steps: int, max_tokens: int) -> int:
    """Return the most tokens that are drawn of one response, of so many steps."""
    times = {edit: steps if edit in ("corrupt", "truncate", GOES_ON) else 1 for edit in DRAWN}
    answer = min(max_tokens, ANSWER_TOKENS)
    return sum(
        times[edit] * (max_tokens if edit in ("corrupt", GOES_ON) else answer)
        for edit in with_controls(edits)
    )


def over_budget(model: str, benchmark: str, tokens: int, most_tokens: int) -> str:
    """Say that the responses of a model to a benchmark take more tokens than they may."""
    return (
        f"interventions on {model!r} on {benchmark!r} may take {tokens:,} tokens, and most_tokens "
        f"is {most_tokens:,}. Ask for fewer responses, steps or edits, or raise "
        f"analyses.interventions.most_tokens."
    )
