"""Only what is stale is made again: the exact jobs of a dry run after each change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.analyses.registry import analyses
from boundary.store import METADATA_KEY
from harness import SMOKE, edit_study, planned, run, snakemake

ARMS = ("base", "rl", "rl-1")
PAIRS = tuple((scorer, source) for scorer in ("base", "rl") for source in ("base", "rl"))


def blocks(stage: str, rule: str, *indices: int) -> list[str]:
    return [f"{rule} {stage}/{m}/tiny/t1/{b:05d}.parquet" for m in ARMS for b in indices]


def scored(n: int) -> list[str]:
    return [f"score_arm scores/{model}/tiny/t1/n{n}.parquet" for model in ARMS]


def study(
    *,
    name: str = "smoke",
    tables: bool = True,
    guesses: bool = True,
    perplexity: bool = True,
    explorer: bool = True,
) -> list[str]:
    """Jobs of the study's own folder, which end every run."""
    jobs = ["all", f"draw_figures studies/{name}/figures/passk.svg", *report(name)]
    if explorer:
        jobs.append(f"write_explorer studies/{name}/report")
    if tables:
        jobs.append(f"analyse_study studies/{name}/tables/passk.parquet")
    if guesses:
        jobs.append(f"analyse_guess_floor studies/{name}/tables/guess_floor.parquet")
    return jobs + (of_likelihoods(f"studies/{name}/tables") if perplexity else [])


def report(name: str = "smoke") -> list[str]:
    """Jobs of the page, and of the zip that holds it."""
    return [
        f"bundle_report studies/{name}/report.zip",
        f"write_report studies/{name}/report.html",
    ]


def of_likelihoods(folder: str) -> list[str]:
    """Jobs of tables that are made of likelihoods."""
    return [
        f"analyse_{name} {folder}/{entry.tables[0]}.parquet"
        for name, entry in analyses().items()
        if entry.needs == "likelihoods" and entry.on
    ]


def likelihoods() -> list[str]:
    return [
        f"score_responses likelihoods/{scorer}/{source}/tiny/t1/00000-first4.parquet"
        for scorer, source in PAIRS
    ]


def test_finished_study_has_nothing_to_do(finished_smoke: Path) -> None:
    assert planned(finished_smoke) == []
    targets = ("samples", "scores", "passk", "crossover", "likelihood")
    # What a job runs on is no part of what it draws.
    machine = ("--set-threads", "sample_block=2", "--set-resources", "sample_block:mem_mb=9000")
    assert planned(finished_smoke, *targets, *machine) == []


def test_raised_n_runs_new_blocks_only(smoke: Path) -> None:
    edit_study(smoke, lambda s: s["protocols"]["t1"].update(n=12))
    assert planned(smoke) == sorted(
        blocks("samples", "sample_block", 2)
        + blocks("verdicts", "verify_block", 2)
        + scored(12)
        + study(perplexity=False)
    )


def test_temperature_and_top_p_swapped_sample_anew(smoke: Path) -> None:
    edit_study(smoke, lambda s: s["protocols"]["t1"].update(temperature=0.9, top_p=1.0))
    assert planned(smoke) == sorted(
        blocks("samples", "sample_block", 0, 1)
        + blocks("verdicts", "verify_block", 0, 1)
        + scored(8)
        + likelihoods()
        + study()
    )


def test_figure_title_redraws_and_reports(smoke: Path) -> None:
    names = ["difference", "coverage", "histogram", "series", "perplexity", "chain"]
    titled = {"name": "passk", "title": "Another title"}
    edit_study(smoke, lambda s: s.update(figures=[titled, *names]))
    assert planned(smoke) == sorted(
        study(tables=False, guesses=False, perplexity=False, explorer=False)
    )


def edit(folder: Path, *modules: str) -> None:
    """Edit files of the package so that they say the same."""
    for name in modules:
        path = folder / "workflow/boundary" / name
        comment = "<!-- edited -->" if path.suffix == ".html" else " Edited."
        path.write_text(path.read_text() + ("\n# edited\n" if path.suffix == ".py" else comment))


TABLE, FIGURES = "studies/smoke/tables", "draw_figures studies/smoke/figures/passk.svg"
EXPLORER = "write_explorer studies/smoke/report"
#: What an edit of a module makes stale beside the report.
EDITS = {
    "analysis/passk.py": [
        f"analyse_guess_floor {TABLE}/guess_floor.parquet",
        f"analyse_study {TABLE}/passk.parquet",
        EXPLORER,
        FIGURES,
    ],
    "analyses/guess_floor/compute.py": [
        f"analyse_guess_floor {TABLE}/guess_floor.parquet",
        FIGURES,
    ],
    "likelihood/verdicts.py": [
        *of_likelihoods(TABLE),
        FIGURES,
    ],
    "analyses/efficiency/compute.py": [f"analyse_study {TABLE}/passk.parquet", EXPLORER, FIGURES],
    "analyses/passk/passk.py": [FIGURES],
    "analyses/passk/passk.rst": [],
    "analyses/passk/section.py": [],
    # Pages share their style.
    "report/page.html": [EXPLORER],
}


@pytest.mark.parametrize("module", EDITS)
def test_an_edit_makes_anew_what_runs_it(smoke: Path, module: str) -> None:
    edit(smoke, module)
    assert planned(smoke) == sorted({"all", *report(), *EDITS[module]})


def test_what_no_job_runs_makes_nothing_anew(smoke: Path) -> None:
    """A line of the registry, and code of an analysis that the study does not run."""
    edit(smoke, "analyses/registry.py", "analyses/audit/compute.py", "analyses/audit/__init__.py")
    assert planned(smoke) == []


def test_an_option_of_an_analysis_makes_its_job_anew(smoke: Path) -> None:
    edit_study(smoke, lambda s: s.setdefault("analyses", {}).update(guess_floor={"k_max": 3}))
    guesses = f"analyse_guess_floor {TABLE}/guess_floor.parquet"
    assert planned(smoke) == sorted({"all", *report(), guesses, FIGURES})


def test_what_refuses_arms_scores_anew(smoke: Path) -> None:
    """An arm that should have been refused is no fresh result."""
    edit(smoke, "sampled_by.py")
    assert planned(smoke) == sorted(scored(8) + study(guesses=False, perplexity=False))


#: Code of nothing below samples; what of it costs accelerator time has a revision.
IDLE = (
    "__init__.py",
    "config/study.py",
    "plan/study.py",
    "engines/transformers/engine.py",
    "likelihood/responses.py",
)


def test_edits_of_settings_plans_and_engines_are_no_news(smoke: Path) -> None:
    edit(smoke, *IDLE, "report/__init__.py")
    assert planned(smoke) == sorted(["all", EXPLORER, *report()])


def briefly(study: dict[str, Any]) -> None:
    """Make little of a study, where a run is to end and not to be looked at.

    Of the analyses of likelihoods, whose rules are alike, one stays.
    """
    study["figures"] = ["passk"]
    alike = (name for name, entry in analyses().items() if entry.needs == "likelihoods")
    study["analyses"] |= dict.fromkeys(alike, False) | {"perplexity": True}


def test_a_model_made_anew_hides_no_edit(smoke: Path) -> None:
    """One run leaves nothing to do, and draws no sample again."""
    edit_study(smoke, briefly)
    rules = smoke / "rules/models.smk"
    rules.write_text(rules.read_text().replace("python -m boundary train", "touch {output:q} #"))
    edit(smoke, "analysis/passk.py")
    shards = {p: p.stat().st_mtime_ns for p in smoke.glob("results/samples/*/*/*/*.parquet")}
    run(smoke, "--forcerun", "train_model")
    assert planned(smoke) == []
    assert {path: path.stat().st_mtime_ns for path in shards} == shards


def test_what_is_kept_of_responses_writes_their_pages_anew(smoke: Path) -> None:
    edit_study(smoke, lambda s: s.update(report={"responses": 2}))
    assert planned(smoke) == sorted(["all", EXPLORER, *report()])


def test_edited_and_reverted_estimator_is_no_news(smoke: Path) -> None:
    module = smoke / "workflow/boundary/analysis/passk.py"
    before = module.read_text()
    module.write_text(before + "\n# edited\n")
    module.write_text(before)
    assert planned(smoke) == []


def test_edited_grader_verifies_anew_and_samples_nothing(smoke: Path) -> None:
    module = smoke / "workflow/boundary/verify/lab.py"
    module.write_text(module.read_text() + "\n# edited\n")
    assert planned(smoke) == sorted(blocks("verdicts", "verify_block", 0, 1) + scored(8) + study())


@pytest.mark.parametrize("module", ["tables.py", "store.py"])
def test_edited_shared_module_resamples_nothing(smoke: Path, module: str) -> None:
    """What every stage imports makes tables stale, never what costs accelerator time."""
    path = smoke / "workflow/boundary" / module
    path.write_text(path.read_text() + "\n# edited\n")
    assert planned(smoke) == sorted(scored(8) + study())


def test_edited_task_verifies_anew_and_draws_nothing(smoke: Path) -> None:
    module = smoke / "workflow/boundary/tasks/registers.py"
    module.write_text(module.read_text() + "\n# edited\n")
    assert planned(smoke) == sorted(blocks("verdicts", "verify_block", 0, 1) + scored(8) + study())


def test_reworded_commands_and_edited_code_of_samples_resample_nothing(smoke: Path) -> None:
    """Samples carry a revision that is bumped by hand: GPU time is paid once."""
    for rules in ("data", "models", "sample", "likelihood"):
        path = smoke / "rules" / f"{rules}.smk"
        before = path.read_text()
        path.write_text(before.replace("python -m boundary", "python  -m boundary"))
        assert path.read_text() != before
    edit(smoke, "sampling/block.py")
    assert planned(smoke) == []


def test_more_scored_responses_are_scored_by_block(smoke: Path) -> None:
    """Of eight samples four were scored: four are left, in a block of their own."""
    edit_study(smoke, lambda s: s["analyses"]["likelihood"].update(responses=8))
    more = [job.replace("00000-", "00001-") for job in likelihoods()]
    assert planned(smoke) == sorted([*more, *study(tables=False, guesses=False)])


def test_what_is_scored_is_no_reason_to_sample(smoke: Path) -> None:
    """Samples that likelihoods read hold their tokens, which is no part of what they are."""
    edit_study(smoke, lambda s: s["analyses"].pop("likelihood"))
    assert planned(smoke) == sorted(study(tables=False, guesses=False, perplexity=False))


def test_another_device_resamples_nothing(smoke: Path) -> None:
    edit_study(smoke, lambda s: s["protocols"]["t1"].update(device="gpu"))
    # The report prints the study file.
    assert planned(smoke) == ["all", *report()]


def test_problems_drawn_anew_resample_nothing(smoke: Path) -> None:
    verified = blocks("verdicts", "verify_block", 0, 1)
    assert planned(smoke, "--forcerun", "make_problems") == sorted(
        ["make_problems problems/tiny.parquet", *verified, *scored(8), *study()]
    )


def test_touched_shard_of_two_megabytes_is_no_news(smoke: Path) -> None:
    edit_study(smoke, briefly)
    shard = next(smoke.glob("results/samples/base-*/*/*/00000.parquet"))
    frame = pl.read_parquet(shard)
    kept = {METADATA_KEY: pl.read_parquet_metadata(shard)[METADATA_KEY]}
    frame.write_parquet(shard, metadata={**kept, "padding": "x" * 2_000_000})
    assert shard.stat().st_size > 2_000_000
    assert planned(smoke) != []
    run(smoke)
    assert planned(smoke) == []
    later = shard.stat().st_mtime + 1000
    os.utime(shard, (later, later))
    assert planned(smoke) == []


def test_second_study_shares_samples(smoke: Path) -> None:
    second = edit_study(
        smoke, lambda s: s.update(study="second"), name="config/studies/second.yaml"
    )
    assert planned(smoke, config=second) == sorted(study(name="second"))


def test_same_study_at_two_n_side_by_side(smoke: Path) -> None:
    def halve(s: dict) -> None:
        briefly(s)
        s["study"] = "half"
        s["protocols"]["t1"]["n"] = 4

    half = edit_study(smoke, halve, name="config/studies/half.yaml")
    perplexity = "analyse_perplexity studies/half/tables/perplexity.parquet"
    assert planned(smoke, config=half) == sorted(
        [perplexity, *scored(4), *study(name="half", perplexity=False)]
    )
    run(smoke, config=half)
    assert planned(smoke, config=half) == []
    assert planned(smoke, config=SMOKE) == []


def test_config_errors_are_shown_at_once(smoke: Path) -> None:
    def spoil(s: dict) -> None:
        s["protocols"]["t1"]["n"] = 9
        s["comparisons"][0]["other"] = "nobody"

    edit_study(smoke, spoil)
    done = snakemake(smoke, "--dry-run")
    assert done.returncode != 0
    assert "protocols.t1.n: 9 is not a multiple" in done.stdout + done.stderr
    assert "comparisons[0].other: no model is called 'nobody'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_key_given_twice_is_refused(smoke: Path) -> None:
    with (smoke / SMOKE).open("a") as handle:
        handle.write("\nprotocols: {}\n")
    done = snakemake(smoke, "--dry-run")
    assert done.returncode != 0
    assert "a key stands twice" in done.stdout + done.stderr


def test_several_config_files_are_refused(smoke: Path) -> None:
    other = edit_study(smoke, lambda s: None, name="config/studies/other.yaml")
    done = snakemake(smoke, "--dry-run", "--configfile", SMOKE, config=other)
    assert done.returncode == 0, "the last --configfile counts alone"
    done = snakemake(smoke, "--dry-run", "--cores", "1", config=SMOKE, more_configs=[other])
    assert done.returncode != 0
    assert "a study is never merged with another" in done.stdout + done.stderr
