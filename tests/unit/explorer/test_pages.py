"""Pages of a small study: what they show, and that hostile text is text on them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.explorer.address import page_name
from boundary.explorer.page import rate_rows
from boundary.explorer.read import LONGEST
from boundary.explorer.rows import COLUMNS, script_json
from boundary.store import read_table, write_table
from boundary.tables import SCORES
from explored import BATTERY, compared, write_pages, write_study

HARMLESS = {"html", "head", "meta", "style", "title", "body", "header", "main", "section", "p", "a"}
HARMLESS |= {"h1", "h2", "h3", "pre", "details", "summary", "div", "table", "thead", "tbody", "tr"}
HARMLESS |= {"th", "td", "article", "span", "dl", "dt", "dd", "mark", "b"}
HARMLESS |= {"fieldset", "legend", "label", "input"}


class Parsed(HTMLParser):
    """Collect elements, scripts and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        self.text.append(data)


def of_battery(folder: Path, **change: object) -> tuple[Path, dict[str, str]]:
    """Write a study in which every text is hostile; return its folder and its pages by id."""
    questions = {f"p{i}{text}": text for i, text in enumerate(BATTERY)}
    given = {
        model: {name: [(text, i == 0), (f"{text} no", False)] for name, text in questions.items()}
        for i, model in enumerate(("base", "rl"))
    }
    pages = write_study(folder, given, questions, benchmark=BATTERY[1], tokens=["rl"], **change)
    names = {name: page_name(BATTERY[1], name) for name in questions}
    return pages, {n: (pages / "problem" / f).read_text("utf-8") for n, f in names.items()}


def test_hostile_text_is_text_on_the_page_of_a_problem(tmp_path: Path) -> None:
    _, pages = of_battery(tmp_path)
    assert len(pages) == len(BATTERY)
    for name, page in pages.items():
        parsed = Parsed(page)
        assert {tag for tag, _ in parsed.elements} <= HARMLESS, name
        for _, attributes in parsed.elements:
            assert not any(key.startswith("on") or key == "style" for key in attributes)
            href = attributes.get("href", "#")
            assert href == "#" or re.fullmatch(r"\.\./(\.\./)?\w+\.html", str(href))
        assert "default-src 'none'; style-src" in page
        assert not re.search("[\u202e\u2066\u200b\u2028\u2029\ufeff\x00\x1b]", page)
    shown = "".join(Parsed(next(iter(pages.values()))).text)
    assert shown.count(BATTERY[0]) > 3


def test_hostile_text_is_data_in_the_table(tmp_path: Path) -> None:
    folder, _ = of_battery(tmp_path)
    page = (folder / "problems.html").read_text("utf-8")
    parsed = Parsed(page)
    data, *scripts = parsed.scripts
    assert not re.search("[<>&\u2028\u2029\u202e]", data) and data.isascii()
    shown = json.loads(data)
    assert len(shown["rows"]) == len(BATTERY) == len(shown["problems"])
    assert "⟨U+202E⟩txt.exe" in "".join(each[3] for each in shown["problems"])
    # What may run is named by its hash, and that is all that there is.
    (policy,) = (a["content"] for t, a in parsed.elements if t == "meta" and "http-equiv" in a)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    sources = " ".join(f"'sha256-{each}'" for each in hashes)
    assert f"default-src 'none'; script-src {sources}; style-src" in str(policy)
    assert not any(key.startswith("on") for _, each in parsed.elements for key in each)


def test_script_json_is_json_of_the_same_value() -> None:
    for text in BATTERY:
        assert json.loads(script_json([text])) == [text]
    with pytest.raises(ValueError, match="JSON"):
        script_json(float("nan"))


STUDY = {
    "base": {"a": [("it is 4", True), ("no", False), ("four 4", True)], "b": [("no", False)] * 3},
    "rl": {"a": [("it is 4", True)] * 3, "b": [("4", True), ("no", False), ("no", False)]},
}


def test_a_row_of_the_table(tmp_path: Path) -> None:
    page = (write_study(tmp_path, STUDY) / "problems.html").read_text("utf-8")
    data = json.loads(Parsed(page).scripts[0])
    row = dict(zip(COLUMNS, data["rows"][0], strict=True))
    # Exact: 2 of 3 and 3 of 3 (Clopper and Pearson), and a lenient grader that takes all.
    assert row == {
        "comparison": 0,
        "problem": 0,
        "set": 0,
        "base_correct": 2,
        "base_n": 3,
        "base_low": 0.0943,
        "base_high": 0.9916,
        "other_correct": 3,
        "other_n": 3,
        "other_low": 0.2924,
        "other_high": 1.0,
        "base_cut": 0,
        "other_cut": 0,
        "base_graded": 1,
        "other_graded": 0,
    }
    name, address, question, strata = data["problems"][1][1:]
    assert (name, question, strata) == ("b", "what is b?", ["level: 1"])
    assert (tmp_path / "report" / address).is_file()
    assert data["comparisons"][0]["sides"] == ["base: base", "other: rl"]


def test_heads_of_rates_say_the_protocol_where_a_model_has_several(tmp_path: Path) -> None:
    page = (write_study(tmp_path, STUDY, by_protocol=True) / "problems.html").read_text("utf-8")
    data = json.loads(Parsed(page).scripts[0])
    assert data["comparisons"][0]["sides"] == ["base: base · t1", "other: rl · t1"]


def test_equal_questions_reach_each_other_and_have_one_set(tmp_path: Path) -> None:
    folder = write_study(tmp_path, STUDY, {"a": "what is $2+2$?", "b": r"what is \(2 + 2\)?"})
    names = {name: page_name("sums", name) for name in "ab"}
    pages = {name: (folder / "problem" / file).read_text("utf-8") for name, file in names.items()}
    assert f'<a href="{names["b"]}">b</a>' in pages["a"]
    assert f'<a href="{names["a"]}">a</a>' in pages["b"]
    # A study counts both under the first.
    frame = compared(STUDY, "sums").filter(problem_id="a")
    again = write_pages(tmp_path, frame) / "problem" / names["b"]
    assert "both solve it" in again.read_text("utf-8")
    assert "not compared" not in again.read_text("utf-8")


def test_the_page_of_a_problem(tmp_path: Path) -> None:
    pages = write_study(tmp_path, STUDY, tokens=["rl"]) / "problem"
    page = (pages / page_name("sums", "a")).read_text("utf-8")
    text = "".join(Parsed(page).text)
    assert "2 of 3" in text and "66.7 % [9.4 %, 99.2 %]" in text and "both solve it" in text
    assert "sample 0 · also most surprising right" not in text  # the base was not scored
    assert "sample 2" in text and "the same as first right" in text
    assert page.count(">none<") == 2  # of rl none is wrong, and none graded otherwise
    assert "no right one was scored" in text
    page = (pages / page_name("sums", "b")).read_text("utf-8")
    assert '<mark class="level2" title="probability 0.005">4</mark>' in page
    assert "tokens scored" in page and "the other alone solves it" in page


def test_a_budget_leaves_out_the_same_of_every_problem_and_model(tmp_path: Path) -> None:
    long = {m: {p: [("x" * 10_000, True)] * 40 for p in "abc"} for m in ("base", "rl")}
    folder = write_study(tmp_path, long, responses=30, megabytes=1)
    kept = 10**6 // (2 * 3 * 10_000)
    for page in (folder / "problem").iterdir():
        text = page.read_text("utf-8")
        assert text.count("x" * 10_000) == 2 * kept
        assert f"Of each model at most {kept}:" in text and "The study asks for 30" in text
    table = (folder / "problems.html").read_text("utf-8")
    assert f"at most {kept} of each problem and model. The study asks for 30" in table


def test_what_was_left_out_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """Of the base the third reason is left out; of the other it is the second response."""
    study = {
        "base": {"a": [("no no", False), ("so it is 4", True), ("4", True)]},
        "rl": {"a": [("so it is 4", True), ("4", True)]},
    }
    words = {}
    for responses in (2, 3):
        folder = write_study(tmp_path / str(responses), study, responses=responses)
        (page,) = (folder / "problem").iterdir()
        words[responses] = re.findall(r'data-head="(\w+)">([a-z ]+)</td>', page.read_text("utf-8"))
    above = ("base", "the same as first wrong")
    assert words == {
        2: [("rl", "none"), ("base", "none is kept"), above, ("rl", "none is kept")],
        3: [("rl", "none"), above, ("rl", "none is kept")],
    }


@pytest.mark.parametrize("setting", ["responses", "megabytes"])
def test_none_may_be_kept(tmp_path: Path, setting: str) -> None:
    folder = write_study(tmp_path, STUDY, **{setting: 0})
    for page in (folder / "problem").iterdir():
        text = page.read_text("utf-8")
        assert "keep none" in text and "it is 4" not in text


def test_a_line_of_ten_megabytes_is_cut(tmp_path: Path) -> None:
    huge = "<b>" * (10 * 2**20 // 3)
    study = {m: {"a": [(huge, True)]} for m in ("base", "rl")}
    folder = write_study(tmp_path, study, {"a": huge}, tokens=[])
    (page,) = (folder / "problem").iterdir()
    text = page.read_text("utf-8")
    assert len(text) < 500_000
    assert f"{len(huge) - LONGEST:,} more characters are left out" in text
    assert len((folder / "problems.html").read_text("utf-8")) < 200_000


def test_texts_of_other_responses_are_refused(tmp_path: Path) -> None:
    write_study(tmp_path, STUDY)
    before = (tmp_path / "rl-samples.parquet").read_bytes()
    changed = STUDY | {"rl": {**STUDY["rl"], "a": [("it is 5", True)] * 3}}
    write_study(tmp_path, changed)
    (tmp_path / "rl-samples.parquet").write_bytes(before)
    with pytest.raises(TableError, match="are of other responses than"):
        write_pages(tmp_path, compared(changed, "sums"))


def test_counts_alone_have_a_table_and_no_page(tmp_path: Path) -> None:
    write_study(tmp_path, STUDY)
    arms = [
        {
            "model": model,
            "benchmark": "sums",
            "protocol": "t1",
            "scores": str(tmp_path / f"{model}-scores.parquet"),
        }
        for model in ("base", "rl")
    ]
    folder = write_study(tmp_path, STUDY, arms=arms)
    assert [path.name for path in folder.iterdir()] == ["problems.html"]
    page = (folder / "problems.html").read_text("utf-8")
    assert "The study has counts of right responses alone" in page
    assert "The questions of sums are not at hand" in page
    data = json.loads(Parsed(page).scripts[0])
    assert data["problems"][0][:4] == ["sums", "a", None, None]


def test_a_problem_that_stopped_early_shows_its_counts_and_no_rate() -> None:
    row = {"correct": 4, "n": 8, "truncated": 1, "mean_tokens": 9.0}
    (_, count, rate, *_, tokens), (*_, last) = rate_rows(
        [("a", {**row, "n_max": 16}, None), ("b", row, None)], 0.95
    )
    assert (count, rate, tokens, last) == ("4 of 8", "–", "–", "9")


def test_its_row_of_the_table_has_no_interval(tmp_path: Path) -> None:
    write_study(tmp_path, STUDY)
    path = tmp_path / "base-scores.parquet"
    rule = {"n_max": 3, "first_look": 3, "stop_after": 2}
    scores = read_table(path, SCORES).with_columns(**{k: pl.lit(v) for k, v in rule.items()})
    write_table(scores.cast(dict.fromkeys(rule, pl.Int64)), path, SCORES)
    page = (write_pages(tmp_path, compared(STUDY, "sums")) / "problems.html").read_text("utf-8")
    row = dict(zip(COLUMNS, json.loads(Parsed(page).scripts[0])["rows"][0], strict=True))
    assert (row["base_correct"], row["base_n"], row["base_low"], row["base_high"]) == (
        2,
        3,
        None,
        None,
    )
    assert (row["other_low"], row["other_high"]) == (0.2924, 1.0)
