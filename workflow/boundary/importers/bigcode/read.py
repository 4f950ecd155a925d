"""Read generations of the BigCode harness: the place in the list is the task.

The file has programs alone, to be graded by the tests of given problems; what the
harness found stands in its results, as a mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from boundary.errors import InputError
from boundary.importers.bigcode import is_results
from boundary.importers.columns import Batch, batched, brief
from boundary.importers.head import head_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source

#: Names of benchmarks by those of tasks.
BENCHMARKS = {"humanevalplus": "humaneval_plus", "mbppplus": "mbpp_plus"}
_TASK = re.compile(r"(?:.*generations_|.*_(?=(?:humaneval|mbpp)[a-z]*\.))(?P<task>.+)\.json")
_HUMANEVAL = re.compile(r"(?:instruct-)?humaneval(?:plus)?")
#: The prompt that a program of HumanEval repeats: up to the end of the first docstring.
_PROMPT = re.compile(r"\A.*?^def \w+\(.*?(\"\"\"|''').*?\1[^\n]*\n", re.DOTALL | re.MULTILINE)


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the programs of each file.

    Raises
    ------
    InputError
        When a file is no list of lists of programs, lists are of several lengths, or two
        files are of one task; names the file and the task.
    """
    results: dict[Path, Mapping[str, Any]] = {}
    files: dict[str, Source] = {}
    for source in sources:
        if is_results(head_of(source)):
            results[source.place] = source.document()
            continue
        match = _TASK.fullmatch(source.name)
        task = match["task"] if match else ""
        twin = files.setdefault(task, source)
        if twin is not source:
            raise InputError(
                f"{source.where}: is of the task {task or 'that no name tells'}, as {twin.where} "
                f"is; give one of the two."
            )
    if not files:
        raise InputError(f"{sources[0].where}: holds results, and there are no generations beside.")
    for task, source in files.items():
        about = results.get(source.place, {})
        settings = about.get("config", {})
        if task in about:
            tally.say(f"{source.where}: the harness found {brief(about[task], 200)}")
        yield from batched(_programs(source, task, settings), source.where)


def _programs(
    source: Source, task: str, settings: Mapping[str, Any]
) -> Iterator[dict[str, object]]:
    tasks, where = source.document(), source.where
    start, model = settings.get("limit_start") or 0, settings.get("model")
    if type(start) is not int or not isinstance(model, str | None) or not isinstance(tasks, list):
        raise InputError(
            f"{where}: should be a list of lists, of a model {brief(model)} from the task "
            f"{brief(start)} on."
        )
    prompted: dict[str, int] = {}
    for line, programs in enumerate(tasks, start=1):
        texts = programs if isinstance(programs, list) else []
        if not texts or not all(isinstance(text, str) for text in texts):
            raise InputError(
                f"{where}: task {line} should be a list of programs, and is {brief(programs)}."
            )
        if len(texts) != len(tasks[0]):
            raise InputError(
                f"{where}: task {line} has {len(texts)} programs, and the first has "
                f"{len(tasks[0])}: the harness writes as many for each, so some are missing."
            )
        number = start + line - 1
        humaneval = _HUMANEVAL.fullmatch(task)
        prompts = {match[0] if (match := _PROMPT.match(text)) else None for text in texts}
        # By its prompt a list that begins elsewhere is not taken for the first problems.
        question = prompts.pop() if len(prompts) == 1 and humaneval else None
        if question is not None and prompted.setdefault(question, line) != line:
            raise InputError(
                f"{where}: task {line} has the prompt of task {prompted[question]}, so those below "
                f"would be taken for others; leave one of them out."
            )
        for text in texts:
            yield {
                "model": model,
                "benchmark": BENCHMARKS.get(task, task) or None,
                "problem_id": f"HumanEval/{number}" if humaneval else str(number),
                "question": question,
                "response": text,
                "line": line,
            }
