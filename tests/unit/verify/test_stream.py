"""Samples in batches: the same verdicts and checks as at once, and no more held than needed."""

import contextlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import InputError, MachineError, TableError
from boundary.kinds import KINDS
from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES, VERDICTS_TABLE, check
from boundary.tasks import registers
from boundary.verify import lab, stream
from boundary.verify.cache import Cache
from boundary.verify.items import few_problems
from boundary.verify.setting import Setting
from framed import verify_samples


def problems(*names, kind="lab", tests=None):
    return pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": list(names),
            "question": [f"what is {name}?" for name in names],
            "answer": "1",
            "kind": kind,
            "tests": tests,
            "metadata": None,
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String, "answer": pl.String},
    )


def samples(names, indices, response="1", model="m"):
    rows = [(name, index) for name in names for index in indices]
    return pl.DataFrame(
        {
            "model": model,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [row[0] for row in rows],
            "sample_index": [row[1] for row in rows],
            "seed": 1,
            "response": [f"{response} {name} {index}" for name, index in rows],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
            "token_ids": [[1, 2, 3]] * len(rows),
            "logprobs": [[-0.5] * 3] * len(rows),
        }
    )


class Fake:
    """A verifier that remembers what it was given."""

    GRADER = "fake"

    def __init__(self):
        self.given, self.settings, self.closed = [], [], 0

    @contextlib.contextmanager
    def verifier(self, setting):
        self.settings.append(setting)
        try:
            yield self.verify
        finally:
            self.closed += 1

    def verify(self, items):
        self.given.append(items)
        return items.select(
            "problem_id",
            "sample_index",
            answer=pl.col("response"),
            verdict=pl.lit("correct"),
            correct=pl.lit(True),
            grader=pl.lit(self.GRADER),
            detail=pl.lit(None, dtype=pl.String),
        )


@pytest.fixture
def fake(monkeypatch):
    found = Fake()
    for name in ("GRADER", "verifier", "verify"):
        monkeypatch.setattr(lab, name, getattr(found, name))
    monkeypatch.setattr(
        "boundary.kinds.registry.KINDS",
        {name: replace(KINDS[name], module="boundary.verify.lab") for name in ("lab", "code")},
    )
    return found


@pytest.fixture
def files(tmp_path):
    """Return what writes problems and shards and gives their paths."""

    def write(frame, *shards):
        write_table(frame, tmp_path / "p.parquet", PROBLEMS, row_group_size=2)
        paths = []
        for number, shard in enumerate(shards):
            paths.append(tmp_path / f"s{number}.parquet")
            write_table(shard, paths[-1], SAMPLES)
        return tmp_path / "p.parquet", paths

    return write


def plain(kind):
    return Setting()


def test_batches_give_what_frames_give(files, monkeypatch, fake):
    names = [f"p{i:02d}" for i in range(5)]
    shards = [samples(names, range(0, 4)), samples(names, range(4, 8))]
    given = problems(*names)
    whole = verify_samples(given, pl.concat(shards))
    assert whole.height == 40 and whole.equals(check(whole, VERDICTS_TABLE, "x"))
    assert len(fake.given) == 1
    fake.given.clear()
    monkeypatch.setattr("boundary.store.FIRST_ROWS", 3)
    monkeypatch.setattr("boundary.store.MOST_ROWS", 7)
    streamed = stream.verify_files(*files(given, *shards), plain)
    assert streamed.equals(whole)
    assert [batch.height for batch in fake.given] == [3, 7, 7, 3] * 2
    assert len(fake.settings) == fake.closed == 2  # once for the frame, once for all files


def test_a_fault_of_the_machine_is_no_verdict(files, fake):
    names, faults = ["a", "c"], pl.lit("error")
    whole = samples(names, range(3))
    hit = whole.with_columns(
        finish_reason=pl.when(sample_index=1).then(faults).otherwise("finish_reason")
    )
    lost = whole.with_columns(sample_index=pl.col("sample_index") + 3, finish_reason=faults)
    given = problems(*names)
    found = stream.verify_files(*files(given, hit, lost), plain)
    kept = [("a", 0), ("a", 2), ("c", 0), ("c", 2)]
    assert found.select("problem_id", "sample_index").rows() == kept
    assert verify_samples(given, pl.concat([hit, lost])).equals(found)
    none = stream.verify_files(*files(given, lost), plain)
    assert none.is_empty() and none.equals(check(none, VERDICTS_TABLE, "x"))


def test_a_verifier_is_given_the_items_and_nothing_longer(files, fake):
    stream.verify_files(*files(problems("a"), samples("a", [0])), plain)
    (items,) = fake.given
    assert sorted(items.columns) == sorted(
        [
            "problem_id",
            "sample_index",
            "response",
            "finish_reason",
            "question",
            "answer",
            "tests",
            "metadata",
        ]
    )
    assert items.row(0, named=True)["tests"] is None


def test_tests_are_read_for_a_few_problems_at_a_time(files, fake, monkeypatch):
    names = [f"p{i:02d}" for i in range(40)]
    tests = [f"[{i}" + " " * 1024 * (i % 10) + "]" for i in range(40)]  # 0 to 9 kB
    monkeypatch.setattr("boundary.verify.items.TEST_BYTES", 32 * 1024)
    given = problems(*names, kind="code", tests=tests)
    read = []
    honest = stream.read_table

    def watch(path, table, **how):
        frame = honest(path, table, **how)
        read.append((set(frame.columns), frame.height))
        return frame

    monkeypatch.setattr(stream, "read_table", watch)
    stream.verify_files(*files(given, samples(names, [0, 1])), plain)
    assert read[0] == ({*PROBLEMS.schema.columns} - {"tests", "images"}, 40)
    # 0 + … + 7 = 28 kB, 8 + 9 + 0 + … + 4 = 27, 5 + … + 8 = 26, 9 + 0 + … + 6 = 30 …
    told = [({"benchmark", "problem_id", "tests"}, n) for n in (8, 7, 4, 8, 7, 5, 1)]
    assert read[1:] == told
    assert [batch.height for batch in fake.given] == [2 * n for _, n in told]
    assert all(batch["tests"].unique().str.len_bytes().sum() < 32 * 1024 for batch in fake.given)
    for batch in fake.given:
        for name, tests in batch.select("problem_id", "tests").iter_rows():
            assert tests.split()[0].strip("]") == f"[{int(name[1:])}"


def test_few_problems_splits_rows_and_loses_none():
    rows = samples([f"p{i}" for i in range(5)], range(3))
    sizes = {"p0": 5, "p1": 5, "p2": 50, "p3": 9, "p4": 1}
    pieces = list(few_problems(rows, sizes, 10))
    assert [piece["problem_id"].n_unique() for piece in pieces] == [2, 1, 2]
    assert pl.concat(pieces).equals(rows)
    assert len(list(few_problems(rows, sizes))) == 1
    assert list(few_problems(rows.clear(), sizes)) == []


def test_kinds_may_mix(files, fake):
    given = pl.concat([problems("a"), problems("c", kind="code", tests=["[]"])])
    found = stream.verify_files(*files(given, samples(["a", "c"], [0])), plain)
    assert found["problem_id"].to_list() == ["a", "c"]
    assert fake.settings == [Setting(), Setting()]


def test_faults_are_told_before_anything_is_verified(files, fake):
    given = problems("a", "b")
    with pytest.raises(TableError, match=r"1 sampled problem\(s\) are not .* first b/z"):
        stream.verify_files(*files(given, samples(["a", "z"], [0])), plain)
    with pytest.raises(TableError, match="mix 2 "):
        both = samples("a", [0]), samples("a", [0], model="n")
        stream.verify_files(*files(given, *both), plain)
    with pytest.raises(TableError, match=r"(?s)s0\.parquet and 1 more.*duplicate rows"):
        stream.verify_files(*files(given, samples("a", [0, 1]), samples("a", [1])), plain)
    with pytest.raises(TableError, match="this samples table has no rows"):
        stream.verify_files(*files(given, samples("a", [])), plain)
    with pytest.raises(InputError, match="no verifier for problems of kind 'math'"):
        maths = pl.concat([given, problems("m", kind="math")])
        stream.verify_files(*files(maths, samples(["a", "m"], [0])), plain)
    with pytest.raises(InputError, match=r"none\.parquet: no such file"):
        path, paths = files(given, samples("a", [0]))
        stream.verify_files(path, [paths[0].with_name("none.parquet")], plain)
    assert fake.given == []


def test_a_kind_that_was_not_sampled_needs_no_verifier(files, fake):
    maths = pl.concat([problems("a"), problems("m", kind="math")])
    assert stream.verify_files(*files(maths, samples("a", [0])), plain).height == 1


@pytest.mark.parametrize("column", ["response", "seed", "finish_reason"])
def test_a_shard_that_is_none_is_refused(files, fake, column):
    path, (shard,) = files(problems("a"), samples("a", [0]))
    pl.read_parquet(shard).drop(column).write_parquet(shard)
    with pytest.raises(TableError, match=rf"s0\.parquet: not a samples table.*no column {column}"):
        stream.verify_files(path, [shard], plain)


def test_a_verifier_is_held_to_its_promise_in_each_batch(files, fake, monkeypatch):
    honest = Fake.verify
    monkeypatch.setattr(Fake, "verify", lambda self, items: honest(self, items)[1:])
    with pytest.raises(TableError, match=r"returned 1 verdicts for 2 .*1 without verdict"):
        stream.verify_files(*files(problems("a"), samples("a", [0, 1])), plain)
    assert fake.closed == 1


def test_what_was_judged_before_a_fault_is_kept(files, fake, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache", "g")

    def verify(self, items):
        cache.put({"00": {"verdict": "correct"}})
        raise MachineError("a worker was lost twice")

    monkeypatch.setattr(Fake, "verify", verify)
    with pytest.raises(MachineError, match="lost twice"):
        stream.verify_files(
            *files(problems("a"), samples("a", [0])), lambda kind: Setting(cache=cache)
        )
    assert Cache(tmp_path / "cache", "g").get(["00"]) == {"00": {"verdict": "correct"}}


#: The peak is that of this program: what `getrusage` tells begins with its parent's.
PEAK = """
import sys
from dataclasses import replace
from pathlib import Path
from boundary.verify import stream
from boundary.verify.setting import Setting
paths = [Path(name) for name in sys.argv[1:]]
found = stream.verify_files(paths[0], paths[1:], lambda kind: Setting())
peak = next(x for x in open("/proc/self/status") if x.startswith("VmHWM"))
print(found.height, int(peak.split()[1]) // 1024)
"""


def test_memory_does_not_grow_with_the_responses(files):
    """Six files with 80 MB of responses each take hardly more than one."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell the peak of a program")
    question = registers.question("q", [1, 2, 3])
    given = problems("a", "b").with_columns(
        question=pl.lit(question), answer=pl.lit(None, dtype=pl.String)
    )
    peaks = []
    for blocks in (1, 6):
        shards = [
            samples(["a", "b"], range(10_000 * block, 10_000 * (block + 1))).with_columns(
                response=pl.format("{}{}", pl.lit("x" * 4_000), pl.col("sample_index"))
            )
            for block in range(blocks)
        ]
        path, written = files(given, *shards)
        command = [sys.executable, "-c", PEAK, str(path), *map(str, written)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        height, peak = map(int, done.stdout.split())
        assert height == 20_000 * blocks
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 200  # and not 400
