"""Sources of problems and texts of prompts, as a report is told them."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundary.plan import Plan, plan_study
from boundary.plan.described import problem_sources, prompts
from boundary.yamlfile import read_yaml

STUDIES = Path(__file__).resolve().parents[3] / "config/studies"


def study(name: str) -> Plan:
    return plan_study(read_yaml(STUDIES / f"{name}.yaml"), name)


def test_problems_of_the_registry_have_title_revision_and_citation() -> None:
    (source,) = problem_sources(study("smollm2_gsm8k")).values()
    assert source.title == "GSM8K, test" and source.source == "github:openai/grade-school-math"
    assert source.revision == "3101c7d5072418e28b9008a6636bde82a006892c"
    assert source.citation == "Cobbe et al. 2021, arXiv 2110.14168" and not source.unverified


def test_problems_of_the_lab_say_how_they_were_drawn() -> None:
    (source,) = problem_sources(study("smoke")).values()
    assert source.source == "lab:registers" and source.drawn is not None
    assert source.drawn["problems"] and source.revision is None


def test_a_prompt_is_its_text_and_the_number_of_its_examples() -> None:
    told = prompts(study("smollm2_gsm8k"))
    assert {*told} == {"t06", "t10"} and told["t06"].name == "chat-boxed-2shot"
    assert told["t06"].text.startswith("user: {question}\nPlease reason step by step")
    assert told["t06"].text.endswith("(2 worked examples)")
    (plain,) = prompts(study("smoke")).values()
    assert plain.text == "{question}"


@pytest.mark.parametrize("name", ["math500_published", "deepscaler_published"])
def test_of_counts_nothing_of_ours_is_told(name: str) -> None:
    assert problem_sources(study(name)) == prompts(study(name)) == {}
