"""Schema of the spread."""

from boundary.checking import Table, count, share, table
from boundary.columns import ARM, ARM_KEY

TOY_SPREAD = table(
    "toy_spread",
    ARM_KEY,
    {**ARM, "lowest": share(), "highest": share(), "n_problems": count(least=1)},
)
TABLES: dict[str, Table] = {TOY_SPREAD.name: TOY_SPREAD}
