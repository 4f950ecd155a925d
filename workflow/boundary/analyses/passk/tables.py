"""Schema of pass@k."""

from boundary.checking import Table
from boundary.tables import PASSK

TABLES: dict[str, Table] = {PASSK.name: PASSK}
