"""Samples and results of EvalPlus, and of human-eval, whose form of samples it took over."""

from __future__ import annotations

import re

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: A program of a folder of programs: ``HumanEval_0/12.py``.
_TASK_FOLDER, _PROGRAM = re.compile(r"[A-Za-z]\w*_\d+"), re.compile(r"\d+\.py")


def detect(head: Head) -> str | None:
    """Return why a file is of this form."""
    if _PROGRAM.fullmatch(head.name) and _TASK_FOLDER.fullmatch(head.folder):
        return "programs are named by task and number"
    if head.has("eval", "hash") and not head.has("status"):
        return "it has the verdicts of EvalPlus by task, under eval"
    if head.lines and head.has("task_id") and (head.has("solution") or head.has("completion")):
        text = "solution" if head.has("solution") else "completion"
        return f"its lines have task_id and {text}" + (" and passed" * head.has("passed"))
    return None


IMPORTER = Importer(
    name="evalplus",
    about="samples and results of EvalPlus and human-eval",
    offers="trials",
    detect=detect,
    trials_end=".py",
)
