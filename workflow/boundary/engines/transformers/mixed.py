"""Two models that write one response: a donor chooses some tokens, a host all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from boundary.engines import Drawn, Request
from boundary.engines.decode import Donor
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.engines.transformers import ENGINE
from boundary.engines.transformers.batches import micro_batches
from boundary.engines.transformers.engine import TransformersEngine
from boundary.errors import InputError
from boundary.jobs.sampling import Sampling


def check_alike(host: TransformersEngine, donor: TransformersEngine) -> None:
    """Require that a token of one model is the same token of the other.

    Raises
    ------
    InputError
        When vocabularies or end tokens differ.
    """
    mine, theirs = (engine.tokenizer.get_vocab() for engine in (host, donor))
    if mine != theirs:
        differing = sorted(
            word for word in mine.keys() | theirs.keys() if mine.get(word) != theirs.get(word)
        )
        raise InputError(
            f"cross-sampling: the two models have different vocabularies ({len(differing)} tokens "
            f"differ, first {differing[0]!r}), so that neither can go on from a token of the "
            f"other's. Compare models of one tokenizer."
        )
    if set(host.stop_ids) != set(donor.stop_ids):
        raise InputError(
            f"cross-sampling: the host ends a response with the tokens {sorted(host.stop_ids)} and "
            f"the donor with {sorted(donor.stop_ids)}. Give both the same eos_token_id in "
            f"generation_config.json."
        )


def sample_mixed(
    host: TransformersEngine,
    donor: TransformersEngine,
    requests: Sequence[Request],
    places: Sequence[Sequence[int] | None],
    sampling: Sampling,
    samples: int,
) -> Iterator[list[Drawn]]:
    """Sample responses whose tokens at some places the donor chooses, a micro-batch at a time.

    Parameters
    ----------
    host, donor : TransformersEngine
        As of `check_alike`.
    requests : sequence of Request
    places : sequence
        For each request the indices of tokens that the donor chooses; None: all. None
        beyond max_tokens is reached.
    sampling : Sampling
        The protocol of both models.
    samples : int
        Responses a request.

    Raises
    ------
    InputError
        When the protocol asks for what the engine cannot do, or a prompt and its
        response would not fit both models.
    """
    refuse(ENGINE.name, Asked.by(sampling))
    longest = max(len(request.prompt) for request in requests)
    for engine in (host, donor):
        engine.check_fit(longest, sampling.max_tokens, "max_tokens")
    for batch in micro_batches(requests, sampling.batch_size, samples):
        chooses = torch.zeros((len(batch), sampling.max_tokens), dtype=torch.bool)
        for row, i in zip(chooses, batch, strict=True):
            chosen = places[i]
            within = None if chosen is None else [place for place in chosen if place < len(row)]
            row[slice(None) if within is None else within] = True
        rows = host.drawn(
            [requests[i] for i in batch],
            sampling,
            samples,
            Donor(donor.model, chooses.repeat_interleave(samples, dim=0)),
        )
        drawn = ((i, j) for i in batch for j in range(samples))
        yield [Drawn(i, j, row) for (i, j), row in zip(drawn, rows, strict=True)]
