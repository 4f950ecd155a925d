"""Responses and worked solutions scored under a model by commands on files alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from boundary.jobs.sampling import Sampling
from boundary.sampling.block import settings_of
from boundary.store import read_table, write_table
from boundary.tables import LIKELIHOODS, PROBLEMS, SAMPLES, TOKEN_SCORES, VERDICTS_TABLE
from tiny import MODELS, save

Run = Callable[..., Any]
SAMPLING = {
    "engine": "transformers",
    "template": "{question}",
    "stop": [],
    "samples_per_shard": 2,
    "temperature": 1.0,
    "top_p": 1.0,
    "max_tokens": 8,
}
NAMES = ("a", "b", "c")
SOLUTION = "w3 w4 w5"


class Folder:
    """Problems, two samples each, verdicts and a checkpoint."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        torch.manual_seed(3)
        self.checkpoint = save(MODELS["llama"](), folder / "model")
        solved = [json.dumps({"solution": SOLUTION}), None, json.dumps({"solution": "w1"})]
        problems = pl.DataFrame(
            {
                "benchmark": "b",
                "problem_id": NAMES,
                "question": ["w1", "w1 w2", "w2"],
                "answer": "1",
                "kind": "math",
                "tests": pl.Series([None] * 3, dtype=pl.String),
                "metadata": solved,
            }
        )
        write_table(problems, self["P"], PROBLEMS)
        keys = {"problem_id": [n for n in NAMES for _ in "01"], "sample_index": [0, 1] * 3}
        samples = pl.DataFrame({"model": "m", "benchmark": "b", "protocol": "p", **keys})
        samples = samples.with_columns(
            seed=1, response=pl.lit(SOLUTION), n_tokens=4, finish_reason=pl.lit("stop"),
            logprob_sum=-9.0,
        )  # fmt: skip
        by = {"sampling": settings_of(Sampling.model_validate(SAMPLING))}
        write_table(samples, self["S"], SAMPLES, provenance=by)
        verdicts = pl.DataFrame(keys).with_columns(
            answer=pl.lit("w5"), verdict=pl.lit("wrong"), correct=pl.lit(False),
            grader=pl.lit("g"), detail=pl.lit(None, pl.String),
        )  # fmt: skip
        write_table(verdicts, self["V"], VERDICTS_TABLE)

    def __getitem__(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def score(self, output: str, *given: object, **keys: Any) -> Any:
        spec = {"scorer": "m", "responses": 2, "sampling": SAMPLING, "token_responses": 1}
        spec |= {"checkpoint": str(self.checkpoint), "samplers": [{"temperature": 1, "top_p": 0.9}]}
        options = ["--problems", self["P"], "--output", self[output]]
        tokens = ["--tokens-output", self[f"{output}-tokens"]]
        return self.run("likelihood", "--spec", json.dumps(spec | keys), *options, *tokens, *given)


@pytest.fixture
def files(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return Folder(tmp_path, run)


GOLD = {"gold": {"benchmark": "b", "protocol": "p"}, "responses": 1}


def test_solutions_and_responses_are_scored_alike(files: Folder) -> None:
    assert files.score("L", "--samples", files["S"]).code == 0
    done = files.score("G", **GOLD)
    assert done.code == 0, done.err
    sampled, gold = read_table(files["L"], LIKELIHOODS), read_table(files["G"], LIKELIHOODS)
    assert gold.select("source_model", "problem_id").rows() == [("gold", "a"), ("gold", "c")]
    same = sampled.filter(problem_id="a")["logprob_sum"].unique().to_list()
    assert gold["logprob_sum"][0] == pytest.approx(same[0], abs=1e-6)
    assert len(same) == 1
    assert "Note: 1 of 3 problems of 'b' have no worked solution and are left out." in done.err
    tokens = read_table(files["G-tokens"], TOKEN_SCORES)
    assert tokens["token_ends"].to_list() == [[2, 5, 8, 8], [2, 2]]


def test_the_same_bytes_again(files: Folder) -> None:
    for name in ("L", "M"):
        assert files.score(name, "--samples", files["S"]).code == 0
    for suffix in ("", "-tokens"):
        assert files[f"L{suffix}"].read_bytes() == files[f"M{suffix}"].read_bytes()


def test_token_scores_are_an_output_like_the_other(files: Folder) -> None:
    """Written anew where they stand, never over an input, nor into the same file."""
    for _ in "12":
        assert files.score("L", "--samples", files["S"]).code == 0
    before = files["S"].read_bytes()
    done = files.score("L", "--samples", files["S"], "--tokens-output", files["S"])
    assert (done.code, "is an input of this command" in done.err) == (2, True)
    assert files["S"].read_bytes() == before
    done = files.score("L", "--samples", files["S"], "--tokens-output", files["L"])
    assert (done.code, "--output and --tokens-output: name one file" in done.err) == (2, True)


def test_the_batch_decides_nothing_but_rounding(files: Folder) -> None:
    assert files.score("L", "--samples", files["S"]).code == 0
    assert files.score("M", "--samples", files["S"], "--batch-tokens", 1).code == 0
    one, two = (read_table(files[name], LIKELIHOODS) for name in "LM")
    assert (one["logprob_sum"] - two["logprob_sum"]).abs().max() < 1e-5


def test_neither_samples_nor_solutions(files: Folder) -> None:
    done = files.score("L")
    assert (done.code, "--samples: missing" in done.err) == (2, True)


def test_an_analysis_reads_both_and_their_texts(files: Folder) -> None:
    """Nobody judged the solutions: they are neither right nor wrong."""
    files.score("L", "--samples", files["S"])
    files.score("G", **GOLD)
    names = {"benchmark": "b", "protocol": "p"}
    arm = {**names, "model": "m", "scored": ["L.parquet"], "verdicts": [str(files["V"])]}
    arm |= {"problems": str(files["P"]), "samples": [str(files["S"])]}
    gold = {**names, "model": "gold", "scored": ["G.parquet"], "problems": str(files["P"])}
    spec = {"scorers": [str(files.folder)], "arms": [arm], "gold": [gold]}
    spec |= {"bootstrap": 100, "confidence": 0.95}
    given = ["--spec", json.dumps(spec), "--output", files.folder]
    done = files.run("analysis", "perplexity", *given)
    assert done.code == 0, done.err
    made = pl.read_parquet(files.folder / "perplexity.parquet")
    classes = made.group_by("source_model").agg(pl.col("responses").unique().sort())
    assert dict(classes.rows()) == {"gold": ["all"], "m": ["all", "correct", "wrong"]}
