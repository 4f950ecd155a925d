"""Read the lines of the evaluation, its seeds joined and its doubled lines told apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from boundary.answers import last_box
from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief
from boundary.importers.head import head_of
from boundary.importers.qwen_math.names import Name, name_of
from boundary.importers.record import Request, Tally
from boundary.importers.seeds import Seen, digest_of, refuse_copies
from boundary.importers.source import Source

#: How a response may have ended, as engines call it and we do.
_ENDS = {"stop": "stop", "length": "length"}

#: What the tool takes out of a gold answer, so that commands of LaTeX grow together.
_CLEANED = re.compile(r"\\(?:left|right|!)|\\?\s|\$")


@dataclass
class _Arm:
    """What was seen of one model on one benchmark.

    Attributes
    ----------
    first : Source
        A file of it.
    setting : str or None
        How its responses were sampled.
    seen : dict
        The responses by seed.
    """

    first: Source
    setting: str | None
    seen: dict[str, Seen] = field(default_factory=lambda: defaultdict(dict))


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file; the seeds of one model and benchmark are one arm.

    Raises
    ------
    InputError
        When a line lacks what it needs, lists are of unequal length, a problem has other
        responses under the same seed, two seeds have the same ones, responses of one arm
        were sampled in two ways, or the metrics beside a file are of another number.
    """
    ids = ProblemIds()
    arms: dict[tuple[str | None, str | None], _Arm] = {}
    metrics = {source for source in sources if not head_of(source).has("code")}
    files = [source for source in sources if source not in metrics]
    if not files:
        raise InputError(
            f"{sources[0].where}: holds metrics, and there are no responses beside it."
        )
    names = {source: name_of(source, request.benchmark) for source in files}
    if request.model in {name.model for name in names.values()} - {None}:
        names = {source: name for source, name in names.items() if name.model == request.model}
    for source, name in names.items():
        if not name.known and name.benchmark != request.benchmark:
            tally.say(
                f"{source.where}: is of the benchmark {name.benchmark!r}, by the name of its "
                f"folder (--benchmark says otherwise)"
            )
        if name.setting is None:
            tally.say(f"{source.where}: the name tells no seed, so its responses count as new ones")
        arm = arms.setdefault((name.model, name.benchmark), _Arm(source, name.setting))
        if arm.setting != name.setting:
            raise InputError(
                f"{source.where}: was sampled otherwise ({name.setting}) than "
                f"{arm.first.where} ({arm.setting}) of the same model and benchmark; give one of "
                f"both."
            )
        before = len(arm.seen[name.seed])
        numbers = [0, 0]
        yield from batched(_rows(source, name, arm, ids, numbers, tally), source.where)
        _hold_to_metrics(source, metrics, numbers, tally)
        if len(arm.seen[name.seed]) == before:
            raise InputError(
                f"{source.where}: holds nothing that other files do not; leave it out."
            )
    for arm in arms.values():
        refuse_copies(arm.seen, tally)
        if len(arm.seen) > 1:
            tally.say(f"{arm.first.where} and others: {len(arm.seen)} seeds joined as one model's")


def _rows(
    source: Source, name: Name, arm: _Arm, ids: ProblemIds, numbers: list[int], tally: Tally
) -> Iterator[dict[str, Any]]:
    """Yield the responses of a file; counts its problems and verdicts in `numbers`."""
    seen = arm.seen[name.seed]
    here: set[str] = set()
    for line, item in source.objects():
        where = f"{source.where}: line {line}"
        problem = ids.text(item.get("idx"), where)
        responses = _list(item, "code", None, where)
        if problem not in here:
            here.add(problem)
            numbers[0] += 1
            numbers[1] += len(responses)
        digest = digest_of(responses)
        earlier = seen.setdefault(problem, (digest, where))
        if earlier[1] != where:
            if earlier[0] != digest:
                raise InputError(
                    f"{where}: problem {problem} has other responses here than in {earlier[1]}, "
                    f"under the same seed; leave one of the files out."
                )
            tally.count("lines repeat a problem under its seed and count once", 1, where)
            continue
        yield from _responses(item, responses, problem, name, where, line, tally)


def _responses(
    item: dict[str, Any],
    responses: list[Any],
    problem: str,
    name: Name,
    where: str,
    line: int,
    tally: Tally,
) -> Iterator[dict[str, Any]]:
    n = len(responses)
    answers = _list(item, "pred", n, where)
    verdicts = _list(item, "score", n, where) if "score" in item else [None] * n
    ends = _list(item, "finish_reason", n, where) if "finish_reason" in item else [None] * n
    gold = _gold(item, where, tally)
    for response, answer, verdict, end in zip(responses, answers, verdicts, ends, strict=True):
        if not isinstance(response, str):
            raise InputError(
                f"{where}: 'code' should be a list of texts, and has {brief(response)}."
            )
        if verdict is not None and not isinstance(verdict, bool):
            raise InputError(
                f"{where}: 'score' should be a list of true and false, and has {brief(verdict)}."
            )
        if not answer:
            tally.count(f"responses of {name.model} have no answer in the file", 1, where)
        if end is not None and end not in _ENDS:
            tally.count("responses ended in a way that is not known", 1, where)
        yield {
            "model": name.model,
            "benchmark": name.benchmark,
            "problem_id": problem,
            "response": response,
            "finish_reason": _ENDS.get(str(end)),
            "correct_theirs": verdict,
            "answer_theirs": None if answer is None else str(answer),
            "question": _text(item, "question", where),
            "answer": gold,
            "line": line,
        }


def _list(item: dict[str, Any], name: str, length: int | None, where: str) -> list[Any]:
    value = item.get(name)
    if not isinstance(value, list) or not value or length not in (None, len(value)):
        of = "" if length is None else f" of {length}, one a response"
        raise InputError(
            f"{where}: '{name}' should be a list{of}, and is "
            f"{f'one of {len(value)}' if isinstance(value, list) else type(value).__name__}."
        )
    return value


def _text(item: dict[str, Any], name: str, where: str) -> str | None:
    """Return a text or a number as text."""
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError(f"{where}: '{name}' should be text or a number, found {brief(value)}.")


def _gold(item: dict[str, Any], where: str, tally: Tally) -> str | None:
    r"""Return the gold answer, with the spaces that the tool takes from ``\pi c``."""
    gold = _text(item, "gt", where)
    if gold is None or "\\" not in gold:
        return gold
    texts = [each for name in ("gt_cot", "solution") if isinstance(each := item.get(name), str)]
    whole = [item.get("answer"), *(last_box(text) for text in texts)]
    for text in whole:
        if isinstance(text, str) and text != gold and _CLEANED.sub("", text) == gold:
            tally.count(
                "lines lost spaces of the gold answer in gt; that of the solution counts", 1, where
            )
            return text
    return gold


def _hold_to_metrics(
    source: Source, metrics: set[Source], numbers: list[int], tally: Tally
) -> None:
    """Compare a file with the metrics that the tool wrote beside it, which tell how long it was."""
    stem = source.name.removesuffix(".jsonl")
    for other in metrics:
        if other.place != source.place or not other.name.startswith(f"{stem}_"):
            continue
        document = other.document()
        stated = [document.get("num_samples"), document.get("num_scores")]
        if stated != numbers:
            raise InputError(
                f"{source.where}: holds {numbers[0]:,} problems and {numbers[1]:,} responses, and "
                f"{other.where} says {stated[0]} and {stated[1]}, so one is incomplete or of "
                f"another run."
            )
        if late := document.get("timeout_samples"):
            tally.say(f"{source.where}: {late} answers timed out in the file's grader")
