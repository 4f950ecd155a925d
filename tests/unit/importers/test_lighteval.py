"""lighteval: details of three ages of columns, several samples a row, choices, names of runs.

No file of the tool's own is at hand: the fixtures are written by hand after its source.
"""

from __future__ import annotations

import json

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import DATE, lighteval, lighteval_old, lines, parquet

THEIRS = Reading(trust="theirs")
LATER = "2026-02-01T10-00-00.000001"


def files(rows, task="lighteval|aime24|0", date=DATE, model="org/m"):
    return {f"details/{model}/{date}/details_{task}_{date}.parquet": parquet(rows)}


@pytest.mark.parametrize(
    "rows", [lighteval(), lighteval_old(), lighteval_old(as_text=True)], ids=["new", "old", "text"]
)
def test_columns_of_every_version(sides, rows):
    (side,) = sides(files(rows), Reading())
    assert (side.label, side.format, side.judged_by) == ("org/m", "lighteval", {"aime24": "ours"})
    assert side.scores.select("problem_id", "n", "correct", "correct_theirs").rows() == [
        (str(i), 1, 1 - i % 2, 1 - i % 2) for i in range(4)
    ]
    metric = "extractive_match" if "doc" in rows[0] else "qem"
    assert any(f"verdicts are those of {metric}" in each for each in side.remarks)


def test_several_samples_a_row_have_no_verdict_of_their_own(sides):
    (side,) = sides(files(lighteval(n=4)), Reading())
    assert side.scores.select("n", "correct").rows() == [(4, 2)] * 4
    assert "correct_theirs" not in side.scores.columns
    assert any("several responses and one extractive_match" in each for each in side.remarks)
    with pytest.raises(InputError, match="nor a verdict each"):
        sides(files(lighteval(n=4)))


def test_choices_with_texts_and_with_letters(sides):
    rows = lighteval()
    for i, row in enumerate(rows):
        row["doc"] |= {"choices": [" Rome", " Lima"], "gold_index": [i % 2]}
        row["model_response"]["text"] = ["Answer: A"]
    (side,) = sides(files(rows), Reading())
    assert side.scores["correct"].to_list() == [1, 0, 1, 0]
    for row in rows:
        row["doc"] |= {"choices": ["A", "B"]}
    (side,) = sides(files(rows))
    assert side.problems["answer"].to_list() == ["A", "B", "A", "B"]


def test_likelihoods_have_no_response(sides):
    rows = lighteval()
    for row in rows:
        row["model_response"] |= {"text": [], "output_tokens": []}
    (side,) = sides(files(rows), Reading())
    assert side.judged_by == {"aime24": "theirs"}
    assert side.scores["correct"].to_list() == [1, 0, 1, 0]


def test_another_metric_and_none(sides):
    asked = Reading(trust="theirs", fields={"metric": "pass@k:k=1"})
    (side,) = sides(files(lighteval()), asked)
    assert side.scores["correct"].sum() == 0
    assert any("4 responses are partly right by pass@k:k=1" in each for each in side.remarks)
    with pytest.raises(InputError, match=r"row 1: has no f1; there are: extractive_match"):
        sides(files(lighteval()), Reading(fields={"metric": "f1"}))
    rows = [row | {"metric": {"bleu": 0.3}} for row in lighteval()]
    (side,) = sides(files(rows), Reading())
    assert any("no metric of single responses (it has bleu)" in each for each in side.remarks)


@pytest.mark.parametrize(
    ("task", "benchmark"),
    [
        ("lighteval|aime24|0", "aime24"),
        ("lighteval|gpqa:diamond|0|0", "gpqa:diamond"),
        ("gsm8k|5", "gsm8k"),
        ("mine", "mine"),
    ],
)
def test_tasks(sides, task, benchmark):
    (side,) = sides(files(lighteval(), task))
    assert side.scores["benchmark"].unique().to_list() == [benchmark]


def test_two_runs_of_a_task(sides):
    twice = files(lighteval()) | files(lighteval(3), date=LATER)
    with pytest.raises(InputError, match=rf"{LATER}.* is another run of aime24 by org/m than"):
        sides(twice)


def test_columns_that_are_not_known_are_named_beside_those_that_are(sides):
    rows = [{"document": 1, "answers": "x"}]
    with pytest.raises(
        InputError, match=r"columns answers, document; versions .* write doc, model"
    ):
        sides(files(rows))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "row 1: the document's id is None"),
        ({"gold_index": [1]}, r"row 1: 'gold_index' is \[1\], and there are 1 choices"),
        ({"gold_index": ["x"]}, "row 1: 'gold_index' is"),
        ({"choices": [3]}, "row 1: 'choices' should be a text or a list of texts"),
        (
            {"id": "0"},
            "row 2: problem 0 has another question|line 2: problem 0 has another questio",
        ),
    ],
)
def test_faults_of_documents(sides, change, message):
    rows = lighteval()
    for row in rows:
        row["doc"] |= change
    with pytest.raises(InputError, match=message):
        sides(files(rows))


def test_faults_of_values_as_python_writes_them(sides):
    for key in ("predictions", "metrics"):
        rows = lighteval_old(as_text=True)
        rows[2][key] = "[" * 5_000
        with pytest.raises(InputError, match=f"row 3: '{key}' should be a value as Python writes"):
            sides(files(rows))


def test_mutants(tmp_path):
    def read(path):
        try:
            rows = [json.loads(line) for line in path.read_text().splitlines() if line]
            content = parquet(rows)
        except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
            raise InputError("a row of this kind is in no Parquet file") from error
        file = path.with_suffix(".parquet")
        file.write_bytes(content)
        return read_side(file, THEIRS, path.parent / "work")

    for seed, rows in enumerate((lighteval(), lighteval_old(), lighteval_old(as_text=True))):
        assert survive(read, {"m/details_x.jsonl": lines(rows)}, tmp_path / str(seed), seed)
