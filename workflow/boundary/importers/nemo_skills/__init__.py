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
#: Those that no other tool writes.
_ALONE = ("symbolic_correct", "judgement")
_NAME = re.compile(r"output(?:-rs\d+)?(?:_chunk_\d+)?\.jsonl")


def detect(head: Head) -> str | None:
    """Return by which keys, and for some its name, a file is an output of NeMo-Skills.

    Other tools call a file ``output.jsonl`` and verdicts ``passed`` too.
    """
    if not head.lines:
        return None
    written = head.has("generation") or head.has("num_generated_tokens")
    verdict = next((key for key in VERDICTS if head.has(key)), None)
    if _NAME.fullmatch(head.name) and written and (verdict or head.has("expected_answer")):
        return f"it is named as an output and has {verdict or 'generation'}"
    if verdict in _ALONE and head.has("generation", "expected_answer"):
        return f"its lines have generation, expected_answer and {verdict}"
    return None


IMPORTER = Importer(
    name="nemo_skills",
    about="outputs of NeMo-Skills, a file a seed",
    offers="trials",
    detect=detect,
    fields=("verdict",),
)
