"""Schema of the guess floor, that of pass@k."""

from boundary.checking import Table
from boundary.tables import PASSK

TABLES: dict[str, Table] = {"guess_floor": PASSK}
