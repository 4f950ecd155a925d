"""One block with an engine of arithmetic: rows, seeds, micro-batches, resuming."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from arithmetic import Arithmetic, Killed, table
from boundary.digests import seed_of
from boundary.engines import Drawn
from boundary.errors import InputError
from boundary.jobs.making import SamplingJob
from boundary.origins import questions_digest
from boundary.sampling import sample_block
from boundary.sampling.block import settings_of
from boundary.store import read_provenance, read_table
from boundary.tables import SAMPLES
from protocols import sampling, sampling_job

SPEC: dict[str, Any] = {
    "template": "Q: {question}",
    "stop": [],
    "temperature": 1.0,
    "top_p": 1.0,
    "max_tokens": 8,
    "samples_per_shard": 4,
    "batch_size": 8,
    "seed": 1,
    "engine": "transformers",
    "revision": 1,
}
SAMPLING = sampling(**SPEC)
CHECKPOINT = "results/models/m/step-1"
BLOCK = sampling_job(SAMPLING, block=2, seed=99, checkpoint=CHECKPOINT)


def changed(**keys: Any) -> SamplingJob:
    """Return the job with other keys."""
    return SamplingJob.model_validate(BLOCK.model_dump(mode="json", exclude_unset=True) | keys)


def drawn(engine: Arithmetic, problems: pl.DataFrame, job: SamplingJob, path: Path) -> pl.DataFrame:
    """Sample a block and read what was written."""
    sample_block(engine, problems, job, path)
    return read_table(path, SAMPLES)


PROBLEMS = table([3, 3, 2, 5, 3, 2, 5])


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files have the same bytes whenever they are made; every micro-batch is written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("BOUNDARY_WRITE_EVERY", "0")


@pytest.fixture
def whole(tmp_path: Path) -> tuple[bytes, list[list[str]]]:
    """Return an undisturbed shard and the batches that made it."""
    engine, path = Arithmetic(), tmp_path / "whole" / "00002.parquet"
    sample_block(engine, PROBLEMS, BLOCK, path)
    return path.read_bytes(), engine.calls


def test_a_worked_example_may_not_be_a_problem(tmp_path: Path) -> None:
    """White space apart; the answer would stand in the prompt."""
    question = PROBLEMS["question"][4]
    shots = [{"question": text, "answer": "1"} for text in ("1+1?", f" {question}\n")]
    spec = SPEC | {"template": "{shots}{question}", "shot": "{question}{answer}\n"}
    job = sampling_job(sampling(**spec, shots=shots))
    with pytest.raises(InputError, match=r"'b': worked example 2 of the prompt of 'p' is .* 'x04'"):
        drawn(Arithmetic(), PROBLEMS, job, tmp_path / "s.parquet")
    job = sampling_job(sampling(**spec, shots=shots[:1]))
    assert drawn(Arithmetic(), PROBLEMS, job, tmp_path / "s.parquet").height


def test_rows_of_a_block(tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    frame = drawn(Arithmetic(), PROBLEMS, BLOCK, path)
    keys = frame.select("problem_id", "sample_index").rows()
    assert keys == list(itertools.product([f"x{i:02d}" for i in range(7)], range(8, 12)))
    assert frame.select("model", "benchmark", "protocol").unique().rows() == [("m", "b", "p")]
    questions = dict(PROBLEMS.select("problem_id", "question").rows())
    for row in frame.iter_rows(named=True):
        seed = seed_of(99, row["problem_id"])
        j = row["sample_index"] - 8
        assert row["seed"] == seed
        assert row["response"] == f"Q: {questions[row['problem_id']]} / {seed} / {j}"
        assert (row["n_tokens"], row["logprob_sum"]) == (j + 1, -0.5 * j)
        assert row["finish_reason"] == ("stop", "length")[j % 2]


@pytest.mark.parametrize("killed", [False, True])
def test_sampled_tokens_are_kept_where_asked(tmp_path: Path, killed: bool) -> None:
    """They are no part of what a block is: a killed job that kept none leaves parts of use."""
    problems, path = table([1, 2, 3, 4]), tmp_path / "s.parquet"
    plain = drawn(Arithmetic(), problems, BLOCK, tmp_path / "plain.parquet")
    if killed:
        with pytest.raises(Killed):
            sample_block(Arithmetic(survive=1), problems, BLOCK, path)
    engine = Arithmetic()
    sample_block(engine, problems, BLOCK, path, token_ids=True)
    frame = read_table(path, SAMPLES)
    assert frame.drop("token_ids", strict=False).equals(plain)
    if killed:
        assert "token_ids" not in frame.columns
    else:
        assert frame["token_ids"].to_list() == [[*range(n)] for n in frame["n_tokens"]]
    assert len(engine.calls) == (3 if killed else 4)


def test_provenance_names_the_engine(tmp_path: Path) -> None:
    sample_block(Arithmetic(version="7"), PROBLEMS, BLOCK, tmp_path / "s.parquet")
    found = read_provenance(tmp_path / "s.parquet")
    assert found["sampled_by"]["engine"] == "arithmetic"
    assert found["sampled_by"]["version"] == "7"
    assert found["hardware"] == {"device": "abacus"}
    assert found["package"].startswith("boundary ")


def test_provenance_tells_settings_and_questions(tmp_path: Path) -> None:
    sample_block(Arithmetic(), PROBLEMS, BLOCK, tmp_path / "s.parquet")
    found = read_provenance(tmp_path / "s.parquet")
    assert found["inputs"] == {"questions": questions_digest(PROBLEMS)}
    prompt = found["sampling"].pop("prompt")
    assert found["sampling"] == {
        **{key: SPEC[key] for key in ("temperature", "top_p", "max_tokens", "stop", "seed")},
        "max_model_len": None,
        "samples_per_shard": 4,
    }
    other = settings_of(sampling(**SPEC | {"template": "{question}", "stop": ["x"]}))
    assert prompt == settings_of(sampling(**SPEC | {"batch_size": 9, "stop": ["x"]}))["prompt"]
    assert prompt != other["prompt"]


@pytest.mark.parametrize(("block", "first"), [(0, 0), (1, 4), (25, 100)])
def test_sample_indices_follow_the_block(block: int, first: int, tmp_path: Path) -> None:
    frame = drawn(Arithmetic(), PROBLEMS, changed(block=block), tmp_path / "s.parquet")
    indices = frame["sample_index"].unique().sort().to_list()
    assert indices == list(range(first, first + 4))


def test_the_order_of_problems_is_no_content(
    whole: tuple[bytes, list[list[str]]], tmp_path: Path
) -> None:
    engine = Arithmetic()
    sample_block(engine, PROBLEMS.reverse(), BLOCK, tmp_path / "s.parquet")
    assert ((tmp_path / "s.parquet").read_bytes(), engine.calls) == whole


def test_problems_of_other_benchmarks_are_left_alone(
    whole: tuple[bytes, list[list[str]]], tmp_path: Path
) -> None:
    both = pl.concat([table([9, 9], "other"), PROBLEMS])
    sample_block(Arithmetic(), both, BLOCK, tmp_path / "s.parquet")
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]


@pytest.mark.parametrize("problems", [PROBLEMS.clear(), table([3], "other")])
def test_no_problems_are_the_users_mistake(problems: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="benchmark 'b' has no problems to sample"):
        sample_block(Arithmetic(), problems, BLOCK, tmp_path / "s.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("survive", [0, 1, 2, 3])
def test_a_killed_job_goes_on_where_it_was(
    survive: int, whole: tuple[bytes, list[list[str]]], tmp_path: Path
) -> None:
    path = tmp_path / "s.parquet"
    first = Arithmetic(survive)
    with pytest.raises(Killed):
        sample_block(first, PROBLEMS, BLOCK, path)
    assert not path.exists()
    second = Arithmetic()
    sample_block(second, PROBLEMS, BLOCK, path)
    assert path.read_bytes() == whole[0]
    assert first.calls + second.calls == whole[1]
    assert len(second.calls) == 4 - survive
    assert sorted(tmp_path.glob("*s.parquet*")) + sorted(tmp_path.glob(".s*")) == [path]


def test_a_job_killed_at_every_micro_batch(
    whole: tuple[bytes, list[list[str]]], tmp_path: Path
) -> None:
    path = tmp_path / "s.parquet"
    for _ in range(4):
        engine = Arithmetic(1)
        try:
            sample_block(engine, PROBLEMS, BLOCK, path)
        except Killed:
            assert len(engine.calls) == 1
    assert path.read_bytes() == whole[0]


def test_a_job_killed_after_the_shard_was_written(
    whole: tuple[bytes, list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(folder: Path, **_: object) -> None:
        if folder.name.endswith(".parts"):
            raise Killed

    path = tmp_path / "s.parquet"
    (tmp_path / ".s.parquet.parts" / "merge").mkdir(parents=True)  # of a job killed before that
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", killed)
        with pytest.raises(Killed):
            sample_block(Arithmetic(), PROBLEMS, BLOCK, path)
    engine = Arithmetic()
    sample_block(engine, PROBLEMS, BLOCK, path)
    assert engine.calls == []
    assert path.read_bytes() == whole[0]
    assert list(tmp_path.glob(".s*")) == []


def _left_over(tmp_path: Path) -> tuple[Path, list[Path]]:
    """Leave the first two micro-batches of a block."""
    path = tmp_path / "s.parquet"
    with pytest.raises(Killed):
        sample_block(Arithmetic(2), PROBLEMS, BLOCK, path)
    parts = sorted((tmp_path / ".s.parquet.parts").glob("*.parquet"))
    assert [part.name for part in parts] == ["00000.parquet", "00001.parquet"]
    return path, parts


def _truncate(part: Path) -> None:
    part.write_bytes(part.read_bytes()[:-9])


def _empty(part: Path) -> None:
    part.write_bytes(b"")


def _another_table(part: Path) -> None:
    pl.DataFrame({"problem_id": ["x00"]}).write_parquet(part)


def _strange_provenance(part: Path) -> None:
    pl.read_parquet(part).write_parquet(part, metadata={"boundary.provenance": "{"})


@pytest.mark.parametrize("damage", [_truncate, _empty, _another_table, _strange_provenance])
def test_a_damaged_left_over_is_sampled_again(
    damage: Callable[[Path], None],
    whole: tuple[bytes, list[list[str]]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, parts = _left_over(tmp_path)
    damage(parts[0])
    engine = Arithmetic()
    sample_block(engine, PROBLEMS, BLOCK, path)
    assert path.read_bytes() == whole[0]
    assert engine.calls == [whole[1][0], *whole[1][2:]]
    told = capsys.readouterr().err
    assert f"{parts[0]} is left over and damaged; sampled again" in told
    assert str(parts[1]) not in told


def test_a_left_over_without_provenance_is_sampled_again(
    whole: tuple[bytes, list[list[str]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, parts = _left_over(tmp_path)
    pl.read_parquet(parts[1]).write_parquet(parts[1])
    sample_block(Arithmetic(), PROBLEMS, BLOCK, path)
    assert path.read_bytes() == whole[0]
    assert f"{parts[1]} is left over from other settings" in capsys.readouterr().err


OTHER = {
    "temperature": changed(sampling=SPEC | {"temperature": 0.5}),
    "max_tokens": changed(sampling=SPEC | {"max_tokens": 9}),
    "template": changed(sampling=SPEC | {"template": "{question}"}),
    "seed": changed(seed=100),
    "block": changed(block=3),
    "model": changed(model="m2"),
    "checkpoint": changed(checkpoint="results/models/m/step-2"),
    "dtype": changed(loading={"dtype": "bfloat16"}),
}


@pytest.mark.parametrize("name", OTHER)
def test_left_overs_of_other_settings_are_not_used(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = _left_over(tmp_path)
    engine = Arithmetic()
    frame = drawn(engine, PROBLEMS, OTHER[name], path)
    assert len(engine.calls) == 4
    assert capsys.readouterr().err.count("is left over from other settings") == 2
    assert frame.equals(drawn(Arithmetic(), PROBLEMS, OTHER[name], tmp_path / "fresh.parquet"))


def test_left_overs_of_another_engine_are_neither_used_nor_thrown_away(tmp_path: Path) -> None:
    """They may be hours of work: which version to take is the user's choice."""
    path, parts = _left_over(tmp_path)
    engine = Arithmetic(version="2")
    with pytest.raises(InputError, match=r"\(version 1 and 2\)\. Go back to that version, or move"):
        sample_block(engine, PROBLEMS, BLOCK, path)
    assert engine.calls == []
    assert all(part.exists() for part in parts)


def test_left_overs_of_other_problems_are_not_used(tmp_path: Path) -> None:
    """Equal ids do not make equal problems."""
    path, _ = _left_over(tmp_path)
    other = PROBLEMS.with_columns(question=pl.col("question").str.replace_all("w", "v"))
    engine = Arithmetic()
    frame = drawn(engine, other, BLOCK, path)
    assert len(engine.calls) == 4
    assert not frame["response"].str.contains("w").any()


def test_a_question_is_text_and_no_template(tmp_path: Path) -> None:
    """Neither braces nor the placeholder itself mean anything within a question."""
    hostile = "{question} {0} %s {block.seed} \x01</script>"
    problems = table([1]).with_columns(question=pl.lit(hostile))
    engine = Arithmetic()
    sample_block(engine, problems, BLOCK, tmp_path / "s.parquet")
    assert engine.calls == [[f"Q: {hostile}"]]


def test_an_engine_that_returns_too_little_is_no_shard(tmp_path: Path) -> None:
    class Short(Arithmetic):
        def sample(self, *args: Any) -> Iterator[list[Drawn]]:
            yield from itertools.islice(super().sample(*args), 3)

    with pytest.raises(AssertionError, match="drew 20 of 28"):
        sample_block(Short(), PROBLEMS, BLOCK, tmp_path / "s.parquet")
    assert not (tmp_path / "s.parquet").exists()
