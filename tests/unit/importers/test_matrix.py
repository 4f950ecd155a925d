"""Matrices of 0 and 1 in their forms, and what is no such matrix."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest

from boundary.errors import BoundaryError, InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive

VALUES = np.array([[1, 0, 1], [0, 0, 0]])
NAMED = [("a", 3, 2), ("b", 3, 0)]
NUMBERED = [("row 1 of 2", 3, 2), ("row 2 of 2", 3, 0)]


def rows(side):
    return side.scores.select("problem_id", "n", "correct").rows()


def npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def npy(array):
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,0,1\n0,0,0\n", NUMBERED),
        ("1.0;0;1.000e+00\r\n0;0;-0.0\r\n", NUMBERED),
        ("\ufeffs0\ts1\ts2\ntrue\tFalse\tTRUE\n0\t0\t0", NUMBERED),
        ("1.0 0.0 1.0\n0.0 0.0 0.0\n", NUMBERED),
        ("a,1,0,1\nb,0,0,0\n", NAMED),
        ("id,s0,s1,s2\na,1,0,1\n\nb,0,0,0\n", NAMED),
        (",0,1,2\n0,1,0,1\n1,0,0,0\n", [("0", 3, 2), ("1", 3, 0)]),
        (",0,1\n0,1,0\n1,0,0\n", [("0", 2, 1), ("1", 2, 0)]),
        ("problem,x,y\n1,1,0\n0,0,0\n", [("0", 2, 0), ("1", 2, 1)]),
        ("1\n0\n1\n", [(f"row {i} of 3", 1, i % 2) for i in (1, 2, 3)]),
    ],
)
def test_csv_in_its_forms(side, text, expected):
    (read,) = side(text, "m.csv")
    assert (read.format, read.label, read.judged_by) == ("matrix", "m", {"benchmark": "theirs"})
    assert rows(read) == expected
    joined = "problems have no ids and are joined by row number" in read.remarks
    assert joined is expected[0][0].startswith("row")


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, np.float16, np.float64])
def test_arrays_of_every_type(side, kind):
    for content in (npz(x=VALUES.astype(kind)), npy(VALUES.astype(kind))):
        (read,) = side(content, "m.npz")
        assert (read.label, rows(read)) == ("m", NUMBERED)


def test_a_matrix_on_its_side(side):
    lying = Reading(fields={"rows": "samples"})
    assert rows(side(npz(x=VALUES.T), "m.npz", reading=lying)[0]) == NUMBERED
    (read,) = side("sample,a,b\n0,1,0\n1,0,0\n2,1,0\n", "m.csv", reading=lying)
    assert rows(read) == NAMED
    (read,) = side(npz(x=VALUES.T), "m.npz")
    assert "m.npz: 3 problems by 2 samples (--field rows=samples: the" in read.remarks[1]
    with pytest.raises(InputError, match="--field rows=x: should be problems or samples"):
        side(npz(x=VALUES), "m.npz", reading=Reading(fields={"rows": "x"}))


def test_arrays_of_several_models_or_benchmarks(side):
    content = npz(base=VALUES, rl=1 - VALUES)
    first, second = side(content, "m.npz")
    assert (first.label, second.label, rows(second)[1][2]) == ("base", "rl", 3)
    (read,) = side(content, "m.npz", reading=Reading(fields={"names": "benchmarks"}))
    assert (read.label, set(read.judged_by)) == ("m", {"base", "rl"})


def test_rows_of_other_shapes_are_other_problems(side):
    (two,), (three,) = side("1,0\n0,0\n", "m.csv"), side("1,0\n0,0\n1,1\n", "m.csv")
    assert not {row[0] for row in rows(two)} & {row[0] for row in rows(three)}


def test_trials_without_outcome(side):
    for content, name in (
        ("a,1,,1\nb,NaN,0,null\n", "m.csv"),
        (npz(x=np.array([[1, np.nan, 1], [np.nan, 0, np.nan]])), "m.npz"),
    ):
        (read,) = side(content, name)
        assert read.scores.select("n", "correct", "n_unset").rows() == [(3, 2, 1), (3, 0, 2)]
        assert "3 cells are empty or NaN, trials without outcome" in read.remarks


def test_a_line_of_empty_cells_is_a_problem_and_moves_no_other(side):
    (read,) = side("1,0,1\n,,\n\n0,0,0\n", "m.csv")
    assert rows(read) == [("row 1 of 3", 3, 2), ("row 2 of 3", 3, 0), ("row 3 of 3", 3, 0)]
    assert read.scores["n_unset"].to_list() == [0, 3, 0]


def test_tensors_of_scorio_are_a_matrix_a_model(side):
    # tests/README.md of mohsenhariri/scorio: L models by M questions by N trials, a key a task.
    first, second = side(npz(aime24=np.stack([VALUES, 1 - VALUES]), aime25=VALUES[None]), "R.npz")
    assert (first.label, second.label) == ("model-0", "model-1")
    assert sorted(first.judged_by) == ["aime24", "aime25"]
    assert first.scores.filter(benchmark="aime24")["correct"].to_list() == VALUES.sum(1).tolist()
    assert second.scores["correct"].to_list() == (1 - VALUES).sum(1).tolist()
    assert any("is a matrix a model, called by its place" in each for each in first.remarks)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,1,0\nb,1,2\n", r"m: line 2, cell 3: '2' is neither 0 nor 1"),
        ("a,1,0\nb,1\n", r"m: line 2: has 2 cells, and the first line has 3; the file may be half"),
        (
            "a,1,0\na,1,1\n",
            r"m: line 2: problem a of model m on benchmark stands in .*line 1",
        ),
        ('a,1,0\n"b,1,0\n', r"m: cannot be read as CSV: unexpected end of data"),
        (",x,y\na,1,0\n,1,0\n", r"m: problem 2 has an empty id"),
        (npz(x=VALUES + 1), r"m: row 1, column 1: 2 is neither 0 nor 1 \(2 such cells\)"),
        (npz(a=VALUES, x=VALUES / 2), r"m, array x: row 1, column 1: 0.5 is neither 0 nor 1"),
        (npz(x=VALUES[0]), r"m: should be a matrix .*, and has the shape \(3,\)"),
        (npz(x=VALUES[:0]), r"m: should be a matrix .*, and has the shape \(0, 3\)"),
        (npz(x=VALUES.astype(str)), r"m: should hold 0 and 1, and is of the type <U21"),
        (npz(x=VALUES.astype(complex)), r"m: should hold 0 and 1, and is of the type complex"),
        (npz(x=VALUES.astype(object)), r"m: cannot be read as arrays of NumPy \(Object arrays"),
        (npy(VALUES)[:-5], r"m: cannot be read as arrays of NumPy"),
        (npz(x=VALUES)[:-40], r"m: begins as a ZIP archive and is none"),
    ],
)
def test_what_is_no_matrix(side, content, told):
    with pytest.raises(InputError, match=told):
        side(content, "m")


def test_other_tables_are_none(side):
    for text in (
        "name,age\nx,31\n",
        "a,,\nb,,\n",
        "1,2\n3,4\n",
        "some words\n",
        "problem,n,correct\na,2,1\n",
    ):
        try:
            assert side(text, "m.csv")[0].format == "counts"
        except InputError as error:
            assert "of no form that is read here" in str(error)
    assert side("problem,n,correct\na,1,1\nb,1,0\n", "m.csv")[0].format == "counts"
    with pytest.raises(InputError, match="line 2, cell 2: '31' is neither 0 nor 1"):
        side("name,age\nx,31\n", "m.csv", reading=Reading("matrix"))


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, Reading(), path.parent / "work")

    for seed, text in enumerate(("id,x,y,z\na,1,0,1\nb,0,0,0\n", "a,1,1\nb,1,0\nc,0,0\n")):
        survive(read, {"m.csv": text.encode()}, tmp_path / str(seed), seed)


def test_damaged_arrays(tmp_path):
    """Every byte of the beginning changed, and cuts at each place."""
    whole, draw = npz(x=VALUES, y=VALUES), random.Random(1)
    path = tmp_path / "m.npz"
    for place in [*range(0, len(whole), 7), *range(150)]:
        broken = bytearray(whole)
        broken[place] ^= draw.randrange(1, 256)
        for content in (bytes(broken), whole[:place]):
            path.write_bytes(content)
            try:
                sides = read_side(path, Reading(), tmp_path / "work")
            except BoundaryError:
                continue
            assert all(row[1] == 3 for side in sides for row in rows(side))
