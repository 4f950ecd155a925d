"""What cuts a write short, a full disk, a kill or a fault, leaves the old file and no half."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from boundary import store
from boundary.errors import StorageError
from boundary.tables import VERDICTS_TABLE
from stored import VERDICTS


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "v.parquet"
    store.write_table(VERDICTS, path, VERDICTS_TABLE, provenance={"engine": "none"})
    return path


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full")]
)
@pytest.mark.parametrize("by", ["python", "polars"])
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(table, number, said, by):
    before = table.read_bytes()

    def write(partial):
        partial.write_bytes(b"half")
        text = f"parquet: underlying IO error: {os.strerror(number)} (os error {number})"
        raise OSError(number, "x") if by == "python" else pl.exceptions.ComputeError(text)

    with pytest.raises(StorageError, match=said) as caught:
        store.write_atomic(table, write)
    assert str(table) in str(caught.value)
    assert caught.value.exit_code == 1
    assert list(table.parent.iterdir()) == [table]
    assert table.read_bytes() == before


def test_a_real_full_device_is_recognised(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    target = tmp_path / "v.txt"
    (tmp_path / ".v.txt.partial").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="disk is full"):
        store.write_text(target, "x" * 100_000)
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np, polars as pl
from boundary.errors import StorageError
from boundary.store import write_table
from boundary.tables import SAMPLES, VERDICTS_TABLE
n = 50_000
frame = pl.DataFrame({
    "problem_id": [str(i) for i in range(n)], "answer": "1", "verdict": "correct",
    "sample_index": np.random.default_rng(0).integers(0, 2**60, n),
    "correct": True, "grader": "g", "detail": "d",
})
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    write_table(frame, Path(sys.argv[1]), VERDICTS_TABLE)
except StorageError as error:
    print(error)
"""


def test_a_write_that_the_kernel_cuts_short_is_no_file(tmp_path):
    path = tmp_path / "v.parquet"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{path}: cannot be written: File too large.\n"
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from boundary.store import write_atomic
def write(partial):
    partial.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
write_atomic(Path(sys.argv[1]), write)
"""


def test_kill_leaves_the_old_file_and_the_next_write_clears_up(table):
    before = table.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, table], check=False)
    assert done.returncode == -9
    assert table.read_bytes() == before
    store.write_table(VERDICTS.head(1), table, VERDICTS_TABLE)
    assert store.read_table(table, VERDICTS_TABLE).height == 1
    assert list(table.parent.iterdir()) == [table]


def test_an_interrupt_or_a_fault_in_the_writer_passes_through(tmp_path):
    def write(partial):
        partial.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_atomic(tmp_path / "x", write)
    with pytest.raises(ZeroDivisionError):
        store.write_atomic(tmp_path / "x", lambda partial: 1 / 0)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_a_storage_error(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(StorageError, match=r"f/v\.txt: cannot be written"):
        store.write_text(tmp_path / "f" / "v.txt", "x")
