"""A new task of the lab is one folder and one line: models learn it, and a study runs with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary.config.tasks import TASKS
from boundary.plan import plan_study
from boundary.yamlfile import read_spelled
from harness import ROOT, add_toy, copy_repository, in_test_all, places_that_differ, python, run

FOLDER, REGISTRY = "workflow/boundary/kinds/copying", "workflow/boundary/kinds/registry.py"
LINE = "    copying,"
STUDY = "copying.yaml"
SMALL = {"hidden": 16, "layers": 1, "heads": 2, "head_dim": 8, "mlp": 32, "warmup": 5}
STUDY_FILE: dict[str, Any] = {
    "study": "copying",
    "lab": {
        "pre": {"task": "copying", "recipe": "pretrain", "steps": 150, "noise": 0.6} | SMALL,
        "grpo": {
            "task": "copying",
            "recipe": "reinforce",
            "start": "pre",
            "steps": 60,
            "learning_rate": 0.003,
        },
    },
    "models": {
        "base": {"source": "lab:pre", "role": "base"},
        "rl": {"source": "lab:grpo", "role": "rl", "base": "base"},
    },
    "benchmarks": {"words": {"source": "lab:copying", "lab": {"problems": 20}}},
    "protocols": {"p": {"max_tokens": 4, "n": 16, "samples_per_shard": 16}},
    "comparisons": [{"base": "base", "other": "rl", "benchmarks": ["words"], "protocol": "p"}],
    "analyses": {"bootstrap": 100},
    "figures": ["passk"],
}
#: Prints for each study where the scores and the first samples of its arms will stand.
PATHS = """
import json, sys
from boundary.config.tasks import TASKS
from boundary.plan import plan_study
from boundary.yamlfile import read_spelled
studies = []
for name in sys.argv[1:]:
    raw, spelled = read_spelled(name)
    arms = plan_study(raw, name, spelled).arms
    studies.append([[arm.scores, *arm.samples(1)] for arm in arms])
print(json.dumps(studies))
"""
FIRST_TASK = ("config/config.yaml", "config/studies/smoke.yaml")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with the toy in it, and a study in a file of its own."""
    folder = copy_repository(tmp_path_factory.mktemp("toy") / "copy")
    add_toy(folder, "task", FOLDER, REGISTRY, "    code,\n", LINE)
    (folder / STUDY).write_text(yaml.safe_dump(STUDY_FILE))
    return folder


@pytest.fixture(scope="module")
def paths(copy: Path) -> list[list[list[str]]]:
    """Return where the arms of the toy's study will stand, and those of the first task's."""
    done = python(copy, "-c", PATHS, STUDY, *FIRST_TASK)
    assert done.returncode == 0, done.stderr
    found: list[list[list[str]]] = json.loads(done.stdout)
    return found


def verdicts(folder: Path, model: str) -> pl.DataFrame:
    """Return the verdicts on a model's responses, beside responses and problems."""
    keys = ["problem_id", "sample_index"]
    (judged,) = folder.glob(f"results/verdicts/{model}-*/words-*/p-*/*/00000.parquet")
    (sampled,) = folder.glob(f"results/samples/{model}-*/words-*/p-*/00000.parquet")
    (problems,) = folder.glob("results/problems/words-*.parquet")
    return (
        pl.read_parquet(judged)
        .join(pl.read_parquet(sampled).select(*keys, "response"), on=keys)
        .join(pl.read_parquet(problems).select("problem_id", gold="answer"), on="problem_id")
    )


def test_a_model_learns_the_toy_and_is_scored(copy: Path, paths: list[list[list[str]]]) -> None:
    base = paths[0][0][0]
    run(copy, base, config=STUDY)
    scores = pl.read_parquet(copy / base)
    assert (scores.height, set(scores["n"])) == (20, {16})
    rows = verdicts(copy, "base")
    assert set(rows["grader"]) == {"copying-1"}
    assert rows["correct"].to_list() == (rows["response"] == rows["gold"]).to_list()
    assert scores["correct"].sum() == rows["correct"].sum()
    assert 0.4 < rows["correct"].mean() < 0.95  # one in three by luck; the corpus has 0.6
    # After the run: what it would have needed elsewhere would show here.
    assert places_that_differ(copy) == ({FOLDER}, {REGISTRY: [f"+ {LINE}"]})


def test_what_the_first_task_made_stays_where_it_is(paths: list[list[list[str]]]) -> None:
    for study, arms in zip(FIRST_TASK, paths[1:], strict=True):
        raw, spelled = read_spelled(ROOT / study)
        plan = plan_study(raw, study, spelled)
        assert arms == [[arm.scores, *arm.samples(1)] for arm in plan.arms]


def test_the_schema_and_the_errors_know_the_toy(copy: Path) -> None:
    done = python(copy, "-m", "boundary", "schema")
    tasks = {
        json.dumps(entry["properties"]["task"]["const"])
        for entry in json.loads(done.stdout)["$defs"].values()
        if "task" in entry.get("properties", {})
    }
    assert tasks == {json.dumps(name) for name in (*TASKS, "copying")}
    study = json.loads(json.dumps(STUDY_FILE))
    study["lab"]["pre"]["lengths"] = [3, 4]
    study["lab"]["grpo"].pop("task")
    study["lab"]["taught"] = {"task": "copying", "recipe": "distil"}
    study["lab"]["sorted"] = {"task": "sorting", "recipe": "pretrain"}
    study["benchmarks"]["words"]["lab"]["problem"] = 3
    study["benchmarks"]["other"] = {
        "source": "lab:registers",
        "lab": {"task": "copying", "problems": 3},
    }
    study["benchmarks"]["unlike"] = {
        "source": "lab:registers",
        "lab": {"problems": 3, "lengths": [3]},
    }
    study["benchmarks"]["lost"] = {"source": "lab:sums", "lab": {"problems": 3, "lengths": [3]}}
    study["comparisons"][0]["benchmarks"] += ["unlike"]
    (copy / "wrong.yaml").write_text(yaml.safe_dump(study))
    done = python(copy, "-m", "boundary", "check-config", "wrong.yaml")
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    for message in (
        "lab.pre.lengths: unknown key (found [3, 4]). Valid keys: task, recipe, steps,",
        "lab.grpo.start: 'pre' learns copying, and this run registers; one model has one task.",
        'lab.taught.recipe: no recipe is called "distil"; there are: pretrain, reinforce.',
        'lab.sorted.task: no task is called "sorting"; there are: ',
        "benchmarks.words.lab.problem: unknown key (found 3). Valid keys: task, problems, seed. "
        "Did you mean 'problems'?",
        "benchmarks.other.lab.task: 'lab:registers' has problems of the task 'registers'.",
        "benchmarks.lost.source: the tasks of the lab are 'lab:copying' and 'lab:registers' and ",
        "models.rl: learns the task registers and does not know the words of benchmarks.words",
    ):
        assert message in told, message


@in_test_all
def test_reinforcement_learning_and_the_report(copy: Path) -> None:
    run(copy, config=STUDY)
    before, after = (verdicts(copy, model)["correct"].mean() for model in ("base", "rl"))
    assert after > before + 0.05
    page = (copy / "results/studies/copying/report.html").read_text()
    assert "words" in page
