"""Departures from the paper's protocol and known traps, each where it stands and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boundary.config import read_study
from boundary.config.benchmarks import registry
from boundary.plan import Plan, plan_study
from boundary.plan.lint import PAPER_N, Remark, lint
from boundary.yamlfile import read_yaml
from harness import ROOT, STUDIES

Raw = dict[str, Any]
SHA = "0" * 40
PAPERS = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 16384, "n": 128}


def study(benchmark: str = "math500", family: str = "llama", **protocol: Any) -> Raw:
    """Return the paper's protocol on two models, but for what is given."""
    sampled = {"prompt": "qwen-boxed", "engine": "vllm", "samples_per_shard": 32} | PAPERS
    one = {"source": f"hf:org/{family}-7B", "revision": SHA, "dtype": "bfloat16"}
    return {
        "study": "s",
        "models": {
            "b": one | {"role": "base"},
            "r": one | {"revision": "1" * 40, "role": "rl", "base": "b"},
        },
        "benchmarks": {benchmark: {}},
        "protocols": {"p": sampled | protocol},
        "comparisons": [{"base": "b", "other": "r", "benchmarks": [benchmark], "protocol": "p"}],
    }


def remarks(raw: Raw) -> list[tuple[str, str]]:
    return [(remark.key, remark.kind) for remark in lint(plan_study(raw, "s"))]


def test_the_papers_protocol_departs_in_nothing() -> None:
    assert lint(plan_study(study(), "s")) == []
    assert set(PAPER_N) <= set(registry())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"temperature": 1.0}, [("protocols.p.temperature", "departure")]),
        ({"top_p": 1.0}, [("protocols.p.top_p", "departure")]),
        ({"max_tokens": 32768}, [("protocols.p.max_tokens", "departure")]),
        (
            {"max_tokens": 4096},
            [("protocols.p.max_tokens", "departure"), ("protocols.p.max_tokens", "trap")],
        ),
        ({"n": 64}, [("protocols.p.n", "departure")]),
        ({"n": 256}, []),
        ({"prompt": "chat-boxed-2shot"}, [("protocols.p.prompt", "departure")]),
    ],
)
def test_each_departure_has_its_key(change: Raw, expected: list[tuple[str, str]]) -> None:
    assert remarks(study(**change)) == expected


@pytest.mark.parametrize("stop", ["Answer:", "\n\n", "Question", "</think>"])
def test_a_stop_within_reasoning_is_a_trap(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    monkeypatch.chdir(tmp_path)
    prompts = tmp_path / "config/prompts"
    prompts.mkdir(parents=True)
    (prompts / "mine.yaml").write_text(
        f'template: "{{question}}"\nstop: [{stop!r}]\n'.replace("'", '"')
    )
    (remark,) = lint(plan_study(study(prompt="mine"), "s"))
    assert (remark.key, remark.kind) == ("protocols.p.prompt", "trap")
    assert repr(stop) in remark.text


def test_strict_boxes_that_nobody_asked_for_are_a_trap() -> None:
    raw = study(prompt="raw") | {"verification": {"extract": "boxed"}}
    assert remarks(raw) == [("verification.extract", "trap")]
    assert remarks(study() | {"verification": {"extract": "boxed"}}) == []


def test_sides_that_are_not_treated_alike_are_traps() -> None:
    raw = study(n=256)
    raw["models"]["r"]["n"] = 128
    (remark,) = lint(plan_study(raw, "s"))
    assert (remark.key, remark.kind) == ("comparisons[0]", "trap")
    assert "256 samples of b and 128 of r on math500" in remark.text
    raw = study()
    raw["protocols"]["q"] = raw["protocols"]["p"] | {"temperature": 1.0}
    raw["comparisons"][0] |= {"other_protocol": "q", "allow_differences": ["temperature"]}
    assert ("comparisons[0].other_protocol", "trap") in remarks(raw)


def test_counts_tell_their_own_n_and_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"b,{i},{128 if i % 2 else 4},3\nr,{i},128,3\n" for i in range(40)]
    Path("c.csv").write_text("model,problem,n,correct\n" + "".join(rows))
    raw = study("mine") | {"analyses": {"k_max": 4}}
    del raw["protocols"], raw["comparisons"][0]["protocol"]
    raw["models"] = {
        "b": {"source": "counts:c.csv", "role": "base"},
        "r": {"source": "counts:c.csv", "role": "rl", "base": "b"},
    }
    assert remarks(raw) == [
        ("analyses.k_max", "trap"),
        ("benchmarks.mine", "trap"),
        ("models.b", "trap"),
    ]
    assert "4 to 128 samples a problem on mine" in lint(plan_study(raw, "s"))[2].text


def test_k_above_half_of_n_is_a_trap() -> None:
    assert remarks(study() | {"analyses": {"k_max": 64}}) == []
    (once,) = lint(plan_study(study() | {"analyses": {"k_max": 65}}, "s"))
    assert once.key == "analyses.k_max"
    assert "65, of 128 samples of b on math500 and of 1 other arm: above half" in once.text


def test_deepcoder_is_sampled_as_long_as_the_paper_did() -> None:
    raw = study(max_tokens=32_768)
    raw["models"]["r"]["source"] = "hf:agentica-org/DeepCoder-14B-Preview"
    assert remarks(raw) == []
    raw["protocols"]["p"]["max_tokens"] = 16_384
    departure, trap = lint(plan_study(raw, "s"))
    assert departure.text == "16,384, and 32,768 in the paper." and trap.kind == "trap"


def test_few_problems_and_problems_that_were_seen_are_traps() -> None:
    assert remarks(study("aime25", n=1024)) == [("benchmarks.aime25", "trap")]
    (remark,) = lint(plan_study(study(family="Qwen2.5"), "s"))
    assert remark.key == "benchmarks.math500" and "2507.10532" in remark.text


def test_remarks_are_sorted_and_stand_once() -> None:
    raw = study("aime24", family="Qwen2.5", temperature=1.0, n=128)
    all_of_them = lint(plan_study(raw, "s"))
    assert all_of_them == sorted(set(all_of_them)) and len(all_of_them) == 4


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_shipped_studies_are_read(file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    remarked = lint(Plan(read_study(file)))
    assert all(isinstance(remark, Remark) and remark.text.endswith(".") for remark in remarked)
    # Left of Figure 2 is the paper's own protocol.
    if file.stem == "yue2025_fig2_7b":
        assert {remark.kind for remark in remarked} == {"trap"}
    assert read_yaml(file)["study"]
