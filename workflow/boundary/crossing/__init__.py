"""Cross-sampling: one model chooses the tokens at a few positions, another all others."""
