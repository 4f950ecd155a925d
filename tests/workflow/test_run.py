"""What a run says: how far jobs are, the error of each that failed, and its verdicts."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from boundary.running.watch import ASKED
from forked_snakemake import forked
from harness import ROOT, copy_repository, snakemake
from page_links import dead_links, links_of

#: What `rules/run.smk` needs of the others, and one job that only writes its log.
SNAKEFILE = """
import shlex, sys
from pathlib import Path
sys.path.insert(0, {package!r})
from snakemake.exceptions import WorkflowError
from snakemake.settings.enums import Quietness
QUIET = {{*(workflow.output_settings.quiet or ())}}
from boundary.running import watch
watch.EVERY = watch.A_LINE = 0.1
include: {rules!r}
rule job:
    output: "made"
    log: "logs/job.log"
    shell: {command!r}
"""
LINE = "sample base tiny block 0: 5 of 9 samples, 1.0 samples/s, 5 s gone, 4 s left"
SLOW = f"echo '{LINE}' > {{log}}; sleep 1; touch {{output}}"
FAILING = "printf 'Warning: x\\nError: base.csv: row 3: no n.\\n' > {log}; exit 2"


def tried(
    folder: Path, command: str, *arguments: str, asked: str = ""
) -> subprocess.CompletedProcess[str]:
    text = SNAKEFILE.format(
        package=str(ROOT / "workflow"), rules=str(ROOT / "rules/run.smk"), command=command
    )
    (folder / "Snakefile").write_text(text)
    return forked(["--cores", "1", *arguments], folder, os.environ | {ASKED: asked})


@pytest.mark.parametrize(
    ("asked", "quiet", "shown"),
    [("1", [], 1), ("", [], 0), ("1", ["-q"], 0), ("1", ["-q", "rules"], 1)],
)
def test_a_long_job_tells_how_far_it_is_where_that_is_asked(
    tmp_path: Path, asked: str, quiet: list[str], shown: int
) -> None:
    done = tried(tmp_path, SLOW, "job", *quiet, asked=asked)
    assert done.returncode == 0
    assert (done.stdout + done.stderr).splitlines().count(LINE) == shown


@pytest.mark.parametrize("quiet", [[], ["-q"], ["--quiet", "all"]])
def test_a_failed_job_shows_its_error_however_quiet(tmp_path: Path, quiet: list[str]) -> None:
    done = tried(tmp_path, FAILING, "job", *quiet)
    log = tmp_path / "logs/job.log"
    assert done.returncode == 1
    assert f"\njob failed: Error: base.csv: row 3: no n.\nLog: {log}\n" in done.stderr


def write_study(folder: Path, model: dict[str, str], benchmark: dict[str, str]) -> str:
    models = {"a": {"source": "counts:c.csv", "role": "base"}, "b": model | {"base": "a"}}
    pair = {"base": "a", "other": "b", "benchmarks": ["mine"]}
    study = {"study": "s", "models": models, "benchmarks": {"mine": benchmark}}
    (folder / "s.yaml").write_text(json.dumps(study | {"comparisons": [pair]}))
    return "s.yaml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a study of counts that has run quietly, and what the run printed."""
    folder = copy_repository(tmp_path_factory.mktemp("run") / "it's (a) study")
    rows = "".join(f"{model},{i},8,{c}\n" for model, c in (("a", 2), ("b", 6)) for i in range(40))
    (folder / "c.csv").write_text(f"model,problem,n,correct\n{rows}")
    config = write_study(folder, {"source": "counts:c.csv", "role": "rl"}, {})
    done = snakemake(folder, "--cores", "1", "-q", config=config)
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_a_study_ends_with_its_verdicts_and_the_path_of_its_page(
    finished: tuple[Path, str],
) -> None:
    folder, printed = finished
    table, path, _ = printed.partition(f"\nReport: {folder / 'results/studies/s/report.html'}\n")
    methods = (folder / "results/studies/s/methods.md").read_text(encoding="utf-8")
    assert f"run by Snakemake {version('snakemake')} [@snakemake]" in methods
    assert "k×, D(K)" in table and "● a" in table and "◆ b" in table and path


def test_a_study_of_which_nothing_is_left_shows_its_verdicts_again(
    finished: tuple[Path, str],
) -> None:
    folder, printed = finished
    again = snakemake(folder, "--cores", "1", "--quiet", "all", config="s.yaml")
    page = f"\nReport: {folder / 'results/studies/s/report.html'}\n"
    assert again.returncode == 0
    assert again.stderr.partition(page)[0].endswith(printed.partition(page)[0].splitlines()[-1])
    assert "Report: " not in snakemake(folder, "-n", config="s.yaml").stderr


def test_snakemakes_report_has_every_figure_with_its_caption(finished: tuple[Path, str]) -> None:
    folder, _ = finished
    done = snakemake(folder, "--report", "r.zip", config="s.yaml")
    assert done.returncode == 0, done.stderr
    with ZipFile(folder / "r.zip") as bundle:
        page = bundle.read("r/report.html").decode()
    figures = [path.stem for path in folder.glob("results/studies/s/figures/*.html")]
    assert all(name in page for name in figures)
    assert page.count('"caption": "<p>') == len(figures) + 1  # as drawn; the page


def test_every_link_of_a_report_leads_somewhere(finished: tuple[Path, str]) -> None:
    page = finished[0] / "results/studies/s/report.html"
    assert any(link.startswith("report/") for link in links_of(page))
    assert dead_links(page) == []


def test_a_study_that_fails_says_why_when_it_is_to_say_nothing(finished: tuple[Path, str]) -> None:
    folder, _ = finished
    rows = ({"id": "1", "question": "2+2?", "response": "4", "answer": "4"}, {"id": "2"})
    (folder / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for benchmark, words in (
        ({}, ["Error: ", "benchmarks.mine.kind: missing"]),
        ({"kind": "math"}, ["\nimport_arm failed: Error: ", f"Log: {folder / 'logs/imports'}"]),
    ):
        config = write_study(folder, {"source": "import:d.jsonl", "role": "rl"}, benchmark)
        failed = snakemake(folder, "--cores", "1", "--quiet", "all", config=config)
        assert failed.returncode == 1
        assert all(word in failed.stderr for word in words), failed.stderr
