"""Schemas of differences and verdicts."""

from boundary.checking import Table
from boundary.comparison_tables import CROSSOVERS, DIFFERENCES

TABLES: dict[str, Table] = {DIFFERENCES.name: DIFFERENCES, CROSSOVERS.name: CROSSOVERS}
