"""What finished blocks tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import InputError, TableError
from boundary.estimate.pilots import (
    Finished,
    KnownWeights,
    PilotBlock,
    counted_rows,
    finished,
    resolved,
    seconds,
)
from boundary.plan import Plan

from .conftest import write_block


def test_an_arm_without_blocks(study: Callable[..., Plan]) -> None:
    arm = study().arms[0]
    assert finished(arm) is None
    write_block(arm, 0, [], 3.0)
    assert finished(arm) is None


def test_blocks_with_their_times_and_verdicts(study: Callable[..., Plan]) -> None:
    arm = study().arms[0]
    first = write_block(arm, 0, [100, 300], 50.0)
    second = write_block(arm, 1, [200], None)
    verdicts = Path(arm.verdicts()[1])
    verdicts.parent.mkdir(parents=True)
    verdicts.write_bytes(b"12345")
    pilot = finished(arm)
    assert pilot is not None
    assert pilot.blocks == [
        PilotBlock(2, 400, 400, first, 50.0),
        PilotBlock(1, 200, 200, second + 5, None),
    ]
    assert (pilot.responses, pilot.tokens, pilot.bytes) == (3, 600, first + second + 5)
    assert pilot.mean_tokens == 200
    assert pilot.speed(10) == 400 / 40


def test_a_speed_is_the_median_of_blocks() -> None:
    """A job that was killed and went on is timed from there; one of three does not count."""
    blocks = [PilotBlock(1, 1000, 1000, 9, s) for s in (110.0, 110.0, 15.0)]
    assert Finished(blocks).speed(10) == 10
    assert Finished(blocks[:2]).speed(0) == pytest.approx(1000 / 110)
    assert Finished([PilotBlock(1, 1000, 1000, 9, None)]).speed(10) is None
    assert Finished([PilotBlock(1, 1000, 1000, 9, 0.0)]).speed(10) is None


def test_a_start_takes_at_most_most_of_the_time() -> None:
    assert Finished([PilotBlock(1, 1000, 1000, 9, 50.0)]).speed(100) == pytest.approx(1000 / 5)


def test_a_damaged_shard(study: Callable[..., Plan]) -> None:
    arm = study().arms[0]
    write_block(arm, 0, [1], None)
    Path(arm.samples()[0]).write_bytes(b"PAR1 and then nothing")
    with pytest.raises(
        TableError, match=r"cannot be read .* Move it away, and it is sampled again"
    ):
        finished(arm)


def test_times(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    assert seconds(path) is None
    path.write_text('{"s": 1.5}\n{"s": 2.5}\n')
    assert seconds(path) == 2.5


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", '{"s": null}', '{"s": "NA"}'])
def test_a_time_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=r"is no benchmark of Snakemake\. Move it away"):
        seconds(path)


def test_rows_of_a_table(study: Callable[..., Plan]) -> None:
    arm = study().arms[0]
    assert counted_rows(arm) is None
    path = Path(arm.problems)
    path.parent.mkdir(parents=True)
    pl.DataFrame({"problem_id": ["a", "b"]}).write_parquet(path)
    assert counted_rows(arm) == 2
    path.write_bytes(b"")
    with pytest.raises(TableError, match="cannot be read"):
        counted_rows(arm)


def test_a_resolved_model(study: Callable[..., Plan]) -> None:
    plan = study()
    assert resolved(plan, "base") == KnownWeights()
    path = Path(plan.model_file("base"))
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"parameters": 5, "files": {"a": 1, "b": 2}}))
    assert resolved(plan, "base") == KnownWeights(parameters=5, bytes=3)
    for text in ("[]", "{"):
        path.write_text(text)
        with pytest.raises(InputError, match=r"model.json: is no JSON object"):
            resolved(plan, "base")
