"""Likelihood: log-probabilities of one model's responses under another."""

from boundary.likelihood.responses import score_responses, with_verdicts

__all__ = ["score_responses", "with_verdicts"]
