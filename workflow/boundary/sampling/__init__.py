"""Sampling: one block of responses, resumable at fixed micro-batches."""

from boundary.sampling.block import Block, sample_block

__all__ = ["Block", "sample_block"]
