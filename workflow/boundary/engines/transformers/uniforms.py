"""Random numbers of rows, which no batch decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

#: Steps for which uniforms are drawn at once; part of what a seed means.
UNIFORM_STEPS = 64


def uniform_steps(seeds: Sequence[int], samples: int) -> Callable[[int], torch.Tensor]:
    """Draw uniforms step by step, so that each row has numbers of its own.

    A counter-based generator (Philox) per prompt is seeded with its seed and
    draws ``[samples, UNIFORM_STEPS]`` at a time: what a row gets depends on
    seed, sample index and step, never on the batch or on max_tokens.

    Returns
    -------
    callable
        From the step, asked for in order, to float64 ``[prompts · samples]``.
    """
    generators = [np.random.Generator(np.random.Philox(seed)) for seed in seeds]
    drawn: dict[int, torch.Tensor] = {}

    def step_uniforms(step: int) -> torch.Tensor:
        chunk, offset = divmod(step, UNIFORM_STEPS)
        if chunk not in drawn:
            drawn.clear()
            blocks = [generator.random((samples, UNIFORM_STEPS)) for generator in generators]
            drawn[chunk] = torch.from_numpy(np.concatenate(blocks))
        return drawn[chunk][:, offset]

    return step_uniforms
