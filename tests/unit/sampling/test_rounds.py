"""Blocks of the problems that go on: rows are those of whole blocks, drawn once and then copied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from arithmetic import Arithmetic, Killed, table
from boundary.errors import InputError
from boundary.jobs.making import SamplingJob, SamplingRound
from boundary.sampling import rounds as module
from boundary.sampling import sample_block, sample_shared, siblings
from boundary.store import read_provenance, read_table
from boundary.tables import SAMPLES
from protocols import sampling, sampling_job

PROBLEMS = table([3, 3, 2, 5, 3, 2, 5])
SAMPLING = sampling(template="Q: {question}", max_tokens=8, samples_per_shard=4, batch_size=8)
SEEDS = {block: 90 + block for block in range(8)}
ROUND = SamplingRound.model_validate(
    {
        "model": "m",
        "benchmark": "b",
        "protocol": "p",
        "checkpoint": "none",
        "sampling": SAMPLING.spec(),
        "blocks": [{"block": block, "seed": SEEDS[block]} for block in (2, 3)],
    }
)


def job(block: int) -> SamplingJob:
    """Return the job of a block of every problem, as an arm of one n has it."""
    return sampling_job(SAMPLING, block=block, seed=SEEDS[block])


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("BOUNDARY_WRITE_EVERY", "0")


class Loads:
    """Loads an engine and counts how often."""

    def __init__(self, **keys: Any) -> None:
        self.engine, self.times = Arithmetic(**keys), 0

    def __call__(self) -> Arithmetic:
        self.times += 1
        return self.engine

    @property
    def drawn(self) -> int:
        """Responses that it drew."""
        return self.engine.drawn


@pytest.fixture
def arm(tmp_path: Path) -> Path:
    """The folder of an arm with its first block."""
    sample_block(Arithmetic(), PROBLEMS, job(0), tmp_path / "00000.parquet")
    return tmp_path


def shards(arm: Path, rule: str) -> list[Path]:
    return [arm / rule / f"{block:05d}.parquet" for block in (2, 3)]


def made(arm: Path, rule: str, going: Sequence[str], **keys: Any) -> Loads:
    """Sample the round under a rule, and return what it took."""
    load = Loads(**keys)
    sample_shared(load, PROBLEMS, ROUND.jobs(), shards(arm, rule), arm, going)
    return load


def rows(path: Path) -> pl.DataFrame:
    return read_table(path, SAMPLES)


def test_a_block_of_some_problems_holds_their_rows_of_the_whole_block(arm: Path) -> None:
    load = made(arm, "r", ["x04", "x01"])
    assert (load.times, load.drawn) == (1, 16)
    for block, path in zip((2, 3), shards(arm, "r"), strict=True):
        sample_block(Arithmetic(), PROBLEMS, job(block), arm / "whole.parquet")
        whole, some = (read_provenance(each) for each in (arm / "whole.parquet", path))
        of = pl.col("problem_id").is_in(["x01", "x04"])
        assert rows(path).equals(rows(arm / "whole.parquet").filter(of))
        assert some["block"] == whole["block"] and some["sampled_by"] == whole["sampled_by"]
        assert some["inputs"] == {"all_questions": whole["inputs"]["questions"]}
        assert some["going"] == 2 and "copied" not in some


def test_fewer_problems_are_copied_and_more_are_drawn(arm: Path) -> None:
    made(arm, "one", ["x01", "x04"])
    fewer = made(arm, "two", ["x04"])
    assert (fewer.times, fewer.drawn) == (0, 0)
    assert read_provenance(shards(arm, "two")[0])["copied"] == {"one/00002.parquet": 4}
    more = made(arm, "three", ["x04", "x05"])
    assert (more.times, more.drawn) == (1, 8)
    assert read_provenance(shards(arm, "three")[1])["copied"] == {"one/00003.parquet": 4}
    assert made(arm / "other", "three", ["x04", "x05"]).drawn == 16
    for one, two in zip(shards(arm, "three"), shards(arm / "other", "three"), strict=True):
        assert rows(one).equals(rows(two))


def test_a_whole_block_takes_what_a_rule_drew_of_it(arm: Path) -> None:
    made(arm, "r", ["x01", "x04"])
    load, path = Loads(), arm / "00002.parquet"
    assert siblings(arm, job(2), path) == [arm / "r" / path.name]
    sample_shared(load, PROBLEMS, [job(2)], [path], arm)
    assert (load.times, load.drawn) == (1, 20)
    sample_block(Arithmetic(), PROBLEMS, job(2), arm / "whole.parquet")
    assert rows(path).equals(rows(arm / "whole.parquet"))
    assert read_provenance(path)["inputs"] == read_provenance(arm / "whole.parquet")["inputs"]
    assert made(arm, "s", ["x00", "x06"]).drawn == 8, "block 3 alone"


def test_shards_of_other_settings_are_no_siblings(arm: Path) -> None:
    made(arm, "r", ["x01"])
    other = sampling_job(sampling(template="A: {question}"), block=2, seed=SEEDS[2])
    assert siblings(arm, other, arm / "00002.parquet") == []


def test_nobody_goes_on(arm: Path) -> None:
    load = made(arm, "r", [])
    assert load.times == 0
    for path in shards(arm, "r"):
        assert rows(path).is_empty() and read_provenance(path)["going"] == 0


def test_a_job_killed_at_every_micro_batch_ends_in_the_same_bytes(arm: Path) -> None:
    going = PROBLEMS["problem_id"].to_list()
    made(arm, "whole", going)
    expected = [path.read_bytes() for path in shards(arm, "whole")]
    for path in shards(arm, "whole"):
        path.unlink()
    killed = 0
    for _ in range(20):
        try:
            made(arm, "r", going, survive=1)
        except Killed:
            killed += 1
            assert not any(path.exists() for path in shards(arm, "r")), "one before all"
        else:
            break
    assert killed > 5
    assert [path.read_bytes() for path in shards(arm, "r")] == expected
    assert [path.name for path in (arm / "r").iterdir() if path.name.startswith(".")] == []


def test_a_job_killed_after_it_copied_tells_where_from(arm: Path) -> None:
    made(arm, "one", ["x01", "x04"])
    with pytest.raises(Killed):
        made(arm, "two", ["x04", "x05"], survive=0)
    load = made(arm, "two", ["x04", "x05"])
    assert load.drawn == 8
    assert read_provenance(shards(arm, "two")[0])["copied"] == {"one/00002.parquet": 4}


def test_a_job_killed_while_it_writes_draws_nothing_again(
    arm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snakemake removes the shards that are there, as others of the job are not."""
    with monkeypatch.context() as patched:
        patched.setattr(module.Parts, "remove", lambda parts: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            made(arm, "r", ["x01", "x04"])
    for path in shards(arm, "r"):
        path.unlink()
    load = made(arm, "r", ["x01", "x04"])
    assert (load.times, load.drawn) == (0, 0)
    assert [rows(path).height for path in shards(arm, "r")] == [8, 8]


def test_another_engine_than_drew_the_arm_is_refused_before_it_draws(arm: Path) -> None:
    load = Loads(version="2")
    with pytest.raises(InputError, match=r"another engine than this \(version 1 and 2\)"):
        sample_shared(load, PROBLEMS, ROUND.jobs(), shards(arm, "r"), arm, ["x01"])
    assert load.drawn == 0
