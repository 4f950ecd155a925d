"""The analyses: from counts of correct samples to curves, intervals and verdicts."""
