"""Likelihood: log-probabilities of one model's responses under another."""
