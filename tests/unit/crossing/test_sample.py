"""A whole direction of a pair on tiny models: what it writes, and what it refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from boundary.cli.crossing import cross_sample as command
from boundary.crossing.sample import cross_sample
from boundary.engines.transformers.engine import TransformersEngine
from boundary.errors import InputError, TableError
from boundary.jobs.crossing import Setting, settings_of
from boundary.jobs.making import CrossingJob
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import CROSSED_POSITIONS, PROBLEMS, SAMPLES, VERDICTS_TABLE, check
from protocols import sampling
from tiny import constant, load

PROTOCOL = sampling(max_tokens=4, samples_per_shard=2)


class Pair(NamedTuple):
    """A host that says w1 and a donor that says w2, almost always, and the donor's samples."""

    folders: tuple[Path, Path]
    host: TransformersEngine
    donor: TransformersEngine
    problems: pl.DataFrame
    samples: pl.DataFrame
    verdicts: pl.DataFrame


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folders = tuple(
        constant({one: 0.999, two: 0.0005, "<eos>": 0.0005}, tmp_path_factory.mktemp(one))
        for one, two in (("w1", "w2"), ("w2", "w1"))
    )
    problems = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": ["one", "two"],
            "question": ["w3", "w4 w5"],
            "answer": "?",
            "kind": "text",
            "tests": None,
            "metadata": None,
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    # The donor's right responses hold one token that the host would never say.
    rows = [
        {
            "model": "donor",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": name,
            "sample_index": i,
            "seed": 1,
            "response": "w2 w2 w2 w2" if i else text,
            "n_tokens": 4,
            "finish_reason": "length",
            "logprob_sum": -1.0,
        }
        for name, text in (("one", "w1 w1 w2 w1"), ("two", "w2 w1 w1 w1"))
        for i in range(2)
    ]
    samples = check(pl.DataFrame(rows), SAMPLES, "samples")
    verdicts = samples.select("problem_id", "sample_index", correct=pl.col("sample_index") == 0)
    return Pair(folders, load(folders[0]), load(folders[1]), problems, samples, verdicts)


def job(pair: Pair, **keys: Any) -> CrossingJob:
    spec = {
        "sampling": PROTOCOL.spec(),
        "benchmark": "b",
        "protocol": "p",
        "host": {"model": "host", "checkpoint": str(pair.folders[0])},
        "donor": {"model": "donor", "checkpoint": str(pair.folders[1])},
        "positions": [1, 3],
        "responses": 5,
        "n": 2,
        "seed": 3,
    }
    return CrossingJob.model_validate(spec | keys)


def drawn(pair: Pair, most_tokens: int | None = None, **keys: Any) -> list[pl.DataFrame]:
    return list(cross_sample(*pair[1:], job(pair, **keys), most_tokens))


def by_setting(frame: pl.DataFrame, positions: list[int]) -> dict[Setting, list[str]]:
    place = pl.col("sample_index") // 5
    return {
        setting: frame.filter(place == i)["response"].to_list()
        for i, setting in enumerate(settings_of(positions))
    }


def test_the_donor_chooses_where_its_right_responses_say_so(pair: Pair) -> None:
    frame, positions = drawn(pair)
    check(frame, SAMPLES, "samples")
    check(positions, CROSSED_POSITIONS, "positions")
    assert positions.filter(rank=0).select("position", "token", "of_right").rows() == [
        (2, "w2", True),
        (0, "w2", True),
    ]
    assert frame.height == 2 * 6 * 5
    assert frame["model"].unique().to_list() == ["donor in host"]
    for name, one in (("one", "w1 w1 w2 w1"), ("two", "w2 w1 w1 w1")):
        shown = by_setting(frame.filter(problem_id=name), [1, 3])
        assert shown["none", 0].count("w1 w1 w1 w1") >= 4
        assert shown["highest", 1].count(one) >= 4
        assert shown["all", None].count("w2 w2 w2 w2") >= 4
        assert all(text.split().count("w2") == 3 for text in shown["random", 3][:1])


def test_a_rerun_draws_the_same_and_other_settings_change_nothing(pair: Pair) -> None:
    frame, positions = drawn(pair)
    redrawn, ranked = drawn(pair)
    assert redrawn.equals(frame)
    assert ranked.equals(positions)
    fewer, again = drawn(pair, positions=[3])
    assert again.equals(positions)
    whole, part = by_setting(frame, [1, 3]), by_setting(fewer, [3])
    assert part.items() <= whole.items()
    assert not drawn(pair, seed=4)[0].equals(frame)


def test_a_budget_is_kept_before_anything_is_drawn(pair: Pair) -> None:
    tokens = 2 * 6 * 5 * 4
    drawn(pair, most_tokens=tokens)
    with pytest.raises(InputError, match=r"may take 240 tokens .* most_tokens is 239"):
        drawn(pair, most_tokens=tokens - 1)
    with pytest.raises(InputError, match="'c' has no problems"):
        drawn(pair, benchmark="c")


def test_samples_of_another_arm_are_refused(pair: Pair) -> None:
    for name in ("model", "benchmark", "protocol"):
        other = pair._replace(samples=pair.samples.with_columns(pl.lit("other").alias(name)))
        with pytest.raises(TableError, match=r"some of .*other.* along those of the donor"):
            drawn(other)


def test_models_that_read_another_prompt_are_refused(pair: Pair) -> None:
    donor = copy.copy(pair.donor)
    donor.encode = lambda prompt, protocol: [1, *pair.donor.encode(prompt, protocol)]  # type: ignore[method-assign]
    with pytest.raises(InputError, match="prompt of problem 'one' as different tokens"):
        drawn(pair._replace(donor=donor))


def test_a_donor_of_empty_responses_chooses_nowhere(pair: Pair) -> None:
    empty = pair._replace(samples=pair.samples.with_columns(response=pl.lit("")))
    frame, positions = drawn(empty, positions=[3])
    assert check(positions, CROSSED_POSITIONS, "positions").is_empty()
    assert by_setting(frame.filter(problem_id="one"), [3])["highest", 3].count("w1 w1 w1 w1") >= 4


@pytest.fixture
def files(pair: Pair, tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Return what runs the command on files."""
    by = {"inputs": {}}
    write_table(pair.problems, tmp_path / "p.parquet", PROBLEMS)
    write_table(pair.samples, tmp_path / "s/00000.parquet", SAMPLES, provenance=by)
    verdicts = pair.verdicts.with_columns(
        answer=pl.lit(None, pl.String),
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
        grader=pl.lit("g"),
        detail=pl.lit(None, pl.String),
    )
    write_table(verdicts, tmp_path / "v/00000.parquet", VERDICTS_TABLE)

    def run(**keys: Any) -> tuple[Path, Path]:
        out = tmp_path / "out.parquet", tmp_path / "positions.parquet"
        spec = json.dumps(job(pair, **keys).model_dump(mode="json", exclude_unset=True))
        folders = [tmp_path / "s"], [tmp_path / "v"]
        command(spec, tmp_path / "p.parquet", *folders, *out)
        return out

    return run


def test_the_command_writes_what_can_be_verified(pair: Pair, files) -> None:
    out, ranked = files()
    frame, positions = drawn(pair)
    assert read_table(out, SAMPLES).equals(frame)
    assert read_table(ranked, CROSSED_POSITIONS).equals(positions)
    recorded = read_provenance(out)
    assert recorded["sampled_by"]["engine"] == "transformers"
    assert "questions" in recorded["inputs"]


def test_the_command_takes_one_engine_alone(files) -> None:
    with pytest.raises(InputError, match="'vllm'; two models take turns"):
        files(sampling=PROTOCOL.spec() | {"engine": "vllm"})
