"""The samples and verdicts of an arm, joined in whatever order their rows stand."""

import polars as pl
import pytest

from boundary.analyses.arm_inputs import ArmInputs
from boundary.errors import TableError
from boundary.jobs.reading import ArmTables, ReadArm
from boundary.tables import SAMPLES, VERDICTS_TABLE

NAMES = {"model": "m", "benchmark": "b", "protocol": "p"}
ROWS = pl.DataFrame(
    {
        "problem_id": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "sample_index": [0, 1, 2, 2**62, 0, 1, 2, 3],
        "n_tokens": range(8),
        "correct": [True, False, True, True, False, True, False, False],
    }
)


def arm_of(folder, sampled, judged):
    """Return an arm whose files hold frames as they are."""
    samples = [
        rows.select(
            *(pl.lit(value).alias(key) for key, value in NAMES.items()),
            *("problem_id", "sample_index"),
            seed=pl.lit(0),
            response=pl.lit("x"),
            n_tokens="n_tokens",
            finish_reason=pl.lit("stop"),
            logprob_sum=pl.lit(None, pl.Float64),
        ).select(name for name, each in SAMPLES.columns.items() if each.need)
        for rows in sampled
    ]
    verdicts = [
        rows.select(
            *("problem_id", "sample_index", "correct"),
            answer=pl.lit("1"),
            verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
            grader=pl.lit("g"),
            detail=pl.lit(None, pl.String),
        ).select(name for name, each in VERDICTS_TABLE.columns.items() if each.need)
        for rows in judged
    ]
    paths = {}
    for kind, frames in (("samples", samples), ("verdicts", verdicts)):
        paths[kind] = [str(folder / f"{kind}-{i}.parquet") for i in range(len(frames))]
        for frame, path in zip(frames, paths[kind], strict=True):
            frame.write_parquet(path)
    return ArmInputs(ReadArm(**NAMES, **paths), ArmTables(arms=[], confidence=0.95))


SHUFFLED = ROWS.sample(fraction=1, shuffle=True, seed=2)


@pytest.mark.parametrize(
    ("sampled", "judged"),
    [
        ([ROWS], [ROWS]),
        ([ROWS[::2], ROWS[1::2]], [ROWS[::2], ROWS[1::2]]),
        ([SHUFFLED], [SHUFFLED]),
        ([SHUFFLED], [ROWS]),
        ([ROWS[::2], ROWS[1::2]], [SHUFFLED]),
    ],
)
def test_lengths_are_the_same_in_whatever_order_rows_stand(sampled, judged, tmp_path):
    assert arm_of(tmp_path, sampled, judged).lengths().equals(ROWS)


def test_a_sample_without_verdict_is_not_right(tmp_path):
    lengths = arm_of(tmp_path, [ROWS], [ROWS[1:]]).lengths()
    assert lengths["correct"].to_list() == [False, *ROWS["correct"][1:]]


def test_samples_of_another_model_beside_are_refused(tmp_path):
    arm, other = arm_of(tmp_path, [ROWS, ROWS], [ROWS]), tmp_path / "samples-1.parquet"
    pl.read_parquet(other).with_columns(model=pl.lit("other")).write_parquet(other)
    with pytest.raises(TableError, match="duplicate rows for"):
        arm.lengths()


@pytest.mark.parametrize(
    ("sampled", "judged", "message"),
    [
        ([ROWS[1:]], [ROWS], "verdicts are of other samples"),
        ([ROWS, SHUFFLED[:1]], [ROWS], "duplicate rows for"),
        ([ROWS], [SHUFFLED, ROWS[3:4]], "duplicate rows for"),
        ([pl.concat([SHUFFLED, ROWS[3:4]])], [ROWS], "duplicate rows for"),
    ],
)
def test_rows_of_others_and_rows_twice_are_refused(sampled, judged, message, tmp_path):
    with pytest.raises(TableError, match=message):
        arm_of(tmp_path, sampled, judged).lengths()
