"""Generations of the BigCode evaluation harness: a list a task, of programs."""

from __future__ import annotations

import re

from boundary.importers.head import Head
from boundary.importers.record import Importer

_LISTS = re.compile(r'\[\s*\[\s*"')


def is_results(head: Head) -> bool:
    """Return whether a file is the results of an evaluation, with its settings."""
    settings = (head.first or {}).get("config")
    return isinstance(settings, dict) and "metric_output_path" in settings


def detect(head: Head) -> str | None:
    """Return why a file is one of generations, or the results beside one."""
    if _LISTS.match(head.text):
        return "it is a list of lists of texts"
    return "it has the settings of the harness" if is_results(head) else None


IMPORTER = Importer(
    name="bigcode",
    about="generations of the BigCode evaluation harness",
    offers="trials",
    detect=detect,
)
