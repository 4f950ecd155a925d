"""What the figures of a study are given of numbers that others printed."""

from __future__ import annotations

import json

import pytest

from boundary.config import read_study
from boundary.plan import Plan
from boundary.plan.page_specs import figures_spec
from harness import ROOT


def test_figures_are_given_points_and_sets_of_models_that_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    study = read_study(ROOT / "config/studies/math500_published.yaml")
    spec = json.loads(figures_spec(Plan(study)))
    of_table = [point for point in spec["printed_points"] if point["source"] == "Table 2"]
    assert {(point["model"], point["k"], point["value"]) for point in of_table} == {
        ("qwen2.5-7b", 1, 0.345),
        ("qwen2.5-7b", 256, 0.962),
    }
    (sets,) = spec["printed_sets"]
    assert [sets[name] for name in ("both", "base_only", "other_only", "neither", "k")] == [
        *(462, 18, 5, 15, 128)
    ]
    unasked = json.loads(figures_spec(Plan(study.model_copy(update={"published": None}))))
    assert not {"printed_points", "printed_sets"} & unasked.keys()
    entropies = json.loads(
        figures_spec(Plan(read_study(ROOT / "config/studies/yue2025_fig17.yaml")))
    )["printed_entropies"]
    at = {each["benchmark"]: each["temperature"] for each in entropies}
    assert len(entropies) == 6 and at["aime24"] == 1.5 and at["minerva_math"] == 0.85
