"""Runs of agents by terminal-bench: results of a run, of each trial, and what the run was."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: How the names of files end that may stand in several folders: a trial counts once by its id.
COPIES = ("results.json", "run_metadata.json")


def is_metadata(head: Head) -> bool:
    """Return whether a file says what a run was, and holds no trial."""
    return head.has("run_id", "agent_name", "n_attempts", "dataset_size")


def detect(head: Head) -> str | None:
    """Return by which keys a file is of terminal-bench."""
    if head.has("trial_name", "task_id", "is_resolved"):
        return "a trial with trial_name, task_id and is_resolved"
    # The list of trials may fill the head, so that no key behind it is seen.
    if head.has("results") and '"trial_name"' in head.text and '"is_resolved"' in head.text:
        return "results of trials with trial_name and is_resolved"
    return "the metadata of a run" if is_metadata(head) else None


IMPORTER = Importer(
    name="terminal_bench",
    about="results of terminal-bench",
    offers="trials",
    detect=detect,
    fields=("model",),
    trials_end=COPIES,
)
