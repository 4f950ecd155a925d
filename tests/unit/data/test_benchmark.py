"""From a spec to the problem table: sources, counts, windows, limits, the command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from boundary.cli import models
from boundary.config.benchmarks import Entry, registry
from boundary.data import benchmark as module
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.errors import InputError, MachineError, TableError
from boundary.store import read_provenance, read_table
from boundary.tables import PROBLEMS

COMMIT, OTHER = "c" * 40, "d" * 40
ROWS = [{"question": f"q{i}", "answer": f"so #### {i}"} for i in range(12)]
Write = Callable[..., Path]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> dict[str, Entry]:
    """Have a registry of one's own, with one pinned entry of twelve problems."""
    found = {
        "small": entry(),
        "unknown": entry(revision=None, unverified=True, note="Known is: nothing.", files=None),
    }
    monkeypatch.setattr(module, "registry", lambda: found)
    return found


def entry(**change: object) -> Entry:
    settings = {
        "title": "t",
        "kind": "math",
        "adapter": "gsm8k",
        "rows": 12,
        "source": "github:a/b",
        "revision": COMMIT,
        "files": [{"path": "one.jsonl", "sha256": "e" * 64}],
    } | change
    return Entry.model_validate({key: v for key, v in settings.items() if key != "files" or v})


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> dict[tuple, Path]:
    """Serve files by what is asked for."""
    files: dict[tuple, Path] = {}
    monkeypatch.setattr(module, "fetch", lambda *asked: files[asked])
    return files


def test_a_file_is_read_by_its_entry(write: Write, entries: dict) -> None:
    path = write(ROWS)
    frame, details = benchmark_problems(ProblemRequest("mine", f"file:{path}", "small"))
    assert frame.columns == [name for name, each in PROBLEMS.columns.items() if each.need]
    assert frame["benchmark"].unique().to_list() == ["mine"]
    assert frame["problem_id"].to_list() == [f"{i:04d}" for i in range(12)]
    assert frame["answer"].to_list() == [str(i) for i in range(12)]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert details == {
        "source": f"file:{path}",
        "revision": None,
        "unverified": False,
        "files": [{"path": str(path), "sha256": digest, "pinned": False}],
        "rows": 12,
    }


def test_a_limit_takes_the_first_by_id(write: Write, entries: dict) -> None:
    asked = ProblemRequest("mine", f"file:{write(ROWS)}", "small", limit=3)
    frame, details = benchmark_problems(asked)
    assert frame["problem_id"].to_list() == ["0000", "0001", "0002"]
    assert details["rows"] == 12


@pytest.mark.parametrize(
    ("ids", "first"),
    [
        (["1", "10", "2", "20", "3"], ["1", "2", "3"]),
        (["a10", "a9", "b1", "a100"], ["a10", "a100", "a9"]),
        (["t/2.json", "t/10.json", "t/1.json", "s/9.json"], ["s/9.json", "t/1.json", "t/2.json"]),
        (["002", "010", "001", "2"], ["001", "002", "2"]),
        (["x", "10", "9"], ["10", "9", "x"]),
    ],
)
def test_a_limit_counts_numbers_as_numbers(write: Write, ids: list[str], first: list[str]) -> None:
    rows = [{"problem_id": each, "question": f"q{each}", "answer": "1"} for each in ids]
    frame, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}", limit=3))
    assert frame["problem_id"].to_list() == first  # the table itself is in the order of text


@pytest.mark.parametrize("limit", [0, -1, "two", 1.5])
def test_a_limit_is_at_least_one(tmp_path: Path, write: Write, limit: object) -> None:
    spec = {"benchmark": "mine", "source": f"file:{write(ROWS)}", "limit": limit}
    with pytest.raises(InputError, match="limit: "):
        models.problems(json.dumps(spec), tmp_path / "P.parquet")


def test_another_number_of_problems_names_both(write: Write, entries: dict) -> None:
    asked = ProblemRequest("mine", f"file:{write(ROWS[:-1])}", "small", limit=3)
    with pytest.raises(InputError, match=r"has 11 problems, and 'small' in .* has 12"):
        benchmark_problems(asked)
    entries["small"] = entry(rows=None)
    assert benchmark_problems(asked)[0].height == 3


def test_a_bad_row_is_named(write: Write, entries: dict) -> None:
    path = write([ROWS[0], {"question": "q", "answer": "18"}])
    with pytest.raises(InputError) as caught:
        benchmark_problems(ProblemRequest("mine", f"file:{path}", "small"))
    assert str(caught.value) == f"{path}: row 2: the answer has nothing behind '####'."


def test_an_id_that_repeats_names_both_rows(write: Write, entries: dict) -> None:
    path = write([row | {"idx": 3} for row in ROWS[:2]])
    with pytest.raises(InputError) as caught:
        benchmark_problems(ProblemRequest("mine", f"file:{path}", "small"))
    assert f"{path}: row 2: the problem '0003' stands at {path}: row 1 already" in str(caught.value)


def test_only_days_of_the_window_count(write: Write, entries: dict) -> None:
    days = ["2024-07-31", "2024-08-01T00:00:00", "2025-01-31T23:59:59", "2025-02-01"]
    rows = [row | {"day": day} for row, day in zip(ROWS, days, strict=False)]
    window = {"field": "day", "first": "2024-08-01", "last": "2025-01-31"}
    text = json.dumps(entry().model_dump(mode="json") | {"rows": 2, "window": window})
    entries["small"] = Entry.model_validate_json(text)
    frame, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}", "small"))
    assert frame["question"].to_list() == ["q1", "q2"]
    path = write([ROWS[0] | {"day": "soon"}])
    with pytest.raises(InputError, match="row 1: 'day' should begin with a date"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}", "small"))


def test_rows_that_ask_the_same_are_counted_and_must_agree(write: Write) -> None:
    rows = [
        {"problem_id": f"{i:02d}", "question": f"What is  {i % 2}?", "answer": i % 2}
        for i in range(6)
    ]
    frame, details = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}"))
    assert frame.height == details["rows"] == 6
    assert details["repeated"].startswith("6 rows are 2 questions")
    rows[4]["answer"] = 7
    path = write(rows)
    with pytest.raises(TableError, match=r"'0' \(row 1, problem '00'\) and '7' \(row 5, .* '04'\)"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}"))


def test_plain_rows_need_no_entry(write: Write) -> None:
    rows = [
        {"problem_id": "b", "question": "q", "answer": 2, "metadata": {"x": [1]}},
        {"problem_id": 1, "question": "r", "answer": "1"},
        {"problem_id": "c", "question": "s", "kind": "code", "tests": '{"cases": []}'},
    ]
    frame, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}"))
    assert frame.select("problem_id", "answer", "kind", "tests", "metadata").rows() == [
        ("1", "1", "math", None, None),
        ("b", "2", "math", None, '{"x":[1]}'),
        ("c", None, "code", '{"cases": []}', None),
    ]


def test_problems_of_another_kind_than_planned_are_refused(write: Write) -> None:
    """Before they are sampled, and not when no verifier takes them."""
    rows = [{"problem_id": "c", "question": "q", "kind": "code", "tests": '{"cases": []}'}]
    path = write(rows)
    with pytest.raises(InputError, match=r"'code', first 'c', .* for 'math'; set benchmarks.mine"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}", kind="math"))
    assert benchmark_problems(ProblemRequest("mine", f"file:{path}", kind="code"))[0].height == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": "q", "answer": "1"}, "has no field 'problem_id'"),
        (
            {"problem_id": "a", "question": "q"},
            "has no field 'answer'; it has: problem_id, question",
        ),
        ({"problem_id": "a", "question": "q", "answer": ""}, "the answer '' is empty"),
        ({"problem_id": "a", "question": "q", "answer": True}, "found bool True"),
        ({"problem_id": "a", "question": "q", "answer": ["1"]}, r"found list \['1'\]"),
        ({"problem_id": "a", "question": "q", "answer": {"x": 1}}, "found dict"),
        ({"problem_id": "a", "question": "q", "answer": "None"}, r"write \\text\{None\}"),
        ({"problem_id": "a", "question": "q", "answer": float("nan")}, "found nan"),
        ({"problem_id": "a", "question": " ", "answer": "1"}, "the question is empty"),
        ({"problem_id": "a", "question": "q\0", "answer": "1"}, r"question holds U\+0000"),
        ({"problem_id": "a", "question": "q\ud800", "answer": "1"}, "half of a pair of surr"),
        ({"problem_id": True, "question": "q", "answer": "1"}, "the id should be text"),
        ({"problem_id": 1.5, "question": "q", "answer": "1"}, "found float 1.5"),
        ({"problem_id": "a", "question": "q", "answer": "1", "Question": "r"}, "are one name to"),
        ({"problem_id": "a", "question": "q", "kind": "code"}, "has no 'tests'"),
        ({"problem_id": "a", "question": "q", "kind": "art", "answer": "1"}, "'kind' should be"),
        ({"problem_id": "a", "question": "q", "answer": "1", "metadata": "{"}, "is not JSON"),
    ],
)
def test_a_plain_row_that_lacks_something(write: Write, row: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        benchmark_problems(ProblemRequest("mine", f"file:{write([row])}"))


def test_a_key_that_stands_twice_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    row = '{"problem_id": "a", "question": "q", "answer": "1", "answer": "2"}'
    path.write_text(f"\n{row}\n")
    with pytest.raises(InputError, match=r"x\.jsonl: line 2: .*the key 'answer' stands twice"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}"))
    path = tmp_path / "x.csv"
    path.write_text("problem_id,question,answer, answer\na,q,1,2\n")
    with pytest.raises(InputError, match=r"x\.csv: line 1: the columns 'answer' and ' answer'"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}"))


def test_ids_that_look_the_same_are_refused(write: Write) -> None:
    rows = [{"problem_id": each, "question": each, "answer": "1"} for each in ("a", "b", "a\u200b")]
    with pytest.raises(TableError, match=r"problem_id 'a' \(row 1\) and 'a⟨U\+200B⟩' \(row 3\)"):
        benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}"))


def test_whole_numbers_of_a_table_of_floats_are_ids_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"problem_id": [1.0, 2.0], "question": ["a", "b"], "answer": [25.0, 0.5]})
    frame.write_parquet(path)
    made, _ = benchmark_problems(ProblemRequest("mine", f"file:{path}"))
    assert made.select("problem_id", "answer").rows() == [("1", "25"), ("2", "0.5")]
    frame.with_columns(answer=pl.Series([float("nan"), 1.0])).write_parquet(path)
    with pytest.raises(InputError, match=r"x\.parquet: row 1: has no answer, found nan"):
        benchmark_problems(ProblemRequest("mine", f"file:{path}"))


def test_a_table_of_problems_is_taken_as_it_is(tmp_path: Path, write: Write) -> None:
    frame, _ = benchmark_problems(
        ProblemRequest(
            "old", f"file:{write([{'problem_id': 'a', 'question': 'q', 'answer': '1'}])}"
        )
    )
    path = tmp_path / "table.parquet"
    frame.write_parquet(path)
    again, details = benchmark_problems(ProblemRequest("new", f"file:{path}"))
    assert again.equals(frame.with_columns(benchmark=pl.lit("new")))
    assert details["rows"] == 1
    pl.concat([frame, again]).write_parquet(path)
    with pytest.raises(InputError, match=r"problems of several benchmarks \(new, old\)"):
        benchmark_problems(ProblemRequest("new", f"file:{path}"))
    frame.with_columns(kind=pl.lit("art")).write_parquet(path)
    with pytest.raises(TableError, match="column kind"):
        benchmark_problems(ProblemRequest("new", f"file:{path}"))


def test_a_missing_or_empty_file_is_named(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file of problems \(benchmarks\.mine\.source"):
        benchmark_problems(ProblemRequest("mine", f"file:{tmp_path / 'none.jsonl'}"))
    with pytest.raises(InputError, match="holds no problem"):
        benchmark_problems(ProblemRequest("mine", f"file:{write([])}"))


def test_files_are_fetched_as_the_registry_pins_them(
    write: Write, entries: dict, remote: dict
) -> None:
    files = [{"path": "one.jsonl", "sha256": "e" * 64}, {"path": "two.txt", "format": "jsonl"}]
    entries["small"] = entry(files=files)
    remote["github:a/b", COMMIT, "one.jsonl", "e" * 64] = write(ROWS[:5], "one.jsonl")
    remote["github:a/b", COMMIT, "two.txt", None] = write(ROWS[5:], "two.txt")
    frame, details = benchmark_problems(ProblemRequest("mine", "github:a/b", "small"))
    assert frame["question"].to_list() == [f"q{i}" for i in range(12)]
    assert details["revision"] == COMMIT
    assert details["unverified"] is False
    assert [(file["path"], file["pinned"]) for file in details["files"]] == [
        ("one.jsonl", True),
        ("two.txt", False),
    ]


def test_another_revision_has_no_checksum(write: Write, entries: dict, remote: dict) -> None:
    remote["github:a/b", OTHER, "one.jsonl", None] = write(ROWS)
    _, details = benchmark_problems(ProblemRequest("mine", "github:a/b", "small", revision=OTHER))
    assert details["revision"] == OTHER
    assert details["unverified"] is True


def test_a_copy_elsewhere_has_a_pin_of_its_own(write: Write, entries: dict, remote: dict) -> None:
    copy = {"source": "hf:x/y", "revision": OTHER, "files": [{"path": "p.jsonl"}]}
    entries["small"] = entry(copies=[copy | {"unverified": True}], note="recalled")
    remote["hf:x/y", OTHER, "p.jsonl", None] = write(ROWS)
    _, details = benchmark_problems(ProblemRequest("mine", "hf:x/y", "small"))
    assert (details["source"], details["revision"], details["unverified"]) == (
        "hf:x/y",
        OTHER,
        True,
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ProblemRequest("m", "hf:x/y"), "no entry of config/benchmarks.yaml says how to read it"),
        (ProblemRequest("m", "hf:x/y", "none"), "'none' is no entry of config/benchmarks.yaml"),
        (ProblemRequest("m", "hf:x/y", "small"), "does not say which files of hf:x/y to read"),
        (
            ProblemRequest("m", "github:a/b", "unknown"),
            "Known is: nothing. Add them under unknown.copies",
        ),
    ],
)
def test_what_nobody_pinned_stops_with_what_to_do(
    entries: dict, remote: dict, asked: ProblemRequest, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        benchmark_problems(asked)
    assert said in str(caught.value)
    assert "file:PATH" in str(caught.value) or asked.entry == "none"


def test_a_revision_to_establish_is_looked_up_at_the_hub(entries: dict) -> None:
    entries["unknown"] = entry(
        source="hf:x/y", revision=None, unverified=True, note="Files are recalled."
    )
    with pytest.raises(InputError) as caught:
        benchmark_problems(ProblemRequest("mine", "hf:x/y", "unknown", unverified=True))
    for part in (
        "nobody could establish a revision of hf:x/y",
        "Files are recalled.",
        "https://huggingface.co/api/datasets/x/y",
        "benchmarks.mine.revision",
        '`source: "file:PATH"`',
    ):
        assert part in str(caught.value)


def test_files_that_cannot_come_are_all_named(
    entries: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries["small"] = entry(files=[{"path": "one.jsonl"}, {"path": "d/two.jsonl"}])

    def absent(*_: object) -> Path:
        raise MachineError("one.jsonl is not here.")

    monkeypatch.setattr(module, "fetch", absent)
    with pytest.raises(MachineError) as caught:
        benchmark_problems(ProblemRequest("mine", "github:a/b", "small"))
    assert str(caught.value) == (
        "benchmarks.mine: one.jsonl is not here. All of it: one.jsonl d/two.jsonl; join them into "
        "one file, in this order."
    )


def test_an_adapter_that_is_not_there_is_named(write: Write, entries: dict) -> None:
    entries["small"] = entry(adapter="none")
    with pytest.raises(InputError, match="'small' of the registry has the adapter 'none'"):
        benchmark_problems(ProblemRequest("mine", f"file:{write(ROWS)}", "small"))


def test_the_command_writes_table_and_provenance(
    tmp_path: Path, write: Write, entries: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = {
        "benchmark": "mine",
        "entry": "small",
        "source": f"file:{write(ROWS)}",
        "revision": None,
        "unverified": False,
        "limit": 2,
    }
    output = tmp_path / "P.parquet"
    models.problems(json.dumps(spec), output)
    assert read_table(output, PROBLEMS)["problem_id"].to_list() == ["0000", "0001"]
    found = read_provenance(output)
    assert found["spec"] == spec
    assert found["rows"] == 12
    assert len(found["files"][0]["sha256"]) == 64
    assert capsys.readouterr().err == ""
    with pytest.raises(InputError, match="has no source"):
        models.problems('{"benchmark": "mine"}', output)
    with pytest.raises(InputError, match="--spec: limit: "):
        models.problems(json.dumps(spec | {"limit": "two"}), output)


def test_the_command_warns_of_what_is_only_recalled(
    tmp_path: Path,
    write: Write,
    entries: dict,
    remote: dict,
    capsys: pytest.CaptureFixture[str],
) -> None:
    remote["github:a/b", OTHER, "one.jsonl", None] = write(ROWS)
    spec = {"benchmark": "mine", "entry": "small", "source": "github:a/b", "revision": OTHER}
    models.problems(json.dumps(spec), tmp_path / "P.parquet")
    assert "Warning: mine: revision or content of github:a/b are only recalled" in (
        capsys.readouterr().err
    )


def test_the_command_still_draws_for_the_lab(tmp_path: Path) -> None:
    spec = {"benchmark": "short", "lab": {"problems": 6, "lengths": [3, 4]}}
    models.problems(json.dumps(spec), tmp_path / "P.parquet")
    assert read_table(tmp_path / "P.parquet", PROBLEMS)["kind"].to_list() == ["lab"] * 6
    assert read_provenance(tmp_path / "P.parquet")["spec"] == spec


def test_the_shipped_registry_is_the_one_in_use() -> None:
    assert module.registry is registry
