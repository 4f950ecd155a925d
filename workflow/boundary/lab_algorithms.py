"""Algorithms of reinforcement learning that the lab has, and which options each takes.

Light imports only: the Snakefile reads this at every parse.  The advantage of each
stands in `boundary.lab.advantages`, with its formula and its source.
"""

from __future__ import annotations

from dataclasses import dataclass

_TERMS = frozenset({"kl", "entropy"})
#: What needs the ratio of the policy to that which sampled.
_RATIO = frozenset({"updates", "clip"})


@dataclass(frozen=True)
class Algorithm:
    """What an algorithm takes.

    Attributes
    ----------
    takes : frozenset of str
        Its options, as `boundary.lab_task.Reinforcement` names them.
    grouped : bool
        Whether it holds a response against others to the same problem.
    updates : int
        Optimiser steps a batch, where a run says nothing else.
    clip : tuple of float
        How far below and above 1 the ratio counts, where a run says nothing else.
    work : float
        Seconds of a step as a multiple of GRPO's, by `tests/benchmarks/lab_steps.py`.
    """

    takes: frozenset[str]
    grouped: bool = True
    updates: int = 1
    clip: tuple[float, float] = (0.2, 0.2)
    work: float = 1.0


ALGORITHMS: dict[str, Algorithm] = {
    "grpo": Algorithm(_TERMS | _RATIO),
    "dr_grpo": Algorithm(_TERMS | _RATIO),
    "rloo": Algorithm(_TERMS),
    "remax": Algorithm(_TERMS, grouped=False),
    "reinforce_pp": Algorithm(_TERMS | _RATIO, grouped=False),
    "ppo": Algorithm(_TERMS | _RATIO | {"value_learning_rate"}, grouped=False, updates=2, work=2.1),
    "dapo": Algorithm(_RATIO | {"entropy"}, updates=2, clip=(0.2, 0.28), work=2.0),
    "passk": Algorithm(_TERMS | _RATIO | {"k"}),
    "positives": Algorithm(_TERMS, grouped=False),
    "negatives": Algorithm(_TERMS, grouped=False),
    "unlikeliness": Algorithm(_TERMS | _RATIO | {"bonus"}),
}
