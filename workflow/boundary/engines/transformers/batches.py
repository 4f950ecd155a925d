"""Micro-batches of the transformers engine."""

from __future__ import annotations

from collections.abc import Sequence

from boundary.engines import Request


def micro_batches(requests: Sequence[Request], size: int, samples: int) -> list[list[int]]:
    """Group requests of similar prompt length; depends on the prompts alone.

    A batch ends early where the prompt length changes, if it is half full by
    then: a batch of one length needs no padding.

    Parameters
    ----------
    requests : sequence of Request
        All of a block, in the order of their problems.
    size : int
        Sequences decoded together.
    samples : int
        Samples a request.
    """
    order = sorted(range(len(requests)), key=lambda i: (len(requests[i].prompt), i))
    room = max(1, size // samples)
    batches: list[list[int]] = []
    previous = -1
    for i in order:
        length = len(requests[i].prompt)
        full = room if length == previous else max(1, room // 2)
        if not batches or len(batches[-1]) >= full:
            batches.append([])
        batches[-1].append(i)
        previous = length
    return batches
