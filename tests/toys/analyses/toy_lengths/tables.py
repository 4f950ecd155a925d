"""Schema of the lengths."""

from boundary.checking import Table, count, flag, real, table
from boundary.columns import ARM, ARM_KEY

TOY_LENGTHS = table(
    "toy_lengths",
    (*ARM_KEY, "correct"),
    {**ARM, "correct": flag(), "mean_tokens": real(), "responses": count(least=1)},
)
TABLES: dict[str, Table] = {TOY_LENGTHS.name: TOY_LENGTHS}
