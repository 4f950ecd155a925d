"""Seeds of one model: whether they are samples of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import combinations

from boundary.errors import InputError
from boundary.importers.record import Tally

#: By problem, a digest of the responses under one seed, and where they stand.
Seen = dict[str, tuple[bytes, str]]


def digest_of(responses: object) -> bytes:
    """Return what tells responses apart."""
    text = responses if isinstance(responses, str) else repr(responses)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def refuse_copies(seeds: Mapping[str, Seen], tally: Tally) -> None:
    """Refuse two seeds with the same responses to all problems; count the problems with some.

    Raises
    ------
    InputError
        Naming both seeds, with file and line.
    """
    for (one, first), (other, second) in combinations(seeds.items(), 2):
        both = first.keys() & second.keys()
        alike = [problem for problem in both if first[problem][0] == second[problem][0]]
        if not alike:
            continue
        where = second[min(alike)][1]
        if len(alike) == len(both):
            raise InputError(
                f"{where}: seed {other} has the same responses as seed {one} to all {len(both):,} "
                f"problems, so its trials are no new ones; leave it out."
            )
        tally.count("problems have the same responses under two seeds", len(alike), where)
