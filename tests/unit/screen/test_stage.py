"""From problems and a checkpoint to the tables of the screen, by the commands of the pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from boundary.cli.analysis import analysis
from boundary.cli.screen import screen
from boundary.errors import TableError
from boundary.store import read_provenance, write_table
from boundary.tables import PROBLEMS, SCORES
from score_tables import arm
from screened import job, problems, questions, train

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def test_a_model_that_knows_eight_of_sixteen_problems(tmp_path: Path) -> None:
    texts = questions(16)
    asked = problems(texts)
    path, completions, scores = (tmp_path / f"{name}.parquet" for name in ("p", "c", "s"))
    write_table(asked, path, PROBLEMS)
    counts = [
        arm(model, correct, 16).with_columns(asked["problem_id"], benchmark=pl.lit("b"))
        for model, correct in (("m", [12] * 8 + [4] * 8), ("other", [4] * 16))
    ]
    write_table(pl.concat(counts), scores, SCORES)
    spec = job(checkpoint=str(train(texts[:8], tmp_path / "m")))
    screen(json.dumps(spec.model_dump(mode="json", exclude_unset=True)), path, completions)
    assert read_provenance(completions)["sampled_by"]["engine"] == "transformers"

    pair = {"comparison": "c", "base": "other", "other": "m", "benchmark": "b", "protocol": "p"}
    made = {
        "arms": [ARM | {"completions": str(completions), "scores": str(scores)}],
        "comparisons": [pair],
        "compared": [str(scores)],
        "level": 0.05,
        "bootstrap": 100,
        "confidence": 0.95,
        "decides": "population",
    }
    analysis("screen", json.dumps(made), tmp_path)
    flagged = pl.read_parquet(tmp_path / "screen_problems.parquet").filter("flagged")
    assert {*flagged["problem_id"]} >= {f"{i:03}" for i in range(8)}
    assert flagged.height <= 9
    (row,) = pl.read_parquet(tmp_path / "screen.parquet").to_dicts()
    assert (row["memory"], row["n_problems"]) == ("found", 16)
    (verdict,) = pl.read_parquet(tmp_path / "screen_verdicts.parquet").to_dicts()
    assert verdict["verdict"].startswith("other-ahead")
    assert verdict["verdict_kept"] == "undetermined"

    write_table(pl.concat(counts).filter(pl.col("problem_id") != "003"), scores, SCORES)
    with pytest.raises(TableError, match="problems are not those of"):
        analysis("screen", json.dumps(made), tmp_path)
