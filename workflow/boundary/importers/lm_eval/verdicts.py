"""The metric of lm-evaluation-harness that says whether a response is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundary.errors import InputError
from boundary.importers.record import Tally

#: Metrics by which a response is right or wrong, the usual first.
_USUAL = ("exact_match", "acc", "pass@1", "pass_at_1", "extractive_match", "em", "math_verify")
#: Keys of a row that are no metric.
_FIXED = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics"}


@dataclass(frozen=True)
class Metric:
    """The metric that is taken for the verdict.

    Attributes
    ----------
    name : str or None
        None where no metric is right or wrong.
    choice : str
        What to tell of the choice.
    """

    name: str | None
    choice: str

    def verdict(self, row: Mapping[str, Any], where: str, tally: Tally) -> bool | None:
        """Return whether a row is right; None, counted, where it is neither right nor wrong.

        Raises
        ------
        InputError
            When the value is a text, which no version writes.
        """
        if self.name is None:
            return None
        value = row.get(self.name)
        if isinstance(value, str):
            raise InputError(
                f"{where}: {self.name!r} should be a number or true or false, and is the text "
                f"{value!r:.80}."
            )
        if _decides(value):
            return bool(value)
        what = f"documents have no {self.name} of 0 or 1, and so no verdict of the file"
        tally.count(what, 1, where)
        return None


def metrics_of(
    row: Mapping[str, Any], asked: str | None, lower: frozenset[str], where: str
) -> Metric:
    """Return the metric whose verdicts count, by the first row of a file.

    Parameters
    ----------
    row : mapping
    asked : str, optional
        The one that the user names.
    lower : frozenset of str
        Metrics of which less is better.
    where : str

    Raises
    ------
    InputError
        When there is no metric of the name that is asked for, or it has no such value.
    """
    names = _names(row)
    able = [name for name in names if _decides(row.get(name)) and name not in lower]
    if asked is not None:
        if asked not in able:
            raise InputError(
                f"{where}: has no metric {asked} of 0 or 1; such are: {', '.join(able) or 'none'}."
            )
        return Metric(asked, f"the file's verdicts are those of the metric {asked}")
    usual = [name for name in _USUAL if name in able]
    if not able:
        there = ", ".join(names) or "none"
        return Metric(None, f"no metric is 0 or 1 (there are: {there}), so the file has no verdict")
    name = (usual or able)[0]
    rest = ", ".join(other for other in names if other != name)
    more = f" (--field metric=NAME takes another of {rest})" if rest else ""
    return Metric(name, f"the file's verdicts are those of the metric {name}{more}")


def _names(row: Mapping[str, Any]) -> Sequence[str]:
    named = row.get("metrics")
    if isinstance(named, list) and all(isinstance(name, str) for name in named):
        return named
    return [name for name in row if name not in _FIXED and not name.endswith("_hash")]


def _decides(value: object) -> bool:
    """Return whether a value is true, false, 0 or 1."""
    if isinstance(value, bool):
        return True
    return isinstance(value, int | float) and not math.isnan(value) and value in (0, 1)
