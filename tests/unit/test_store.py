"""Files are whole or absent, the same to the byte, and say where they come from."""

import errno
import json
import sys

import polars as pl
import pytest

from boundary import store
from boundary.errors import InputError, StorageError, TableError
from boundary.tables import SAMPLES, VERDICTS_TABLE
from stored import VERDICTS


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "v.parquet"
    store.write_table(VERDICTS, path, VERDICTS_TABLE, provenance={"engine": "none"})
    return path


def test_round_trip_is_sorted_by_key(table):
    found = store.read_table(table, VERDICTS_TABLE)
    assert found.equals(VERDICTS.sort("problem_id", "sample_index"))
    assert store.read_provenance(table) == {"engine": "none"}


def test_folders_are_made_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "a" / "b" / "v.parquet"
    store.write_table(VERDICTS, path, VERDICTS_TABLE, csv=True)
    assert sorted(p.name for p in path.parent.iterdir()) == ["v.csv", "v.parquet"]
    as_text = pl.read_csv(path.with_suffix(".csv"), schema_overrides={"answer": pl.String})
    assert as_text["answer"].to_list() == ['é\n,"', None, "1"]


@pytest.mark.parametrize("name", ["x[1].parquet", "x*.parquet", "a=b/x.parquet", "x y.parquet"])
def test_a_path_is_a_name_and_not_a_pattern(tmp_path, name):
    path = tmp_path / name
    store.write_table(VERDICTS, path, VERDICTS_TABLE)
    found = store.read_table(path, VERDICTS_TABLE)
    assert found.columns == VERDICTS.columns
    assert found.height == 3


def test_a_broken_table_is_refused_before_the_file_is_touched(table):
    before = table.read_bytes()
    wrong = VERDICTS.with_columns(verdict=pl.lit("perhaps"))
    with pytest.raises(TableError, match="about to be written"):
        store.write_table(wrong, table, VERDICTS_TABLE)
    assert table.read_bytes() == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.parquet: no such file; a verdicts table"):
        store.read_table(tmp_path / "none.parquet", VERDICTS_TABLE)
    with pytest.raises(InputError, match=r"is a folder, and no such file.*Name one file"):
        store.read_table(tmp_path, VERDICTS_TABLE)


def test_the_remedy_of_a_file_of_the_pipeline_loses_nothing(tmp_path):
    path = tmp_path / "results" / "samples" / "x" / "00000.parquet"
    store.write_table(VERDICTS, path, VERDICTS_TABLE)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TableError, match=r"it is truncated .* Move it away and run the same"):
        store.read_table(path, VERDICTS_TABLE)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_refused_and_the_remedy_named(table, part):
    content = table.read_bytes()
    table.write_bytes(content[: int(len(content) * part)])
    why = "it is truncated" if part else "as it is empty"
    with pytest.raises(
        TableError, match=rf"v\.parquet: cannot be read as Parquet.*{why}.*copy or make the file"
    ) as caught:
        store.read_table(table, VERDICTS_TABLE)
    assert "elete" not in str(caught.value)
    with pytest.raises(TableError, match="cannot be read as Parquet"):
        store.read_provenance(table)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        pl.exceptions.ComputeError("Stale file handle (os error 116)"),
    ],
)
def test_a_disk_that_does_not_answer_is_no_damaged_file(table, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(pl, "read_parquet", fail)
    monkeypatch.setattr(pl, "read_parquet_metadata", fail)
    for read in (
        lambda: store.read_table(table, VERDICTS_TABLE),
        lambda: store.read_provenance(table),
    ):
        with pytest.raises(
            StorageError, match=r"v\.parquet: cannot be read now: .*Nothing was changed"
        ):
            read()


def test_damaged_pages_are_refused(table):
    content = table.read_bytes()
    table.write_bytes(content[:40] + bytes(40) + content[80:])
    with pytest.raises(TableError, match="cannot be read as Parquet"):
        store.read_table(table, VERDICTS_TABLE)


def test_damage_at_which_polars_panics_is_refused(table, monkeypatch):
    def panic(*_, **__):
        raise pl.exceptions.PanicException("assertion failed: offset + length")

    monkeypatch.setattr(pl, "read_parquet", panic)
    with pytest.raises(TableError, match=r"v\.parquet: cannot be read as Parquet.*is damaged"):
        store.read_table(table, VERDICTS_TABLE)


def test_a_column_of_nulls_alone_is_read_in_every_way(tmp_path):
    path, nothing = tmp_path / "v.parquet", pl.lit(None)
    VERDICTS.with_columns(answer=nothing, response_digest=nothing).write_parquet(path)
    names = ("problem_id", "sample_index", "answer", "response_digest")
    whole = store.read_table(path, VERDICTS_TABLE).select(names)
    assert whole.schema["answer"] == pl.String and whole.schema["response_digest"] == pl.Int64
    assert store.read_table(path, VERDICTS_TABLE, columns=names).equals(whole)
    assert next(store.read_batches(path, VERDICTS_TABLE, columns=names)).equals(whole)
    assert store.read_lengths(path, VERDICTS_TABLE, "answer")["bytes"].to_list() == [0, 0, 0]


def test_missing_provenance_is_accepted(tmp_path):
    VERDICTS.write_parquet(tmp_path / "v.parquet")
    assert store.read_provenance(tmp_path / "v.parquet") == {}
    assert store.read_table(tmp_path / "v.parquet", VERDICTS_TABLE).height == 3


def test_foreign_provenance_is_empty_and_damaged_provenance_an_error(tmp_path):
    path = tmp_path / "v.parquet"
    VERDICTS.write_parquet(path, metadata={store.METADATA_KEY: "[1]", "other": "x"})
    assert store.read_provenance(path) == {}
    VERDICTS.write_parquet(path, metadata={store.METADATA_KEY: "{bad"})
    with pytest.raises(TableError, match="provenance is not JSON"):
        store.read_provenance(path)
    with pytest.raises(InputError, match="no such file"):
        store.read_provenance(tmp_path / "none.parquet")


def test_several_files_are_checked_as_one(tmp_path, table):
    more = tmp_path / "w.parquet"
    with_chain = VERDICTS.with_columns(pl.col("sample_index") + 10, chain_correct=pl.lit(True))
    store.write_table(with_chain, more, VERDICTS_TABLE)
    both = store.read_tables([table, more], VERDICTS_TABLE)
    assert both.height == 6
    assert both["chain_correct"].null_count() == 3
    with pytest.raises(TableError, match=r"(?s)v\.parquet and 1 more: .*duplicate") as caught:
        store.read_tables([table, table], VERDICTS_TABLE)
    assert "3 key(s), first a, 0; a, 1; b, 0" in str(caught.value)


def test_a_wider_file_of_another_tool_is_read(tmp_path):
    path = tmp_path / "v.parquet"
    VERDICTS.with_columns(pl.col("sample_index").cast(pl.UInt8), extra=pl.lit("x")).write_parquet(
        path
    )
    assert store.read_table(path, VERDICTS_TABLE).schema["sample_index"] == pl.Int64


def test_a_fixed_time_gives_identical_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path, frame in zip(paths, (VERDICTS, VERDICTS.reverse()), strict=True):
        details = store.provenance(engine="none", digest="abc")
        store.write_table(frame, path, VERDICTS_TABLE, provenance=details, csv=True)
    for suffix in (".parquet", ".csv"):
        first, second = (path.with_suffix(suffix).read_bytes() for path in paths)
        assert first == second
    assert store.read_provenance(paths[0])["time"] == "1970-01-02T00:00:00+00:00"


@pytest.mark.parametrize("epoch", ["yesterday", "9" * 30])
def test_a_bad_epoch_is_named(monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH"):
        store.provenance()


def test_provenance_says_code_libraries_machine_and_details(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    found = store.provenance(engine="transformers")
    assert found["engine"] == "transformers"
    assert found["libraries"]["polars"] == pl.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"package", "git", "machine", "time"} <= set(found)
    json.dumps(found)


def test_without_git_the_state_is_unknown(monkeypatch):
    monkeypatch.setenv("PATH", "")
    store.git_state.cache_clear()
    try:
        assert store.git_state() == "unknown"
    finally:
        store.git_state.cache_clear()


def test_some_columns_and_rows_are_read_alone(table):
    found = store.read_table(table, VERDICTS_TABLE, columns=("correct", "problem_id", "sandbox"))
    assert found.columns == ["problem_id", "correct"]  # in the order of the schema
    rows = store.read_table(
        table, VERDICTS_TABLE, columns=("problem_id", "verdict"), where=pl.col("problem_id") == "a"
    )
    assert rows.rows() == [("a", "wrong"), ("a", "no_answer")]
    with pytest.raises(InputError, match="no such file"):
        store.read_table(table.with_name("x"), VERDICTS_TABLE, columns=("verdict",))


def test_of_some_columns_those_are_still_checked(table):
    pl.read_parquet(table).with_columns(verdict=pl.lit("perhaps")).write_parquet(table)
    with pytest.raises(TableError, match="column verdict"):
        store.read_table(table, VERDICTS_TABLE, columns=("verdict",))
    assert store.read_table(table, VERDICTS_TABLE, columns=("grader",)).height == 3
    pl.read_parquet(table).drop("grader").write_parquet(table)
    with pytest.raises(TableError, match="not a verdicts table, as it has no column grader"):
        store.read_table(table, VERDICTS_TABLE, columns=("grader",))


def test_a_repeated_key_is_seen_where_the_whole_key_is_read(table):
    pl.concat([pl.read_parquet(table)] * 2).write_parquet(table)
    with pytest.raises(TableError, match="duplicate rows"):
        store.read_table(table, VERDICTS_TABLE, columns=VERDICTS_TABLE.key)
    assert store.read_table(table, VERDICTS_TABLE, columns=("problem_id",)).height == 6


@pytest.mark.parametrize("groups", [None, 7])
def test_batches_hold_all_rows_in_order_and_about_so_many_bytes(tmp_path, monkeypatch, groups):
    path = tmp_path / "v.parquet"
    rows = [(f"p{i:04d}", 0, "x" * (10 if i < 60 else 4000)) for i in range(200)]
    names = ["problem_id", "sample_index", "answer"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        verdict=pl.lit("wrong"), correct=False, grader=pl.lit("g"), detail=pl.lit(None)
    )
    store.write_table(frame, path, VERDICTS_TABLE, row_group_size=groups)
    monkeypatch.setattr(store, "FIRST_ROWS", 8)
    batches = list(store.read_batches(path, VERDICTS_TABLE, columns=names, most_bytes=20_000))
    heights = [batch.height for batch in batches]
    assert heights[:2] == [8, 32]  # it grows fourfold at most, as long as rows are short
    assert set(heights[3:-1]) <= {4, 5}
    assert pl.concat(batches).equals(frame.select(names))
    assert list(store.read_batches(path, VERDICTS_TABLE, columns=names)) != []


def test_batches_of_an_empty_table_are_none_and_faults_are_named(table):
    whole = pl.read_parquet(table)
    whole.clear().write_parquet(table)
    assert list(store.read_batches(table, VERDICTS_TABLE, columns=("grader",))) == []
    whole.drop("grader").write_parquet(table)
    with pytest.raises(TableError, match="has no column grader"):
        list(store.read_batches(table, VERDICTS_TABLE, columns=("grader", "answer")))
    table.write_bytes(b"PAR1")
    with pytest.raises(TableError, match="cannot be read as Parquet"):
        list(store.read_batches(table, VERDICTS_TABLE, columns=("grader",)))
    with pytest.raises(InputError, match="no such file"):
        list(store.read_batches(table.with_name("x"), VERDICTS_TABLE, columns=("grader",)))


def test_a_spreadsheet_runs_nothing_of_a_csv(tmp_path):
    texts = [
        "=1+1",
        "+cmd|x",
        "@SUM(A1)",
        "\tx",
        "-2+3|x",
        "-\\frac12",
        "-5",
        "-0.5",
        "a=b",
        "",
        None,
    ]
    rows = [(f"p{i}", 0, text, "wrong", False, "g", None) for i, text in enumerate(texts)]
    frame = pl.DataFrame(rows, schema=VERDICTS.schema, orient="row")
    written = store.write_table(frame, tmp_path / "v.parquet", VERDICTS_TABLE, csv=True)
    order = [int(name[1:]) for name in written["problem_id"]]
    types = dict.fromkeys(frame.columns, pl.String)
    found = pl.read_csv(tmp_path / "v.csv", schema_overrides=types)
    shown = dict(zip(order, found["answer"].to_list(), strict=True))
    assert [shown[i] for i in range(6)] == ["'" + text for text in texts[:6]]
    assert [shown[i] for i in range(6, 9)] == texts[6:9]
    assert written["answer"].to_list() == [texts[i] for i in order]  # the table holds what was said
    assert store.read_table(tmp_path / "v.parquet", VERDICTS_TABLE).equals(written)


def test_lengths_of_a_text_are_told_by_key(table):
    found = store.read_lengths(table, VERDICTS_TABLE, "answer")
    lengths = {("a", 0): 5, ("a", 1): 0, ("b", 0): 1}  # in bytes of UTF-8
    assert {row[:2]: row[2] for row in found.iter_rows()} == lengths
    pl.read_parquet(table).with_columns(answer=1).write_parquet(table)
    with pytest.raises(TableError, match="column answer: type Int32 where String is expected"):
        store.read_lengths(table, VERDICTS_TABLE, "answer")
    with pytest.raises(InputError, match="no such file"):
        store.read_lengths(table.with_name("x"), VERDICTS_TABLE, "answer")


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["a", "b"]), pl.Binary])
def test_columns_of_categories_and_bytes_are_read_as_text(tmp_path, kind):
    path = tmp_path / "v.parquet"
    VERDICTS.with_columns(pl.col("problem_id").cast(kind)).write_parquet(path)
    some = ("problem_id", "sample_index")
    assert store.read_table(path, VERDICTS_TABLE)["problem_id"].to_list() == ["b", "a", "a"]
    only = store.read_table(path, VERDICTS_TABLE, columns=some, where=pl.col("problem_id") == "a")
    assert only["problem_id"].to_list() == ["a", "a"]
    (batch,) = store.read_batches(path, VERDICTS_TABLE, columns=some)
    assert batch["problem_id"].to_list() == ["b", "a", "a"]
    lengths = store.read_lengths(path, VERDICTS_TABLE, "problem_id")
    assert lengths["bytes"].to_list() == [1, 1, 1]


def test_a_table_without_rows_says_nothing(tmp_path):
    path = tmp_path / "s.parquet"
    names = [name for name, column in SAMPLES.schema.columns.items() if column.required]
    pl.DataFrame(
        schema={name: SAMPLES.schema.columns[name].dtype.type for name in names}
    ).write_parquet(path)
    with pytest.raises(TableError, match=r"s\.parquet: this samples table has no rows"):
        store.read_table(path, SAMPLES)
    with pytest.raises(TableError, match="has no rows"):
        list(store.read_batches(path, SAMPLES, columns=("problem_id",)))
    # All responses of a block may have ended by a fault, so that none has a verdict.
    VERDICTS.clear().write_parquet(path)
    assert store.read_table(path, VERDICTS_TABLE).is_empty()
