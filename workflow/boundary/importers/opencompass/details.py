"""The details of opencompass's results: a verdict a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundary.errors import InputError
from boundary.importers.columns import brief
from boundary.importers.source import Source

#: Keys that tell whether a prediction is right.
_VERDICTS = ("correct", "is_correct", "cascade_correct")


@dataclass(frozen=True)
class Detail:
    """What results tell of a prediction.

    Attributes
    ----------
    correct : bool or None
        The verdict; None where results tell none.
    answer : object
        The gold answer; None where results tell none.
    """

    correct: bool | None = None
    answer: object = None


def details_of(source: Source, predictions: Sequence[object], size: int) -> list[Detail]:
    """Return the detail of each prediction.

    Parameters
    ----------
    source : Source
        A file of results.
    predictions : sequence [N]
        As the file of predictions has them.
    size : int
        How many problems they are to.

    Raises
    ------
    InputError
        When there are others, or a verdict is none.
    """
    whole = source.document()
    details = whole.get("details") if isinstance(whole, dict) else None
    if isinstance(details, dict):
        numbered = {key: value for key, value in details.items() if key.isdecimal()}
        every = [numbered.get(str(number)) for number in range(len(numbered))]
        _require(len(every), len(predictions), source)
        return [
            _detail(one, predictions[i], f"{source.where}: detail {i}")
            for i, one in enumerate(every)
        ]
    if not isinstance(details, list) or not details:
        raise InputError(f"{source.where}: 'details' should be a list, found {brief(details)}.")
    replicas, left = divmod(len(predictions), len(details))
    if left or len(details) % size:
        _require(len(details), len(predictions), source)
    made: list[list[Detail]] = []
    for i, one in enumerate(details):
        where = f"{source.where}: detail {i}"
        parts = [_replica(one, number, replicas, where) for number in range(replicas)]
        made.append([_detail(part, None, where) for part in parts])
    # Predictions stand replica by replica, and details problem by problem.
    return [each[number] for number in range(replicas) for each in made]


def _require(details: int, predictions: int, source: Source) -> None:
    if details != predictions:
        raise InputError(
            f"{source.where}: has {details:,} details, and there are {predictions:,} predictions, "
            f"so they are of two runs, or one is incomplete; give the predictions alone."
        )


def _replica(value: object, number: int, replicas: int, where: str) -> dict[str, object]:
    """Return what a detail tells of one replica; it has lists, an element a replica."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: should be a JSON object, found {brief(value)}.")
    part: dict[str, object] = {}
    for key in (*_VERDICTS, "answer"):
        if (several := value.get(key)) is None:
            continue
        if not isinstance(several, list) or len(several) != replicas:
            raise InputError(
                f"{where}: {key!r} should be a list of {replicas}, one a replica, found "
                f"{brief(several)}."
            )
        part[key] = several[number]
    return part


def _detail(value: object, prediction: object, where: str) -> Detail:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: should be a JSON object, found {brief(value)}.")
    judged = value.get("origin_prediction", prediction)
    if prediction is not None and judged != prediction:
        raise InputError(
            f"{where}: judges another prediction ({brief(judged)}) than that of its number "
            f"({brief(prediction)}), so they are of two runs; give the predictions alone."
        )
    right = next((value[key] for key in _VERDICTS if value.get(key) is not None), None)
    if right is not None and right not in (True, False):
        raise InputError(f"{where}: a verdict should be true or false, found {brief(right)}.")
    return Detail(
        None if right is None else bool(right), value.get("answer", value.get("references"))
    )
