"""Columns of a batch of objects, each value of a type that its field may hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

import polars as pl

from boundary.columns import FAULT
from boundary.errors import InputError
from boundary.golds import gold_text
from boundary.importers.columns import ENDS, ProblemIds, text_id
from boundary.importers.record import Tally

#: How a response may have ended.
_ENDS = ENDS | {FAULT: FAULT}
#: GSM8K writes its answer behind a derivation.
_BEHIND = "#### "
_NOTHING = type(None)
_VERDICTS = "true, false, 1 or 0"


class Values:
    """What the objects of a batch hold; a column is None where no field holds it.

    Parameters
    ----------
    lines : sequence of int
        Of each object.
    objects : sequence of dict
        One a trial.
    fields : mapping of str to str
        Keys by what they hold.
    where : str
        The file.
    """

    def __init__(
        self,
        lines: Sequence[int],
        objects: Sequence[Mapping[str, Any]],
        fields: Mapping[str, str],
        where: str,
    ) -> None:
        self._lines, self._objects = lines, objects
        self._fields, self._where = fields, where

    def _of(self, held: str, allowed: Collection[type], what: str) -> list[Any] | None:
        """Return the values of a field, each of an allowed type or null."""
        key = self._fields.get(held)
        if key is None:
            return None
        values = [each.get(key) for each in self._objects]
        if not {*allowed, _NOTHING}.issuperset(map(type, values)):
            bad = next(i for i, v in enumerate(values) if type(v) not in {*allowed, _NOTHING})
            self._refuse(bad, held, what, values[bad])
        return values

    def _refuse(self, place: int, held: str, what: str, value: object) -> NoReturn:
        raise InputError(
            f"{self._where}: line {self._lines[place]}: {self._fields[held]} ({held}) should be "
            f"{what}, and is {json.dumps(value, default=repr)[:80]}. --field {held}=NAME reads "
            f"another field, {held}= none."
        )

    def _at(self, place: int) -> str:
        return f"{self._where}: line {self._lines[place]}"

    def texts(self, held: str) -> pl.Series | None:
        """Return texts as they are."""
        values = self._of(held, (str,), "text")
        return None if values is None else pl.Series(values, dtype=pl.String)

    def names(self, held: str) -> pl.Series | None:
        """Return names, which no line may lack where another has one."""
        values = self._of(held, (str,), "text")
        if values is None:
            return None
        spelled = {name: (name or "").strip() or None for name in set(values)}
        if spelled.keys() == {None}:
            return None
        if None in spelled.values():
            bad = next(i for i, name in enumerate(values) if spelled[name] is None)
            self._refuse(bad, held, "a name in every line", values[bad])
        return pl.Series([spelled[name] for name in values], dtype=pl.String)

    def written(self, held: str) -> pl.Series | None:
        """Return values of any type as a person would write them; only shown."""
        key = self._fields.get(held)
        if key is None:
            return None
        values = (each.get(key) for each in self._objects)
        return pl.Series(
            [v if v is None or isinstance(v, str) else json.dumps(v) for v in values],
            dtype=pl.String,
        )

    def documents(self, held: str) -> pl.Series | None:
        """Return JSON as text, written as text or as it is."""
        values = self._of(held, (str, dict, list), "JSON")
        if values is None:
            return None
        texts = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
        return pl.Series(texts, dtype=pl.String)

    def ids(self, ids: ProblemIds) -> pl.Series:
        """Return the ids of problems, or digests of their questions where there are none."""
        if "problem" not in self._fields:
            return self._ids_of_questions()
        values = self._of("problem", (str, int, float, bool, list, dict), "an id") or []
        if not {str, int}.issuperset(map(type, values)):
            bad = next(i for i, value in enumerate(values) if type(value) not in (str, int))
            ids.text(values[bad], self._at(bad))
        first = dict(zip(reversed(values), reversed(range(len(values))), strict=True))
        named = {value: ids.text(value, self._at(first[value])) for value in dict.fromkeys(values)}
        return pl.Series([named[value] for value in values], dtype=pl.String)

    def _ids_of_questions(self) -> pl.Series:
        questions = self._of("question", (str,), "text") or []
        if any(not text or text.isspace() for text in set(questions)):
            bad = next(i for i, text in enumerate(questions) if not (text or "").strip())
            self._refuse(bad, "question", "text, as problems have no id", questions[bad])
        named = {text: text_id(text) for text in set(questions)}
        return pl.Series([named[text] for text in questions], dtype=pl.String)

    def integers(self, held: str, least: int = -(2**63)) -> pl.Series | None:
        """Return whole numbers, also those that are written ``3.0``."""
        what = "a whole number" + (f" of {least} or more" if least >= 0 else "")
        values = self._of(held, (int, float), what)
        if values is None:
            return None
        # Few numbers are many values' own.
        whole: dict[float | None, int | None] = {None: None}
        for value in set(values) - {None}:
            if not least <= value < 2**63 or int(value) != value:
                self._refuse(values.index(value), held, what, value)
            whole[value] = int(value)
        return pl.Series([whole[value] for value in values], dtype=pl.Int64)

    def numbers(self, held: str) -> pl.Series | None:
        """Return finite numbers."""
        values = self._of(held, (int, float), "a finite number")
        if values is None:
            return None
        for place, value in enumerate(values):
            if value is not None and not abs(value) <= sys.float_info.max:
                self._refuse(place, held, "a finite number", value)
        return pl.Series([None if v is None else float(v) for v in values], dtype=pl.Float64)

    def verdicts(self) -> pl.Series | None:
        """Return the verdicts of the file."""
        values = self._of("verdict", (bool, int, float), _VERDICTS)
        if values is None:
            return None
        if not {None, 0, 1}.issuperset(values):
            bad = next(i for i, value in enumerate(values) if value not in (None, 0, 1))
            self._refuse(bad, "verdict", _VERDICTS, values[bad])
        return pl.Series([None if v is None else v == 1 for v in values], dtype=pl.Boolean)

    def finish_reasons(self, tally: Tally) -> pl.Series | None:
        """Return how responses ended, where that is known."""
        values = self._of("finish_reason", (str,), "text")
        if values is None:
            return None
        for other in sorted({v for v in values if v is not None} - _ENDS.keys()):
            places = [place for place, value in enumerate(values) if value == other]
            tally.count(
                f"responses ended by {other[:40]!r}, which says nothing here",
                len(places),
                self._at(places[0]),
            )
        return pl.Series([_ENDS.get(v) for v in values], dtype=pl.String)

    def golds(self, tally: Tally) -> pl.Series | None:
        """Return gold answers as text."""
        values = self._of("gold", (str, int, float, list), "text or a number")
        if values is None:
            return None
        for place, value in enumerate(values if list in set(map(type, values)) else ()):
            if type(value) is list:
                if len(value) != 1 or type(value[0]) not in (str, int, float):
                    self._refuse(place, "gold", "one gold answer", value)
                values[place] = value[0]
        first = dict(zip(reversed(values), reversed(range(len(values))), strict=True))
        texts = {value: self._gold(place, value, tally) for value, place in first.items()}
        return pl.Series([texts[value] for value in values], dtype=pl.String)

    def _gold(self, place: int, value: object, tally: Tally) -> str | None:
        if value is None or isinstance(value, str):
            _, mark, text = (value or "").rpartition(_BEHIND)
            if mark:
                tally.say(f"of {self._fields['gold']} what stands behind {_BEHIND.strip()} counts")
            return value and text
        try:
            return gold_text(value)
        except InputError as error:
            raise InputError(f"{self._at(place)}: {self._fields['gold']}: {error}.") from None

    def unset(self, frame: pl.DataFrame, tally: Tally) -> pl.Series:
        """Return which trials have no outcome: ended by a fault, or all that they have is null."""
        unset = pl.repeat(False, frame.height, eager=True)
        if "finish_reason" in frame.columns:
            unset |= frame["finish_reason"].eq_missing(FAULT)
        if "correct_theirs" not in frame.columns:
            return unset
        key = self._fields["verdict"]
        null = frame["correct_theirs"].is_null()
        silent = frame["response"].is_null() if "response" in frame.columns else True
        unset |= null & silent & pl.Series([key in each for each in self._objects])
        lacking = null & ~unset
        if lacking.any():
            first = self._at(lacking.arg_max() or 0)
            tally.count(f"trials have no {key} (verdict)", int(lacking.sum()), first)
        return unset
