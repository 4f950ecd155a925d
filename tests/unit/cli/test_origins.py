"""Commands on files of different origin: refused, both named, nothing written."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.cli.pages import _examples
from boundary.errors import TableError
from boundary.jobs.pages import QuotedArm
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import (
    CROSSOVERS,
    LIKELIHOODS,
    PROBLEMS,
    SAMPLES,
    SCORES,
    VERDICTS_TABLE,
)
from boundary.tasks import registers

NAMES = [f"q{i:02d}" for i in range(12)]
BY = {"engine": "vllm", "vllm": "0.9", "dtype": "bfloat16"}
SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 64, "prompt": "aa", "stop": []}
Run = Callable[..., Any]


def problems(seed: int = 0) -> pl.DataFrame:
    questions = [registers.question("q", [10 + i + seed, 2, 3]) for i in range(len(NAMES))]
    return pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": NAMES,
            "question": questions,
            "answer": [" ".join(registers.solution(text)[-3:]) for text in questions],
            "kind": "lab",
            "tests": pl.Series([None] * len(NAMES), dtype=pl.String),
            "metadata": pl.Series([None] * len(NAMES), dtype=pl.String),
        }
    )


def samples(model: str, right: int, shard: int = 0) -> pl.DataFrame:
    """Return four responses to each problem, of which the first ``right`` are correct."""
    golds = problems()["answer"].to_list()
    rows = [(name, gold, i) for name, gold in zip(NAMES, golds, strict=True) for i in range(4)]
    return pl.DataFrame(
        {
            "model": model,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [name for name, _, _ in rows],
            "sample_index": [4 * shard + i for _, _, i in rows],
            "seed": 1,
            "response": [
                f"{model} {name} {4 * shard + i} # {gold if 4 * shard + i < right else 'no'}"
                for name, gold, i in rows
            ],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )


class Files:
    """Problems, samples, verdicts and scores in a folder, made by the commands."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        write_table(problems(), self["P"], PROBLEMS)

    def __getitem__(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def sample(self, name: str, right: int, shards: int = 2, **by: Any) -> None:
        for shard in range(shards):
            told = {"sampled_by": BY, "sampling": SAMPLING} | by
            drawn = samples(name, right, shard)
            write_table(drawn, self[f"S_{name}{shard}"], SAMPLES, provenance=told)

    def verify(self, name: str, shards: int = 2) -> None:
        for shard in range(shards):
            given = ["--problems", self["P"], "--samples", self[f"S_{name}{shard}"]]
            done = self.run("verify", *given, "--output", self[f"V_{name}{shard}"])
            assert done.code == 0, done.err

    def score(self, name: str, *more: object, verdicts: str | None = None) -> Any:
        options: list[object] = ["--problems", self["P"]]
        for shard in range(2):
            options += ["--samples", self[f"S_{name}{shard}"]]
            options += ["--verdicts", self[f"V_{verdicts or name}{shard}"]]
        return self.run("score", *options, "--output", self[f"C_{name}"], *more)

    def made(self, name: str, right: int, **by: Any) -> Path:
        """Make scores from nothing."""
        self.sample(name, right, **by)
        self.verify(name)
        done = self.score(name)
        assert done.code == 0, done.err
        return self[f"C_{name}"]

    def crossover(self, *more: object) -> Any:
        sides = ["--base", self["C_base"], "--other", self["C_rl"]]
        return self.run("crossover", *sides, "--output", self["X"], "--bootstrap", 200, *more)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def files(tmp_path: Path, run: Run, kept: Path) -> Files:
    """Return a base that solves each problem twice in 8, and a model that does in 4."""
    if not any(kept.iterdir()):
        made = Files(kept, run)
        made.made("base", 2)
        made.made("rl", 4)
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Files(tmp_path, run)


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
    from boundary.origins import questions_digest

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
    (note,) = read_table(files["X"], CROSSOVERS)["note"]
    one = "unset" if key == "max_model_len" else SAMPLING[key]
    assert f"differs by permission: {key} {one} (base) and {UNLIKE[key]} (other)" in note


def test_alike_scores_have_no_note_of_it(files: Files) -> None:
    assert files.crossover().code == 0
    (note,) = read_table(files["X"], CROSSOVERS)["note"]
    assert "settings" not in (note or "")
    assert "permission" not in (note or "")


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


ARM = {"model": "rl", "benchmark": "b", "protocol": "p"}


def judged(files: Files, name: str = "rl", **more: Any) -> dict[str, Any]:
    """Return an arm of a spec, with all of its files."""
    return {
        **ARM,
        "kind": "lab",
        "problems": str(files["P"]),
        "verdicts": [str(files[f"V_{name}{i}"]) for i in range(2)],
        **more,
    }


def run_spec(files: Files, command: str, **spec: Any) -> Any:
    return files.run(*command.split(), "--spec", json.dumps(spec), "--output", files.folder / "out")


@pytest.mark.parametrize("command", ["audit", "guess-floor"])
def test_verdicts_meet_problems_of_other_golds(files: Files, command: str) -> None:
    spec = {"arms": [judged(files)], "confidence": 0.95}
    assert run_spec(files, command, **spec).code == 0
    shutil.rmtree(files.folder / "out")
    mended = problems().with_columns(
        answer=pl.when(problem_id="q11").then(pl.lit("4 4 4")).otherwise("answer")
    )
    write_table(mended, files["P"], PROBLEMS)
    done = run_spec(files, command, **spec)
    assert done.code == 2
    assert f"{files['V_rl0']}: was made from other problems than {files['P']} holds" in done.err
    assert not list((files.folder / "out").glob("*"))


@pytest.mark.parametrize("exchanged", ["samples", "verdicts", "scores"])
def test_chains_of_two_arms(files: Files, exchanged: str) -> None:
    arm = judged(
        files,
        scores=str(files["C_rl"]),
        samples=[str(files[f"S_rl{i}"]) for i in range(2)],
    )
    assert run_spec(files, "chains select", arms=[arm], below=1).code == 0
    shutil.rmtree(files.folder / "out")
    files.sample("rl", 4, sampled_by=BY | {"vllm": "0.10"})
    if exchanged == "scores":  # of the same arm, drawn anew
        told = read_table(files["C_rl"], SCORES)
        other = pl.lit(1, dtype=pl.Int64)
        write_table(told.with_columns(responses_digest=other), files["C_rl"], SCORES)
        expected = f"{files['C_rl']}: counts other responses than {files['S_rl0']} and 1 more hold"
    elif exchanged == "samples":
        arm["samples"] = [str(files[f"S_base{i}"]) for i in range(2)]
        expected = f"{files['S_base0']}: holds samples of base / b / p and not of rl / b / p"
    else:
        arm["verdicts"] = judged(files, "base")["verdicts"]
        expected = f"{files['V_base0']}: 48 of 48 rows are of other responses than {files['S_rl0']}"
    done = run_spec(files, "chains select", arms=[arm], below=1)
    assert (done.code, expected in done.err) == (2, True)
    assert not (files.folder / "out").exists()


def test_curves_of_chains_and_scores_drawn_anew(files: Files) -> None:
    arm = judged(
        files, scores=str(files["C_rl"]), samples=[str(files[f"S_rl{i}"]) for i in range(2)]
    )
    assert run_spec(files, "chains select", arms=[arm], below=1).code == 0
    items = files.folder / "out" / "chain_items.parquet"
    given = ["chains curves", "--items", items, "--scores", files["C_rl"]]
    given = [*given[0].split(), *given[1:], "--spec", '{"confidence": 0.95}']
    assert files.run(*given, "--output", files.folder / "curves").code == 0
    told = read_table(files["C_rl"], SCORES)
    anew = told.with_columns(responses_digest=pl.lit(1, dtype=pl.Int64))
    write_table(anew, files["C_rl"], SCORES)
    done = files.run(*given, "--output", files.folder / "more")
    assert done.code == 2
    assert f"{items}: was selected from other responses than {files['C_rl']} counts" in done.err


def likelihoods(digests: pl.DataFrame) -> pl.DataFrame:
    return digests.filter(pl.col("sample_index") < 2).select(
        *("problem_id", "sample_index", "response_digest"),
        scorer=pl.lit("base"),
        source_model=pl.lit("rl"),
        benchmark=pl.lit("b"),
        protocol=pl.lit("p"),
        n_tokens=pl.lit(3),
        logprob_sum=pl.lit(-1.0),
        perplexity=pl.lit(1.4),
    )


def test_log_probabilities_of_other_responses(files: Files) -> None:
    """Only the first responses are scored, of which the verdicts of a whole block tell."""
    verdicts = read_table(files["V_rl0"], VERDICTS_TABLE)
    write_table(likelihoods(verdicts), files["L"], LIKELIHOODS)
    arm = {**ARM, "verdicts": [str(files["V_rl0"])], "scored": "L.parquet"}
    spec = {"scorers": [str(files.folder)], "arms": [arm], "bootstrap": 100, "confidence": 0.95}
    assert run_spec(files, "perplexity", **spec).code == 0
    verdicts = read_table(files["V_base0"], VERDICTS_TABLE)
    write_table(likelihoods(verdicts), files["L"], LIKELIHOODS)
    done = run_spec(files, "perplexity", **spec)
    assert done.code == 2
    assert f"{files['L']}: 24 of 24 rows are of other responses than {files['V_rl0']}" in done.err
    older = read_table(files["L"], LIKELIHOODS).drop("response_digest")
    write_table(older, files["L"], LIKELIHOODS)
    assert run_spec(files, "perplexity", **spec).code == 0


def test_tables_of_two_runs_are_not_drawn_together(files: Files) -> None:
    """The audit is of older verdicts than the curves."""
    spec = {"arms": [judged(files)], "confidence": 0.95}
    pair = {"comparison": "x", "base": "base", "other": "rl", "benchmark": "b", "protocol": "p"}
    scores = [str(files["C_base"]), str(files["C_rl"])]
    out = files.folder / "out"
    drawn = {"study": "s", "figures": [], "models": [], "confidence": 0.95}
    given = ["figures", "--spec", json.dumps(drawn), "--tables", out, "--output", files.folder]
    made = {"comparisons": [pair], "scores": scores, "bootstrap": 200}
    assert run_spec(files, "audit", **spec).code == 0
    assert run_spec(files, "analyse", **made).code == 0
    assert files.run(*given).code == 0
    files.sample("rl", 5)
    files.verify("rl")
    assert files.score("rl").code == 0
    assert run_spec(files, "analyse", **made).code == 0
    done = files.run(*given)
    assert done.code == 2
    assert "audit.parquet: were made from different results of rl / b / p" in done.err
    assert run_spec(files, "audit", **spec).code == 0
    assert files.run(*given).code == 0


def test_a_report_quotes_responses_with_their_own_verdicts(files: Files) -> None:
    arm = judged(files, samples=[str(files["S_rl0"])], verdicts=[str(files["V_rl0"])])
    examples = _examples([QuotedArm.model_validate(arm)])
    assert examples is not None
    assert examples.height == 4
    other = arm | {"verdicts": [str(files["V_base0"])]}
    with pytest.raises(TableError, match="48 of 48 rows are of other responses"):
        _examples([QuotedArm.model_validate(other)])
