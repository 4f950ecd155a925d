"""The score of Inspect that says whether a response is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.record import Tally

#: What Inspect writes: correct, incorrect, partly correct, no answer; and what it reads as such.
_WORDS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
#: The one scorer of logs before 0.3.3, which hold no name for it.
_ONLY = "score"


class Scorer:
    """The scorer whose scores are taken for the verdicts: one for all samples of a log.

    Parameters
    ----------
    asked : str, optional
        Its name, or ``NAME.KEY`` where its scores hold several values.
    listed : sequence of str
        Scorers as the log's header lists them; the first that a sample has counts.
    """

    def __init__(self, asked: str | None, listed: Sequence[str] = ()) -> None:
        self._asked, self._listed = asked, listed
        self._name: str | None = None
        self._key: str | None = None
        self._choice: str | None = None

    @property
    def choice(self) -> str | None:
        """What to tell of the choice; None before there was a score."""
        return self._choice

    @property
    def name(self) -> str | None:
        """Name of the scorer, with the key of its value where it has several."""
        return f"{self._name}.{self._key}" if self._key else self._name

    @property
    def by_model(self) -> bool:
        """Whether a model gave the scores, as it does where no gold answer could."""
        name = self._name or self._asked or next(iter(self._listed), "")
        return name.rpartition("/")[2].startswith("model_graded")

    def verdict(self, sample: Mapping[str, Any], where: str, tally: Tally) -> bool | None:
        """Return whether a sample was right; None, counted, where it has no score.

        Raises
        ------
        InputError
            When there is no scorer of the name that is asked for, or a value is one
            that no version writes.
        """
        scores = _scores(sample, where)
        if scores and self._choice is None:
            self._choose(scores, where)
        self._require_first(scores, where)
        score = scores.get(self._name or "")
        value = score.get("value") if isinstance(score, dict) else None
        if self._key is not None and isinstance(value, dict):
            value = value.get(self._key)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            tally.count("samples have no score, and so no verdict of the file", 1, where)
            return None
        share = self._share(value, where)
        if 0 < share < 1:
            tally.count("samples are scored as partly right, which counts as wrong", 1, where)
        elif value == "N":
            tally.count("samples are scored as without an answer, which counts as wrong", 1, where)
        return share == 1

    def _choose(self, scores: Mapping[str, Any], where: str) -> None:
        values: dict[str, Any] = {}
        for name, score in scores.items():
            value = score.get("value") if isinstance(score, dict) else None
            if isinstance(value, dict):
                values |= {f"{name}.{key}": each for key, each in value.items()}
            values[name] = value
        able = [name for name, value in values.items() if not isinstance(value, dict | list)]
        if self._asked is not None and self._asked not in able:
            raise InputError(
                f"{where}: has no scorer {self._asked} of one value; such are: "
                f"{', '.join(able) or 'none'}."
            )
        single = [name for name in (*self._listed, *able) if name in scores and name in able]
        chosen = self._asked or next(iter(single), None)
        if chosen is None:
            self._choice = (
                f"each score holds several values, so the file has no verdict (--field "
                f"scorer=NAME takes one of {', '.join(able) or 'none'})"
            )
            return
        self._name = chosen
        if chosen not in scores:
            self._name = next(name for name in scores if chosen.startswith(f"{name}."))
            self._key = chosen.removeprefix(f"{self._name}.")
        rest = ", ".join(name for name in able if name != chosen)
        more = f" (--field scorer=NAME takes another of {rest})" if rest else ""
        self._choice = f"the file's verdicts are those of the scorer {chosen}{more}"

    def _require_first(self, scores: Mapping[str, Any], where: str) -> None:
        """Refuse a score of an earlier scorer than that of the samples before.

        Which scorer is the first must not hang on the scores that the first sample lacks.
        """
        if self._asked is not None or self._name is None:
            return
        listed = self._name in self._listed
        before = self._listed[: self._listed.index(self._name)] if listed else self._listed
        if missed := [name for name in before if name in scores]:
            raise InputError(
                f"{where}: has a score of {missed[0]}, the first scorer of the log, which samples "
                f"before lack. Say by --field scorer=NAME whether it is that or {self._name} "
                f"whose scores count."
            )

    def _share(self, value: object, where: str) -> float:
        """Return a score as a number from 0 to 1."""
        share: float | None = None
        if isinstance(value, bool | int | float):
            share = float(value) if abs(value) < 2**53 else math.inf
        elif isinstance(value, str):
            share = _WORDS.get(value, _WORDS.get(value.lower() if len(value) > 1 else ""))
            if share is None:
                try:
                    share = float(value)
                except ValueError:
                    share = None
        if share is None or not 0 <= share <= 1:
            raise InputError(
                f"{where}: the score {value!r:.80} of {self._name} is neither right nor wrong: "
                f"Inspect writes C, I, P, N, true, false or a number from 0 to 1. Name another "
                f"scorer by --field scorer=NAME."
            )
        return share


def _scores(sample: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    scores = sample.get("scores")
    if scores is None and sample.get("score") is not None:
        scores = {_ONLY: sample["score"]}
    if scores is None:
        return {}
    if not isinstance(scores, dict):
        raise InputError(f"{where}: 'scores' should be a JSON object, and is {scores!r:.80}.")
    return scores
