"""A second engine, which decides ``correct_agreed`` together with the first, and nothing else.

It reads LaTeX with its own small parser, has its own rules on equations, names,
sets and degrees, and compares numerically, at points of both signs.  With the
first it shares how typesetting is set aside (`boundary.answers.typesetting`) and
how a unit is parted from its value (`boundary.answers.units`); nothing of
Math-Verify and SymPy.  Where it and the verdict differ, one of them is wrong,
and a person can look.
"""
