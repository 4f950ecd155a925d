"""Parts of problems, what a model makes of them, and what it knows by heart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from boundary.engines import Drawn, Engine, Request, Response
from boundary.errors import InputError
from boundary.jobs.sampling import Sampling
from boundary.prompts.template import TextPrompt
from boundary.screen.sample import complete, part_of
from boundary.screen_tables import COMPLETIONS
from boundary.tables import check
from protocols import sampling
from screened import job, problems, questions, train
from tiny import load

TEXT = "Anna had 34 eggs,\nand\tgave 21 of them to Paul today."


class Fixed:
    """An engine that says the same to everything, and keeps what it was asked."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.shown: list[str] = []
        self.settings: list[Sampling] = []
        self.requests: list[int] = []

    def encode(self, filled: str, sampling: Sampling) -> list[int]:
        self.shown.append(filled)
        return [len(word) for word in filled.split()]

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        self.settings.append(sampling)
        self.requests.append(len(requests))
        for i in reversed(range(len(requests))):
            yield [Drawn(i, 0, Response(self.says, 1, "length", -1.0, (1,)))]


def completed(engine: Any, texts: list[str], **keys: Any) -> pl.DataFrame:
    return check(complete(cast(Engine, engine), problems(texts), job(**keys)), COMPLETIONS, "test")


def test_parts_are_cut_between_words() -> None:
    part = part_of(TEXT, 0.5)
    assert part == ("Anna had 34 eggs,\nand\tgave", ["21", "of", "them", "to", "Paul", "today."])
    assert part_of(TEXT, 0.6) == ("Anna had 34 eggs,\nand\tgave 21", TEXT.split()[7:])
    assert part_of(TEXT, 0.8) is None
    assert part_of("", 0.5) is None
    assert len((part_of("w " * 1000, 0.5) or part_of("", 0.5))[1]) == 128  # type: ignore[index]


def test_nothing_but_the_part_is_shown_and_nothing_is_drawn_by_chance() -> None:
    prompt = {"template": "Solve: {question}\n", "stop": ["\n"], "repetition_penalty": 1.2}
    keys = sampling(temperature=0.7, top_p=0.9, token_logprobs=True, **prompt).spec()
    engine = Fixed("x")
    completed(engine, [TEXT], sampling=keys)
    assert "Anna had 34 eggs,\nand\tgave" in engine.shown
    (settings,) = engine.settings
    assert (settings.temperature, settings.top_p, settings.samples_per_shard) == (0.0, 1.0, 1)
    assert (settings.token_logprobs, settings.repetition_penalty) == (None, None)
    assert settings.prompt == TextPrompt(template="{question}")
    assert settings.max_tokens == 16  # six words of a token each, doubled


def test_completions_are_cut_to_the_words_of_the_rest() -> None:
    says = " 21 of them to Paul today. And then some"
    rows = completed(Fixed(says), [TEXT])
    first = rows.row(0, named=True)
    assert (first["text"], first["words"], first["run"]) == (says[1:-14], 6, 6)
    assert (first["exact"], first["rouge_l"]) == (True, 1.0)
    assert rows["twin"].to_list() == list(range(20))
    twins = rows.filter(pl.col("twin") > 0)
    assert not twins["exact"].any()
    assert twins["rouge_l"].max() < 1  # type: ignore[operator]
    short = completed(Fixed(" 21 of"), [TEXT]).row(0, named=True)
    assert (short["exact"], short["run"], short["rouge_l"]) == (False, 2, pytest.approx(4 / 8))


def test_equal_parts_are_completed_once() -> None:
    engine = Fixed("x")
    both = completed(engine, [TEXT, TEXT], twins=4)
    assert both.height == 10
    assert sum(engine.requests) == 5
    one, two = (both.filter(problem_id=name).drop("problem_id") for name in ("000", "001"))
    assert one.equals(two)


def test_what_cannot_be_screened_is_kept_with_the_reason() -> None:
    texts = [TEXT, "How many eggs has Anna 34?", "what is the sum of the angles of every triangle"]
    texts += ["Of how many eggs is 1 the half of the half?"]
    rows = completed(Fixed("x"), texts, shares=[0.5, 0.8])
    left = rows.filter(pl.col("excluded").is_not_null())
    assert left.select("problem_id", "share", "twin", "excluded").rows() == [
        ("000", 0.8, 0, "too_short"),
        ("001", 0.5, 0, "too_short"),
        ("001", 0.8, 0, "too_short"),
        ("002", 0.5, 0, "nothing_to_alter"),
        ("002", 0.8, 0, "nothing_to_alter"),
        ("003", 0.5, 0, "few_twins"),
        ("003", 0.8, 0, "few_twins"),
    ]
    with pytest.raises(InputError, match="no problems"):
        completed(Fixed("x"), [TEXT], benchmark="another")


def test_a_model_completes_what_it_was_trained_on(tmp_path: Path) -> None:
    texts = questions(16)
    engine = load(train(texts[:8], tmp_path / "m"))
    rows = completed(engine, texts)
    assert rows.height == 16 * 20
    seen = pl.col("problem_id") < "008"
    original = pl.col("twin") == 0
    assert rows.filter(seen & original)["exact"].mean() >= 0.75  # type: ignore[operator]
    assert rows.filter(~original | ~seen)["exact"].sum() == 0
    assert rows.equals(completed(engine, texts))
