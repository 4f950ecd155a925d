"""Sampling: one block of responses, resumable at fixed micro-batches."""

from boundary.sampling.block import sample_block
from boundary.sampling.rounds import sample_shared, siblings

__all__ = ["sample_block", "sample_shared", "siblings"]
