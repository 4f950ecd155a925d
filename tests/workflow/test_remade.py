"""A model or problem table that is made anew hides no edit from Snakemake.

Snakemake looks for reasons of nothing below a job that must run, and of what is below it
runs only what no `ancient()` parts from it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from forked_snakemake import forked
from harness import ROOT

TOY = """
problems_file = []
problems_spec = resolve_spec = train_spec = ""
train_inputs = []

rule all:
    input: "table.txt"

include: "data.smk"
include: "models.smk"

rule sample:
    input:
        ancient("results/problems/p.parquet"),
        ancient("results/models/m/model.json"),
    output: "sample.txt"
    shell: "date +%s%N > {output}"

rule table:
    input: "sample.txt", "results/problems/p.parquet"
    output: "table.txt"
    params: code=os.environ["CODE"]
    shell: "echo {params.code} > {output}"
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The rules of this workflow that make problems and models, with a command of no work."""
    (tmp_path / "Snakefile").write_text(TOY)
    for name in ("data", "models"):
        text = (ROOT / f"rules/{name}.smk").read_text()
        short = re.sub(r"shell:\n(        [^\n]*\n)+", 'shell:\n        "touch {output:q}"\n', text)
        (tmp_path / f"{name}.smk").write_text(re.sub(r"    conda:\n[^\n]*\n", "", short))
    return tmp_path


def snakemake(folder: Path, code: int, *arguments: str) -> str:
    profile = ROOT / "workflow/profiles/default"
    command = ["--cores", "1", *arguments, "--workflow-profile", str(profile)]
    done = forked(command, folder, os.environ | {"CODE": str(code)})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_one_run_leaves_nothing_to_do(toy: Path) -> None:
    snakemake(toy, 0)
    drawn = (toy / "sample.txt").read_text()
    for code, rule in enumerate(("resolve_model", "make_problems"), start=1):
        assert rule in snakemake(toy, code, "--forcerun", rule)
        assert (toy / "table.txt").read_text() == f"{code}\n"
        assert "Nothing to be done" in snakemake(toy, code, "--dry-run")
    assert (toy / "sample.txt").read_text() == drawn
