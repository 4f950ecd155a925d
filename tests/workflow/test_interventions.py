"""Interventions in a study: run once, and then only what is stale is made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from harness import edit_study, made_once, planned, run

ARM = "tiny/t1"
ASKED = {
    "models": ["base", "rl"],
    "benchmarks": ["tiny"],
    "protocol": "t1",
    "responses": 4,
    "edits": ["corrupt", "truncate", "no_chain"],
}
TABLES = "analyse_interventions studies/smoke/tables/interventions.parquet"


def drawn() -> list[str]:
    return [f"intervene interventions/{model}/{ARM}/samples.parquet" for model in ("base", "rl")]


def verified() -> list[str]:
    return [
        f"verify_intervention interventions/{model}/{ARM}/verdicts.parquet"
        for model in ("base", "rl")
    ]


@pytest.fixture(scope="session")
def intervened(finished_smoke: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished smoke study whose interventions are made too; reports are not."""

    def make(folder: Path) -> None:
        shutil.copytree(finished_smoke, folder, symlinks=True, dirs_exist_ok=True)
        edit_study(folder, lambda s: s["analyses"].update(interventions=dict(ASKED)))
        assert planned(folder, "interventions") == sorted(
            ["interventions", TABLES, *drawn(), *verified()]
        )
        run(folder, "interventions")

    return made_once(tmp_path_factory, "intervened", make)


@pytest.fixture
def study(intervened: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(intervened, tmp_path / "study", symlinks=True))


def edited(folder: Path, module: str) -> Path:
    path = folder / "workflow/boundary" / module
    path.write_text(path.read_text() + "\n# edited\n")
    return folder


def test_the_tables_are_of_both_models(study: Path) -> None:
    assert planned(study, "interventions") == []
    tables = study / "results/studies/smoke/tables"
    left = pl.read_parquet(tables / "interventions_left_out.parquet")
    shown = pl.read_parquet(tables / "interventions.parquet")
    assert {*left["model"], *shown["model"]} == {"base", "rl"}
    assert (tables / "interventions.csv").is_file()


def test_an_edit_of_the_analysis_makes_its_tables_alone(study: Path) -> None:
    edited(study, "analyses/interventions/compute.py")
    assert planned(study, "interventions") == sorted(["interventions", TABLES])


def test_code_of_what_is_drawn_has_a_revision(study: Path) -> None:
    edited(study, "interventions/sample.py")
    edited(study, "interventions/registers.py")
    assert planned(study, "interventions") == []


def test_another_option_draws_anew_and_samples_nothing(study: Path) -> None:
    edit_study(study, lambda s: s["analyses"]["interventions"].update(responses=2))
    assert planned(study, "interventions") == sorted(
        ["interventions", TABLES, *drawn(), *verified()]
    )


def test_a_budget_draws_nothing_anew(study: Path) -> None:
    edit_study(study, lambda s: s["analyses"]["interventions"].update(most_tokens=10**8))
    assert planned(study, "interventions") == []


def test_an_edited_grader_verifies_anew_and_draws_nothing(study: Path) -> None:
    edited(study, "verify/lab.py")
    arms = [f"{model}/{ARM}" for model in ("base", "rl")]
    of_arms = [f"verify_block verdicts/{arm}/{b:05d}.parquet" for arm in arms for b in (0, 1)]
    of_arms += [f"score_arm scores/{arm}/n8.parquet" for arm in arms]
    assert planned(study, "interventions") == sorted(
        ["interventions", TABLES, *verified(), *of_arms]
    )


def test_samples_made_anew_draw_nothing(study: Path) -> None:
    jobs = planned(study, "interventions", "--forcerun", "sample_block")
    assert not {*drawn()} & {*jobs}
