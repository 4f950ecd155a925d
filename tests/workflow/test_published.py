"""Studies of published counts: each can be run, is cited, and holds what its source holds."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest

from boundary.plan import Plan, plan_study
from boundary.plan.relations import compared
from boundary.yamlfile import read_yaml
from harness import ROOT, planned

COUNTS = ROOT.parent / "shared/data/counts"
FILES = sorted((ROOT / "config/studies").glob("*_published.yaml"))
#: What the sides of each study's comparisons are to each other.
RELATIONS = {
    "deepscaler_published": "rl",
    "gpqa_published": "models",
    "llama3.2_steps_published": "steps",
    "math500_published": "rl",
    "minif2f_published": "models",
    "reasoning_gym_published": "rl",
}
JOBS = {"analyse_study", "draw_figures", "write_report", "write_explorer", "bundle_report", "all"}


def plan_of(file: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.chdir(ROOT)
    return plan_study(read_yaml(file), str(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_study_samples_nothing_and_says_what_it_compares(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(file, monkeypatch)
    assert plan.study.study == file.stem  # the overview looks for its folder by this name
    assert not any(arm.sampled for arm in plan.arms)
    assert plan.warnings() == []
    assert {pair.relation for pair in compared(plan).values()} == {RELATIONS[file.stem]}
    for model in plan.study.models.values():
        assert model.citation and re.search(r"[0-9a-f]{7}|arXiv", model.citation)
        assert model.settings


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_snakemake_plans_it(file: Path, tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    for name in ("workflow", "rules", "envs"):
        (tmp_path / name).symlink_to(ROOT / name)
    jobs = planned(tmp_path, config=str(file))
    assert {job.partition(" ")[0] for job in jobs} - JOBS <= {"read_counts", "import_scores"}


def test_make_runs_each_study_there_is() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert {file.stem for file in FILES} == RELATIONS.keys()
    assert "$(wildcard config/studies/*_published.yaml)" in makefile


def counts(path: Path) -> list[tuple[str, ...]]:
    """Return model, problem (behind its benchmark where there is one), n and correct of rows."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    rows = csv.DictReader(text.splitlines())
    return [
        (row["model"], problem, row["n"], row["correct"])
        for row in rows
        for problem in ["/".join(row[key] for key in ("benchmark", "problem") if key in row)]
    ]


def shipped_name(model: str) -> str:
    for name, short in MODEL.items():
        model = model.replace(name, short)
    return model


MODEL = {
    "qwen2.5-3b-": "",
    "llama-3.2-3b-rg-step_": "step-",
    "AI-MO_Kimina-Prover-Preview-Distill-7B": "kimina-prover-distill-7b",
    "Goedel-LM_Goedel-Prover-SFT": "goedel-prover-sft",
    "deepseek-ai_DeepSeek-Prover-V2-7B": "deepseek-prover-v2-7b",
}


@pytest.mark.parametrize(
    ("pattern", "shipped"),
    [
        ("reasoning_gym_*_rl_n3.csv", "reasoning_gym_qwen2.5-3b.csv.gz"),
        ("llama3.2-3b_rg_steps_n50.csv", "llama3.2-3b_reasoning_gym_steps.csv"),
        ("minif2f_test_provers_n24.csv", "minif2f_provers.csv"),
        ("gpqa_diamond_gpt5nano_vs_gpt5.4mini_n5.csv", "gpqa_diamond_gpt5.csv"),
    ],
)
def test_shipped_counts_are_those_of_the_source(pattern: str, shipped: str) -> None:
    sources = sorted(COUNTS.glob(pattern))
    if not sources:
        pytest.skip(f"{COUNTS} is not here")
    rows = {(shipped_name(model), *row) for file in sources for model, *row in counts(file)}
    held = counts(ROOT / "config/published" / shipped)
    assert len(held) == len(rows) and {*held} == rows
