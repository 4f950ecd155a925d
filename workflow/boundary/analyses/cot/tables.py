"""Schemas of what was said of chains of thought, and of what follows for pass@k."""

from boundary.chain_tables import CHAINS, JUDGE_QUALITY, PASSK_COT
from boundary.checking import Table

TABLES: dict[str, Table] = {entry.name: entry for entry in (CHAINS, JUDGE_QUALITY, PASSK_COT)}
