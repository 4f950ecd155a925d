"""A study of one pair at two temperatures: each card, row and sentence says which."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import polars as pl
import pytest

from boundary.jobs.pages import Report
from boundary.report.methods import Methods
from boundary.report.page import render

NAMES = {"t06": "cool", "t10": "hot"}


@pytest.fixture(scope="module")
def page(tables: dict[str, pl.DataFrame], study_spec: dict[str, Any]) -> str:
    """Return the page of two protocols with the same numbers, so that names alone differ."""
    twice = {name: pl.concat([_at(frame, key) for key in NAMES]) for name, frame in tables.items()}
    labels = tables["crossovers"]["comparison"].unique().to_list()
    pairs = {f"{label}-{key}": {"title": name} for label in labels for key, name in NAMES.items()}
    spec = study_spec | {"pairs": pairs, "comparisons": [*pairs], "by_protocol": True}
    return render(Report.model_validate(spec), twice, {}, {}, None, Methods([], ""))


def _at(frame: pl.DataFrame, protocol: str) -> pl.DataFrame:
    columns = {"protocol", "other_protocol", "reference_protocol"} & {*frame.columns}
    changed = [pl.lit(protocol).alias(column) for column in sorted(columns)]
    if "comparison" in frame.columns:
        changed.append(pl.concat_str("comparison", pl.lit(f"-{protocol}")).alias("comparison"))
    return frame.with_columns(changed)


def _repeated(texts: list[str]) -> list[str]:
    return [text for text, times in Counter(texts).items() if times > 1]


def test_no_two_cards_have_one_head(page: str) -> None:
    heads = re.findall(r"<h3>(.*?) <span class=\"on\">on (.*?)</span></h3>", page)
    assert len(heads) == 4 and not _repeated(heads)
    assert {title for title, _ in heads} == {*NAMES.values()}


def test_no_two_rows_of_a_table_read_the_same(page: str) -> None:
    for label, table in re.findall(r'aria-label="(.*?)".*?<tbody>(.*?)</table>', page, re.DOTALL):
        rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        assert not _repeated(rows), label


def test_no_two_sentences_beside_a_chapter_read_the_same(page: str) -> None:
    after = page[page.index('<section id="answer">') : page.index('<section id="methods">')]
    assert not _repeated(re.findall(r"<li>.*?</li>", after, re.DOTALL))


def test_the_paragraph_names_both(page: str) -> None:
    (text,) = re.findall(r'<p class="abstract">(.*?)</p>', page, re.DOTALL)
    assert all(f"{name} (2 benchmarks" in text for name in NAMES.values())
