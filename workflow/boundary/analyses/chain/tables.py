"""Schema of pass@k of answers whose chain is right too."""

from boundary.checking import Table
from boundary.tables import PASSK

TABLES: dict[str, Table] = {"passk_chain": PASSK}
