"""Arms of samples whose responses are numbers: equal numbers, equal responses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from boundary.errors import TableError
from boundary.guards import check_repeats


def make_rows(
    values: np.ndarray, logprobs: np.ndarray | None = None, tokens: int = 40
) -> pl.DataFrame:
    """Return reduced samples of responses ``[problems, blocks, samples]``; −1 is no sample."""
    problem, block, place = np.indices(values.shape)
    there = values >= 0
    index = block * values.shape[2] + place
    return pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [f"q{i:04d}" for i in problem[there]],
            "sample_index": index[there],
            "n_tokens": np.full(int(there.sum()), tokens),
            "finish_reason": "stop",
            "logprob_sum": np.full(int(there.sum()), -50.0)
            if logprobs is None
            else logprobs[there],
            "fingerprint": values[there].astype(np.uint64),
            "empty": False,
            "shard": block[there],
        }
    )


@pytest.fixture
def rows() -> Callable[..., pl.DataFrame]:
    return make_rows


@pytest.fixture
def alarm() -> Callable[..., str | None]:
    """Return what says why an arm is refused, or None."""

    def refusal(frame: pl.DataFrame, **sampling: float) -> str | None:
        shards = [f"{i:05d}.parquet" for i in range(int(frame["shard"].max()) + 1)]
        try:
            check_repeats(frame, shards, **sampling)
        except TableError as error:
            return str(error)
        return None

    return refusal
