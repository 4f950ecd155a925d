"""A second engine, which shares nothing with Math-Verify and decides nothing.

It reads LaTeX with its own small parser and compares numerically.  Where it
and the verdict differ, one of them is wrong, and a person can look.
"""
