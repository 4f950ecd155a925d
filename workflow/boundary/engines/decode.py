"""The sampling loop: prompts and uniforms in, tokens and log-probabilities out.

One loop serves the sampling stage and the rollouts of reinforcement learning.
Against ``model.generate`` it prefills every prompt once instead of once a
sample, keeps keys and values in place instead of concatenating them at every
step, drops finished rows, and takes its randomness from outside: what a row
samples depends on its own uniforms, never on what else is in the batch.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from boundary.engines.choosing import PLAIN, choose, penalised
from boundary.engines.kvcache import preallocated_cache
from boundary.errors import InputError
from boundary.jobs.sampling import Filters

if TYPE_CHECKING:
    from transformers import PreTrainedModel

#: Uniform draws: all at once, ``[rows, max_tokens]``, or by step, ``[rows]``.
Uniforms = torch.Tensor | Callable[[int], torch.Tensor]
#: Tokens of some rows so far, int64 ``[rows, step + 1]``, to which of them have ended, bool.
Ended = Callable[[torch.Tensor], torch.Tensor]

COMPACT_BELOW = 0.5  # share of active rows under which finished ones are dropped


@dataclass(frozen=True)
class Donor:
    """A second model, which reads every token too and chooses those of some places.

    Attributes
    ----------
    model : transformers.PreTrainedModel
        Of the same vocabulary and on the same device as the first.
    chooses : torch.Tensor
        bool ``[rows, max_tokens]``, where it chooses in place of the first.
    """

    model: PreTrainedModel
    chooses: torch.Tensor


@dataclass(frozen=True)
class Decoded:
    """What was sampled, one row a sample, problem-major.

    Attributes
    ----------
    tokens : torch.Tensor
        int64 ``[rows, T]``, the stop token included, then ``pad_id``.
    lengths : torch.Tensor
        int64 ``[rows]``, tokens sampled, the stop token included.
    logprobs : torch.Tensor
        float32 ``[rows, T]``, natural logarithms under the own distribution
        (temperature 1, nothing cut off) of the model that chose; 0 on padding.
    finished : torch.Tensor
        bool ``[rows]``, whether the row came to an end before ``max_tokens`` cut it.
    log_mass : torch.Tensor
        float32 ``[rows, T]``, ln Σ p^alpha over the tokens that each place could have, 0 on
        padding; ``[rows, 0]`` where it was not asked for.
    """

    tokens: torch.Tensor
    lengths: torch.Tensor
    logprobs: torch.Tensor
    finished: torch.Tensor
    log_mass: torch.Tensor


def decode(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    *,
    samples: int,
    uniforms: Uniforms,
    temperature: float,
    top_p: float,
    max_tokens: int,
    stop_ids: Sequence[int],
    pad_id: int,
    ended: Ended | None = None,
    filters: Filters = PLAIN,
    donor: Donor | None = None,
    kept: torch.Tensor | None = None,
    alpha: float | None = None,
) -> Decoded:
    """Sample ``samples`` continuations of every prompt.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        Any causal language model, in evaluation mode.
    prompts : sequence of token id lists
        None empty. When their lengths differ they are padded on the left.
    samples : int
        Continuations a prompt; row = prompt · samples + sample.
    uniforms : torch.Tensor or callable
        float64 in [0, 1): ``[rows, max_tokens]``, or a function of the step
        that returns ``[rows]``. Ignored at temperature 0.
    temperature : float
        Divides the logits; 0 takes the most likely token (the first of equals).
    top_p : float
        Nucleus: the smallest set of most likely tokens whose probability, after
        the temperature, reaches top_p; the token that crosses it is kept
        (Holtzman et al. 2020, arXiv 1904.09751). 1 keeps all.
    max_tokens : int
        A row that has not stopped by then is unfinished.
    stop_ids : sequence of int
        Tokens that end a row.
    pad_id : int
        Fills prompts on the left and samples on the right.
    ended : callable, optional
        Says which rows have come to an end by more than their last token; asked at every
        step of those that no stop token has ended.
    filters : Filters
        See `choosing`; log-probabilities do not see them.
    donor : Donor, optional
        Chooses the token at some places; the draw at a place is the same whoever chooses.
    kept : torch.Tensor, optional
        int64 ``[rows, max_tokens]``, tokens with which rows begin; -1
        from where on they are drawn.
    alpha : float, optional
        Asks for ``log_mass``.

    Returns
    -------
    Decoded
        On the model's device.

    Raises
    ------
    InputError
        When a parameter is out of its range, the uniforms or a donor's places have
        another shape, or the donor has another vocabulary.
    """
    _check(prompts, samples, temperature, top_p, max_tokens)
    shape = (len(prompts) * samples, max_tokens)
    if isinstance(uniforms, torch.Tensor) and temperature > 0:
        _check_shape(uniforms, shape)
    if donor is not None:
        _check_shape(donor.chooses, shape, "places of the donor")
    if kept is not None:
        _check_shape(kept, shape, "kept tokens")
        kept = kept.to(model.device)
    with torch.inference_mode():
        run = _Run(model, prompts, samples, max_tokens, pad_id, donor, alpha)
        stops = torch.tensor(sorted(set(stop_ids)), dtype=torch.long, device=run.device)
        for step in range(max_tokens):
            logits = run.deciding(step)
            draws = None if temperature == 0 else _draws(uniforms, step, run)
            shaped = penalised(logits, *run.read(step), filters)
            chosen = choose(shaped, draws, temperature, top_p, filters)
            if kept is not None:
                chosen = torch.where(kept[run.rows, step] < 0, chosen, kept[run.rows, step])
            run.record(step, chosen, logits, torch.isin(chosen, stops), ended)
            if run.active.numel() == 0 or step + 1 == max_tokens:
                break
            run.advance(chosen)
    # Clones made outside inference mode can take part in a backward pass.
    width = int(run.lengths.max())
    return Decoded(
        tokens=run.tokens[:, :width].clone(),
        lengths=run.lengths.clone(),
        logprobs=run.logprobs[:, :width].clone(),
        finished=run.finished.clone(),
        log_mass=run.log_mass[:, :width].clone(),
    )


class _Run:
    """State of one call: outputs of all rows; of active ones, each model's cache and logits."""

    def __init__(
        self,
        model: PreTrainedModel,
        prompts: Sequence[Sequence[int]],
        samples: int,
        max_tokens: int,
        pad_id: int,
        donor: Donor | None,
        alpha: float | None,
    ) -> None:
        self.device = model.device
        self.models = [model] if donor is None else [model, donor.model]
        self.chooses = None if donor is None else donor.chooses.to(self.device)
        self.accepts = [set(inspect.signature(each.forward).parameters) for each in self.models]
        rows = len(prompts) * samples
        self.tokens = torch.full((rows, max_tokens), pad_id, dtype=torch.long, device=self.device)
        self.logprobs = torch.zeros((rows, max_tokens), device=self.device)
        self.alpha = alpha
        self.log_mass = self.logprobs[:, : 0 if alpha is None else max_tokens].clone()
        self.lengths = torch.zeros(rows, dtype=torch.long, device=self.device)
        self.finished = torch.zeros(rows, dtype=torch.bool, device=self.device)
        #: Rows that go through the model; some of them may have finished.
        self.rows = torch.arange(rows, device=self.device)
        self.active = self.rows
        self.samples = samples
        self._prefill(prompts, samples, max_tokens, pad_id)

    def _prefill(
        self, prompts: Sequence[Sequence[int]], samples: int, max_tokens: int, pad_id: int
    ) -> None:
        """Run every prompt once and repeat its cache for its samples."""
        width = max(map(len, prompts))
        padded = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
        ids = torch.tensor(padded, dtype=torch.long, device=self.device)
        #: The prompts, with one of their tokens in place of padding.
        filled = [[prompt[0]] * (width - len(prompt)) + list(prompt) for prompt in prompts]
        self.prompts = torch.tensor(filled, dtype=torch.long, device=self.device)
        lengths = torch.tensor([len(prompt) for prompt in prompts], device=self.device)
        self.mask: torch.Tensor | None = None
        masks: dict[str, torch.Tensor] = {}
        if int(lengths.min()) < width:
            positions = torch.arange(width, device=self.device) - (width - lengths)[:, None]
            masks = {
                "attention_mask": (positions >= 0).long(),
                "position_ids": positions.clamp(min=0),
            }
        self.caches = [preallocated_cache(model, width + max_tokens) for model in self.models]
        self.logits = self._forward(ids, masks)
        if len({logits.shape[-1] for logits in self.logits}) > 1:
            sizes = " and ".join(str(logits.shape[-1]) for logits in self.logits)
            raise InputError(f"decode: the two models have {sizes} tokens, and must have the same.")
        repeat = torch.arange(len(prompts), device=self.device).repeat_interleave(samples)
        for cache in self.caches:
            cache.reorder_cache(repeat)
        self.logits = [logits[repeat] for logits in self.logits]
        if masks:
            self.mask = torch.ones(
                (len(repeat), width + max_tokens), dtype=torch.long, device=self.device
            )
            self.mask[:, :width] = masks["attention_mask"][repeat]
        #: Position of the next token, a row, and how much of the cache is filled.
        self.positions = lengths[repeat]
        self.filled = width

    def deciding(self, step: int) -> torch.Tensor:
        """Return the logits of the model that chooses each row's token, ``[rows, vocabulary]``."""
        logits = self.logits[0].float()
        if self.chooses is None:
            return logits
        chosen = self.chooses[self.rows, step]
        return torch.where(chosen[:, None], self.logits[1].float(), logits)

    def read(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the tokens of each row's prompt and those sampled before a step."""
        return self.prompts[self.rows // self.samples], self.tokens[self.rows, :step]

    def record(
        self,
        step: int,
        chosen: torch.Tensor,
        logits: torch.Tensor,
        stopped: torch.Tensor,
        ended: Ended | None,
    ) -> None:
        """Write the tokens of the rows that are still active."""
        scores = logits.gather(-1, chosen[:, None])[:, 0] - logits.logsumexp(-1)
        open_ = ~self.finished[self.rows]
        rows = self.rows[open_]
        self.tokens[rows, step] = chosen[open_]
        self.logprobs[rows, step] = scores[open_]
        if self.alpha is not None:
            raised = self.alpha * logits[open_].log_softmax(-1)
            self.log_mass[rows, step] = raised.logsumexp(-1)
        self.lengths[rows] = step + 1
        self.finished[rows] = stopped[open_]
        self.active = rows[~stopped[open_]]
        if ended is not None and self.active.numel():
            done = ended(self.tokens[self.active, : step + 1])
            self.finished[self.active] = done
            self.active = self.active[~done]

    def advance(self, chosen: torch.Tensor) -> None:
        """Feed the chosen tokens, after dropping finished rows when they are the most."""
        if self.active.numel() < COMPACT_BELOW * self.rows.numel():
            keep = (~self.finished[self.rows]).nonzero()[:, 0]
            for cache in self.caches:
                cache.reorder_cache(keep)
            self.rows, chosen, self.positions = self.rows[keep], chosen[keep], self.positions[keep]
            self.mask = None if self.mask is None else self.mask[keep]
        self.filled += 1
        masks: dict[str, torch.Tensor] = {}
        if self.mask is not None:
            masks = {
                "attention_mask": self.mask[:, : self.filled],
                "position_ids": self.positions[:, None],
            }
        self.logits = self._forward(chosen[:, None], masks)
        self.positions = self.positions + 1

    def _forward(self, ids: torch.Tensor, masks: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """Return each model's logits of the last position, ``[rows, vocabulary]``."""
        options: dict[str, torch.Tensor | int] = {"logits_to_keep": 1, **masks}
        last = []
        for model, cache, accepts in zip(self.models, self.caches, self.accepts, strict=True):
            accepted = {key: value for key, value in options.items() if key in accepts}
            output = model(ids, past_key_values=cache, use_cache=True, **accepted)
            last.append(output.logits[:, -1])
        return last


def _draws(uniforms: Uniforms, step: int, run: _Run) -> torch.Tensor:
    if isinstance(uniforms, torch.Tensor):
        column = uniforms[:, step]
    else:
        column = uniforms(step)
        _check_shape(column, (run.finished.numel(),))
    return column.to(run.device, torch.float64)[run.rows]


def _check_shape(given: torch.Tensor, expected: tuple[int, ...], what: str = "uniforms") -> None:
    if tuple(given.shape) != expected:
        raise InputError(
            f"decode: the {what} have shape {tuple(given.shape)}, expected {expected}."
        )


def _check(
    prompts: Sequence[Sequence[int]],
    samples: int,
    temperature: float,
    top_p: float,
    max_tokens: int,
) -> None:
    wrong = []
    if not prompts or not all(len(prompt) for prompt in prompts):
        wrong.append("there must be a prompt, and none may be empty")
    if samples < 1 or max_tokens < 1:
        wrong.append(f"samples ({samples}) and max_tokens ({max_tokens}) must be at least 1")
    if not 0 <= temperature < float("inf"):
        wrong.append(f"temperature must be a finite number from 0, found {temperature}")
    if not 0 < top_p <= 1:
        wrong.append(f"top_p must be in (0, 1], found {top_p}")
    if wrong:
        raise InputError("decode: " + "; ".join(wrong) + ".")
