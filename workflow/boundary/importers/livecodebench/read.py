"""Read LiveCodeBench: `_eval_all.json` has the samples, `_eval.json` beside it is held against it.

Alone, `_eval.json` tells verdicts by the number of the row and no problem's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief
from boundary.importers.head import head_of
from boundary.importers.livecodebench import is_summary
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.values import part, refuse_run

_END = re.compile(r"(?:_eval_all)?(?:_eval)?\.json$")
#: Names that the tool gives, and those of responses that it was given.
_NAMES = (
    re.compile(r"(?:(?P<model>.+)_)?Scenario\.(?P<scenario>\w+?)_\d+_[\d.]+(?:_cot)?"),
    re.compile(r"(?P<model>.+)_(?P<scenario>codegeneration|selfrepair|\w+(?:tion))_output"),
)
_PLAIN = "codegeneration"
#: What the problem's entry says that groups problems.
_GROUPS = ("difficulty", "platform", "contest_date")


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the samples of each run.

    Raises
    ------
    InputError
        When two files are of one model and scenario, lists are of unequal length, verdicts
        contradict each other, or there are none; names file and entry.
    """
    runs: dict[tuple[Path, str], dict[bool, Source]] = {}
    for source in sources:
        run = runs.setdefault((source.place, _END.sub("", source.name)), {})
        whole = not is_summary(head_of(source))
        if whole in run:
            raise InputError(f"{source.where}: holds what {run[whole].where} does; give one.")
        run[whole] = source
    named: dict[tuple[str, str], str] = {}
    for (place, stem), run in runs.items():
        names, source = _names(place, stem), run[max(run)]
        refuse_run(named, names, source.where, f"{names[0]} on {names[1]}")
        verdicts = None if False not in run else _verdicts(run[False])
        if True in run:
            rows = _samples(source, verdicts, tally)
        else:
            tally.say(f"{source.where}: tells problems by their row, as none has an id")
            rows = _alone(verdicts or [])
        called = dict(zip(("model", "benchmark"), names, strict=True))
        yield from batched(({**called, **row} for row in rows), source.where)


def _names(place: Path, stem: str) -> tuple[str, str]:
    """Return model and benchmark of a run."""
    match = next((match for name in _NAMES if (match := name.fullmatch(stem))), None)
    if match is None:
        return stem or place.name, "livecodebench"
    scenario = match["scenario"]
    end = "" if scenario == _PLAIN else f"_{scenario}"
    return match["model"] or place.name, f"livecodebench{end}"


def _verdicts(source: Source) -> list[list[bool]]:
    """Return the verdicts of `_eval.json` by row, held against what it counts itself."""
    whole = source.document()
    results = whole[1] if isinstance(whole, list) and len(whole) > 1 else None
    counted = whole[0] if isinstance(whole, list) and whole else None
    if not isinstance(results, dict) or not isinstance(counted, dict):
        seen = len(whole) if isinstance(whole, list) else type(whole).__name__
        raise InputError(
            f"{source.where}: should be a list of pass@k, results by row and, in later versions, "
            f"metadata, and is {seen} of them."
        )
    if {*results} != {str(row) for row in range(len(results))}:
        raise InputError(f"{source.where}: has results of {len(results)} rows and not each once.")
    rows = [_row(results[str(row)], f"{source.where}: row {row}") for row in range(len(results))]
    mean = part(counted, "detail", "pass@1")
    for row, verdicts in enumerate(rows):
        _hold(mean.get(str(row)), verdicts, f"{source.where}: row {row}")
    return rows


def _row(value: object, where: str) -> list[bool]:
    """Return the verdicts on the samples of a row: right where every test is above 0."""
    if not isinstance(value, list) or not value:
        raise InputError(f"{where}: should be a list of results, found {brief(value)}.")
    for tests in value:
        if not isinstance(tests, list) or not all(type(one) in (bool, int) for one in tests):
            raise InputError(f"{where}: a result should be a list of tests, found {brief(tests)}.")
    return [all(one > 0 for one in tests) for tests in value]


def _hold(mean: object, verdicts: Sequence[bool], where: str) -> None:
    right = sum(verdicts) / len(verdicts)
    if not isinstance(mean, int | float) or abs(mean - right) > 1e-9:
        raise InputError(
            f"{where}: pass@1 is {brief(mean)}, and its verdicts give {right:.6g}, so the file "
            f"contradicts itself."
        )


def _alone(verdicts: list[list[bool]]) -> Iterator[dict[str, Any]]:
    for row, several in enumerate(verdicts):
        for index, right in enumerate(several):
            yield {
                "problem_id": str(row),
                "sample_index": index,
                "correct_theirs": right,
                "line": row + 1,
            }


def _samples(
    source: Source, verdicts: list[list[bool]] | None, tally: Tally
) -> Iterator[dict[str, Any]]:
    """Yield the samples of the entries."""
    ids, held = ProblemIds(), []
    for line, entry in source.objects():
        where = f"{source.numbered}: line {line}"
        texts = _list(entry, "output_list", where)
        graded = _list(entry, "graded_list", where) if "graded_list" in entry else None
        if graded is not None:
            if len(graded) != len(texts) or not all(type(one) is bool for one in graded):
                raise InputError(
                    f"{where}: 'graded_list' should be {len(texts)} times true or false, one a "
                    f"sample, and is {brief(graded)}."
                )
            _hold(entry.get("pass@1"), graded, where)
        held.append(graded)
        if empty := sum(not text for text in texts):
            tally.count("samples are empty", empty, where)
        for index, text in enumerate(texts):
            if text is not None and not isinstance(text, str):
                raise InputError(f"{where}: a sample should be text, found {brief(text)}.")
            yield {
                "problem_id": _problem(entry, ids, where),
                "sample_index": index,
                "response": text or "",
                "correct_theirs": None if graded is None else graded[index],
                "question": _text(entry, "question_content"),
                "metadata": canonical_json(
                    {key: text for key in _GROUPS if (text := _text(entry, key)) is not None}
                ),
                "line": line,
            }
    # Rows are sorted by id in one version and by what was judged first in another.
    if verdicts is not None and sorted(map(str, held)) != sorted(map(str, verdicts)):
        raise InputError(
            f"{source.where}: has other verdicts than the _eval.json beside it, so they are of two "
            f"runs; give one of them."
        )


def _problem(entry: dict[str, Any], ids: ProblemIds, where: str) -> str:
    """Return the id of a problem, of which one question may make several."""
    name = ids.text(entry.get("id", entry.get("question_id")), where)
    return f"{name}/{entry['test_id']}" if "test_id" in entry else name


def _list(entry: dict[str, Any], key: str, where: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list) or not value:
        raise InputError(f"{where}: {key!r} should be a list, found {brief(value)}.")
    return value


def _text(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) else None
