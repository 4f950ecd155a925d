"""Read evalscope: a review a response, joined by index with the prediction beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.answers import gold_columns, texts_of
from boundary.importers.columns import Batch, ProblemIds, batched, brief, count_of, end_of
from boundary.importers.evalscope import is_old
from boundary.importers.head import head_of
from boundary.importers.messages import spoken_by
from boundary.importers.record import Request, Tally
from boundary.importers.seeds import digest_of
from boundary.importers.source import Source
from boundary.importers.values import part, refuse_run
from boundary.importers.verdict import chosen, verdict_of

_KIND = re.compile(r"^(?:predictions|reviews)_")
#: A subset that is the whole benchmark.
_WHOLE = "_default"
#: Status of a score that may count; others are of a judge that failed.
_USABLE = (None, "success", "fallback", "degraded")


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the reviewed responses of each benchmark.

    Raises
    ------
    InputError
        When predictions lack a review, or have another response than theirs, an index stands
        twice, or files are of a version that is not known; names file and line.
    """
    runs: dict[tuple[str, str], dict[bool, Source]] = {}
    first: dict[tuple[str, str, bool], str] = {}
    for source in sources:
        head = head_of(source)
        if is_old(head):
            raise InputError(
                f"{source.where}: is of a version of evalscope before 1.0 (its lines have "
                f"{', '.join(head.keys[:8])}), and those since 1.0 are read, of which reviews have "
                f"index and sample_score, and predictions index and model_output."
            )
        # reviews/MODEL/NAME.jsonl beside predictions/MODEL/NAME.jsonl
        stem = _KIND.sub("", source.name.removesuffix(".jsonl"))
        run = runs.setdefault((source.folder, stem), {})
        reviewed = head.has("sample_score")
        key = source.folder, stem, reviewed
        refuse_run(first, key, source.where, f"{stem} by {source.folder}")
        run[reviewed] = source
    for (folder, stem), run in runs.items():
        if True not in run:
            raise InputError(
                f"{run[False].where}: holds predictions without verdict or gold answer; give the "
                f"folder that holds reviews too, or the reviews alone."
            )
        rows = _Rows(run[True], run.get(False), folder, request, tally)
        rows.benchmark, rows.subset = _benchmark(stem, request.benchmark)
        yield from batched(rows, run[True].where)


def _benchmark(stem: str, asked: str | None) -> tuple[str, str]:
    """Return benchmark and subset; the name of a file does not tell where one ends."""
    if asked is not None and stem.startswith(f"{asked}_"):
        return asked, stem.removeprefix(f"{asked}_").removesuffix(_WHOLE[1:])
    return stem.removesuffix(_WHOLE), ""


class _Rows:
    """The trials of one file of reviews."""

    def __init__(
        self,
        reviews: Source,
        predictions: Source | None,
        folder: str,
        request: Request,
        tally: Tally,
    ) -> None:
        self._reviews, self._folder, self._tally = reviews, folder, tally
        self._asked = request.fields.get("metric")
        self._made = {} if predictions is None else _predictions(predictions)
        self._with = predictions is not None
        self.benchmark, self.subset = "", ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        ids, metrics = ProblemIds(), dict[str, None]()
        for line, review in self._reviews.objects():
            where = f"{self._reviews.where}: line {line}"
            index = _index(review, where)
            score = part(review, "sample_score", "score")
            name = _metric(score, self._asked, where)
            if name is not None:
                metrics[name] = None
            group = part(review, "sample_score").get("group_id")
            problem = ids.text(index if group is None else group, where)
            response = next(iter(spoken_by(review.get("messages"), "assistant")[-1:]), None)
            if (judged := score.get("prediction")) is not None and response is None:
                response = judged if isinstance(judged, str) else None
            usable = score.get("status") in _USABLE
            if not usable:
                what = "responses have no usable score (its judge failed) and so no outcome"
                self._tally.count(what, 1, where)
            value = part(score, "value").get(name or "")
            verdict = verdict_of(value, name or "score", where, self._tally) if usable else None
            target = review.get("target")
            asked = review.get("input"), *spoken_by(review.get("messages"), "user")
            question = "\n\n".join(text for text in asked if isinstance(text, str))
            yield {
                "model": self._folder,
                "benchmark": self.benchmark,
                "problem_id": f"{self.subset}/{problem}" if self.subset else problem,
                "sample_index": index,
                "response": response,
                "unset": not usable,
                "correct_theirs": verdict,
                "question": question or None,
                **gold_columns(texts_of(target or None, "'target'", where)),
                **self._prediction(index, response, where),
                "line": line,
            }
        self._finish(metrics)

    def _prediction(self, index: int, response: str | None, where: str) -> dict[str, Any]:
        """Return what the prediction of an index tells more."""
        if not self._with:
            return {}
        if index not in self._made:
            raise InputError(
                f"{where}: index {index} has no prediction in the file beside it, or one already "
                f"taken, so that they are of two runs; give the reviews alone."
            )
        place, digest, columns = self._made.pop(index)
        if digest is not None and response is not None and digest != digest_of(response):
            raise InputError(
                f"{where}: is the review of another response than that of index {index} in "
                f"{place}, so that they are of two runs; give the reviews alone."
            )
        return columns

    def _finish(self, metrics: Mapping[str, None]) -> None:
        where = self._reviews.where
        if len(metrics) > 1:
            raise InputError(
                f"{where}: its main score is {' in some lines and '.join(metrics)} in others; name "
                f"one by --field metric=NAME."
            )
        if self._made:
            index, (place, *_) = next(iter(self._made.items()))
            raise InputError(
                f"{place}: index {index} has no review in {where} ({len(self._made):,} such "
                f"predictions), so the run is not finished; give the reviews alone to take them."
            )
        for name in metrics:
            self._tally.say(
                f"{self.benchmark}: verdicts are those of {name} (--field metric=NAME takes others)"
            )


def _predictions(source: Source) -> dict[int, tuple[str, bytes | None, dict[str, Any]]]:
    """Return of predictions by index the place, a digest of the response, and what they tell."""
    made: dict[int, tuple[str, bytes | None, dict[str, Any]]] = {}
    for line, item in source.objects():
        where = f"{source.where}: line {line}"
        index = _index(item, where)
        if index in made:
            raise InputError(
                f"{where}: index {index} stands in {made[index][0]} already; leave one of them out."
            )
        output = part(item, "model_output")
        choices = output.get("choices")
        first = part(choices[0]) if isinstance(choices, list) and choices else {}
        texts = spoken_by([first.get("message")], "assistant")
        end, tokens = first.get("stop_reason"), part(output, "usage").get("output_tokens")
        columns: dict[str, Any] = {"finish_reason": end_of(end), "n_tokens": count_of(tokens)}
        if isinstance(model := item.get("model"), str) and model:
            columns["model"] = model
        made[index] = where, digest_of(texts[-1]) if texts else None, columns
    return made


def _index(item: Mapping[str, Any], where: str) -> int:
    index = item.get("index")
    if type(index) is not int or not 0 <= index < 2**62:
        raise InputError(f"{where}: 'index' should be a whole number, found {brief(index)}.")
    return index


def _metric(score: Mapping[str, Any], asked: str | None, where: str) -> str | None:
    """Return the name of the main score of a review: what it says, else the first."""
    values = part(score, "value")
    if not values:
        return None
    main = score.get("main_score_name")
    known = [main, *values] if isinstance(main, str) else [*values]
    return chosen(asked, known, values, where)
