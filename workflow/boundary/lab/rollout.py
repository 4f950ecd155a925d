"""Rollouts: draw training problems, sample responses, verify them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.engines.decode import Decoded, decode
from boundary.lab.curve import CurvePoint
from boundary.tasks.corpus import prompt_ids
from boundary.tasks.registers import BACKWARD, EOS, IDS, PAD, REGISTERS, VOCABULARY, check
from boundary.tasks.registers import draw_operations as draw


@dataclass(frozen=True)
class Rollouts:
    """Verified samples of one training step, all of one problem length.

    Attributes
    ----------
    ids : torch.Tensor
        int64 ``[rows, width + T]``, prompts and responses, problem-major.
    width : int
        Tokens of the prompt.
    mask : torch.Tensor
        bool ``[rows, T]``, the tokens of the responses.
    rewards : torch.Tensor
        float32 ``[rows]``: 1 when the verifier finds the response correct.
    decoded : Decoded
        What the sampler said.
    """

    ids: torch.Tensor
    width: int
    mask: torch.Tensor
    rewards: torch.Tensor
    decoded: Decoded

    @property
    def tokens(self) -> int:
        """Response tokens sampled."""
        return int(self.mask.sum())

    @property
    def entropy(self) -> float:
        """Mean negative log-probability of the sampled tokens, in nats."""
        return -float(self.decoded.logprobs.sum()) / self.tokens

    @property
    def backward_share(self) -> float:
        """Share of responses that begin with strategy ``<``."""
        return float((self.decoded.tokens[:, 0] == IDS[BACKWARD]).float().mean())

    def point(self, step: int, loss: torch.Tensor | None) -> CurvePoint:
        """Return the point of the training curve that a step on these rollouts makes."""
        return CurvePoint(
            step,
            None if loss is None else float(loss.detach()),
            self.tokens,
            reward=float(self.rewards.mean()),
            token_entropy=self.entropy,
            backward_share=self.backward_share,
        )


def roll_out(
    model: Qwen3ForCausalLM,
    rng: np.random.Generator,
    *,
    lengths: list[int],
    problems: int,
    samples: int,
    minority_share: float,
) -> Rollouts:
    """Sample verified responses to fresh training problems at temperature 1.

    Parameters
    ----------
    model : transformers.Qwen3ForCausalLM
        Who responds.
    rng : numpy.random.Generator
        Draws the length, the problems and the samples.
    lengths : list of int
        Shortest and longest problem.
    problems, samples : int
        Problems of the step, and responses to each.
    minority_share : float
        Chance that a problem is a ``q`` problem.
    """
    length = int(rng.integers(lengths[0], lengths[1] + 1))
    minority = rng.random(problems) < minority_share
    prompts = prompt_ids(minority, draw(rng, problems, length))
    longest = 2 * length + REGISTERS + 3  # a right response, to the token
    decoded = decode(
        model,
        prompts.tolist(),
        samples=samples,
        uniforms=torch.from_numpy(rng.random((problems * samples, longest))),
        temperature=1.0,
        top_p=1.0,
        max_tokens=longest,
        stop_ids=[IDS[EOS]],
        pad_id=IDS[PAD],
    )
    rows = torch.from_numpy(prompts).repeat_interleave(samples, dim=0)
    return Rollouts(
        ids=torch.cat([rows, decoded.tokens], dim=1),
        width=prompts.shape[1],
        mask=torch.arange(decoded.tokens.shape[1]) < decoded.lengths[:, None],
        rewards=_verify(rows, decoded),
        decoded=decoded,
    )


def _verify(prompts: torch.Tensor, decoded: Decoded) -> torch.Tensor:
    """Ask the verifier of the evaluation; a response that never ended earns nothing."""
    rewards = []
    ends = (decoded.lengths - decoded.finished.long()).tolist()
    finished = decoded.finished.tolist()
    rows = zip(prompts.tolist(), decoded.tokens.tolist(), ends, finished, strict=True)
    for prompt, tokens, end, whole in rows:
        text = " ".join(VOCABULARY[i] for i in prompt)
        response = " ".join(VOCABULARY[i] for i in tokens[:end])
        rewards.append(float(whole and check(text, response).correct))
    return torch.tensor(rewards)
