"""Let a model complete parts of problems and of their twins, greedily, by any engine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from boundary.digests import seed_of
from boundary.engines import Engine, Request
from boundary.errors import InputError
from boundary.jobs.making import ScreenJob
from boundary.jobs.sampling import FILTERS, Sampling
from boundary.jobs.screen import FEWEST_WORDS, MOST_TOKENS, MOST_WORDS
from boundary.progress import meter
from boundary.prompts.template import TextPrompt
from boundary.screen.overlap import common_beginning, rouge_l
from boundary.screen.twins import alterable, twins_of
from boundary.screen_tables import COMPLETIONS

_WORD = re.compile(r"\S+")
#: Tokens that may be drawn for each token of the rest: as many words may be of more tokens.
ROOM = 2


class Part(NamedTuple):
    """What a model is shown of a text, and the words that follow there."""

    shown: str
    rest: list[str]


class _Asked(NamedTuple):
    """A part of a problem (``twin`` 0) or of a twin."""

    problem_id: str
    share: float
    twin: int
    part: Part


def part_of(question: str, share: float) -> Part | None:
    """Cut a text between two words; None where either side has too few.

    Parameters
    ----------
    question : str
    share : float
        Share of its words that is shown, rounded down.
    """
    words = list(_WORD.finditer(question))
    shown = int(share * len(words) + 1e-9)
    if min(shown, len(words) - shown) < FEWEST_WORDS:
        return None
    rest = [word[0] for word in words[shown : shown + MOST_WORDS]]
    return Part(question[: words[shown - 1].end()], rest)


def complete(engine: Engine, problems: pl.DataFrame, job: ScreenJob) -> pl.DataFrame:
    """Show parts of each problem and of its twins, without any template, and see what follows.

    Parameters
    ----------
    engine : Engine
        The model, loaded.
    problems : polars.DataFrame
        The problem table.
    job : ScreenJob
        Shares, and how many twins.

    Returns
    -------
    polars.DataFrame
        A COMPLETIONS table. Equal parts are completed once.

    Raises
    ------
    InputError
        When the benchmark has no problems.
    """
    rows = problems.filter(pl.col("benchmark") == job.benchmark).sort("problem_id")
    if rows.is_empty():
        raise InputError(f"benchmark {job.benchmark!r} has no problems.")
    asked: list[_Asked] = []
    made: list[dict[str, Any]] = []
    for name, question in rows.select("problem_id", "question").iter_rows():
        texts, reason = _texts(question, job)
        for share in job.shares:
            parts = [part_of(text, share) for text in texts]
            why = reason or (None if all(parts) else "too_short")
            if why:
                made.append(_row(name, share, 0) | {"excluded": why})
            else:
                asked += [_Asked(name, share, i, part) for i, part in enumerate(parts) if part]
    made += _completed(engine, asked, job)
    types = {name: column.type for name, column in COMPLETIONS.columns.items()}
    return pl.DataFrame(made, schema=types).sort(COMPLETIONS.key)


def _texts(question: str, job: ScreenJob) -> tuple[list[str], str | None]:
    """Return a problem and its twins; the problem alone with why it has none."""
    if part_of(question, 0.5) is None:
        return [question], "too_short"
    if not alterable(question):
        return [question], "nothing_to_alter"
    twins = twins_of(question, job.twins, seed_of("screen", job.seed, question))
    return ([question, *twins], None) if twins else ([question], "few_twins")


def _row(name: str, share: float, twin: int) -> dict[str, Any]:
    return {"problem_id": name, "share": share, "twin": twin, "words": 0}


def _completed(engine: Engine, asked: list[_Asked], job: ScreenJob) -> Iterator[dict[str, Any]]:
    """Yield the row of each completion, drawn together with those of a like limit."""
    plain = greedily(job.sampling)
    heads: dict[str, list[int]] = {}
    for one in asked:
        if one.part.shown not in heads:
            heads[one.part.shown] = engine.encode(one.part.shown, plain)
    rooms: dict[tuple[str, float], int] = defaultdict(int)
    for one in asked:  # a problem and its twins have one limit, so that none has an advantage
        key = one.problem_id, one.share
        tokens = len(engine.encode(" ".join(one.part.rest), plain))
        rooms[key] = max(rooms[key], min(MOST_TOKENS, 1 << (ROOM * tokens).bit_length()))
    by_limit: dict[int, dict[str, list[_Asked]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        by_limit[rooms[one.problem_id, one.share]][one.part.shown].append(one)
    parts = sum(map(len, by_limit.values()))
    with meter(f"screen {job.model} {job.benchmark}", parts, "completions") as bar:
        for limit, by_shown in sorted(by_limit.items()):
            waiting = list(by_shown.values())
            requests = [Request(tuple(heads[shown]), 0) for shown in by_shown]
            sampling = plain.model_copy(update={"max_tokens": limit})
            for batch in engine.sample(requests, sampling):
                for drawn in batch:
                    for one in waiting[drawn.request]:
                        yield _judged(one, drawn.response.text)
                    bar.advance(1, drawn.response.n_tokens)


def greedily(sampling: Sampling) -> Sampling:
    """Return the settings of a protocol with its prompt and all that samples taken away."""
    greedy = {"temperature": 0.0, "top_p": 1.0, "samples_per_shard": 1, "token_logprobs": None}
    bare = {"prompt": TextPrompt(template="{question}"), **dict.fromkeys(FILTERS)}
    return sampling.model_copy(update=greedy | bare)


def _judged(one: _Asked, text: str) -> dict[str, Any]:
    rest = one.part.rest
    words = text.split()[: len(rest)]
    return _row(one.problem_id, one.share, one.twin) | {
        "words": len(rest),
        "text": " ".join(words),
        "rouge_l": rouge_l(rest, words),
        "exact": words == rest,
        "run": common_beginning(rest, words),
        "excluded": None,
    }
