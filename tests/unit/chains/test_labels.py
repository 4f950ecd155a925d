"""Filled sheets: what is read, what is refused, how far judges agree."""

import csv
import io

import polars as pl
import pytest

from boundary.chains.agreement import agreement_table
from boundary.chains.labels import decided, read_labels
from boundary.chains.sheet import sheet_csv, sheet_rows
from boundary.errors import InputError


@pytest.fixture
def rows(items):
    return sheet_rows(items)


@pytest.fixture
def fill(rows, tmp_path):
    """Write a filled sheet: judgements by place, by one judge, with any change to the rows."""

    def write(judgements, judge="ann", name="a.csv", change=None, delimiter=",", encoding="utf-8"):
        lines = list(csv.DictReader(io.StringIO(sheet_csv(rows)[1:])))
        for line, judgement in zip(lines, judgements, strict=False):
            line.update(judgement=judgement, judge=judge if judgement else "")
        if change:
            change(lines)
        path = tmp_path / name
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, list(lines[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(lines)
        return path

    return write


def test_judgements_are_read(fill, rows):
    labels, left_open = read_labels([fill(["valid", " Invalid ", ""])], rows)
    ids = rows["id"].to_list()
    assert left_open == 1
    assert labels.sort("id").select("id", "judge", "judgement").rows() == sorted(
        [(ids[0], "ann", "valid"), (ids[1], "ann", "invalid")]
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_make_of_a_sheet(fill, rows, delimiter):
    def windows(lines):
        for line in lines:
            line["response"] = line["response"].replace("\n", "\r\n") + " "

    path = fill(["valid"] * 3, delimiter=delimiter, encoding="utf-8-sig", change=windows)
    assert read_labels([path], rows)[0].height == 3


def faults(*paths, rows):
    with pytest.raises(InputError) as error:
        read_labels(list(paths), rows)
    return str(error.value)


def test_all_faults_are_told_with_their_rows(fill, rows):
    def change(lines):
        lines[1]["judge"] = ""
        lines[2]["id"] = "0000"

    told = faults(fill(["right", "valid", "valid"], change=change), rows=rows)
    assert "3 row(s)" in told
    assert "a.csv, row 2: judgement is 'right'; valid ones are valid, invalid, unclear" in told
    assert "row 3: there is a judgement without a name" in told
    assert "row 4: there is no response with id '0000'" in told


@pytest.mark.parametrize("column", ["response", "problem", "gold"])
def test_a_changed_text_is_refused(fill, rows, column):
    def change(lines):
        lines[0][column] += " and more"

    told = faults(fill(["valid"], change=change), rows=rows)
    assert f"row 2: {column} of {rows['id'][0]} is not what the sheet showed" in told


def test_two_words_of_one_judge_are_refused(fill, rows):
    one, other = fill(["valid"], name="a.csv"), fill(["invalid"], name="b.csv")
    assert "b.csv, row 2: ann judges" in faults(one, other, rows=rows)


def test_the_same_twice_is_one(fill, rows):
    one, other = fill(["valid"], name="a.csv"), fill(["valid"], name="b.csv")
    assert read_labels([one, other], rows)[0].height == 1


def test_files_that_are_no_sheet(tmp_path, rows):
    path = tmp_path / "x.csv"
    assert "cannot be read" in faults(path, rows=rows)
    path.write_text("id,comment\n1,2\n")
    assert "has no column judgement, judge" in faults(path, rows=rows)
    path.write_bytes("id,judgement,judge\n1,valid,J\xf6rg\n".encode("latin-1"))
    assert "is not UTF-8" in faults(path, rows=rows)
    path.write_text("id,judgement,judge\n1,valid\n")
    assert "row 2: has 2 cells where the header has 3" in faults(path, rows=rows)
    path.write_text('id,judgement,judge\n1,"valid')
    assert "not a whole CSV" in faults(path, rows=rows)
    path.write_text("")
    assert "has no column id" in faults(path, rows=rows)


def labels(*rows):
    return pl.DataFrame(rows, schema=["id", "judge", "judgement"], orient="row").with_columns(
        comment=pl.lit(None, dtype=pl.String)
    )


def test_the_majority_decides():
    said = decided(
        labels(
            *(("1", j, w) for j, w in zip("abc", ("valid", "valid", "invalid"), strict=True)),
            *(("2", j, w) for j, w in zip("ab", ("valid", "invalid"), strict=True)),
            *(("3", j, w) for j, w in zip("ab", ("unclear", "invalid"), strict=True)),
            ("4", "a", "unclear"),
        )
    )
    assert said.rows() == [("1", "valid"), ("2", "unclear"), ("3", "invalid"), ("4", "unclear")]


def test_kappa_of_a_textbook():
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: p_o = 0.7, p_e = 0.5, kappa = 0.4."""
    pairs = [("valid", "valid")] * 20 + [("valid", "invalid")] * 5
    pairs += [("invalid", "valid")] * 10 + [("invalid", "invalid")] * 15
    said = [
        (str(i), judge, word)
        for i, pair in enumerate(pairs)
        for judge, word in zip("ab", pair, strict=True)
    ]
    (row,) = agreement_table(labels(*said, ("x", "a", "valid"), ("y", "b", "valid"))).to_dicts()
    assert (row["judge_a"], row["judge_b"], row["items"], row["agree"]) == ("a", "b", 50, 35)
    assert row["agreement"] == pytest.approx(0.7)
    assert row["kappa"] == pytest.approx(0.4)


def test_kappa_is_not_defined_where_nobody_varies():
    (row,) = agreement_table(labels(("1", "a", "valid"), ("1", "b", "valid"))).to_dicts()
    assert (row["agreement"], row["kappa"]) == (1.0, None)


def test_judges_without_common_items_have_no_row():
    assert agreement_table(labels(("1", "a", "valid"), ("2", "b", "valid"))).is_empty()
