"""Read runs of terminal-bench: a trial is one attempt of an agent at a task.

The harness writes a trial into ``results.json`` of its own folder and into that of its run, and
people put copies of runs into others; by its id it counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief, count_of
from boundary.importers.head import head_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.terminal_bench import is_metadata
from boundary.importers.values import text

#: What parts the name of a task from that of its variant, such as ``raman-fitting.easy``.
VARIANT = "."


@dataclass(frozen=True)
class _Run:
    """What the metadata of a run tell of its trials."""

    model: str | None = None
    benchmark: str | None = None


@dataclass
class _Seen:
    """The trials that were read, by id: what each says, and where it stands."""

    trials: dict[str, tuple[tuple[object, ...], str]] = field(default_factory=dict)
    ids: ProblemIds = field(default_factory=ProblemIds)


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the trials of each file, each trial once.

    Raises
    ------
    InputError
        When a file is of no such form, a trial lacks a key, or two trials of one id differ;
        names file and trial.
    """
    metadata = {source for source in sources if is_metadata(head_of(source))}
    runs = {source.place: _run(source, request) for source in metadata}
    seen = _Seen()
    # Runs before the files of their trials, which then have nothing new: one batch a run.
    for source in sorted(sources, key=lambda each: len(each.place.parts)):
        if source not in metadata:
            run = _of_place(source.place, runs) or _Run(benchmark=request.benchmark)
            yield from batched(_trials(source, run, seen, tally), source.where)


def _run(source: Source, request: Request) -> _Run:
    """Return what the metadata of a run say; ``--field model=`` joins whatever they name."""
    run = source.document()
    names = [run.get(key) for key in ("agent_name", "model_name")]
    dataset = [run.get(key) for key in ("dataset_name", "dataset_version")]
    for value in (*names, *dataset):
        if value is not None and not isinstance(value, str):
            raise InputError(f"{source.where}: {brief(value)} should be a name.")
    # Without the model's name that of the agent is no name of a model.
    named = all(names) and "model" not in request.fields
    return _Run(
        " ".join(map(str, names)) if named else None,
        request.benchmark or " ".join(filter(None, dataset)) or None,
    )


def _of_place(place: Path, runs: Mapping[Path, _Run]) -> _Run | None:
    """Return the run in whose folder, or nearest folder above, a file lies."""
    return next((runs[each] for each in (place, *place.parents) if each in runs), None)


def _trials(source: Source, run: _Run, seen: _Seen, tally: Tally) -> Iterator[Mapping[str, object]]:
    document = source.document()
    trials = document.get("results", [document]) if isinstance(document, dict) else None
    if not isinstance(trials, list):
        raise InputError(f"{source.where}: should hold a trial or a list of them in 'results'.")
    for number, trial in enumerate(trials, start=1):
        place = f"{source.where}: trial {number}"
        if not isinstance(trial, dict):
            raise InputError(f"{place}: should be a JSON object, and is {brief(trial)}.")
        row = _trial(trial, seen.ids, place)
        # Versions before September 2025 call it uuid.
        name = text(trial.get("id", trial.get("uuid")), "its id", place)
        says = run.model, row["problem_id"], trial.get("is_resolved")
        earlier, where = seen.trials.setdefault(name, (says, place))
        if earlier != says:
            raise InputError(
                f"{place}: trial {name} is {brief(says)} here and {brief(earlier)} in {where}; "
                f"leave one of them out."
            )
        if where != place:
            tally.count("trials stand in several files and count once", 1, place)
            continue
        if row["unset"]:
            how = trial.get("failure_mode")
            tally.count(f"trials have no outcome ({how!s:.40})", 1, place)
        yield {"model": run.model, "benchmark": run.benchmark, "line": number, **row}


def _trial(trial: Mapping[str, Any], ids: ProblemIds, place: str) -> dict[str, object]:
    """Return the columns of `boundary.importers.columns.TRIALS` of one trial.

    Agents that do not count their tokens report none of them: 0 is not known.
    """
    if "is_resolved" not in trial:
        raise InputError(f"{place}: has no is_resolved, which is true, false or null.")
    right, question = trial["is_resolved"], trial.get("instruction")
    if right is not None and type(right) is not bool:
        raise InputError(f"{place}: is_resolved is {brief(right)}, and should be true or false.")
    problem = ids.text(trial.get("task_id"), place)
    return {
        "problem_id": problem,
        "unset": right is None,
        "correct_theirs": right,
        "n_tokens": count_of(trial.get("total_output_tokens")) or None,
        "question": None if question is None else text(question, "instruction", place, blank=True),
        "metadata": canonical_json({"cluster": problem.partition(VARIANT)[0]}),
    }
