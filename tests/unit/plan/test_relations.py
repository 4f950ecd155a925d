"""What two sides are to each other, and what a comparison is called where no name is given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from boundary.jobs.pages import WHICH_MODEL
from boundary.plan import Plan, page_specs, plan_study
from boundary.plan.relations import compared

Raw = dict[str, Any]


def model(role: str, base: str | None = None, **more: Any) -> Raw:
    entry = {"source": f"hf:org/{role}-{base}-{more}", "role": role, "dtype": "bfloat16"}
    entry["source"] = "hf:org/" + "".join(c if c.isalnum() else "-" for c in entry["source"])
    return entry | {"revision": "0" * 40} | ({"base": base} if base else {}) | more


MODELS = {
    "b": model("base"),
    "half": {**model("base"), "dtype": "float16"},
    "rl": model("rl", "b"),
    "rl2": model("rl", "b", step=2),
    "rl4": model("rl", "b", step=4),
    "tuned": model("instruct", "b"),
    "d": model("distilled", "b"),
    "of_rl": model("rl", "rl"),
    "free": model("rl", parameters=1),
    "x": model("reference"),
}


def planned(*pairs: Raw) -> Plan:
    setting = {"prompt": "raw", "engine": "vllm", "max_tokens": 9, "n": 8, "samples_per_shard": 8}
    raw = {
        "study": "s",
        "models": MODELS,
        "benchmarks": {"math500": {}},
        "protocols": {
            "p": setting,
            "hot": setting | {"temperature": 2.0},
            "cut": setting | {"top_p": 0.5, "temperature": 2.0},
            "more": setting | {"seed": 2},
            "hotter": setting | {"temperature": 2.0, "seed": 3},
        },
        "comparisons": [
            {"benchmarks": ["math500"], "protocol": "p"}
            | {"allow_differences": ["temperature", "top_p", "dtype"]}
            | pair
            for pair in pairs
        ],
        "series": {"run": {"models": ["rl2", "rl4"], "benchmarks": ["math500"], "protocol": "p"}},
    }
    return plan_study(raw, "study.yaml")


def told(base: str, other: str, **pair: Any) -> Any:
    plan = planned({"base": base, "other": other, **pair})
    (one,) = compared(plan).values()
    spec = json.loads(page_specs.report_spec(plan))
    assert list(spec["pairs"].values()) == [one.model_dump()]
    return one, spec.get("question")


@pytest.mark.parametrize(
    ("base", "other", "relation", "later"),
    [
        ("b", "rl", "rl", "other"),
        ("b", "of_rl", "rl", "other"),
        ("b", "tuned", "instruct", "other"),
        ("b", "d", "distilled", "other"),
        ("rl2", "rl4", "steps", "other"),
        ("b", "half", "sampling", None),
        ("rl", "rl2", "models", None),
        ("b", "free", "models", None),
        ("x", "rl", "models", None),
    ],
)
def test_a_relation_is_what_the_study_says_and_exchanges_with_the_sides(
    base: str, other: str, relation: str, later: str | None
) -> None:
    swapped = {"other": "base", None: None}[later]
    for sides, side in (((base, other), later), ((other, base), swapped)):
        one, question = told(*sides)
        assert (one.relation, one.later) == (relation, side)
        assert (question == WHICH_MODEL) == (later is None)


@pytest.mark.parametrize(
    ("pair", "title"),
    [
        ({}, "rl against b"),
        ({"name": "first"}, "first"),
        ({"other_protocol": "hot"}, "rl against b, T = 2.0 against 1.0"),
        (
            {"other": "b", "other_protocol": "cut"},
            "b, T = 2.0 against 1.0, top_p 0.5 against 1.0",
        ),
        ({"other": "b", "other_protocol": "more"}, "b, protocol more against p"),
    ],
)
def test_a_title_is_the_given_name_else_what_differs(pair: Raw, title: str) -> None:
    one, _ = told("b", **{"other": "rl"} | pair)
    assert one.title == title


def test_no_two_comparisons_of_a_study_have_one_title() -> None:
    sides = {"base": "b", "other": "b"}
    pairs = [sides | {"other_protocol": name} for name in ("hot", "hotter", "more")]
    titles = [pair.title for pair in compared(planned(*pairs)).values()]
    assert titles == [
        "b, T = 2.0 against 1.0 (b-vs-b-hot)",
        "b, T = 2.0 against 1.0 (b-vs-b-hotter)",
        "b, protocol more against p",
    ]


def test_pages_are_told_the_order_of_the_file() -> None:
    pairs = [{"name": name, "base": "b", "other": "rl"} for name in ("z", "a")]
    spec = json.loads(page_specs.report_spec(planned(*pairs)))
    assert spec["comparisons"] == ["z", "a"] and spec["benchmarks"] == ["math500"]


def test_two_temperatures_of_one_pair_have_titles_of_their_own() -> None:
    setting = {"prompt": "raw", "engine": "vllm", "max_tokens": 9, "n": 8, "samples_per_shard": 8}
    pair = {"base": "b", "other": "rl", "benchmarks": ["math500"]}
    raw = {
        "study": "s",
        "models": MODELS,
        "benchmarks": {"math500": {}},
        "protocols": {
            "cool": setting | {"temperature": 0.6},
            "hot": setting,
            "again": setting,
        },
        "comparisons": [
            pair | {"protocol": "cool"},
            pair | {"protocol": "hot", "other_protocol": "hot"},
            pair | {"protocol": "again", "other_protocol": "again"},
            pair | {"protocol": "hot", "name": "mine"},
        ],
    }
    plan = plan_study(raw, "study.yaml")
    titles = [each.title for each in compared(plan).values()]
    assert titles == [
        "rl against b, T = 0.6",
        "rl against b (rl-vs-b-hot)",
        "rl against b (rl-vs-b-again)",
        "mine",
    ]
    # Figures name the models themselves.
    beside = json.loads(page_specs.figures_spec(plan))["titles"]
    assert sorted(beside.values()) == ["T = 0.6", "mine", "rl-vs-b-again", "rl-vs-b-hot"]
