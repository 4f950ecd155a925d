"""Samples of large-language-monkeys, a YAML file a problem."""

from __future__ import annotations

import re

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: Keys are sorted, so that a file begins with one of these.
_FIRST = re.compile(r"(gt_answer|is_corrects?|prompt):\s")


def detect(head: Head) -> str | None:
    """Return the key that a YAML file of samples begins with."""
    first = _FIRST.match(head.text)
    if first is None or not head.name.endswith((".yaml", ".yml")):
        return None
    return f"it is YAML that begins with {first[1]}"


IMPORTER = Importer(
    name="monkeys",
    about="samples of large-language-monkeys, a YAML file a problem",
    offers="trials",
    detect=detect,
)
