"""What jobs are job of controls: what each permits, holds against what, and sets otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from boundary.plan import Plan
from boundary.plan.analyses import analysis_jobs, tables_of
from boundary.plan.specs import analysis_spec

GAIN = {"base": "base", "other": "rl", "benchmarks": ["tiny"], "protocol": "t1"}
CONTROL = {**GAIN, "other": "base", "other_protocol": "cold", "control": "temperature"}
SETTING = {"top_p": 0.9, "max_tokens": 16, "n": 8, "samples_per_shard": 4, "seed": 1}


def spec(planned: Plan) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(analysis_spec(planned, analysis_jobs(planned)[0]))
    return made


def test_a_job_is_job_of_controls_where_there_are_any(plan: Callable[..., Plan]) -> None:
    edits = {"comparisons": [GAIN, CONTROL], "protocols.cold": SETTING | {"temperature": 0.5}}
    planned = plan(edits)
    assert "controls" in tables_of(planned)
    job = spec(planned)
    assert job["controls"] == [
        {
            "benchmark": "tiny",
            "comparison": "rl-vs-base",
            "control": "base-vs-base-cold",
            "kind": "temperature",
            "protocol": "cold",
            "setting": "T = 0.5",
            "start": "base",
        }
    ]
    assert [row["allowed"] for row in job["comparisons"]] == [[], ["temperature", "top_p"]]
    without = plan()
    assert "controls" not in tables_of(without) and "controls" not in spec(without)
    assert "controls" not in spec(without)["analyses"]


def test_prompts_are_several_settings_of_one_control(plan: Callable[..., Plan]) -> None:
    prompts = {"few": "minerva-4shot", "boxed": "qwen-boxed"}
    asked = [
        {**CONTROL, "protocol": "plain", "other_protocol": name, "control": "format"}
        for name in prompts
    ]
    edits: dict[str, Any] = {
        f"protocols.{name}": SETTING | {"prompt": prompt}
        for name, prompt in {"plain": "raw", **prompts}.items()
    }
    edits["comparisons"] = [{**GAIN, "protocol": "plain"}, *asked]
    settings = [(row["kind"], row["setting"]) for row in spec(plan(edits))["controls"]]
    assert settings == [("format", "prompt minerva-4shot"), ("format", "prompt qwen-boxed")]
