"""A cache that parallel jobs share: nothing false, nothing lost, whatever is killed or damaged."""

import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from boundary.errors import StorageError
from boundary.verify import cache as module
from boundary.verify.cache import Cache


def key(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def value(i):
    return {"verdict": "correct", "detail": f"no. {i}", "lenient": None}


def parts(folder, grader="g"):
    return sorted((folder / grader).glob("*.parquet"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Look for the parts of other jobs at each call."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.0)


def fill(folder, rows, grader="g"):
    cache = Cache(folder, grader)
    cache.put({key(i): value(i) for i in rows})
    cache.flush()
    return cache


def test_what_was_put_is_found_by_this_job_and_by_the_next(tmp_path):
    cache = Cache(tmp_path, "g")
    assert cache.get([key(0)]) == {}
    cache.put({key(0): value(0), key(1): {"β": [1, None, 0.5, {"x": True}]}})
    assert parts(tmp_path) == []
    for _ in range(2):
        assert cache.get([key(1), key(2), key(1)]) == {key(1): {"β": [1, None, 0.5, {"x": True}]}}
        cache.flush()
    assert len(parts(tmp_path)) == 1
    later = Cache(tmp_path, "g")
    assert later.get([key(0), key(7)]) == {key(0): value(0)}
    assert later.get([]) == {}


def test_a_part_is_named_by_its_content_and_nothing_else_is_left(tmp_path):
    fill(tmp_path, range(5))
    fill(tmp_path, range(5))  # another job with the same answers
    (part,) = (tmp_path / "g").iterdir()
    assert part.stem == hashlib.sha256(part.read_bytes()).hexdigest()


def test_graders_share_nothing(tmp_path):
    fill(tmp_path, [1], "one")
    assert Cache(tmp_path, "two").get([key(1)]) == {}


def test_jobs_find_what_others_put_meanwhile(tmp_path):
    one, two = Cache(tmp_path, "g"), Cache(tmp_path, "g")
    assert two.get([key(1)]) == {}
    one.put({key(1): value(1)})
    one.flush()
    assert two.get([key(1)]) == {key(1): value(1)}


def test_what_was_put_is_written_when_it_is_much_or_old(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FLUSH_ENTRIES", 3)
    cache = Cache(tmp_path, "g")
    cache.put({key(i): value(i) for i in range(2)})
    assert parts(tmp_path) == []
    cache.put({key(2): value(2)})
    assert len(parts(tmp_path)) == 1
    monkeypatch.setattr(module, "FLUSH_CHARACTERS", 100)
    cache.put({key(7): {"detail": "x" * 40}})
    assert len(parts(tmp_path)) == 1
    cache.put({key(8): {"detail": "x" * 60}})
    assert len(parts(tmp_path)) == 2
    monkeypatch.setattr(module, "FLUSH_SECONDS", -1.0)
    cache.put({key(3): value(3)})
    assert len(parts(tmp_path)) == 3


def test_of_two_values_all_jobs_see_the_same(tmp_path):
    for i in (2, 1, 3):
        cache = Cache(tmp_path, "g")
        cache.put({key(0): value(i)})
        cache.flush()
    assert len(parts(tmp_path)) == 3
    assert Cache(tmp_path, "g").get([key(0)]) == {key(0): value(1)}


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_part_is_left_out_and_told(tmp_path, capsys, damage):
    fill(tmp_path, [1])
    fill(tmp_path, [2])
    bad = parts(tmp_path)[0]
    content = bad.read_bytes()
    bad.write_bytes(
        {
            "cut": content[:-9],
            "flipped": content[:30] + bytes([content[30] ^ 1]) + content[31:],
            "empty": b"",
            "foreign": b"PAR1 is what it pretends to be",
        }[damage]
    )
    cache = Cache(tmp_path, "g")
    assert len(cache.get([key(1), key(2)])) == 1
    assert len(cache.get([key(1), key(2)])) == 1
    assert capsys.readouterr().err.count("is damaged and left out; what it held is judged") == 1


def test_many_small_parts_become_one_and_leftovers_go(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "MERGE_PARTS", 4)
    for i in range(4):
        fill(tmp_path, [i])
    bad = parts(tmp_path)[0]
    bad.write_bytes(b"x")
    old, young = (tmp_path / "g" / f".{name}.partial" for name in ("old", "young"))
    for leftover in (old, young):
        leftover.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    cache = Cache(tmp_path, "g")
    assert len(cache.get([key(i) for i in range(4)])) == 3
    cache.put({key(9): value(9)})
    cache.flush()
    assert len(parts(tmp_path)) == 1
    assert bad not in parts(tmp_path)
    assert (old.exists(), young.exists()) == (False, True)
    for each in (cache, Cache(tmp_path, "g")):
        assert len(each.get([key(i) for i in range(10)])) == 4


def test_large_parts_are_left_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MERGE_PARTS", 1)
    monkeypatch.setattr(module, "MERGE_BYTES", 10)
    for i in range(4):
        fill(tmp_path, [i])
    assert len(parts(tmp_path)) == 4


def test_parts_that_were_merged_while_reading_are_found_in_the_merged_one(tmp_path, monkeypatch):
    """The other job merges after this one has listed the folder, and before it reads."""
    monkeypatch.setattr(module, "MERGE_PARTS", 100)
    for i in range(3):
        fill(tmp_path, [i])
    reader, listed = Cache(tmp_path, "g"), []
    honest = Cache._listed

    def list_then_merge(self):
        found = honest(self)
        if self is reader and not listed:
            listed.append(True)
            monkeypatch.setattr(module, "MERGE_PARTS", 2)
            Cache(tmp_path, "g").flush()
        return found

    monkeypatch.setattr(Cache, "_listed", list_then_merge)
    assert len(reader.get([key(i) for i in range(3)])) == 3
    assert len(parts(tmp_path)) == 1


def test_a_folder_whose_files_always_vanish_is_an_error(tmp_path, monkeypatch):
    cache = fill(tmp_path, [1])
    monkeypatch.setattr(Cache, "_listed", lambda self: [self._path("0" * 64)])
    with pytest.raises(StorageError, match="vanish as fast as they are listed"):
        cache.get([key(1)])


def _write(folder, start, rounds, each):
    module.LOOK_EVERY, module.MERGE_PARTS = 0.0, 3
    cache = Cache(folder, "g")
    for number in range(rounds):
        first = start + number * each
        known = cache.get([key(i) for i in range(first - each, first + each)])
        assert all(row == value(int(row["detail"].split()[1])) for row in known.values())
        cache.put({key(i): value(i) for i in range(first, first + each)})
        cache.flush()


def test_parallel_writers_that_merge_all_the_time_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    # Neighbours overlap by half, so that equal parts and equal entries occur.
    jobs = [context.Process(target=_write, args=(tmp_path, 60 * job, 12, 10)) for job in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(120)
        assert job.exitcode == 0
    found = Cache(tmp_path, "g").get([key(i) for i in range(300)])
    assert found == {key(i): value(i) for i in range(300)}
    assert len(parts(tmp_path)) <= 4
    assert all(part.suffix == ".parquet" for part in (tmp_path / "g").iterdir())


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_cache import key, value
from boundary.verify import cache as module
module.LOOK_EVERY, module.MERGE_PARTS = 0.0, 3
cache = module.Cache(Path(sys.argv[1]), "g")
print("ready", flush=True)
for first in range(0, 10**9, 50):
    cache.put({key(i): value(i) for i in range(first, first + 50)})
    cache.flush()
    print(first + 50, flush=True)
"""


def test_a_job_killed_at_any_moment_leaves_what_it_had_written(tmp_path):
    here = str(Path(__file__).parent)
    for delay in (0.02, 0.05, 0.11):
        command = [sys.executable, "-c", KILLED, str(tmp_path / str(delay)), here]
        job = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert job.stdout.readline() == "ready\n"
        job.stdout.readline()
        time.sleep(delay)
        job.send_signal(signal.SIGKILL)
        told = [int(line) for line in job.stdout.read().split("\n") if line]
        job.wait()
        sure = told[-1] if told else 50
        found = Cache(tmp_path / str(delay), "g").get([key(i) for i in range(sure)])
        assert found == {key(i): value(i) for i in range(sure)}


def test_a_folder_that_cannot_be_written_is_an_error_at_once(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(StorageError, match=r"file/g: cannot be written: Not a directory"):
        Cache(blocked, "g")


def test_a_folder_that_may_not_be_written_is_an_error_at_once(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be written: Permission denied"):
        Cache(tmp_path, "g")


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    cache = Cache(tmp_path, "g")
    cache.put({key(1): value(1)})
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(StorageError, match="disk is full"):
        cache.flush()
    assert list((tmp_path / "g").iterdir()) == []
    monkeypatch.undo()
    cache.flush()  # what was put is still there
    assert len(parts(tmp_path)) == 1


def test_a_disk_that_does_not_answer_is_no_empty_cache(tmp_path, monkeypatch):
    fill(tmp_path, [1])

    def fail(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    with pytest.raises(StorageError, match="cannot be read: Input/output error"):
        Cache(tmp_path, "g").get([key(1)])


def test_values_are_plain_json(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        Cache(tmp_path, "g").put({key(1): {"x": float("nan")}})
    assert json.dumps(value(1))
