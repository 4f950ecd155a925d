"""Conversations of agents with users and tools by τ-bench and τ²-bench."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return by which keys a file is of τ-bench or of τ²-bench."""
    if head.has("task_id", "reward", "info", "traj", "trial"):
        return "trials with task_id, reward, traj and trial"
    if head.has("timestamp", "info", "tasks") and '"agent_info"' in head.text:
        return "info, tasks and simulations of a run"
    return None


IMPORTER = Importer(
    name="tau_bench",
    about="results of τ-bench and τ²-bench",
    offers="trials",
    detect=detect,
)
