"""A toy importer, one folder and one line, read as a side of a comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import add_toy, copy_repository, places_that_differ, python

FOLDER = "workflow/boundary/importers/toy"
REGISTRY = "workflow/boundary/importers/registry.py"
LINE = '    "toy",'
PROGRAM = """
import sys
from pathlib import Path
from boundary.importers.sides import Reading, read_side
(side,) = read_side(Path(sys.argv[1]), Reading(), Path("work"))
print(side.format, side.label, side.scores.select("problem_id", "n", "correct").rows())
print(*side.remarks, sep="\\n")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with the toy in it."""
    folder = copy_repository(tmp_path_factory.mktemp("toy") / "copy")
    add_toy(folder, "importer", FOLDER, REGISTRY, "NAMES = (\n", LINE)
    return folder


def test_a_side_is_read_by_the_toy(copy: Path) -> None:
    (copy / "base.txt").write_text("tally\np1: x..x\np2: ....\n")
    done = python(copy, "-c", PROGRAM, "base.txt")
    assert done.stdout.splitlines() == [
        "toy base [('p1', 4, 2), ('p2', 4, 0)]",
        "read as a tally: it begins with the word tally",
        "1 tallies (first: base.txt)",
    ], done.stderr
    # After the run: what it would have needed elsewhere would show here.
    assert places_that_differ(copy) == ({FOLDER}, {REGISTRY: [f"+ {LINE}"]})


def test_a_comparison_knows_the_toy(copy: Path) -> None:
    for name, marks in (("base", "x..."), ("rl", "xxx.")):
        lines = "".join(f"p{i}: {marks}\n" for i in range(20))
        (copy / f"{name}.txt").write_text(f"tally\n{lines}")
    done = python(copy, "-m", "boundary", "compare", "base.txt", "rl.txt")
    assert (done.returncode, "a tally" in done.stdout) == (0, True), done.stderr
    (copy / "rl.txt").write_text("tally\np1 x\n")
    done = python(copy, "-m", "boundary", "compare", "base.txt", "rl.txt")
    assert (done.returncode, "rl.txt: line 2: has no colon." in done.stderr) == (2, True)
