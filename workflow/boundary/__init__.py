"""Measure whether a trained language model solves what its base model cannot."""

__version__ = "0.1.0"
