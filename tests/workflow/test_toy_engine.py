"""A new engine is one folder and one line: nothing else differs, and a study runs with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.store import read_provenance
from harness import add_toy, copy_repository, edit_study, places_that_differ, python, run

FOLDER, REGISTRY = "workflow/boundary/engines/toy", "workflow/boundary/engines/registry.py"
LINE = '    "toy",'
STUDY = "toy.yaml"


def one_model(study: dict[str, Any]) -> None:
    """Leave of the smoke study its base under two seeds, sampled and scored by the toy."""
    del study["series"], study["lab"]["grpo"], study["models"]["rl"], study["models"]["rl-1"]
    first = study["protocols"]["t1"] | {"engine": "toy", "n": 4}
    study["protocols"] = {"t1": first, "t2": first | {"seed": 2}}
    (pair,) = study["comparisons"]
    pair |= {"other": "base", "other_protocol": "t2"}
    study["analyses"]["likelihood"]["models"] = ["base"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with the toy in it, and a study in a file of its own."""
    folder = copy_repository(tmp_path_factory.mktemp("toy") / "copy")
    add_toy(folder, "engine", FOLDER, REGISTRY, "NAMES = (\n", LINE)
    edit_study(folder, one_model, STUDY)
    return folder


def test_a_study_runs_with_the_toy(copy: Path) -> None:
    run(copy, "samples", "likelihood", config=STUDY)
    shards = sorted((copy / "results/samples").rglob("*.parquet"))
    assert len(shards) == 2
    for shard in shards:
        assert read_provenance(shard)["sampled_by"]["engine"] == "toy"
        rows = pl.read_parquet(shard)
        assert rows.height == 48
        assert rows["response"].is_in(["toy 0", "toy 1"]).all()
    scored, tokens = sorted((copy / "results/likelihoods").rglob("*.parquet"), reverse=True)
    for file in (scored, tokens):
        assert read_provenance(file)["scored_by"] == {"engine": "toy", "toy": "1"}
    # It tells no entropy.
    assert pl.read_parquet(scored)["entropy_sum"].null_count() == 48
    assert pl.read_parquet(tokens)["entropies"].null_count() == 48
    # After the run: what it would have needed elsewhere would show here.
    assert places_that_differ(copy) == ({FOLDER}, {REGISTRY: [f"+ {LINE}"]})


def test_the_schema_and_the_errors_know_the_toy(copy: Path) -> None:
    schema = json.loads(python(copy, "-m", "boundary", "schema").stdout)
    assert "toy" in schema["$defs"]["Protocol"]["properties"]["engine"]["enum"]

    def too_long(study: dict[str, Any]) -> None:
        study["protocols"]["t1"] |= {"engine": "toy", "max_model_len": 64, "min_p": 0.1}
        study["protocols"]["t1"]["prompt"] = "gsm8k-4shot"

    edit_study(copy, too_long, "long.yaml")
    done = python(copy, "-m", "boundary", "check-config", "long.yaml")
    assert done.returncode == 2
    for key, lacking in {
        "max_model_len": "max_model_len",
        "prompt": "stop strings",
        "min_p": "min_p",
    }.items():
        message = f"protocols.t1.{key}: the engine toy has no {lacking}; leave it out or"
        assert message in done.stderr
