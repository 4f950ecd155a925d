"""Outputs of NeMo-Skills, a file a seed."""

from __future__ import annotations

import re

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: Keys that tell whether an output is right, of which the first counts.
VERDICTS = (
    *("symbolic_correct", "judgement", "is_correct-plus", "is_correct", "graded_list"),
    *("proof_status", "is_passed", "passed"),
)
_NAME = re.compile(r"output(?:-rs\d+)?(?:_chunk_\d+)?\.jsonl")


def detect(head: Head) -> str | None:
    """Return by its name, or by which keys, a file is an output of NeMo-Skills."""
    verdict = next((key for key in VERDICTS if head.has(key)), None)
    able = verdict is not None or head.has("generation", "expected_answer")
    if head.lines and able and _NAME.fullmatch(head.name):
        return f"it is named as an output and has {verdict or 'generation'}"
    if head.lines and head.has("generation", "predicted_answer", "expected_answer"):
        return "its lines have generation, predicted_answer and expected_answer"
    return None


IMPORTER = Importer(
    name="nemo_skills",
    about="outputs of NeMo-Skills, a file a seed",
    offers="trials",
    detect=detect,
    fields=("verdict",),
)
