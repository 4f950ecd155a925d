"""The command that verifies: files in, one table out, a cache where one is named."""

import polars as pl
import pytest

from boundary.extraction import RULES
from boundary.kinds import grader_digest
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import PROBLEMS, SAMPLES, VERDICTS_TABLE
from boundary.tasks import registers

QUESTION = registers.question("q", [1, 2, 3])
GOLD = " ".join(registers.solution(QUESTION)[-3:])


@pytest.fixture
def files(tmp_path):
    """Write problems of the lab and of mathematics, and two shards; give the options."""
    problems = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": ["lab", "maths"],
            "question": [QUESTION, "2+2"],
            "answer": [GOLD, "4"],
            "kind": ["lab", "math"],
            "tests": None,
            "metadata": None,
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    write_table(problems, tmp_path / "p.parquet", PROBLEMS, row_group_size=1)
    options = ["--problems", tmp_path / "p.parquet"]
    for block in (0, 1):
        samples = pl.DataFrame(
            {
                "model": "m",
                "benchmark": "b",
                "protocol": "p",
                "problem_id": ["lab", "maths"],
                "sample_index": block,
                "seed": 1,
                "response": [f"# {GOLD}", rf"\boxed{{{4 + block}}}"],
                "n_tokens": 3,
                "finish_reason": "stop",
                "logprob_sum": -1.0,
            }
        )
        write_table(samples, tmp_path / f"s{block}.parquet", SAMPLES)
        options += ["--samples", tmp_path / f"s{block}.parquet"]
    return [*options, "--output", tmp_path / "v.parquet"]


def test_all_shards_are_verified_into_one_table(run, files, tmp_path):
    done = run("verify", *files, "--threads", 1)
    assert (done.code, done.out) == (0, "")
    assert "verify: 4 of 4 responses" in done.err
    found = read_table(tmp_path / "v.parquet", VERDICTS_TABLE)
    assert found.select("problem_id", "sample_index", "correct").rows() == [
        ("lab", 0, True),
        ("lab", 1, True),
        ("maths", 0, True),
        ("maths", 1, False),
    ]
    assert read_provenance(tmp_path / "v.parquet")["sandbox"] == "isolated"


def test_a_cache_has_a_folder_for_each_grader_and_changes_no_verdict(run, files, tmp_path):
    tables = []
    for _ in range(2):
        assert run("verify", *files, "--cache", tmp_path / "cache").code == 0
        tables.append(read_table(tmp_path / "v.parquet", VERDICTS_TABLE))
    assert tables[0].equals(tables[1])
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {
        grader_digest("lab"),
        grader_digest("math"),
    }


def test_a_cache_that_cannot_be_written_is_an_error(run, files, tmp_path):
    (tmp_path / "cache").write_text("a file")
    done = run("verify", *files, "--cache", tmp_path / "cache")
    assert done.code == 1
    assert "cannot be written: Not a directory" in done.err
    assert not (tmp_path / "v.parquet").exists()


def test_the_sandbox_is_one_of_two_and_stands_in_the_provenance(run, files, tmp_path):
    done = run("verify", *files, "--sandbox", "none")
    assert done.code == 2
    assert "isolated" in done.err and "reduced" in done.err
    assert run("verify", *files, "--sandbox", "reduced").code == 0
    assert read_provenance(tmp_path / "v.parquet")["sandbox"] == "reduced"


def test_the_rule_of_extraction_stands_in_the_provenance_and_in_the_graders(run, files, tmp_path):
    done = run("verify", *files, "--extract", "last-number")
    assert done.code == 2
    assert all(rule in done.err for rule in RULES)
    assert run("verify", *files, "--extract", "boxed").code == 0
    told = read_provenance(tmp_path / "v.parquet")
    assert told["extract"] == "boxed"
    assert told["graders"] == {
        "lab": grader_digest("lab"),
        "math": grader_digest("math", extract="boxed"),
    }
    found = read_table(tmp_path / "v.parquet", VERDICTS_TABLE)
    assert found["extraction"].to_list() == [None, None, "box", "box"]


def test_a_file_of_ones_own_judges_every_problem(run, files, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import contextlib\nimport polars as pl\nGRADER = 'mine-1'\n"
        "@contextlib.contextmanager\ndef verifier(setting):\n    yield judge\n"
        "def judge(items):\n    right = pl.lit(True)\n"
        "    return items.select('problem_id', 'sample_index', answer='response', correct=right,"
        " verdict=pl.lit('correct'))\n"
    )
    mine = f"file:{path}"
    done = run("verify", *files, "--verifier", mine, "--cache", tmp_path / "cache")
    assert done.code == 0, done.err
    rows = read_table(tmp_path / "v.parquet", VERDICTS_TABLE)
    assert rows["correct"].to_list() == [True] * 4
    assert set(rows["grader"]) == {"mine-1"}
    by = read_provenance(tmp_path / "v.parquet")
    assert by["verifier"] == mine
    assert by["graders"] == {"custom": grader_digest("custom", verifier=mine)}
    path.write_text(path.read_text().replace("pl.lit(True)", "1 / 0"))
    done = run("verify", *files, "--verifier", mine)
    assert done.code == 2
    assert "mine.py, line 8: judging problem 'lab', sample 0 raised ZeroDivisionError" in done.err


def test_problems_of_kind_custom_need_the_file(run, files, tmp_path):
    problems = read_table(tmp_path / "p.parquet", PROBLEMS).with_columns(kind=pl.lit("custom"))
    write_table(problems, tmp_path / "p.parquet", PROBLEMS)
    done = run("verify", *files)
    assert done.code == 2
    assert "give it as --verifier file:PATH.py" in done.err
