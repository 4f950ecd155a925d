"""Read opencompass: predictions by number, and their verdicts where results tell details."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.answers import gold_columns
from boundary.importers.columns import Batch, batched, brief
from boundary.importers.head import head_of
from boundary.importers.opencompass import is_results
from boundary.importers.opencompass.details import Detail, details_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.values import refuse_run

_SHARD = re.compile(r"(.+)_(\d+)")
#: GSM8K writes its answer behind a derivation.
_BEHIND = "####"
Entry = tuple[str, dict[str, Any]]


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the predictions of each model on each data set.

    Raises
    ------
    InputError
        When numbers are missing, results are of other predictions, or a prediction is no
        text; names file and number.
    """
    files: dict[tuple[str, str], Source] = {}
    results: dict[tuple[str, str], Source] = {}
    first: dict[tuple[bool, str, str], str] = {}
    for source in sources:
        kept = results if is_results(head_of(source)) else files
        key = source.folder, source.name.removesuffix(".json")
        refuse_run(first, (kept is results, *key), source.where, f"{key[1]} by {key[0]}")
        kept[key] = source
    for (model, name), shards in _joined(files).items():
        entries = [entry for shard in shards for entry in _entries(shard)]
        size = _problems([entry for _, entry in entries], shards[0].where)
        details = None
        if (judged := results.pop((model, name), None)) is not None:
            details = details_of(judged, [entry["prediction"] for _, entry in entries], size)
        if len(shards) > 1:
            tally.say(f"{name}: {len(shards)} shards joined, as {shards[0].where} is the first")
        if size < len(entries):
            tally.say(f"{name}: {len(entries):,} predictions are of {size:,} prompts, repeated")
        rows = _rows(entries, details, size, tally)
        named = {"model": model, "benchmark": name}
        yield from batched(({**named, **row} for row in rows), shards[0].where)
    if results:
        source = next(iter(results.values()))
        raise InputError(
            f"{source.where}: holds results, and there are no predictions of that name beside it; "
            f"give the folder that holds both."
        )


def _joined(files: Mapping[tuple[str, str], Source]) -> dict[tuple[str, str], list[Source]]:
    """Return the files of each data set, of which a large one is written in numbered shards.

    Raises
    ------
    InputError
        When a shard is missing.
    """
    shards: dict[tuple[str, str], dict[int, Source]] = {}
    for (model, name), source in files.items():
        if match := _SHARD.fullmatch(name):
            shards.setdefault((model, match[1]), {})[int(match[2])] = source
    joined: dict[tuple[str, str], list[Source]] = {}
    for (model, name), source in files.items():
        match = _SHARD.fullmatch(name)
        several = shards.get((model, match[1]), {}) if match else {}
        if match is None or len(several) < 2 or (model, match[1]) in files:
            joined[model, name] = [source]
        elif sorted(several) != list(range(len(several))):
            raise InputError(
                f"{source.where}: is one of {len(several)} shards of {match[1]}, of which some are "
                f"missing ({', '.join(map(str, sorted(several)))} are there)."
            )
        else:
            joined[model, match[1]] = [several[number] for number in sorted(several)]
    return joined


def _entries(source: Source) -> list[Entry]:
    """Return the predictions of a file in their order, with their places."""
    whole = source.document()
    if not isinstance(whole, dict):
        raise InputError(f"{source.where}: should be a JSON object, and is {type(whole).__name__}.")
    entries = []
    for number in range(len(whole)):
        where, entry = f"{source.where}: entry {number}", whole.get(str(number))
        if entry is None:
            raise InputError(
                f"{where}: is missing, and others of {len(whole):,} are there, so the file is "
                f"incomplete."
            )
        if not isinstance(entry, dict) or not {"origin_prompt", "prediction"} <= entry.keys():
            keys = ", ".join(entry) if isinstance(entry, dict) else brief(entry)
            raise InputError(
                f"{where}: should have origin_prompt and prediction, as all versions write that "
                f"sample, and has {keys:.200}."
            )
        entries.append((where, entry))
    return entries


def _problems(entries: Sequence[Mapping[str, Any]], where: str) -> int:
    """Return how many problems there are: all of them stand in a row, as often as sampled.

    Raises
    ------
    InputError
        When the last row is cut.
    """
    prompts = [repr(entry["origin_prompt"]) for entry in entries]
    # How many of the first each begins anew, up to itself (Knuth, Morris and Pratt).
    again, length = [0] * len(prompts), 0
    for place in range(1, len(prompts)):
        while length and prompts[place] != prompts[length]:
            length = again[length - 1]
        length += prompts[place] == prompts[length]
        again[place] = length
    size = len(prompts) - length
    if not size or len(prompts) % size == 0:
        return size
    # One question may stand twice in a data set.
    if length > 1:
        raise InputError(
            f"{where}: has {size:,} prompts {len(prompts) // size} times, and then "
            f"{len(prompts) % size:,} of them again, so the last replica is cut; let it finish."
        )
    return len(prompts)


def _rows(
    entries: Sequence[Entry], details: Sequence[Detail] | None, size: int, tally: Tally
) -> Iterator[dict[str, Any]]:
    for number, (where, entry) in enumerate(entries):
        texts = entry["prediction"]
        several = texts if isinstance(texts, list) else [texts]
        if not several or not all(isinstance(text, str) for text in several):
            raise InputError(
                f"{where}: 'prediction' should be a text or a list of texts, found {brief(texts)}."
            )
        detail = Detail() if details is None else details[number]
        verdict = detail.correct
        if len(several) > 1 and verdict is not None:
            what = "predictions hold several responses and one verdict, which is that of none"
            tally.count(what, 1, where)
            verdict = None
        gold = entry.get("gold", detail.answer)
        golds = gold if isinstance(gold, list) else [gold]
        short = [
            str(one).rpartition(_BEHIND)[2]
            for one in golds
            if isinstance(one, str | int | float) and not isinstance(one, bool)
        ]
        for index, text in enumerate(several):
            yield {
                "problem_id": str(number % size),
                "sample_index": number // size * len(several) + index,
                "response": text,
                "correct_theirs": verdict,
                "question": _question(entry["origin_prompt"]),
                **(gold_columns(short) if len(short) == len(golds) else {}),
                "line": number + 1,
            }


def _question(prompt: object) -> str | None:
    """Return the prompt as text; a chat is a list of messages with role and prompt."""
    if isinstance(prompt, str):
        return prompt
    if not isinstance(prompt, list):
        return None
    texts = [each.get("prompt") for each in prompt if isinstance(each, dict)]
    return "\n\n".join(text for text in texts if isinstance(text, str)) or None
