"""Read logs of Inspect: a sample is a problem and an epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched
from boundary.importers.inspect.log import Log, logs_of
from boundary.importers.inspect.sample import Texts, problem_of, response_of
from boundary.importers.inspect.scores import Scorer
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the samples of each log.

    Raises
    ------
    InputError
        When a log was not finished, two are of one model and task, or a sample is
        none; names file and member.
    """
    for log in logs_of(sources):
        yield from batched(_trials(log, request, tally), log.source.where)


def _trials(log: Log, request: Request, tally: Tally) -> Iterator[dict[str, object]]:
    scorer, ids = Scorer(request.fields.get("scorer"), log.scorers), ProblemIds()
    places: dict[tuple[str, int], str] = {}
    for line, (where, sample) in enumerate(log.read(), start=1):
        problem, epoch = ids.text(sample.get("id"), where), _epoch(sample, where)
        first = places.setdefault((problem, epoch), where)
        if first != where:
            raise InputError(
                f"{where}: epoch {epoch} of sample {problem} stands in {first} already; leave one "
                f"of them out."
            )
        texts = Texts(sample, partial(log.attachments, where), where, tally)
        response = response_of(sample, texts, where, tally)
        verdict = None if response["unset"] else scorer.verdict(sample, where, tally)
        yield {
            "model": log.model,
            "benchmark": log.task,
            "problem_id": problem,
            "sample_index": epoch,
            "correct_theirs": verdict,
            "line": line,
            **response,
            **problem_of(sample, texts, not scorer.by_model, where),
        }
    _say(log, scorer, Counter(problem for problem, _ in places), tally)


def _epoch(sample: Mapping[str, Any], where: str) -> int:
    epoch = sample.get("epoch")
    if type(epoch) is not int or not 0 < epoch < 2**62:
        raise InputError(
            f"{where}: 'epoch' should be a whole number from 1, and is "
            f"{'missing' if epoch is None else repr(epoch)[:80]}."
        )
    return epoch


def _say(log: Log, scorer: Scorer, epochs: Counter[str], tally: Tally) -> None:
    """Tell what was chosen, and what the header counts and the log lacks."""
    name = log.task or log.source.name
    if scorer.choice is not None:
        tally.say(f"{name}: {scorer.choice}")
        tally.judge(log.model, log.task, f"scorer {scorer.name}")
    if scorer.by_model:
        tally.say(f"{name}: a model gave the scores, so targets are not taken for gold answers")
    total = sum(epochs.values())
    if log.samples not in (None, total):
        tally.say(f"{name}: the log holds {total:,} samples, and its header counts {log.samples:,}")
    short = [problem for problem, count in epochs.items() if count < log.epochs]
    if short:
        tally.count(
            f"problems of {name} have fewer than the {log.epochs} epochs of the log",
            len(short),
            f"sample {short[0]} has {epochs[short[0]]}",
        )
