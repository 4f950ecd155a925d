"""Read logs of lm-evaluation-harness: a row a document and filter, with all its responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched
from boundary.importers.lm_eval.document import problem_of, responses_of
from boundary.importers.lm_eval.runs import Run, runs_of
from boundary.importers.lm_eval.verdicts import Metric, metrics_of
from boundary.importers.record import Request, Tally
from boundary.importers.seeds import digest_of
from boundary.importers.source import Source

#: What a row is called that tells no filter, as before version 0.4.7.
UNNAMED = "none"


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses and verdicts of each file of samples.

    Raises
    ------
    InputError
        When two files are of one model and task, a row is none, a document stands
        twice, or a filter or metric is asked for that is not there; names file and line.
    """
    for run in runs_of(sources):
        yield from batched(_Rows(run, request, tally), run.source.where)


class _Rows:
    """The trials of one file of samples."""

    def __init__(self, run: Run, request: Request, tally: Tally) -> None:
        self._run, self._tally = run, tally
        self._name = run.task or run.source.name
        self._filter: str | None = request.fields.get("filter")
        self._asked = request.fields.get("metric")
        self._metric: Metric | None = None
        self._ids = ProblemIds()
        self._lines: dict[str, int] = {}  # of each document, the row that is taken
        self._digests: dict[str, bytes] = {}
        self._others: dict[str, int] = {}  # of each document, a row of another filter
        self._times: Counter[str] = Counter()
        self._filters: Counter[str] = Counter()
        self._aggregated = 0

    def __iter__(self) -> Iterator[dict[str, object]]:
        for line, row in self._run.source.objects():
            where = f"{self._run.source.where}: line {line}"
            problem = self._ids.text(row.get("doc_id"), where)
            if self._takes(row, problem, line, where):
                yield from self._trials(row, problem, line, where)
        self._finish()

    def _takes(self, row: Mapping[str, Any], problem: str, line: int, where: str) -> bool:
        """Return whether a row is of the filter whose verdicts count."""
        named = "filter" in row
        name = row.get("filter", UNNAMED)
        if not isinstance(name, str):
            raise InputError(f"{where}: 'filter' should be a text, and is {name!r:.80}.")
        self._filters[name] += 1
        if self._filter is None:
            self._filter = name
        if name != self._filter:
            self._others.setdefault(problem, line)
            return False
        self._times[problem] += 1
        first = self._lines.setdefault(problem, line)
        digest = b"" if named else digest_of(row.get("resps"))
        if first == line:
            self._digests[problem] = digest
            return True
        if named or self._digests[problem] != digest:
            raise InputError(
                f"{where}: document {problem} stands in line {first} already, "
                f"{'of the same filter' if named else 'with other responses'}; leave one of them "
                f"out."
            )
        return False

    def _trials(
        self, row: Mapping[str, Any], problem: str, line: int, where: str
    ) -> Iterator[dict[str, object]]:
        texts = responses_of(row, where)
        if self._metric is None:
            self._metric = metrics_of(row, self._asked, self._run.lower, where)
        verdict = self._metric.verdict(row, where, self._tally)
        if texts is not None and len(texts) > 1:
            self._aggregated += verdict is not None
            verdict = None
        shared: dict[str, object] = {
            "model": self._run.model,
            "benchmark": self._run.task,
            "problem_id": problem,
            "correct_theirs": verdict,
            "line": line,
            **problem_of(row, texts is not None, where, self._tally),
        }
        for index, text in enumerate([None] if texts is None else texts):
            yield {**shared, "sample_index": index, "response": text}

    def _finish(self) -> None:
        """Require a row of each document, and tell what was chosen."""
        where, lines, tally = self._run.source.where, self._lines, self._tally
        if not lines:
            if self._filters:
                there = ", ".join(self._filters)
                raise InputError(
                    f"{where}: has no row of the filter {self._filter}; there are: {there}."
                )
            return
        if missing := self._others.keys() - lines.keys():
            name = min(missing, key=self._others.__getitem__)
            raise InputError(
                f"{where}: line {self._others[name]}: document {name} has no row of the filter "
                f"{self._filter} ({len(missing):,} such documents), so the file is incomplete."
            )
        most, least = (
            max(lines, key=self._times.__getitem__),
            min(lines, key=self._times.__getitem__),
        )
        if self._times[most] != self._times[least]:
            raise InputError(
                f"{where}: document {most} (line {lines[most]}) has {self._times[most]} rows, and "
                f"document {least} (line {lines[least]}) has {self._times[least]}. A row of each "
                f"filter belongs to each document, so the file is incomplete or has rows twice."
            )
        self._say_filters()
        if self._metric is not None:
            tally.say(f"{self._name}: {self._metric.choice}")
            rule = f"metric {self._metric.name} of filter {self._filter}"
            tally.judge(self._run.model, self._run.task, rule)
        if self._aggregated:
            tally.count(
                f"documents of {self._name} have several responses and one value of "
                f"{self._metric.name if self._metric else 'a metric'} for all, which is the "
                f"verdict of none",
                self._aggregated,
            )
        if self._run.documents not in (None, len(lines)):
            tally.say(
                f"{self._name}: the file holds {len(lines):,} documents, and the results of the "
                f"run count {self._run.documents:,}"
            )

    def _say_filters(self) -> None:
        left = sum(self._filters.values()) - len(self._lines)
        if not left:
            return
        if len(self._filters) > 1:
            what = f"{len(self._filters)} filters a document ({', '.join(self._filters)})"
            how = f"the verdicts of {self._filter} count (--field filter=NAME takes another)"
        else:
            what = f"{self._times.most_common(1)[0][1]} rows a document, of filters without name"
            how = "the verdicts of the first count"
        self._tally.say(f"{self._name}: {what}; {how}, and {left:,} rows are left out")
