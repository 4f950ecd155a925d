"""Verification: from samples to verdicts, one verifier for each kind of problem.

`boundary.kinds` says which module judges which kind.  A verifier is a module with
``GRADER``, the name and version that verdict rows carry, and ``verifier(setting)``, a
context manager that gives a function.  That function takes samples of its kind
joined with their problems (`items.join`), batch after batch, and returns one
verdict row for each; what is costly to set up or to judge twice lives as long as
the context.  `stream` opens each verifier when its kind first comes.
"""
