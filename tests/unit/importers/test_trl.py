"""Completions that TRL logs: steps as models, rewards as verdicts, and every fault.

No real file is at hand: the tables are written by hand from `table` in
trl/trainer/grpo_trainer.py of huggingface/trl @ f2cd577.
"""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers.registry import choose
from boundary.importers.sides import Reading, import_side, read_side

ROWS = [("0 + 7?", "\\boxed{7}", 1.0), ("0 + 7?", "\\boxed{6}", 0.0), ("1 + 7?", "no", 0.0)]


def table(step=10, rows=ROWS, **columns):
    prompts, completions, rewards = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {"step": step, "prompt": prompts, "completion": completions, "accuracy_reward": rewards}
    )
    more = [pl.Series(name, values, strict=False) for name, values in columns.items()]
    return frame.with_columns(*more, advantage=pl.lit(0.5))


@pytest.fixture
def sides(tmp_path):
    """Return a function from tables, by number of the step, to the sides of a run."""
    folder = tmp_path / "run" / "completions"

    def read(*tables, model=None, **fields):
        folder.mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(tables):
            each.write_parquet(folder / f"completions_{number:05d}.parquet")
        return read_side(folder, Reading(fields=fields), tmp_path / "work", model=model)

    return read


def counts(side):
    return sorted(side.scores.select("n", "correct").rows())


def test_a_step_is_a_model_and_a_prompt_a_problem(sides, tmp_path):
    first, second = sides(table(1), table(2, [*ROWS[:2], ("1 + 7?", "\\boxed{8}", 1.0)]))
    assert [first.label, second.label, first.format] == ["run/step-1", "run/step-2", "trl"]
    assert (counts(first), counts(second)) == ([(1, 0), (2, 1)], [(1, 1), (2, 1)])
    assert first.scores["problem_id"].to_list() == second.scores["problem_id"].to_list()
    (arm, _) = import_side(next(tmp_path.glob("run")), Reading(), tmp_path / "again").arms
    assert pl.read_parquet(arm.shards)["score"].to_list() == [1.0, 0.0, 0.0]
    assert any("accuracy_reward is only ever 0 and 1" in each for each in first.remarks)


def test_another_reward_is_no_verdict(sides):
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        sides(table(rows=[("a", "b", 0.5), ("a", "c", 1.0)]))


def test_of_several_rewards_one_is_named(sides):
    frame = table(format_reward=[1.0, 1.0, 0.0])
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        sides(frame)
    (side,) = sides(frame, verdict="format_reward", score="accuracy_reward")
    assert counts(side) == [(1, 0), (2, 2)]
    with pytest.raises(InputError, match="verdict=best: no row has such a column"):
        sides(frame, verdict="best")
    with pytest.raises(InputError, match="row 1: has no column best"):
        sides(frame, verdict="format_reward", score="best")


def test_a_logged_column_may_be_the_gold_answer(sides):
    (side,) = sides(table(solution=["7", "7", "8"]), gold="solution")
    assert (counts(side), set(side.judged_by.values())) == ([(1, 0), (2, 1)], {"ours"})


def test_prompts_may_be_messages(sides):
    prompts = [
        [{"role": "system", "content": "Think."}, {"role": "user", "content": text}]
        for text, _, _ in ROWS
    ]
    assert counts(sides(table(prompt=prompts))[0]) == [(1, 0), (2, 1)]


def test_a_batch_that_was_logged_twice_is_said(sides):
    side, _ = sides(table(1), table(2))
    assert any("run/step-2 has the responses of run/step-1" in each for each in side.remarks)


def test_rows_that_repeat_are_said(sides):
    (side,) = sides(table(rows=[*ROWS, ROWS[0]]))
    assert counts(side) == [(1, 0), (3, 2)]
    assert any("1 lines repeat prompt and response" in each for each in side.remarks)


def test_steps_that_repeat_are_refused(sides):
    with pytest.raises(InputError, match=r"00001.parquet: row 1: step 1 of run stands in .*00000"):
        sides(table(1), table(1, ROWS[:1]))


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (table(completion=["a", None, "b"]), "row 2: completion is None"),
        (table(prompt=["a", " ", "b"]), "row 2: the prompt asks nothing"),
        (table(step=[1, 1, -1]), "row 3: step is -1"),
        (table().with_columns(step=pl.lit("10")), "row 1: step is '10'"),
        (table(accuracy_reward=[float("inf"), 0, 0]), "neither a gold answer or tests|is inf"),
    ],
)
def test_a_bad_row_is_told(sides, frame, told):
    with pytest.raises(InputError, match=told):
        sides(frame)


def test_other_columns_are_told_with_those_that_are_known(tmp_path):
    path = tmp_path / "completions_00001.parquet"
    table().rename({"prompt": "query"}).write_parquet(path)
    with pytest.raises(InputError, match=r"has the keys .*'query'.*no version of TRL.*the first: "):
        list(choose(path, "trl").read(*([None] * 2)))


def test_a_file_that_is_cut_is_refused(sides, tmp_path):
    sides(table())
    path = next(tmp_path.rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_side(path, Reading(), tmp_path / "again")
