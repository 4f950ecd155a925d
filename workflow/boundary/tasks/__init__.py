"""Task families of the lab: problems, training corpus and verifier."""
