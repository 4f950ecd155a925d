"""Read objects of responses, a batch of lines at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds
from boundary.importers.record import Request, Tally
from boundary.importers.responses.fields import NAMES, fields_of
from boundary.importers.responses.values import Values
from boundary.importers.source import Source

#: What a list in one object has an element of for each response.
OF_TRIAL = ("verdict", "sample_index", "n_tokens", "reward", "finish_reason", "extracted")
Objects = list[dict[str, Any]]


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the trials of each file.

    Raises
    ------
    InputError
        When fields cannot be told apart, or hold something else; names file and line.
    """
    ids = ProblemIds()
    for source in sources:
        where = source.numbered
        keys: dict[str, None] = {}
        fields: dict[str, str] = {}
        named: set[str] | None = None
        for lines, objects in source.batches():
            if not keys.keys() >= set().union(*objects):
                keys |= {key: None for each in objects for key in each}
                fields = fields_of(keys, request.fields, f"{source.where}: the objects")
            rows = _rows(lines, objects, fields, ids, where, tally)
            before, named = named, {name for name in NAMES if name in rows.columns}
            if changed := named ^ (named if before is None else before):
                raise InputError(
                    f"{where}: line {lines[0]}: lines above or below have no "
                    f"{min(changed)}, and others have one; give every line its own."
                )
            yield Batch(rows, where)
        _say(fields, request.fields, tally)


def _say(fields: Mapping[str, str], given: Mapping[str, str], tally: Tally) -> None:
    guessed = [f"{held} = {key}" for held, key in fields.items() if held not in given]
    if guessed:
        tally.say(f"fields by their names: {', '.join(guessed)} (--field says otherwise)")
    if "problem" not in fields:
        tally.say(f"problems are told apart by the text of {fields['question']}, as none has an id")


def _rows(
    lines: list[int],
    objects: Objects,
    fields: Mapping[str, str],
    ids: ProblemIds,
    where: str,
    tally: Tally,
) -> pl.DataFrame:
    """Return the trials of some objects."""
    lines, objects = _one_each(lines, objects, fields, where, tally)
    values = Values(lines, objects, fields, where)
    columns = {
        "problem_id": values.ids(ids),
        "model": values.names("model"),
        "benchmark": values.names("benchmark"),
        "sample_index": values.integers("sample_index"),
        "response": values.texts("response"),
        "n_tokens": values.integers("n_tokens", least=0),
        "score": values.numbers("reward"),
        "finish_reason": values.finish_reasons(tally),
        "correct_theirs": values.verdicts(),
        "answer_theirs": values.written("extracted"),
        "question": values.texts("question"),
        "answer": values.golds(tally),
        "tests": values.documents("tests"),
        "line": pl.Series(lines, dtype=pl.Int64),
    }
    frame = pl.DataFrame({name: column for name, column in columns.items() if column is not None})
    return frame.with_columns(unset=values.unset(frame, tally))


def _one_each(
    lines: list[int], objects: Objects, fields: Mapping[str, str], where: str, tally: Tally
) -> tuple[list[int], Objects]:
    """Return an object a response where some hold lists of them."""
    key = fields.get("response") or fields["verdict"]
    if not any(type(each.get(key)) is list for each in objects):
        return lines, objects
    parts = [fields[held] for held in OF_TRIAL if held in fields and fields[held] != key]
    flat_lines, flat = [], []
    for line, each in zip(lines, objects, strict=True):
        several = each.get(key)
        if type(several) is not list:
            several, of_trial = [several], {}
        else:
            of_trial = {part: each[part] for part in parts if each.get(part) is not None}
            if not several:
                raise InputError(f"{where}: line {line}: {key} is an empty list.")
        for part, value in of_trial.items():
            if type(value) is list:
                if len(value) != len(several):
                    raise InputError(
                        f"{where}: line {line}: {key} has {len(several)} elements, and {part} has "
                        f"{len(value)}."
                    )
            elif len(several) > 1 and part == fields.get("verdict"):
                raise InputError(
                    f"{where}: line {line}: {part} is one verdict on {len(several)} responses; it "
                    f"should be a list with one each (--field verdict= reads none)."
                )
            elif len(several) > 1:
                tally.count(f"lines have one {part} for several responses; it was left out")
                of_trial = {**of_trial, part: [None] * len(several)}
        for place, one in enumerate(several):
            this = {p: v[place] if type(v) is list else v for p, v in of_trial.items()}
            flat.append({**each, key: one, **this})
            flat_lines.append(line)
    return flat_lines, flat
