"""What the lab has of a task: its words, problems, corpus and reward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from boundary.config.tasks import TASKS

Ints = npt.NDArray[np.int64]
#: Words that every vocabulary has: they pad a batch, and end a response.
PAD, EOS = "<pad>", "<eos>"


@dataclass(frozen=True)
class Material:
    """What models of a task are trained on.

    Attributes
    ----------
    vocabulary : tuple of str
        Every word, `PAD` and `EOS` among them; its index is its token id.
    problems : callable
        From the name of a benchmark and the task's `boundary.lab_task.Drawing` to a
        `problems` table.  More problems under the same seed contain the fewer.
    batch : callable
        From a pre-training run, a step (from 0) and a generator to token ids
        ``[rows, width + T]``, prompts and responses that end with `EOS`, all of one
        length, and to the width of the prompt.
    prompts : callable
        From a run, a generator and a number of problems to the token ids of fresh
        training problems, ``[problems, width]``, and to the longest response in tokens.
    correct : callable
        Whether the verifier finds a response to a prompt correct, both as text
        without `EOS`: the reward.
    gold : callable, optional
        The right response to a prompt, both as text, without `EOS`.
    chain_correct : callable, optional
        Whether a response's steps are right as well as its answer.
    formatted : callable, optional
        Whether a response has the form of one, whatever it says: an answer in its place.
    answers : callable, optional
        What the strategy of each family answers to a prompt, as of ``problems``, by the
        family: the right answer under the prompt's own.
    watched : str, optional
        A word whose share among the first of responses the training curve shows.
    """

    vocabulary: tuple[str, ...]
    problems: Callable[[str, Any], pl.DataFrame]
    batch: Callable[[Any, int, np.random.Generator], tuple[Ints, int]]
    prompts: Callable[[Any, np.random.Generator, int], tuple[Ints, int]]
    correct: Callable[[str, str], bool]
    gold: Callable[[str], str] | None = None
    chain_correct: Callable[[str, str], bool] | None = None
    formatted: Callable[[str], bool] | None = None
    answers: Callable[[str], dict[str, str]] | None = None
    watched: str | None = None

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token ids by word."""
        return {word: index for index, word in enumerate(self.vocabulary)}

    def text(self, ids: Iterable[int]) -> str:
        """Return the words of token ids."""
        return " ".join(self.vocabulary[i] for i in ids)


def material(task: str) -> Material:
    """Load what the lab has of a task."""
    module, _, name = TASKS[task].loader.partition(":")
    loaded: Material = getattr(import_module(module), name)
    return loaded
