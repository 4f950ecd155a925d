"""Read the outputs of NeMo-Skills: the files of a folder are the seeds of a run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary.errors import InputError
from boundary.importers.answers import gold_columns
from boundary.importers.columns import Batch, ProblemIds, batched, brief, count_of, end_of
from boundary.importers.nemo_skills import VERDICTS
from boundary.importers.record import Request, Tally
from boundary.importers.seeds import Seen, digest_of, refuse_copies
from boundary.importers.source import Source
from boundary.importers.verdict import chosen

_SEED = re.compile(r"output-rs(\d+)\.jsonl")
_CHUNK = re.compile(r"_chunk_\d+\.jsonl$")
#: Keys that name a problem, of which a file has one for all its lines or none.
_IDS = ("id", "problem_id", "task_id", "question_id", "name")
#: The folder above those of the benchmarks of a model.
_RESULTS = "eval-results"
#: What a judge says, of which the last counts, as for the tool: before it judges may think aloud.
_JUDGED = re.compile(r"Judge?ment\**\s*:[\s*]*(yes|no)?", re.IGNORECASE)


@dataclass
class _Run:
    """What is alike in the files of one folder.

    Attributes
    ----------
    model, benchmark : str or None
    verdict : str or None
        The key that tells whether an output is right.
    ids : str or None
        The key that names problems; None where lines do.
    seeds : dict
        The responses by name of the file.
    judged : bool
        Whether any judgement was yes or no.
    """

    model: str
    benchmark: str | None
    verdict: str | None
    ids: str | None
    seeds: dict[str, Seen] = field(default_factory=dict)
    judged: bool = False


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the outputs of each folder, seeds joined by the problems' ids or by line.

    Raises
    ------
    InputError
        When a line lacks what others have, seeds are of other problems, two are the same,
        or a chunk was not merged; names file and line.
    """
    folders: dict[Path, list[Source]] = {}
    for source in sources:
        if _CHUNK.search(source.name):
            raise InputError(
                f"{source.where}: is a chunk of a run that was not merged, so that run is not "
                f"finished; let NeMo-Skills finish it, or give the merged output."
            )
        folders.setdefault(source.place, []).append(source)
    for place, files in folders.items():
        run, ids = _run(place, files[0], request), ProblemIds()
        for source in files:
            yield from batched(_rows(source, run, ids, tally), source.where)
        _say(run, files, request, tally)


def _run(place: Path, first: Source, request: Request) -> _Run:
    _, line = next(first.objects(), (0, {}))
    verdict = chosen(request.fields.get("verdict"), VERDICTS, line, f"{first.where}: line 1")
    ids = next((key for key in _IDS if type(line.get(key)) in (str, int)), None)
    if place.parent.name == _RESULTS:
        return _Run(place.parent.parent.name, place.name, verdict, ids)
    return _Run(place.name, None, verdict, ids)


def _rows(source: Source, run: _Run, ids: ProblemIds, tally: Tally) -> Iterator[dict[str, Any]]:
    name, seed = source.name, _seed(source)
    seen = run.seeds.setdefault(name, {})
    for line, item in source.objects():
        where = f"{source.where}: line {line}"
        problem = ids.text(line if run.ids is None else item.get(run.ids), where)
        response = item.get("generation")
        if response is not None and not isinstance(response, str):
            raise InputError(f"{where}: 'generation' should be text, found {brief(response)}.")
        if response is None and run.verdict is None:
            raise InputError(f"{where}: has neither generation nor verdict, so it is no output.")
        if problem in seen:
            raise InputError(
                f"{where}: problem {problem} stands in {seen[problem][1]} already, and an output "
                f"has each once; leave one of them out."
            )
        seen[problem] = (digest_of(name if response is None else response), where)
        question, reward = item.get("problem"), item.get("reward_model_score")
        yield {
            "model": run.model,
            "benchmark": run.benchmark,
            "problem_id": problem,
            "sample_index": seed,
            "response": response,
            "finish_reason": end_of(item.get("finish_reason")),
            "n_tokens": count_of(item.get("num_generated_tokens")),
            "score": reward if _ranks(reward) else None,
            "correct_theirs": _verdict(item, run, where, tally),
            "question": question if isinstance(question, str) else None,
            **_gold(item.get("expected_answer"), where),
            "line": line,
        }


def _ranks(reward: object) -> bool:
    """Return whether a reward is a number, finite and no larger than a float holds."""
    return type(reward) in (int, float) and abs(reward) < sys.float_info.max  # type: ignore[arg-type]


def _seed(source: Source) -> int | None:
    name = _SEED.fullmatch(source.name)
    return None if name is None else int(name[1])


def _gold(value: object, where: str) -> dict[str, str | None]:
    if value is None:
        return {}
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"{where}: 'expected_answer' should be text, found {brief(value)}.")
    return gold_columns([str(value)])


def _verdict(item: dict[str, Any], run: _Run, where: str, tally: Tally) -> bool | None:
    key = run.verdict
    if key is None:
        return None
    if key not in item:
        known = ", ".join(VERDICTS)
        raise InputError(
            f"{where}: has no {key}, which the first line has; it has {', '.join(item):.200}. "
            f"Versions that are known write one of {known}: evaluate all outputs by one of them."
        )
    value = item[key]
    if key == "proof_status" and isinstance(value, str):
        return value == "completed"
    if key == "judgement" and isinstance(value, str):
        judged: str = ["", *_JUDGED.findall(value)][-1].lower()
        if not judged:
            tally.count("judgements are neither yes nor no, which counts as wrong", 1, where)
        run.judged |= bool(judged)
        return judged == "yes"
    if key == "graded_list" and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value not in (True, False):
        raise InputError(f"{where}: {key!r} should be true or false, found {brief(value)}.")
    if key == "is_correct-plus" and value and item.get("is_correct") is False:
        raise InputError(
            f"{where}: 'is_correct-plus' is true and 'is_correct' false, and programs that pass "
            f"all tests pass those of the benchmark."
        )
    return bool(value)


def _say(run: _Run, files: Sequence[Source], request: Request, tally: Tally) -> None:
    """Tell which verdicts count and how seeds were joined; refuse other problems under one."""
    where = str(files[0].place)
    if run.verdict is not None and "verdict" not in request.fields:
        tally.say(
            f"{where}: verdicts are those of {run.verdict} (--field verdict=KEY takes others)"
        )
    if run.verdict == "judgement" and not run.judged:
        raise InputError(
            f"{where}: no judgement is yes or no ('Judgement: Yes'), so that all would be wrong; "
            f"those of this judge are not known here. Name another key by --field verdict=KEY."
        )
    tally.judge(run.model, run.benchmark, run.verdict or "none")
    how = "by line, as none has an id" if run.ids is None else f"by {run.ids}"
    tally.say(f"{where}: {len(files)} outputs joined {how}")
    numbers = sorted(seed for file in files if (seed := _seed(file)) is not None)
    if numbers and len(numbers) < len(files):
        raise InputError(
            f"{where}: holds output.jsonl and outputs of seeds, of which NeMo-Skills writes one; "
            f"leave the other out."
        )
    if missing := sorted({*range(numbers[0], numbers[-1] + 1)} - {*numbers} if numbers else ()):
        named = ", ".join(f"rs{seed}" for seed in missing)
        tally.say(f"{where}: outputs of the seeds {named} are missing")
    refuse_copies(run.seeds, tally)
    every = set().union(*run.seeds.values())
    for name, seen in run.seeds.items():
        if lacking := len(every) - len(seen):
            if run.ids is None:
                raise InputError(
                    f"{where}/{name}: has {len(seen):,} lines and others {len(every):,}, which are "
                    f"joined by line, so it is not finished or of other problems."
                )
            tally.count("problems lack an output under a seed", lacking, f"{where}/{name}")
