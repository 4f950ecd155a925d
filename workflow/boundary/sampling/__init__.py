"""Sampling: one block of responses, resumable at fixed micro-batches."""

from boundary.sampling.block import sample_block

__all__ = ["sample_block"]
