"""Read samples of large-language-monkeys: the file is the problem, its folder the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

import yaml

from boundary.errors import InputError
from boundary.importers.columns import Batch, batched, brief
from boundary.importers.forms import of_a_form
from boundary.importers.golds import short_gold
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source

_SAMPLES = frozenset(("prompt", "question", "samples"))
FORMS = {"samples": _SAMPLES, "samples that were judged": _SAMPLES | {"is_corrects"}}
#: The tests of a problem stand in lists of an object; what lies deeper would fill the stack.
MOST_LEVELS = 8


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the samples of each file.

    Raises
    ------
    InputError
        When a file is no YAML of samples, verdicts are not one a sample, or two files are
        of one problem; names the file.
    """
    first: dict[tuple[str, str], Source] = {}
    for source in sources:
        problem = PurePath(source.name).stem
        twin = first.setdefault((source.folder, problem), source)
        if twin is not source:
            raise InputError(
                f"{source.where}: is of problem {problem} in a folder {source.folder}, as "
                f"{twin.where} is; give the folders one by one."
            )
        yield from batched(_samples(source, problem, tally), source.where)


def _samples(source: Source, problem: str, tally: Tally) -> Iterator[dict[str, object]]:
    where = source.where
    document = of_a_form(_document(source), FORMS, "large-language-monkeys", where)
    samples, question = document["samples"], document["question"]
    verdicts = document.get("is_corrects", document.get("is_correct"))
    if not isinstance(samples, list) or not samples or not isinstance(question, str):
        raise InputError(
            f"{where}: samples should be a list and question text, and are {brief(samples)} and "
            f"{brief(question)}."
        )
    if verdicts is None:
        verdicts = [None] * len(samples)
    if not isinstance(verdicts, list) or len(verdicts) != len(samples):
        raise InputError(
            f"{where}: is_corrects should be a list of {len(samples)}, one a sample, and is "
            f"{f'one of {len(verdicts)}' if isinstance(verdicts, list) else brief(verdicts)}."
        )
    if "test_cases" in document:
        tally.count("problems have tests, which are not run: the verdicts of the file count")
    gold = short_gold(document.get("gt_answer"), where, tally)
    for number, (text, verdict) in enumerate(zip(samples, verdicts, strict=True), start=1):
        if not isinstance(text, str) or not isinstance(verdict, bool | None):
            raise InputError(
                f"{where}: sample {number} should be text with true or false, and is "
                f"{brief(text)} with {brief(verdict)}."
            )
        yield {
            "model": source.folder or None,
            "problem_id": problem,
            "question": question,
            "answer": gold,
            "response": text,
            "correct_theirs": verdict,
            "line": number,
        }


class _Loader(yaml.CSafeLoader):
    """A fast loader that takes no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {brief(twice)} stands twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _document(source: Source) -> Any:
    text = source.text()
    if not text.endswith("\n"):
        raise InputError(f"{source.where}: ends within a line, so it is half-written.")
    try:
        level = 0
        for event in yaml.parse(text, Loader=_Loader):  # which holds nothing that lies deep
            level += isinstance(event, yaml.CollectionStartEvent)
            level -= isinstance(event, yaml.CollectionEndEvent)
            if level > MOST_LEVELS:
                raise InputError(f"{source.where}: holds more than {MOST_LEVELS} levels.")
        return _Loader(text).get_single_data()
    except (yaml.YAMLError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise InputError(
            f"{source.where}: is no YAML, so it may be half-written ({why}). Nothing was imported; "
            f"mend or remove it, as a part would pass for the whole."
        ) from None
