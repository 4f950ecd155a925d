"""A log of Inspect: its header, and its samples one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundary.errors import InputError
from boundary.importers.inspect import HEADER, START
from boundary.importers.source import Source
from boundary.importers.values import part, refuse_run

#: Longest sample, and longest log that is one JSON document, in bytes: parsed, both take more.
LONGEST_SAMPLE, LONGEST_LOG = 256 * 2**20, 512 * 2**20
#: A sample is one member or, in chunks, has members of which this is the first.
_SAMPLE = re.compile(r"samples/.+_epoch_\d+(?:\.json|/sample\.json)", re.DOTALL)
_FINISHED = "success"


@dataclass(frozen=True)
class Log:
    """A finished log.

    Attributes
    ----------
    source : Source
    model, task : str or None
    epochs : int
        How often each sample was run.
    samples : int or None
        How many samples, epochs times problems, the header counts.
    scorers : tuple of str
        As the header lists them.
    members : tuple of str
        Those that hold a sample; none of a JSON document.
    chunks : tuple of str
        Further members of samples in chunks.
    parsed : tuple
        Samples of a JSON document.
    """

    source: Source
    model: str | None
    task: str | None
    epochs: int
    samples: int | None
    scorers: tuple[str, ...]
    members: tuple[str, ...]
    chunks: tuple[str, ...]
    parsed: tuple[Any, ...] = ()

    def read(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield where each sample stands, and the sample.

        Raises
        ------
        InputError
            When one is no JSON object, or longer than `LONGEST_SAMPLE`.
        """
        for number, sample in enumerate(self.parsed, start=1):
            yield self._checked(f"{self.source.where}: sample {number}", sample)
        for name in self.members:
            source = Source(self.source.path, name)
            yield self._checked(source.where, source.document(LONGEST_SAMPLE))

    def attachments(self, where: str) -> dict[str, str]:
        """Return the attachments, by their number, of the sample in chunks that stands there."""
        folder = where.removeprefix(f"{self.source.path}:").removesuffix("sample.json")
        texts: dict[str, str] = {}
        for name in self.chunks:
            first = name.removeprefix(f"{folder}attachments/").removesuffix(".json")
            if first.isdecimal():
                chunk = Source(self.source.path, name).document(LONGEST_SAMPLE)
                pairs = enumerate(chunk if isinstance(chunk, list) else [], start=int(first))
                texts |= {str(i): text for i, text in pairs if isinstance(text, str)}
        return texts

    @staticmethod
    def _checked(where: str, sample: object) -> tuple[str, Mapping[str, Any]]:
        if not isinstance(sample, dict):
            raise InputError(
                f"{where}: a sample should be a JSON object, and is {type(sample).__name__}."
            )
        return where, sample


def logs_of(sources: Sequence[Source]) -> list[Log]:
    """Return the logs of some files.

    Raises
    ------
    InputError
        When one was not finished, has no samples, or two are of one model and task.
    """
    logs = [_log(source) for source in sources]
    first: dict[tuple[str | None, str | None], str] = {}
    for log in logs:
        run = f"task {log.task} by {log.model}"
        refuse_run(first, (log.model, log.task), log.source.where, run, "log")
    return logs


def _log(source: Source) -> Log:
    names = source.members()
    parsed: tuple[Any, ...] = ()
    if names:
        head = HEADER if HEADER in names else START
        header, where = Source(source.path, head).document(LONGEST_SAMPLE), f"{source.where}:{head}"
    else:
        header, where = source.document(LONGEST_LOG), source.where
    if not isinstance(header, dict):
        raise InputError(f"{where}: should be a JSON object, and is {type(header).__name__}.")
    if not names:
        listed = header.get("samples")
        parsed = tuple(listed) if isinstance(listed, list) else ()
    members = tuple(name for name in names if _SAMPLE.fullmatch(name))
    chunks = tuple(name for name in names if "/attachments/" in name)
    results = part(header, "results")
    total = _count(results.get("total_samples"))
    _require_finished(header, where, len(members) or len(parsed), total)
    spec = part(header, "eval")
    return Log(
        source,
        _name(spec, "model"),
        _name(spec, "task"),
        _count(part(spec, "config").get("epochs")) or 1,
        total,
        tuple(_names(results.get("scores"))) or tuple(_names(spec.get("scorers"))),
        members,
        chunks,
        parsed,
    )


def _require_finished(header: Mapping[str, Any], where: str, there: int, total: int | None) -> None:
    status = header.get("status", "started")
    if status != _FINISHED:
        planned = _planned(header) if total is None else total
        of = f" of {planned:,}" if planned else ""
        raise InputError(
            f"{where}: the status of this log is {status!r:.80}, and not 'success': it holds "
            f"{there:,}{of} samples, and a part would pass for the whole. Finish the run (inspect "
            f"eval-retry), or give another log."
        )
    if not there:
        raise InputError(
            f"{where}: the log has no samples, so it was written with --no-log-samples or is the "
            f"header alone."
        )


def _planned(header: Mapping[str, Any]) -> int:
    """Return how many samples a run was to have; 0 where the log does not tell."""
    spec = part(header, "eval")
    ids = part(spec, "dataset").get("sample_ids")
    epochs = _count(part(spec, "config").get("epochs")) or 1
    return epochs * len(ids) if isinstance(ids, list) else 0


def _count(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _name(spec: Mapping[str, Any], key: str) -> str | None:
    value = spec.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _names(listed: object) -> Iterator[str]:
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"]
