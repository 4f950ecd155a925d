"""A study of files that another tool wrote: to its report, and what a change makes anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from harness import copy_repository, made_once, planned, run
from imported_files import rows, study, write, write_study

CONFIG = "mine.yaml"
ENDS = [
    "all",
    "analyse_audit studies/mine/tables/audit.parquet",
    "analyse_guess_floor studies/mine/tables/guess_floor.parquet",
    "analyse_study studies/mine/tables/passk.parquet",
    "draw_figures studies/mine/figures/passk.svg",
    "bundle_report studies/mine/report.zip",
    "write_explorer studies/mine/report",
    "write_report studies/mine/report.html",
]


def of(model: str) -> list[str]:
    """Jobs of one model that is imported and graded."""
    return [
        f"import_arm imports/{model}/sums/imported/00000.parquet",
        f"verify_block verdicts/{model}/sums/imported/00000.parquet",
        f"score_import scores/{model}/sums/imported/imported.parquet",
    ]


def make(folder: Path) -> None:
    copy_repository(folder)
    # Both models in one file, whose name a shell would read.
    both = [{**row, "model": m} for m in ("base", "rl") for row in rows(m)]
    write(folder / "it's (a) $HOME/both.jsonl", both)
    write(folder / "later.jsonl", rows("later", n=3, skill=0.9))
    source = {"source": "import:it's (a) $HOME/both.jsonl"}
    later = {"source": "import:later.jsonl", "reading": {"trust": "theirs"}}
    write_study(folder / CONFIG, study(base=source, rl=source, later=later))
    (folder / "printed").write_text(run(folder, config=CONFIG))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which a study of two files, and one of counts, has run to its report."""
    return made_once(tmp_path_factory, "imports", make)


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copy", symlinks=True))


def test_tables_and_report(finished: Path) -> None:
    results = finished / "results/studies/mine"
    scores = pl.concat(
        map(pl.read_parquet, finished.glob("results/scores/*/*/*/imported-*.parquet")),
        how="diagonal",
    )
    by = {model: part for (model,), part in scores.group_by("model")}
    assert {model: part["n"].unique().to_list() for model, part in by.items()} == {
        "base": [4],
        "rl": [4],
        "later": [3],
    }
    for model in ("base", "rl"):  # one response is misjudged in the file, either way
        assert abs(by[model]["correct"].sum() - by[model]["correct_theirs"].sum()) == 1
    notes = {
        row["comparison"]: row["note"]
        for row in pl.read_csv(results / "tables/crossovers.csv").iter_rows(named=True)
    }
    told = "rl: our verdicts and those of the file differ on 1 of 24 responses (4.2 %)"
    assert told in notes["rl-vs-base"]
    assert "verdicts of later are those of its files" in notes["later-vs-base"]
    page = (results / "report.html").read_text()
    assert "it&#39;s (a) $HOME/both.jsonl" in page and "rl, try " in page


def test_a_run_ends_with_the_path_of_its_report(finished: Path) -> None:
    page = finished / "results/studies/mine/report.html"
    assert f"\nReport: {page}\n" in (finished / "printed").read_text()


def test_a_touched_file_is_no_news_and_neither_is_what_is_said_of_it(copy: Path) -> None:
    assert planned(copy, config=CONFIG) == []
    for path in (copy / "it's (a) $HOME/both.jsonl", copy / "later.jsonl"):
        os.utime(path)
    assert planned(copy, config=CONFIG) == []


def edited(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = yaml.safe_load((folder / CONFIG).read_text())
    change(content)
    write_study(folder / CONFIG, content)


def test_changed_content_makes_anew_what_it_made(copy: Path) -> None:
    write(copy / "later.jsonl", rows("later", n=4))
    theirs = "import_scores scores/later/sums/imported/imported-theirs.parquet"
    of_scores = [job for job in ENDS if "audit" not in job and "guess" not in job]
    assert planned(copy, config=CONFIG) == sorted([theirs, *of_scores])
    path = copy / "it's (a) $HOME/both.jsonl"
    path.write_text(path.read_text().replace("rl, try 0", "rl, try again", 1))
    jobs = sorted([theirs, *of("base"), *of("rl"), *ENDS])
    assert planned(copy, config=CONFIG) == jobs


def test_files_of_its_own_for_each_model_make_anew_that_model_alone(copy: Path) -> None:
    write(copy / "rl.jsonl", rows("rl"))
    edited(copy, lambda s: s["models"]["rl"].update(source="import:rl.jsonl"))
    assert planned(copy, config=CONFIG) == sorted([*of("rl"), *ENDS])


def test_to_trust_ours_imports_and_verifies(copy: Path) -> None:
    edited(copy, lambda s: s["models"]["later"].pop("reading"))
    assert planned(copy, config=CONFIG) == sorted([*of("later"), *ENDS])


def test_an_edit_of_the_reader_imports_anew(copy: Path) -> None:
    path = copy / "workflow/boundary/importers/responses/read.py"
    path.write_text(path.read_text() + "\n# edited\n")
    theirs = "import_scores scores/later/sums/imported/imported-theirs.parquet"
    assert planned(copy, config=CONFIG) == sorted([theirs, *of("base"), *of("rl"), *ENDS])
    other = copy / "workflow/boundary/importers/qwen_math/read.py"
    path.write_text(path.read_text().removesuffix("\n# edited\n"))
    other.write_text(other.read_text() + "\n# edited\n")
    assert planned(copy, config=CONFIG) == []
