"""Commands of arms whose problems may stop: what they write, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from boundary.cli.app import app
from boundary.errors import InputError
from boundary.store import write_table
from boundary.tables import VERDICTS_TABLE
from protocols import sampling

ROUND = {
    "model": "m",
    "benchmark": "b",
    "protocol": "p",
    "checkpoint": "none",
    "sampling": sampling(samples_per_shard=2).spec(),
    "blocks": [{"block": 1, "seed": 1}, {"block": 2, "seed": 2}],
}


@pytest.fixture
def verdicts(tmp_path: Path) -> Path:
    """Two problems, of which one is solved twice in two samples."""
    rows = pl.DataFrame(
        {
            "problem_id": ["a", "a", "b", "b"],
            "sample_index": [0, 1, 0, 1],
            "answer": ["1"] * 4,
            "verdict": ["correct", "correct", "wrong", "correct"],
            "correct": [True, True, False, True],
            "grader": ["g"] * 4,
            "detail": pl.Series([None] * 4, dtype=pl.String),
        }
    )
    write_table(rows, tmp_path / "v.parquet", VERDICTS_TABLE)
    return tmp_path / "v.parquet"


def test_a_look_lists_who_goes_on(verdicts: Path, tmp_path: Path) -> None:
    spec = json.dumps({"look": 2, "stop_after": 2, "verdicts": [str(verdicts)]})
    output = tmp_path / "going/2.json"
    done = CliRunner().invoke(app, ["look", "--spec", spec, "--output", str(output)])
    assert done.exit_code == 0, done.output
    assert json.loads(output.read_text()) == {"look": 2, "problems": ["b"]}


@pytest.mark.parametrize(
    ("outputs", "going", "message"),
    [
        (["1.parquet"], "{}", "--output: 1 files for 2 blocks; give it once a block."),
        (["1.parquet", "2.parquet"], "[]", "2.json: is no list of the problems that go on."),
        (["1.parquet", "2.parquet"], None, "2.json: cannot be read: No such file or directory."),
    ],
)
def test_what_a_round_cannot_be_sampled_from(
    outputs: list[str], going: str | None, message: str, tmp_path: Path
) -> None:
    columns = ["benchmark", "problem_id", "question", "answer", "kind", "tests", "metadata"]
    problem = dict.fromkeys(columns, "x") | {"kind": "text"}
    rows = pl.DataFrame([problem]).with_columns(
        pl.lit(None, pl.String).alias(name) for name in ("tests", "metadata")
    )
    rows.write_parquet(tmp_path / "p.parquet")
    if going is not None:
        (tmp_path / "2.json").write_text(going)
    arguments = [f"--output={tmp_path / name}" for name in outputs]
    arguments += ["--problems", str(tmp_path / "p.parquet"), "--going", str(tmp_path / "2.json")]
    arguments += ["--arm", str(tmp_path), "--spec", json.dumps(ROUND)]
    done = CliRunner().invoke(app, ["sample-round", *arguments])
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
