"""Guards before any curve: all samples of an arm were drawn alike, and each on its own."""

from boundary.guards.reading import (
    made_by,
    nucleus_of,
    read_reduced,
    reduce_samples,
    sampling_of,
    silent_shards,
)
from boundary.guards.repeats import check_repeats
from boundary.guards.unset import check_unset

__all__ = [
    "check_repeats",
    "check_unset",
    "made_by",
    "nucleus_of",
    "read_reduced",
    "reduce_samples",
    "sampling_of",
    "silent_shards",
]
