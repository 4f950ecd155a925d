"""The folder of a comparison: what it holds, and what is never lost to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boundary.comparison.document import document
from boundary.comparison.folder import refuse_foreign, write_folder
from boundary.comparison.result import Result, compare_sides
from boundary.errors import InputError
from boundary.inputs import keeping
from comparison_sides import counts_of, made_side

OURS = '{"version": "", "inputs": [], "comparisons": []}'


@pytest.fixture(scope="module")
def result() -> Result:
    counts = {"b": counts_of([1, 2] * 60), "c": counts_of([3, 4] * 60)}
    base = made_side("base", counts, remarks=["read as <counts>", "2 lines dropped"])
    other = made_side("gpt <b>", {"b": counts_of([2, 4] * 60), "c": counts_of([3, 4] * 60)})
    return compare_sides([base, other])


@pytest.fixture(scope="module")
def written(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare") / "report"
    write_folder(result, folder)
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_report_of_a_study_and_the_result(result: Result, written: Path) -> None:
    held = names(written)
    tables = ("passk", "differences", "crossovers", "coverage", "histogram", "responses")
    assert {f"tables/{name}.{end}" for name in tables for end in ("parquet", "csv")} <= held
    figures = ("passk", "difference", "coverage", "histogram")
    assert {f"figures/{name}.{end}" for name in figures for end in ("svg", "html")} <= held
    assert json.loads((written / "result.json").read_text()) == document(result)
    page = (written / "report.html").read_text()
    assert "gpt &lt;b&gt; against base" in page and "base (base), gpt &lt;b&gt; (other)" in page
    assert '<span class="tag">read</span> base: read as &lt;counts&gt;; 2 lines dropped.' in page
    assert "trained" not in page.partition("<main>")[0]
    assert list(written.parent.iterdir()) == [written]


def test_a_second_comparison_replaces_the_first_whole_behind_a_link(
    result: Result, written: Path, tmp_path: Path
) -> None:
    (written / "figures" / "series.svg").write_text("of an earlier comparison")
    link = tmp_path / "link"
    link.symlink_to(written)
    write_folder(result, link)
    assert link.is_symlink() and not (written / "figures" / "series.svg").exists()
    assert (written / "report.html").is_file() and (written / "result.json").is_file()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"thesis.tex": ""}, "holds thesis.tex and more that no comparison wrote"),
        ({"result.json": "[]", "report.html": ""}, "that no comparison wrote"),
        ({"result.json": '{"version": 1, "accuracy": 2}'}, "that no comparison wrote"),
        ({"sub/empty/": ""}, "holds sub/empty and more that no comparison wrote"),
        (
            {
                "result.json": '{"version": "", "inputs": [], "comparisons": []}',
                "tables/my.csv": "",
            },
            "holds tables/my.csv, which no comparison wrote and which would be lost",
        ),
    ],
)
def test_what_no_comparison_wrote_stays(tmp_path: Path, files, message) -> None:
    for name, text in files.items():
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    with pytest.raises(InputError) as caught:
        refuse_foreign(tmp_path)
    assert message in str(caught.value)


def test_files_and_inputs_are_no_folders_to_write(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("")
    refuse_foreign(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    refuse_foreign(tmp_path / "empty")
    with pytest.raises(InputError, match="is a file, where a folder is written"):
        refuse_foreign(file)
    with keeping([file]), pytest.raises(InputError, match="is an input of this command"):
        refuse_foreign(tmp_path)
