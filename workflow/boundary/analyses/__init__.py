"""Analyses of a study: one folder and one line of the registry each.

A folder holds the declaration (``__init__.py``), the schemas of its tables
(``tables.py``), what makes them (``compute.py``), and where it has them figures
(``FIGURE.py`` with its caption ``FIGURE.rst``) and what the report says of it
(``section.py``).  Estimators that several share stand in `boundary.analysis`,
what charts share in `boundary.figures`.
"""
