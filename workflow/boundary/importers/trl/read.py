"""Read what TRL writes with `log_completions`: `completions/completions_00010.parquet`.

A row is one response; a step is a model of its own.  Nothing names the problem but
the text of the prompt.  Every column of numbers is a reward, or was logged by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, batched
from boundary.importers.forms import of_a_form
from boundary.importers.golds import short_gold
from boundary.importers.head import head_of
from boundary.importers.messages import question_of
from boundary.importers.parquet import rows_of
from boundary.importers.record import Request, Tally
from boundary.importers.rewards import Rewards, is_right, reward
from boundary.importers.source import Source
from boundary.importers.steps import Completions, Steps
from boundary.importers.trl import COLUMNS
from boundary.importers.values import text

_FIRST = frozenset(COLUMNS)
FORMS = {"the first": _FIRST, "with advantages": _FIRST | {"advantage"}}
#: Columns that are no reward, whatever they hold.
_FIXED = {*COLUMNS, "advantage", "mode"}
#: The folder within that of a run.
_WITHIN = "completions"


@dataclass(frozen=True)
class _Chosen:
    """Columns that hold score, verdict and gold answer; None where none does."""

    score: str | None
    verdict: str | None
    gold: str | None


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file.

    Raises
    ------
    InputError
        When a file lacks a column, a row holds something else in it, or a step stands
        twice; names file and row.
    """
    rewards, steps, batches = Rewards(), Steps(), dict[int, str]()
    columns: dict[str, None] = {}
    # Whether a reward is a verdict is a matter of all steps: it must not change on the way.
    for source in sources:
        generated = []
        for number, row in _rows(source):
            place = f"{source.where}: row {number}"
            model = steps.model(source, _series(source), row["step"], place)
            numbers = [key for key, value in row.items() if isinstance(value, bool | int | float)]
            numbers = [key for key in numbers if key not in _FIXED]
            columns |= dict.fromkeys(numbers)
            rewards.note(row, numbers)
            generated.append((str(row["prompt"]), row["completion"]))
        same = batches.setdefault(hash(tuple(generated)), model if generated else "")
        if generated and same != model:
            tally.say(f"{model} has the responses of {same}: one batch was logged at both steps")
    chosen = _chosen(columns, rewards, request, tally)
    for source in sources:
        yield from batched(_responses(source, chosen, tally), source.where)


def _series(source: Source) -> str:
    return source.place.parent.name if source.folder == _WITHIN else source.folder


def _rows(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = of_a_form(dict.fromkeys(head_of(source).columns), FORMS, "TRL", source.where)
    return rows_of(source, list(columns))


def _chosen(columns: Collection[str], rewards: Rewards, request: Request, tally: Tally) -> _Chosen:
    """Return which columns hold what: an only reward is the score, and maybe the verdict."""
    only = next(iter(columns)) if len(columns) == 1 else None
    asked = request.fields
    if only is None and "verdict" not in asked:
        tally.say(
            f"the files have {len(columns)} rewards ({', '.join(columns)}), of which none is taken "
            f"for verdict or score (--field verdict=COLUMN and --field score=COLUMN name them)"
        )
    verdict = None
    if only is not None or "verdict" in asked:
        verdict = rewards.verdict([only] if only else [], asked.get("verdict"), tally)
    return _Chosen(asked.get("score", only) or None, verdict, asked.get("gold") or None)


def _responses(source: Source, chosen: _Chosen, tally: Tally) -> Iterator[dict[str, object]]:
    completions = Completions(_series(source), tally)
    for number, row in _rows(source):
        place = f"{source.where}: row {number}"
        response = text(row["completion"], "completion", place, blank=True)
        for column in (chosen.score, chosen.gold):
            if column is not None and column not in row:
                raise InputError(f"{place}: has no column {column}.")
        question = question_of(row["prompt"], place)
        score = None
        if chosen.score is not None:
            score = reward(row[chosen.score], chosen.score, place)
        yield {
            **completions.row(row["step"], question, response, place, number),
            "score": score,
            "correct_theirs": is_right(row.get(chosen.verdict or "")),
            "answer": short_gold(row[chosen.gold], place, tally) if chosen.gold else None,
        }
