"""The sheet tells no model, runs nothing, and holds no formula."""

import csv
import io
from html.parser import HTMLParser

import polars as pl
import pytest

from boundary.chains.select import select_items
from boundary.chains.sheet import (
    COLUMNS,
    LONGEST_CELL,
    cell,
    refuse_filled,
    sheet_csv,
    sheet_html,
    sheet_rows,
)
from boundary.errors import InputError
from chain_arms import ARM, make_arm

HOSTILE = {
    "script": "</pre><script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "bidi": "7 \u202edilav\u202c",
    "null": "a\x00b",
    "entity": "&lt;script&gt;",
}


@pytest.fixture
def rows():
    arm = make_arm({name: [text] for name, text in HOSTILE.items()}, 40, "secret-model")
    labels = {**ARM, "model": "secret-model"}
    return sheet_rows(select_items(arm[0], arm[1], [arm[2:]], labels))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_holds_hostile_text_as_text(rows):
    page = sheet_html(rows)
    parser = Tags()
    parser.feed(page)
    assert parser.tags == {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "b", "pre",
        "code", "section",
    }  # fmt: skip
    assert not any(name.startswith("on") or name in ("src", "href") for name in parser.attributes)
    text = "".join(parser.text)
    for name in ("script", "handler", "entity"):
        assert HOSTILE[name] in text
    assert "7 ⟨U+202E⟩dilav⟨U+202C⟩" in text and "a⟨U+0000⟩b" in text
    assert "default-src 'none'" in page.split("</head>")[0]


def test_no_sheet_names_a_model_a_sample_or_a_verdict(rows):
    for text in (sheet_html(rows), sheet_csv(rows)):
        assert "secret-model" not in text
    assert "sample_index" not in sheet_csv(rows)


def test_rows_stand_by_problem_and_hash():
    arms = [make_arm({"q": [f"{m} {i}" for i in range(3)]}, 100, m) for m in ("a", "b")]
    items = [
        select_items(x[0], x[1], [x[2:]], {**ARM, "model": m})
        for x, m in zip(arms, "ab", strict=True)
    ]
    ids = sheet_rows(pl.concat(items))["id"].to_list()
    assert len(ids) == 6 and ids == sorted(ids)


def test_one_row_for_a_response_of_two_models():
    arms = [make_arm({"q": ["same"]}, 100, m) for m in ("a", "b")]
    items = [
        select_items(x[0], x[1], [x[2:]], {**ARM, "model": m})
        for x, m in zip(arms, "ab", strict=True)
    ]
    assert sheet_rows(pl.concat(items)).height == 1


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", '=HYPERLINK("http://x")'],
)
def test_no_cell_is_a_formula(text):
    shown = cell(text)
    assert shown.startswith("'")
    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["3 + 4", "x = 5", "", None, "7"])
def test_other_cells_stand_as_they_are(text):
    assert cell(text) == (text or "")


def test_cells_fit_a_spreadsheet():
    assert len(cell("a" * 100_000)) < 32_767
    assert cell("a" * 100_000).endswith(
        f"… [{100_000 - LONGEST_CELL} more characters: see the HTML page]"
    )


def test_the_csv_reads_back(rows):
    text = sheet_csv(rows)
    assert text.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text[1:])))
    assert tuple(lines[0]) == COLUMNS
    assert [line["id"] for line in lines] == rows["id"].to_list()
    assert all(line["judgement"] == line["judge"] == line["comment"] == "" for line in lines)
    assert {line["response"] for line in lines} >= {HOSTILE["script"], HOSTILE["handler"]}


def test_a_sheet_with_judgements_is_not_replaced(tmp_path, rows):
    path = tmp_path / "sheet.csv"
    refuse_filled(path)  # there is none
    path.write_text(sheet_csv(rows), encoding="utf-8")
    refuse_filled(path)
    lines = list(csv.reader(io.StringIO(sheet_csv(rows).removeprefix("\ufeff"), newline="")))
    lines[2][COLUMNS.index("judgement")] = "valid"
    for mark in (",", ";"):  # as spreadsheets save
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle, delimiter=mark).writerows(lines)
        with pytest.raises(InputError, match=r"sheet\.csv: holds judgements.*Nothing was changed"):
            refuse_filled(path)
