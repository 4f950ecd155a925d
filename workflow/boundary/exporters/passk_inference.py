"""Counts for passk-inference: JSON lines of ``id``, ``n`` and ``c``, a file an arm.

Its command takes two such files, matched by ``id``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from boundary.exporters.arm import ExportedArm
from boundary.exporters.record import write_lines


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``PROTOCOL/BENCHMARK/MODEL.jsonl`` of each arm."""
    del study
    for arm in arms:
        rows = arm.counts.select("problem_id", "n", "correct").iter_rows()
        lines = ({"id": name, "n": n, "c": correct} for name, n, correct in rows)
        write_lines(folder / f"{arm.place}.jsonl", lines)
