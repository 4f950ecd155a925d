"""What is known of training before it: shared answers, the floor, rates of the start."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from boundary.config.lab import LabBenchmark
from boundary.estimate.lab_checks import (
    ALL,
    MIX,
    constant_answers,
    enlarged,
    lab_checks,
    shared_answers,
    with_strata,
)
from boundary.estimate.render_lab import power, show
from boundary.lab.material import material
from boundary.lab.model import load_model
from boundary.lab.teacher_forcing import gold_log10
from boundary.lab.train import train
from boundary.plan import plan_study
from boundary.tasks.registers import TABLE

STUDY = {
    "study": "checked",
    "lab": {
        "base": {"recipe": "pretrain", "steps": 0, "hidden": 16, "layers": 1, "mlp": 16},
        **{
            name: {"recipe": "reinforce", "start": "base", "steps": 10, "lengths": lengths} | seed
            for name, lengths, seed in (
                ("grpo", [3, 4], {}),
                ("again", [3, 4], {"seed": 5}),
                ("longer", [5, 6], {}),
            )
        },
    },
    "models": {
        "base": {"source": "lab:base", "role": "base"},
        "rl": {"source": "lab:grpo", "role": "rl", "base": "base"},
    },
    "benchmarks": {"b": {"source": "lab:registers", "lab": {"problems": 10, "lengths": [3, 5]}}},
    "protocols": {"p": {"max_tokens": 16, "n": 2, "samples_per_shard": 2}},
    "comparisons": [{"base": "base", "other": "rl", "benchmarks": ["b"], "protocol": "p"}],
}


def table(answers: list[str], family: str = "p") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "benchmark": "b",
            "family": family,
            "length": "3",
            "problem_id": [f"{i}" for i in range(len(answers))],
            "question": [f"{i} ?" for i in range(len(answers))],
            "answer": answers,
        }
    )


def test_the_strategy_of_another_family_is_held_against_the_right_answer() -> None:
    class Two:
        @staticmethod
        def answers(prompt: str) -> dict[str, str]:
            return {"p": "x", "q": "x" if prompt.startswith("0") else "y"}

    (shared,) = shared_answers(Two, table(["x"] * 4), 0.95)  # type: ignore[arg-type]
    assert (shared.strategy, shared.hits, shared.problems) == ("q", 1, 4)
    # Clopper-Pearson of 1 of 4, from tables.
    assert (shared.low, shared.high) == pytest.approx((0.0063, 0.8059), abs=1e-4)


def test_strategies_coincide_as_often_as_was_counted_by_hand() -> None:
    task = material("registers")
    drawing = LabBenchmark(problems=800, lengths=[3, 6], minority_share=0.5)
    shared = list(shared_answers(task, with_strata(task.problems("b", drawing)), 0.95))
    rows = [(s.family, s.strategy, s.length, s.problems) for s in shared]
    assert rows == [("p", "q", "3", 200), ("p", "q", "6", 200), ("q", "p", "3", 200),
                    ("q", "p", "6", 200)]  # fmt: skip
    # Of a, b, c under p and c, b, a under q the answers agree where a and c send 0 to one state.
    ends = TABLE[:, 0]
    alike = sum(ends[a] == ends[c] for a in range(24) for c in range(24) if a != c) / (24 * 23)
    assert 0.005 < alike < 0.05
    assert all(s.low < alike < s.high for s in shared if s.length == "3")


def test_the_best_constant_is_chosen_without_the_problem_that_it_is_tried_on() -> None:
    (most,) = constant_answers(table(["a", "a", "a", "b"]), 0.95)
    assert (most.hits, most.problems, most.strategy) == (3, 4, "")
    (unlike,) = constant_answers(table(["a", "b", "c"]), 0.95)
    assert unlike.hits == 0  # in the sample itself each would be right once in three
    assert not list(constant_answers(table(["a"]), 0.95))


def test_more_problems_are_drawn_as_far_as_there_are() -> None:
    assert enlarged(LabBenchmark(problems=10, lengths=[9])).problems == 160
    few = enlarged(LabBenchmark(problems=400, lengths=[3], minority_share=0.0))
    assert few.problems == 400


def test_numbers_below_those_of_floats() -> None:
    assert [power(x) for x in (0.0, -1.3, -4.0, -23.5, -400.01, -23.01)] == [
        "1", "0.05", "1e-4", "3e-24", "1e-400", "1e-23",
    ]  # fmt: skip


def test_a_start_is_asked_as_soon_as_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = plan_study(STUDY, "study.yaml")
    before = lab_checks(plan)
    assert before.rates == [] and before.missing == [plan.run_file("base")]
    train(plan.study.lab["base"], Path(plan.run_file("base")).parent, parents={}, threads=1)
    checks = lab_checks(plan)
    assert checks.missing == []
    assert {(r.benchmark, r.family, r.length) for r in checks.rates} == {
        (MIX, ALL, ALL), *(("b", family, length) for family in "pq" for length in "35"),
    }  # fmt: skip
    row = next(r for r in checks.rates if (r.family, r.length) == ("p", "3"))
    task = material("registers")
    drawn = with_strata(task.problems("b", enlarged(plan.study.benchmarks["b"].lab)))
    of_row = drawn.filter(family="p", length="3")
    model = load_model(Path(plan.checkpoint("base", 0))).eval()
    logs = gold_log10(model, task, of_row["question"].to_list())
    assert (row.problems, row.rollouts) == (of_row.height, 32 * 16 * 10)
    assert row.mean == pytest.approx(np.log10(np.mean(10**logs)))
    assert row.hits == pytest.approx(5120 * np.mean(10**logs)) and row.hits < 1
    # An untrained model is near a uniform guess of twelve words among 56.
    assert row.mean == pytest.approx(-12 * np.log10(56), abs=2)
    text = io.StringIO()
    show(before, 0.95, Path("my study.yaml"), Console(file=text, width=400))
    assert "--configfile 'my study.yaml'" in text.getvalue()
    show(checks, 0.95, Path("study.yaml"), Console(file=text, width=200))
    # Runs of one start and size are one row, and on what they train on those of one recipe.
    assert [r.runs for r in checks.rates] == [
        ["grpo", "again"], ["longer"], *[["grpo", "again", "longer"]] * 4
    ]  # fmt: skip
    assert "grpo, again, longer" in text.getvalue()
    assert "below one expected hit nothing will happen" in " ".join(text.getvalue().split())
    assert "(below one)" in text.getvalue()


@pytest.mark.parametrize(
    ("task", "families", "strategies"),
    [("skills", {"families": {"r": 1.0}}, set("pqst")), ("modular", {}, set())],
)
def test_only_families_have_strategies_to_answer_by(
    task: str, families: dict[str, object], strategies: set[str]
) -> None:
    runs = {
        "base": {"recipe": "pretrain", "task": task},
        "grpo": {"recipe": "reinforce", "task": task, "start": "base", **families},
    }
    drawing = {"task": task, "problems": 8, "lengths": [3], **families}
    study = {"lab": runs, "benchmarks": {"b": {"source": f"lab:{task}", "lab": drawing}}}
    checks = lab_checks(plan_study(STUDY | study, "study.yaml"))
    assert checks.silent == []
    assert {share.strategy for share in checks.shared} == strategies
