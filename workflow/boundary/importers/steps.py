"""Steps of training as models: what dumps of rollouts and logs of completions share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import brief, text_id
from boundary.importers.record import Tally
from boundary.importers.source import Source


class Steps:
    """Names of the checkpoints of a series, each of which stands in one place."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, int], str] = {}
        self._now: tuple[Source, str, int] | None = None

    def model(self, source: Source, series: str, step: object, place: str) -> str:
        """Return what the model of a row is called.

        Parameters
        ----------
        source : Source
        series : str
            The run of training.
        step : object
            As the file has it.
        place : str
            File and row.

        Raises
        ------
        InputError
            When it is no step, or rows of the same step stand elsewhere too, as a run
            that was resumed writes them.
        """
        if type(step) is not int or step < 0:
            raise InputError(f"{place}: step is {brief(step)}, and should be a whole number.")
        if self._now != (source, series, step):
            self._now = source, series, step
            begun = self._begun.setdefault((series, step), place)
            if begun != place:
                raise InputError(
                    f"{place}: step {step} of {series} stands in {begun} already, as where a run "
                    f"was resumed or two were written into one folder; leave one of them out."
                )
        return f"{series}/step-{step}"


class Completions:
    """Responses of the steps of one series; nothing but the prompt's text names a problem."""

    def __init__(self, series: str, tally: Tally) -> None:
        self._seen: set[int] = set()
        self._series, self._tally = series, tally

    def row(
        self, step: int, question: str, response: str, place: str, line: int
    ) -> Mapping[str, Any]:
        """Return what any file says of a response.

        One that repeats an earlier one is counted: nothing tells whether it was sampled twice or
        written twice.
        """
        if (key := hash((step, question, response))) in self._seen:
            what = "lines repeat prompt and response of an earlier one, and count too"
            self._tally.count(what, 1, place)
        self._seen.add(key)
        return {
            "model": f"{self._series}/step-{step}",
            "problem_id": text_id(question),
            "question": question,
            "response": response,
            "line": line,
        }
