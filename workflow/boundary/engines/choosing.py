"""How one token is chosen: penalties, temperature, what is cut off, and the draw.

The order is vLLM's (``vllm/v1/sample/sampler.py``); ``generate`` of transformers takes min_p
last, so that it keeps other tokens.
"""

from __future__ import annotations

from math import inf

import torch

from boundary.jobs.sampling import Filters

NUCLEUS_HEAD = 1024  # tokens looked at before a row's whole vocabulary is sorted
#: No filter is set.
PLAIN = Filters()


def penalised(
    logits: torch.Tensor, prompts: torch.Tensor, drawn: torch.Tensor, filters: Filters
) -> torch.Tensor:
    """Make tokens that stand there already less likely, or more.

    The repetition penalty (Keskar et al. 2019, arXiv 1909.05858) counts prompt and response,
    the two others (of OpenAI's interface) the response alone.

    Parameters
    ----------
    logits : torch.Tensor
        float32 ``[rows, vocabulary]``.
    prompts, drawn : torch.Tensor
        int64 ``[rows, tokens]``: of each row the prompt, a token any number of times, and
        the response so far.
    filters : Filters
        Of which the penalties are heeded.
    """
    if (factor := filters.repetition_penalty) is not None:
        seen = torch.cat([prompts, drawn], dim=-1)
        held = logits.gather(-1, seen)
        logits = logits.scatter(-1, seen, torch.where(held > 0, held / factor, held * factor))
    if (each := filters.frequency_penalty) is not None:
        logits = logits.scatter_add(-1, drawn, logits.new_full(drawn.shape, -each))
    if (once := filters.presence_penalty) is not None:
        logits = logits.scatter(-1, drawn, logits.gather(-1, drawn) - once)
    return logits


def choose(
    logits: torch.Tensor,
    draws: torch.Tensor | None,
    temperature: float,
    top_p: float,
    filters: Filters = PLAIN,
) -> torch.Tensor:
    """Pick one token a row by inverting the cumulative distribution at its uniform.

    Parameters
    ----------
    logits : torch.Tensor
        float32 ``[rows, vocabulary]``.
    draws : torch.Tensor or None
        float64 ``[rows]`` in [0, 1); None at temperature 0.
    temperature, top_p : float
        See `boundary.engines.decode.decode`.
    filters : Filters
        Of which top_k and min_p are heeded; the nucleus is one of what they keep.

    Returns
    -------
    torch.Tensor
        int64 ``[rows]``.
    """
    if draws is None:
        return logits.argmax(dim=-1)
    scaled = logits if temperature == 1 else logits / temperature
    probabilities = torch.softmax(_kept(scaled, filters), dim=-1)
    if top_p >= 1:
        return _invert(probabilities, draws)
    head = min(NUCLEUS_HEAD, logits.shape[-1])
    likely, order = probabilities.topk(head, dim=-1)
    chosen = order.gather(-1, _invert(_nucleus(likely, top_p), draws)[:, None])[:, 0]
    # A flat distribution may need more than the head; such rows are sorted whole.
    short = (likely.sum(-1, dtype=torch.float64) < top_p).nonzero()[:, 0]
    if short.numel() and head < logits.shape[-1]:
        likely, order = probabilities[short].sort(dim=-1, descending=True, stable=True)
        index = _invert(_nucleus(likely, top_p), draws[short])
        chosen[short] = order.gather(-1, index[:, None])[:, 0]
    return chosen


def _kept(logits: torch.Tensor, filters: Filters) -> torch.Tensor:
    """Take away what min_p and then top_k cut off."""
    if filters.min_p is not None:
        likely = torch.softmax(logits, dim=-1)
        logits = logits.masked_fill(likely < likely.amax(-1, keepdim=True) * filters.min_p, -inf)
    if filters.top_k is not None:
        least = logits.topk(min(filters.top_k, logits.shape[-1]), dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < least, -inf)
    return logits


def _nucleus(likely: torch.Tensor, top_p: float) -> torch.Tensor:
    """Zero what lies beyond the nucleus, given probabilities in falling order."""
    before = likely.cumsum(-1, dtype=torch.float64) - likely
    return likely.masked_fill(before >= top_p, 0.0)


def _invert(weights: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
    """Return, a row, the first index at which the cumulative weight exceeds its draw.

    Weights need not sum to one. An index of weight zero is never returned.
    """
    cumulative = weights.cumsum(-1, dtype=torch.float64)
    total = cumulative[:, -1]
    # A draw just under 1 must not round up to the total, which nothing exceeds.
    target = torch.minimum(draws * total, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(cumulative, target[:, None], right=True)[:, 0]
