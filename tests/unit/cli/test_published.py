"""The commands about published numbers."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.solved_sets.tables import SOLVED_SETS
from boundary.config import read_study
from boundary.plan import Plan
from boundary.store import write_table
from boundary.tables import PASSK
from harness import ROOT
from solved_tables import solved_tables

STUDY = ROOT / "config/studies/math500_published.yaml"


def test_checking_prints_what_agrees_and_what_does_not(run):
    done = run("check-published", ROOT / "config/published/yue2025_tables.yaml")
    assert done.code == 0
    (differs,) = [line for line in done.out.splitlines() if line.startswith("  DIFFERS")]
    assert "42.6 is that of dapo (known: 42.6 is that of DAPO" in differs
    assert run("check-published").out.count("arXiv:2504.13837v") == 2


def test_what_differs_and_is_no_known_erratum_exits_with_1(run, tmp_path):
    text = (ROOT / "config/published/yue2025_tables.yaml").read_text()
    kept = [line for line in text.splitlines() if "erratum:" not in line]
    (tmp_path / "x.yaml").write_text("\n".join(kept))
    done = run("check-published", tmp_path / "x.yaml")
    assert (
        done.code == 1 and done.err == "1 number DIFFERS where no erratum of it is in the file.\n"
    )


def test_a_file_that_is_none_is_refused(run, tmp_path):
    (tmp_path / "x.yaml").write_text("points: 1")
    done = run("check-published", tmp_path / "x.yaml")
    assert done.code == 2 and "citation: Field required" in done.err


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """The study's table of pass@k, at three k, where the study stands."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    plan = Plan(read_study(STUDY))
    facts = {"benchmark": "math500", "protocol": "paper", "n_problems": 500, "n_min": 128}
    frame = pl.DataFrame(
        [
            {**facts, "model": model, "k": k, "pass_at_k": value, "flagged": 2 * k > 128}
            for model, values in (
                ("qwen2.5-7b", {1: 0.613921875, 64: 0.947, 128: 0.962}),
                ("qwen2.5-7b-simplerl-zoo", {1: 0.779328125, 64: 0.923, 128: 0.93}),
            )
            for k, value in values.items()
        ]
    ).with_columns(
        se=pl.lit(0.01), ci_low=pl.col("pass_at_k") - 0.02, ci_high=pl.col("pass_at_k") + 0.02
    )
    arms = {"math500": dict.fromkeys(plan.study.models, np.array([0, 1, 2, 3, 4, 4, 2, 1]))}
    solved = solved_tables(arms, 4)["solved_sets"]
    write_table(frame, tmp_path / plan.file("tables/passk.parquet"), PASSK)
    write_table(solved, tmp_path / plan.file("tables/solved_sets.parquet"), SOLVED_SETS)
    return tmp_path / plan.file("published.parquet")


def test_a_study_is_held_against_what_is_printed_of_its_models(run, finished):
    done = run("compare-published", STUDY)
    assert done.code == 0, done.err
    table = pl.read_parquet(finished)
    outside = table.filter(~pl.col("inside"))
    assert outside.select("source", "published_model", "k").rows() == [("Table 2", "base", 1)]
    assert "published 34.5 % (base); qwen2.5-7b 61.4 %" in done.out and "OUTSIDE" in done.out
    assert finished.with_suffix(".csv").is_file()
    assert table.filter(k=256)["pass_at_k"].null_count() == 1
    pairs = pl.read_parquet(finished.with_stem("published_pairs"))
    assert pairs["value"].null_count() == pairs.height == 6
    assert "by the base alone: published 3.6 %" in done.out


def test_models_are_named_by_hand(run, finished, tmp_path):
    paper = ROOT / "config/published/yue2025_tables.yaml"
    named = run(
        *("compare-published", STUDY, paper, "--output", tmp_path / "t.parquet"),
        *("--model", "grpo=qwen2.5-7b-simplerl-zoo"),
    )
    assert named.code == 0 and "published 74.4 % (grpo)" in named.out
    assert run("compare-published", STUDY, "--model", "grpo").code == 2


def test_a_study_that_has_not_run_says_so(run, tmp_path, monkeypatch):
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    done = run("compare-published", STUDY)
    assert done.code == 2 and "passk.parquet" in done.err
