"""A new analysis is one folder and one line, and runs beside what is finished already."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

from harness import ROOT, edit_study, places_that_differ, planned, run

TOYS = ROOT / "tests/toys/analyses"
REGISTRY = "workflow/boundary/analyses/registry.py"
STUDY = "studies/smoke"
REPORT = {"all", f"write_report {STUDY}/report.html", f"bundle_report {STUDY}/report.zip"}
ENDS = {*REPORT, f"draw_figures {STUDY}/figures/passk.svg"}
OF_SCORES = f"analyse_study {STUDY}/tables/passk.parquet"
EXPLORER = f"write_explorer {STUDY}/report"
OF_SAMPLES = f"analyse_toy_lengths {STUDY}/tables/toy_lengths.parquet"


def add(folder: Path, name: str) -> None:
    """Do what CONTRIBUTING.md says: a folder, and a line of the registry."""
    shutil.copytree(TOYS / name, folder / f"workflow/boundary/analyses/{name}")
    registry = folder / REGISTRY
    registry.write_text(registry.read_text().replace("\n)\n", f'\n    "{name}",\n)\n', 1))


def edit(folder: Path, name: str) -> None:
    path = folder / "workflow/boundary/analyses" / name
    path.write_text(path.read_text() + ("\n# edited\n" if path.suffix == ".py" else " Edited."))


def test_two_toy_analyses(smoke: Path) -> None:
    add(smoke, "toy_spread")
    assert planned(smoke) == sorted({OF_SCORES, EXPLORER, *ENDS})
    add(smoke, "toy_lengths")
    folders, edits = places_that_differ(smoke)
    base = "workflow/boundary/analyses"
    assert folders == {f"{base}/toy_spread", f"{base}/toy_lengths"}
    assert edits == {REGISTRY: ['+     "toy_spread",', '+     "toy_lengths",']}
    edit_study(smoke, lambda s: s.setdefault("analyses", {}).update(toy_spread={"least_n": 2}))
    assert planned(smoke) == sorted({OF_SCORES, OF_SAMPLES, EXPLORER, *ENDS})
    run(smoke)

    results = smoke / "results" / STUDY
    spread = pl.read_csv(results / "tables/toy_spread.csv")
    assert spread.height == 3 and spread["n_problems"].min() > 0
    assert (results / "figures/toy_bars.svg").read_text().startswith("<svg")
    lengths = pl.read_parquet(results / "tables/toy_lengths.parquet")
    scores = pl.concat(map(pl.read_parquet, smoke.glob("results/scores/*/*/*/*.parquet")))
    assert lengths["responses"].sum() == scores["n"].sum()
    assert lengths.filter("correct")["responses"].sum() == scores["correct"].sum()
    page = (results / "report.html").read_text()
    assert "Toy spread" in page and "The easiest and the hardest problem of each model." in page

    # Each edit is undone before the next by reverting to the same text.
    jobs = {
        "toy_spread/compute.py": {OF_SCORES, EXPLORER, *ENDS},
        "toy_spread/toy_bars.py": ENDS,
        "toy_spread/toy_bars.rst": REPORT,
        "toy_spread/section.py": REPORT,
        "toy_lengths/compute.py": {
            OF_SAMPLES,
            *(ENDS - {f"draw_figures {STUDY}/figures/passk.svg"}),
        },
    }
    for name, expected in jobs.items():
        path = smoke / base / name
        before = path.read_bytes()
        edit(smoke, name)
        assert planned(smoke) == sorted(expected), name
        path.write_bytes(before)


def test_generated_files_list_a_new_analysis(tmp_path: Path) -> None:
    for part in ("workflow", "config", "docs"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    add(tmp_path, "toy_spread")
    command = [sys.executable, "-m", "boundary", "generate"]
    environment = {"PYTHONPATH": str(tmp_path / "workflow")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "config/study.schema.json: written",
        "docs/analyses.md: written",
        "docs/tables.md: written",
    ]
    assert "`least_n` (default 1): Fewest samples" in (tmp_path / "docs/analyses.md").read_text()
