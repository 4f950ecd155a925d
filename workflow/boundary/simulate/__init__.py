"""Studies whose truth is known: counts drawn from rates, and what the analyses make of them.

Not a stage: `boundary simulate` alone runs it, and tests and benchmarks share its populations.
"""
