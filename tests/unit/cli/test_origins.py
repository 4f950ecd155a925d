"""Samples, verdicts and scores of different origin: refused, both named, nothing written."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from boundary.comparison_tables import CROSSOVERS
from boundary.origins import questions_digest
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE
from origin_files import BY, SAMPLING, Files, problems


def test_scores_tell_of_their_origin(files: Files) -> None:
    frame = read_table(files["C_base"], SCORES)
    assert frame["correct"].sum() == 24
    assert frame["problem_digest"].n_unique() == 12
    assert frame["responses_digest"].null_count() == 0
    told = read_provenance(files["C_base"])
    assert (told["sampled_by"], told["sampling"]) == (BY, SAMPLING)
    assert set(told["graders"]) == {"lab"}
    assert "silent_shards" not in told


def test_verdicts_of_other_samples(files: Files) -> None:
    """Of 96 responses none is right, and of the verdicts a quarter are."""
    files.sample("rl", 0)
    files["C_rl"].unlink()
    done = files.score("rl", verdicts="base")
    assert done.code == 2
    assert done.err.startswith(
        f"Error: {files['V_base0']}: 48 of 48 rows are of other responses than "
        f"{files['S_rl0']} and 1 more, first problem q00, sample 0; "
    )
    assert "run verify again with them" in done.err
    assert not files["C_rl"].exists()


@pytest.mark.parametrize(("row", "column"), [(0, "response"), (95, "response")])
def test_samples_that_were_drawn_anew(files: Files, row: int, column: str) -> None:
    shard, place = divmod(row, 48)
    path = files[f"S_base{shard}"]
    drawn = read_table(path, SAMPLES)
    texts = drawn[column].to_list()
    texts[place] += "."
    told = read_provenance(path)
    write_table(drawn.with_columns(pl.Series(column, texts)), path, SAMPLES, provenance=told)
    done = files.score("base")
    assert (done.code, f"{files[f'V_base{shard}']}: 1 of 48 rows" in done.err) == (2, True)
    files.verify("base")
    assert files.score("base").code == 0


def test_golds_that_were_mended(files: Files) -> None:
    mended = problems().with_columns(
        answer=pl.when(problem_id="q03").then(pl.lit("4 4 4")).otherwise("answer")
    )
    write_table(mended, files["P"], PROBLEMS)
    done = files.score("base")
    assert done.code == 2
    assert f"{files['V_base0']}: was made from other problems than {files['P']}" in done.err
    assert "tests of 1 of 12 problem(s) differ, first q03." in done.err


def test_problems_made_anew_with_other_metadata_are_the_same(files: Files) -> None:
    anew = problems().with_columns(metadata=pl.lit('{"cluster": "c"}')).reverse()
    write_table(anew, files["P"], PROBLEMS, provenance={"time": "later"})
    assert files.score("base").code == 0


def test_verdicts_in_other_files_than_samples(files: Files) -> None:
    """One file for both blocks, written by another tool, which keeps no provenance."""
    whole = pl.concat([pl.read_parquet(files[f"V_base{i}"]) for i in range(2)])
    whole.filter(pl.col("problem_id") < "q05").write_parquet(files["V_base0"])
    whole.filter(pl.col("problem_id") >= "q05").write_parquet(files["V_base1"])
    assert files.score("base").code == 0
    done = files.score("rl", verdicts="base")
    assert (done.code, "40 of 40 rows are of other" in done.err) == (2, True)


def test_verdicts_of_the_version_before(files: Files) -> None:
    for shard, name in itertools.product(range(2), ("response_digest", "problem_digest")):
        path = files[f"V_base{shard}"]
        told = {"sandbox": "isolated"}
        write_table(pl.read_parquet(path).drop(name), path, VERDICTS_TABLE, provenance=told)
    assert files.score("base").code == 0
    assert read_provenance(files["C_base"])["graders"] == {}


def test_samples_of_other_questions(files: Files) -> None:
    files.sample("base", 4, inputs={"questions": questions_digest(problems(seed=1))})
    given = ["--problems", files["P"], "--samples", files["S_base0"], "--output", files["V"]]
    done = files.run("verify", *given)
    assert done.code == 2
    assert f"{files['S_base0']}: was sampled from other questions than {files['P']}" in done.err
    assert not files["V"].exists()


def test_a_shard_without_provenance_beside_one_with(files: Files) -> None:
    write_table(read_table(files["S_rl1"], SAMPLES), files["S_rl1"], SAMPLES)
    files["C_rl"].unlink()
    done = files.score("rl")
    assert done.code == 2
    assert f"{files['S_rl1']}: tells nothing of how it was sampled (1 of 2 shards" in done.err
    assert str(files["S_rl0"]) in done.err
    assert not files["C_rl"].exists()
    assert files.score("rl", "--allow", "provenance").code == 0
    assert files.crossover().code == 0
    (note,) = read_table(files["X"], CROSSOVERS)["note"]
    assert "1 of 2 shards of other tell nothing of how they were sampled" in note


def test_a_name_that_allows_nothing(files: Files) -> None:
    done = files.crossover("--allow", "temprature")
    assert (done.code, "--allow temprature: no difference is called so" in done.err) == (2, True)
    done = files.score("rl", "--allow", "temperature")
    assert (done.code, "--allow temperature: " in done.err) == (2, True)


UNLIKE = {
    "temperature": 1.0,
    "top_p": 1.0,
    "max_tokens": 128,
    "max_model_len": 99,
    "prompt": "bb",
}


@pytest.mark.parametrize("key", UNLIKE)
def test_scores_of_unlike_settings(files: Files, key: str) -> None:
    alike = SAMPLING | {"max_model_len": None}
    for name, settings in (("base", alike), ("rl", alike | {key: UNLIKE[key]})):
        told = read_provenance(files[f"C_{name}"]) | {"sampling": settings}
        scores = read_table(files[f"C_{name}"], SCORES)
        write_table(scores, files[f"C_{name}"], SCORES, provenance=told)
    done = files.crossover()
    assert done.code == 2
    assert f"on b ({files['C_base']} and {files['C_rl']})" in done.err
    assert f"were not sampled alike ({key} " in done.err
    assert f"--allow {key}" in done.err
    assert not files["X"].exists()
    assert files.crossover("--allow", key).code == 0
    (told,) = read_table(files["X"], CROSSOVERS)["permitted"]
    one = "unset" if key == "max_model_len" else SAMPLING[key]
    assert told == f"{key} {one} (base) and {UNLIKE[key]} (other)"


def test_alike_scores_have_no_note_of_it(files: Files) -> None:
    assert files.crossover().code == 0
    table = read_table(files["X"], CROSSOVERS)
    assert "settings" not in (table["note"][0] or "")
    assert table["permitted"][0] is None


def test_settings_of_one_side_are_unknown(files: Files) -> None:
    write_table(read_table(files["C_base"], SCORES), files["C_base"], SCORES)
    assert files.crossover().code == 0
    assert "settings of base unknown" in read_table(files["X"], CROSSOVERS)["note"][0]


@pytest.mark.parametrize("command", ["crossover", "passk"])
def test_scores_of_other_problems(files: Files, command: str) -> None:
    """Two sets of problems under the same names, as the lab draws from two seeds."""
    write_table(problems(seed=1), files["P"], PROBLEMS)
    files.made("rl", 4)
    if command == "crossover":
        done = files.crossover()
    else:
        given = ["--scores", files["C_base"], "--scores", files["C_rl"]]
        done = files.run("passk", *given, "--output", files["X"])
    assert done.code == 2
    assert f"{files['C_rl']} and {files['C_base']}: 12 problem(s) of benchmark b are" in done.err
    assert not files["X"].exists()
