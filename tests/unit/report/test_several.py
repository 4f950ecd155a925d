"""The page over several studies: safe, complete, and only of studies that can stand together."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from boundary.errors import InputError
from boundary.explorer.address import filtered
from boundary.jobs.pages import Overview, Report
from boundary.report.methods import Methods
from boundary.report.page import render
from boundary.report.pictures import Drawing
from boundary.report.several import OVERVIEW, overview_text, read_overview, render_overview

EVIL = "<script>alert(1)</script>{{7*7}}\u202e"
SVG = Drawing(*['<svg xmlns="http://www.w3.org/2000/svg"></svg>'] * 2)


def told(spec: dict[str, Any], **more: Any) -> Overview:
    job = Report.model_validate(spec | more)
    return Overview.model_validate_json(overview_text(job))


def test_what_stands_beside_a_report_is_read_again(study_spec: dict, tmp_path: Path) -> None:
    pairs = {"c": {"title": EVIL, "relation": "rl", "later": "other"}}
    job = Report.model_validate(study_spec | {"pairs": pairs, "citations": {"base-7b": EVIL}})
    (tmp_path / OVERVIEW).write_text(overview_text(job), encoding="utf-8")
    read = read_overview(tmp_path)
    assert (read.study, read.pairs, read.citations) == (job.study, job.pairs, job.citations)
    assert overview_text(read) == overview_text(job)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "is no JSON"),
        ('{"study": "a", "study": "b"}', "stands twice"),
        ("[]", "the file"),
        ('{"study": "s", "confidence": 7, "models": []}', "confidence"),
    ],
)
def test_another_file_is_refused(content: str | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / OVERVIEW).write_text(content)
    with pytest.raises(InputError, match="give the folder of a finished study") as refused:
        read_overview(tmp_path)
    assert words in str(refused.value)


def test_the_page_shows_each_row_and_runs_nothing(tables: dict, study_spec: dict) -> None:
    first = told(study_spec, study=EVIL, citations={"base-7b": EVIL})
    page = render_overview(
        [(first, tables), (told(study_spec), tables)], [None, "a%3Ab/r.html"], EVIL
    )
    assert page.count('data-head="verdict"') == 2 * tables["crossovers"].height
    assert page.count('href="a%3Ab/r.html"') == tables["crossovers"].height
    assert "problems.html" not in page
    assert "<script" not in page and "49" not in re.findall(r"<title>.*?</title>", page)[0]
    assert "default-src 'none'" in page and "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "What is known, and what is not" in page


def test_the_problems_of_a_comparison_are_linked_where_there_are_pages(
    tables: dict, study_spec: dict
) -> None:
    study = told(study_spec, comparisons=["x"])
    page = render_overview([(study, tables)], ["a/report.html"], "t", ["a/report/problems.html"])
    links = re.findall(r'<a href="a/(report/problems.html#[^"]*)">M = ', page)
    pairs = tables["crossovers"].select("comparison", "benchmark").rows()
    assert {unescape(link) for link in links} == {
        filtered(comparison=comparison, benchmark=benchmark) for comparison, benchmark in pairs
    }


def test_the_grid_heads_the_report_of_a_study(tables: dict, study_spec: dict) -> None:
    def grid(held: dict) -> str:
        return render(
            Report.model_validate(study_spec), held, {"passk": SVG}, {}, None, Methods([], "")
        )

    one = {**tables, "crossovers": tables["crossovers"].head(1)}
    assert grid(tables).count('data-head="verdict"') == tables["crossovers"].height > 1
    assert grid(tables).index('data-head="verdict"') < grid(tables).index('<ul class="verdicts">')
    assert grid(one).count('data-head="verdict"') == 1


def test_studies_that_cannot_stand_together_are_refused(tables: dict, study_spec: dict) -> None:
    first, second = told(study_spec), told(study_spec, study="t", confidence=0.9)
    with pytest.raises(InputError, match=r"levels of 0\.9, 0\.95"):
        render_overview([(first, tables), (second, tables)], [None, None], "t")
    with pytest.raises(InputError, match="two studies of one name"):
        render_overview([(first, tables), (first, tables)], [None, None], "t")
    none = {name: frame.clear() for name, frame in tables.items()}
    with pytest.raises(InputError, match="1 study without any comparison"):
        render_overview([(first, none)], [None], "t")


def test_the_text_is_json_of_what_tables_do_not_hold(study_spec: dict) -> None:
    keys = json.loads(overview_text(Report.model_validate(study_spec))).keys()
    assert keys == Overview.model_fields.keys() and {"benchmarks", "comparisons"} < keys
