"""What is kept of samples, and what their files tell of how they were drawn."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.guards import (
    made_by,
    nucleus_of,
    read_reduced,
    reduce_samples,
    sampling_of,
    silent_shards,
)
from boundary.store import write_table
from boundary.tables import SAMPLES

BY = {"engine": "vllm", "vllm": "0.32", "torch": "2.13", "dtype": "bfloat16", "prompts": "aa"}


def samples(*responses: str, first: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": "q",
            "sample_index": range(first, first + len(responses)),
            "seed": 1,
            "response": responses,
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )


@pytest.fixture
def files(tmp_path):
    def write(*provenances):
        paths = [tmp_path / f"{i:05d}.parquet" for i in range(len(provenances))]
        for i, (path, found) in enumerate(zip(paths, provenances, strict=True)):
            write_table(samples("a", "b", first=2 * i), path, SAMPLES, provenance=found)
        return paths

    return write


def test_no_response_is_kept():
    frame = reduce_samples(samples("x" * 1000, "y", "x" * 1000, "", " \n\t", "\u200b"), 3)
    assert set(frame.columns) == {
        *("model", "benchmark", "protocol", "problem_id", "sample_index", "n_tokens"),
        *("finish_reason", "logprob_sum", "fingerprint", "stripped", "empty", "shard"),
    }
    assert frame["shard"].unique().to_list() == [3]
    prints = frame["fingerprint"].to_list()
    assert prints[0] == prints[2]
    assert len(set(prints)) == 5
    assert frame["empty"].to_list() == [False, False, False, True, True, False]


def test_shards_are_numbered_and_equal_responses_are_equal_across_them(files):
    frame = read_reduced(files({}, {}, {}))
    assert frame.group_by("shard").len().sort("shard").rows() == [(0, 2), (1, 2), (2, 2)]
    assert frame["fingerprint"].n_unique() == 2


def test_what_shards_tell_is_joined(files):
    known = made_by(files({"sampled_by": {"engine": "vllm"}}, {"sampled_by": BY}))
    assert known == BY
    assert made_by(files({}, {})) == {}
    older = {"engine": "transformers", "torch": "2.13", "device": "cpu", "time": "now"}
    assert made_by(files(older)) == {"engine": "transformers", "torch": "2.13"}


@pytest.mark.parametrize("told", [{"sampled_by": BY}, {"sampling": {"temperature": 0.6}}])
@pytest.mark.parametrize("silent", [(0,), (1,), (0, 2)])
def test_a_shard_that_tells_nothing_beside_one_that_tells_is_refused(silent, told, files):
    paths = files(*({"time": "now"} if i in silent else told for i in range(3)))
    with pytest.raises(InputError) as error:
        made_by(paths)
    assert f"{paths[silent[0]]}: tells nothing" in str(error.value)
    assert f"({len(silent)} of 3 shards of this arm do not)" in str(error.value)
    assert str(paths[min({0, 1, 2} - set(silent))]) in str(error.value)
    assert made_by(paths, ["provenance"]) == told.get("sampled_by", {})
    assert silent_shards(paths) == [paths[i] for i in silent]


@pytest.mark.parametrize("key", sorted(BY))
def test_shards_of_two_kinds_are_refused_and_both_named(key, files):
    paths = files({"sampled_by": BY}, {}, {"sampled_by": {key: "other"}})
    with pytest.raises(InputError) as error:
        made_by(paths)
    assert f"{key} {BY[key]} and other ({paths[0]} and {paths[2]})" in str(error.value)


def test_the_file_that_told_first_is_named(files):
    """The first shard knows less than the second, with which the third is at odds."""
    paths = files(*({"sampled_by": x} for x in ({"engine": "vllm"}, BY, {"torch": "2.14"})))
    with pytest.raises(InputError, match=r"torch 2.13 and 2.14 \(.*00001.parquet and .*00002"):
        made_by(paths)


def test_settings_are_read_where_shards_tell_them(files):
    sampling = {"temperature": 0.6, "top_p": 0.95, "samples_per_shard": 2}
    assert sampling_of(files({}, {"sampling": sampling})) == {"temperature": 0.6, "top_p": 0.95}
    assert sampling_of(files({}, {})) == {}


def test_a_mix_of_settings_is_refused(files):
    paths = files({"sampling": {"temperature": 0.6}}, {}, {"sampling": {"temperature": 1.0}})
    with pytest.raises(InputError, match=r"temperature 0.6 in .*00000.* and 1.0 in .*00002"):
        sampling_of(paths)


@pytest.mark.parametrize(
    ("key", "one", "two"),
    [
        *[("top_p", 0.9, 1.0), ("max_tokens", 8, 9), ("stop", [], ["x"]), ("prompt", "a", "b")],
        ("max_model_len", 100, 200),
    ],
)
def test_every_setting_is_the_same_in_all_shards(key, one, two, files):
    with pytest.raises(InputError, match=f"different settings: {key} "):
        sampling_of(files({"sampling": {key: one}}, {"sampling": {key: two}}))


def test_blocks_may_differ_in_size_and_seed(files):
    told = ({"samples_per_shard": n, "seed": n, "temperature": 1.0} for n in (1, 2))
    assert sampling_of(files(*({"sampling": each} for each in told))) == {"temperature": 1.0}


def test_a_filter_that_one_shard_names_is_off_in_one_that_names_none(files):
    plain = {"sampling": {"temperature": 1.0, "top_p": 0.9}}
    cut = {"sampling": {"temperature": 1.0, "top_p": 0.9, "top_k": 20}}
    assert sampling_of(files(cut, cut)) == cut["sampling"]
    assert sampling_of(files(plain, {}, plain)) == plain["sampling"]
    with pytest.raises(InputError, match=r"different settings: top_k 20 in .* and None in"):
        sampling_of(files(cut, plain))
    assert nucleus_of(plain["sampling"]) == 0.9
    assert nucleus_of(cut["sampling"]) is None
