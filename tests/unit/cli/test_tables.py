"""Stage commands on files by hand: no provenance, narrow integers, foreign columns."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.analyses.coverage.tables import COVERAGE
from boundary.comparison_tables import CROSSOVERS
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import PASSK, SAMPLES, SCORES, VERDICTS_TABLE

Run = Callable[..., Any]
Scores = Callable[..., Path]
BASE = [1, 1, 1, 1, 2, 1, 1, 2, 1, 3, 1, 2]
TRAINED = [8, 8, 0, 8, 0, 0, 8, 0, 0, 8, 0, 0]


def test_passk_of_scores_by_hand(run: Run, score_file: Scores, tmp_path: Path) -> None:
    output = tmp_path / "out" / "k.parquet"
    paths = [score_file("base", BASE), score_file("rl", TRAINED)]
    done = run("passk", "--scores", paths[0], "--scores", paths[1], "--output", output)
    assert (done.code, done.out, done.err) == (0, "", "")
    frame = read_table(output, PASSK)
    assert frame.height == 2 * 8
    for (model, k, value), flagged in zip(
        frame.select("model", "k", "pass_at_k").iter_rows(), frame["flagged"], strict=True
    ):
        counts = BASE if model == "base" else TRAINED
        exact = sum(1 - comb(8 - c, k) / comb(8, k) for c in counts) / len(counts)
        assert value == pytest.approx(exact, abs=1e-12)
        assert flagged == (k > 4)
    assert frame["n_problems"].unique().to_list() == [12]
    csv = pl.read_csv(output.with_suffix(".csv"))
    assert csv["pass_at_k"].to_list() == frame["pass_at_k"].to_list()
    assert read_provenance(output)["package"].startswith("boundary ")


def test_problems_with_few_samples_are_named_and_dropped(
    run: Run, score_file: Scores, tmp_path: Path
) -> None:
    paths = [score_file("base", BASE), score_file("rl", TRAINED)]
    rows = pl.read_parquet(paths[0])
    few = pl.col("problem_id") == rows["problem_id"][3]
    rows.with_columns(n=pl.when(few).then(2).otherwise("n")).write_parquet(paths[0])
    output = tmp_path / "k.parquet"
    done = run("passk", "--scores", paths[0], "--output", output)
    assert "1 of 12 problems with fewer than the usual 8 samples: " in done.err
    assert read_table(output, PASSK)["pass_at_k"].drop_nulls().len() == 2
    done = run("passk", "--scores", paths[0], "--output", output, "--min-n", 8)
    assert done.err == "Note: 1 of 12 problems with fewer than 8 samples dropped.\n"
    frame = read_table(output, PASSK)
    assert frame["pass_at_k"].null_count() == 0 and frame["n_problems"].unique().item() == 11
    pair = ("crossover", "--base", paths[0], "--other", paths[1], "--bootstrap", 100)
    done = run(*pair, "--output", output, "--min-n", 3)
    row = read_table(output, CROSSOVERS).row(0, named=True)
    assert (done.code, row["k_max"], row["n_problems"]) == (0, 4, 11)
    assert "1 of 12 problems with fewer than 3 samples dropped (min_n)" in row["note"]
    done = run(*pair, "--output", output, "--min-n", 9)
    assert done.code == 2 and "The largest min_n that leaves any is 8." in done.err


def test_crossover_of_scores_by_hand(run: Run, score_file: Scores, tmp_path: Path) -> None:
    output = tmp_path / "x.parquet"
    base, other = score_file("base", BASE), score_file("rl", TRAINED)
    done = run(
        "crossover", "--base", base, "--other", other, "--output", output, "--bootstrap", 500
    )
    assert (done.code, done.err) == (0, "")
    (row,) = read_table(output, CROSSOVERS).iter_rows(named=True)
    assert (row["comparison"], row["base"], row["other"]) == ("rl-vs-base", "base", "rl")
    assert (row["k_max"], row["n_problems"]) == (4, 12)
    exact = sum(b - t for b, t in zip(BASE, TRAINED, strict=True)) / 8 / 12
    assert row["diff_at_1"] == pytest.approx(exact, abs=1e-12)
    assert row["diff_at_1"] < 0 < row["diff_at_k_max"]
    assert 1 < row["k_cross"] < 4
    assert pl.read_csv(output.with_suffix(".csv")).height == 1


def test_crossover_is_the_same_twice(run: Run, score_file: Scores, tmp_path: Path) -> None:
    base, other = score_file("base", BASE), score_file("rl", TRAINED)
    frames = []
    for name in ("x", "y"):
        output = tmp_path / f"{name}.parquet"
        run("crossover", "--base", base, "--other", other, "--output", output, "--bootstrap", 300)
        frames.append(read_table(output, CROSSOVERS))
    assert frames[0].equals(frames[1])


def test_k_max_beyond_n(run: Run, score_file: Scores, tmp_path: Path) -> None:
    base, other = score_file("base", BASE), score_file("rl", TRAINED)
    done = run(
        "crossover", "--base", base, "--other", other, "--output", tmp_path / "x", "--k-max", 9
    )
    assert done.code == 2
    assert "k_max is 9, but its problems share n = 8" in done.err
    assert not (tmp_path / "x").exists()


def test_scores_of_several_arms_are_no_side(run: Run, score_file: Scores, tmp_path: Path) -> None:
    both = pl.concat([pl.read_parquet(score_file(name, BASE)) for name in ("a", "b")])
    both.write_parquet(tmp_path / "both.parquet")
    done = run(
        "crossover",
        "--base",
        tmp_path / "both.parquet",
        "--other",
        score_file("rl", TRAINED),
        "--output",
        tmp_path / "x.parquet",
    )
    assert done.code == 2
    assert "the base scores must hold one arm" in done.err


def _drop(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("correct")


def _retype(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("correct") / 2)


def _too_many(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(correct=pl.lit(9))


def _twice(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, frame.head(1)])


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_drop, "has no column correct"),
        (_retype, "column correct holds whole numbers, found 0.5"),
        (_too_many, "correct <= n"),
        (_twice, "duplicate rows"),
    ],
)
def test_scores_that_are_none(
    damage: Callable[[pl.DataFrame], pl.DataFrame],
    told: str,
    run: Run,
    score_file: Scores,
    tmp_path: Path,
) -> None:
    path = score_file("base", BASE)
    damage(pl.read_parquet(path)).write_parquet(path)
    done = run("passk", "--scores", path, "--output", tmp_path / "k.parquet")
    assert done.code == 2
    assert told in done.err
    assert str(path) in done.err
    assert not (tmp_path / "k.parquet").exists()


def test_a_file_that_is_missing_or_torn(run: Run, score_file: Scores, tmp_path: Path) -> None:
    done = run("passk", "--scores", tmp_path / "none", "--output", tmp_path / "k.parquet")
    assert (done.code, "no such file" in done.err) == (2, True)
    path = score_file("base", BASE)
    path.write_bytes(path.read_bytes()[:-20])
    done = run("passk", "--scores", path, "--output", tmp_path / "k.parquet")
    assert (done.code, "cannot be read as Parquet" in done.err) == (2, True)


ENGINES = {
    "version": ({"transformers": "5.1"}, "transformers 5.0 and 5.1"),
    "engine": ({"engine": "vllm"}, "engine transformers and vllm"),
    "torch": ({"torch": "2.14"}, "torch 2.13 and 2.14"),
}
MADE_BY = {"engine": "transformers", "transformers": "5.0", "torch": "2.13", "device": "cpu"}


@pytest.fixture
def shards(tmp_path: Path) -> Callable[..., list[object]]:
    """Return what writes an arm of two shards and gives the options that name them."""

    def write(*made_by: dict[str, str]) -> list[object]:
        pl.DataFrame(
            {
                "benchmark": "b",
                "problem_id": ["a", "c"],
                "question": ["Which is a?", "Which is c?"],
                "answer": "1",
                "kind": "lab",
                "tests": pl.Series([None, None], dtype=pl.String),
                "metadata": pl.Series([None, None], dtype=pl.String),
            }
        ).write_parquet(tmp_path / "p.parquet")
        options: list[object] = ["--problems", tmp_path / "p.parquet"]
        for block, by in enumerate(made_by):
            samples = pl.DataFrame(
                [
                    {
                        "model": "m",
                        "benchmark": "b",
                        "protocol": "p",
                        "problem_id": problem,
                        "sample_index": block,
                        "seed": 1,
                        "response": "1",
                        "n_tokens": 1,
                        "finish_reason": "stop",
                        "logprob_sum": -1.0,
                    }
                    for problem in ("a", "c")
                ]
            )
            verdicts = samples.select(
                "problem_id",
                pl.col("sample_index").cast(pl.Int32),
                answer=pl.lit("1"),
                verdict=pl.lit("correct"),
                correct=pl.lit(True),
                grader=pl.lit("g"),
                detail=pl.lit(None, dtype=pl.String),
            )
            write_table(samples, tmp_path / f"s{block}.parquet", SAMPLES, provenance=by)
            verdicts.write_parquet(tmp_path / f"v{block}.parquet")
            options += ["--samples", tmp_path / f"s{block}.parquet"]
            options += ["--verdicts", tmp_path / f"v{block}.parquet"]
        return [*options, "--output", tmp_path / "c.parquet"]

    return write


def test_score_of_one_engine(run: Run, shards: Callable[..., list[object]], tmp_path: Path) -> None:
    done = run("score", *shards(MADE_BY, {**MADE_BY, "time": "later"}), "--n", 2)
    assert (done.code, done.err) == (0, "")
    frame = read_table(tmp_path / "c.parquet", SCORES)
    assert frame.select("problem_id", "n", "correct").rows() == [("a", 2, 2), ("c", 2, 2)]
    told = {key: MADE_BY[key] for key in ("engine", "transformers", "torch")}
    assert read_provenance(tmp_path / "c.parquet")["sampled_by"] == told
    assert frame.select("empty", "distinct_responses").rows() == [(0, 1), (0, 1)]


def test_score_of_unknown_engines(
    run: Run, shards: Callable[..., list[object]], tmp_path: Path
) -> None:
    assert run("score", *shards({}, {})).code == 0
    assert read_provenance(tmp_path / "c.parquet")["sampled_by"] == {}
    assert read_table(tmp_path / "c.parquet", SCORES).height == 2


@pytest.mark.parametrize("name", ENGINES)
def test_a_mix_of_engines_is_refused(
    name: str, run: Run, shards: Callable[..., list[object]], tmp_path: Path
) -> None:
    change, told = ENGINES[name]
    done = run("score", *shards(MADE_BY, MADE_BY, {**MADE_BY, **change}))
    assert done.code == 2
    assert f"samples of one model come from different engines: {told} (" in done.err
    assert "s0.parquet and" in done.err
    assert "s2.parquet)" in done.err
    assert not (tmp_path / "c.parquet").exists()


@pytest.mark.parametrize("known", [{}, {"sampling": {"temperature": 0.6, "top_p": 0.95}}])
def test_shards_that_share_a_seed_are_no_score(
    known: dict[str, Any], run: Run, shards: Callable[..., list[object]], tmp_path: Path
) -> None:
    """Twelve problems, two blocks of four: first samples of their own, then copies."""
    arguments = shards({}, {})
    names = [f"q{i:02d}" for i in range(12)]
    held = pl.read_parquet(tmp_path / "p.parquet")
    pl.concat(
        held[:1].with_columns(problem_id=pl.lit(name), question=pl.lit(f"Which is {name}?"))
        for name in names
    ).write_parquet(tmp_path / "p.parquet")
    for copied in (False, True):
        for block in (0, 1):
            rows = [
                {
                    **{"model": "m", "benchmark": "b", "protocol": "p", "problem_id": name},
                    **{"sample_index": 4 * block + place, "seed": 1, "n_tokens": 30},
                    "response": f"{name} {place} {0 if copied else block}",
                    **{"finish_reason": "stop", "logprob_sum": -20.0},
                }
                for name in names
                for place in range(4)
            ]
            samples = pl.DataFrame(rows)
            write_table(samples, tmp_path / f"s{block}.parquet", SAMPLES, provenance=known)
            samples.select(
                *("problem_id", "sample_index"),
                answer=pl.lit("1"),
                verdict=pl.lit("correct"),
                correct=pl.lit(True),
                grader=pl.lit("g"),
                detail=pl.lit(None, dtype=pl.String),
            ).write_parquet(tmp_path / f"v{block}.parquet")
        done = run("score", *arguments)
        if not copied:
            assert (done.code, done.err) == (0, "")
            assert read_table(tmp_path / "c.parquet", SCORES)["n"].to_list() == [8] * 12
            (tmp_path / "c.parquet").unlink()
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "s0.parquet and " in done.err
    assert "s1.parquet share a seed. Sample for sample 48 of 48 responses are equal" in done.err
    assert not (tmp_path / "c.parquet").exists()


@pytest.mark.parametrize(("most", "code"), [(None, 2), (0.4, 2), (0.5, 0)])
def test_responses_without_outcome_are_told_or_refused(
    most: float | None,
    code: int,
    run: Run,
    shards: Callable[..., list[object]],
    tmp_path: Path,
) -> None:
    arguments = shards({}, {})
    held = pl.read_parquet(tmp_path / "s1.parquet")
    held.with_columns(finish_reason=pl.lit("error")).write_parquet(tmp_path / "s1.parquet")
    done = run("score", *arguments, *([] if most is None else ["--max-unset", most]))
    assert done.code == code
    assert "2 of 4 responses have no outcome (finish_reason error), to 2 problems" in done.err
    assert "s1.parquet: 2)" in done.err
    if code:
        assert f"at most {'1' if most is None else '40'}.00% are allowed" in done.err
        assert not (tmp_path / "c.parquet").exists()
        return
    frame = read_table(tmp_path / "c.parquet", SCORES)
    assert frame.select("n", "correct", "n_unset").rows() == [(2, 1, 1)] * 2
    scores, other = tmp_path / "c.parquet", tmp_path / "d.parquet"
    write_table(frame.with_columns(model=pl.lit("other")), other, SCORES)
    done = run("crossover", "--base", scores, "--other", other, "--output", tmp_path / "x.parquet")
    assert done.code == 0
    note = read_table(tmp_path / "x.parquet", CROSSOVERS)["note"][0]
    for side in ("base", "other"):
        assert f"2 of 4 responses of {side} have no outcome and count as failures" in note


def test_a_score_of_too_few_samples(
    run: Run, shards: Callable[..., list[object]], tmp_path: Path
) -> None:
    done = run("score", *shards(MADE_BY), "--n", 2)
    assert done.code == 2
    assert not (tmp_path / "c.parquet").exists()


def test_a_comparison_of_two_engines_is_refused(
    run: Run, score_file: Scores, tmp_path: Path
) -> None:
    paths = []
    for model, counts, version in (("base", BASE, "5.0"), ("rl", TRAINED, "5.1")):
        path = score_file(model, counts)
        by = {"sampled_by": {**MADE_BY, "transformers": version}}
        write_table(pl.read_parquet(path), path, SCORES, provenance=by)
        paths.append(path)
    arguments = ["crossover", "--base", paths[0], "--other", paths[1], "--bootstrap", 200]
    arguments += ["--output", tmp_path / "x.parquet"]
    done = run(*arguments)
    assert done.code == 2
    assert "base and rl were not sampled alike (transformers 5.0 and 5.1)" in done.err
    done = run(*arguments, "--allow", "engine_version")
    assert (done.code, done.err) == (0, "")
    told = "transformers 5.0 (base) and 5.1 (other)"
    assert read_table(tmp_path / "x.parquet", CROSSOVERS)["permitted"][0] == told


def test_analyse_writes_every_table(run: Run, score_file: Scores, tmp_path: Path) -> None:
    from score_tables import STUDY_TABLES

    spec = (
        '{"bootstrap": 200, "confidence": 0.9, "k_max": null, "series": [], "comparisons": '
        '[{"comparison": "c", "base": "base", "other": "rl", "benchmark": "bench", '
        '"protocol": "p", "other_protocol": "p", "allowed": ["temperature"], '
        '"differs": {"temperature": [0.6, 1]}, "grading": null}]}'
    )
    files = ["--scores", score_file("base", BASE), "--scores", score_file("rl", TRAINED)]
    done = run("analyse", *files, "--spec", spec, "--output", tmp_path / "tables")
    assert (done.code, done.err) == (0, "")
    for name, table in STUDY_TABLES.items():
        frame = read_table(tmp_path / f"tables/{name}.parquet", table)
        assert (tmp_path / f"tables/{name}.csv").read_text().startswith(",".join(frame.columns))
    crossovers = read_table(tmp_path / "tables/crossovers.parquet", CROSSOVERS)
    assert crossovers["comparison"].to_list() == ["c"]
    told = "temperature 0.6 (base) and 1 (other)"
    coverage = read_table(tmp_path / "tables/coverage.parquet", COVERAGE)
    assert crossovers["permitted"][0] == coverage["permitted"][0] == told


def test_verify_and_score_a_lab_arm(run: Run, tmp_path: Path) -> None:
    """From problems to scores with files alone; the right trace is worth one."""
    spec = '{"benchmark": "b", "lab": {"problems": 4, "lengths": [3], "seed": 3}}'
    problems = tmp_path / "p.parquet"
    assert run("problems", "--spec", spec, "--output", problems).code == 0
    held = pl.read_parquet(problems)
    held.select(
        model=pl.lit("m"),
        benchmark="benchmark",
        protocol=pl.lit("p"),
        problem_id="problem_id",
        sample_index=pl.lit(0, dtype=pl.Int32),
        seed=pl.lit(1),
        response=pl.concat_str(pl.lit("> o0 v0 # "), "answer"),
        n_tokens=pl.lit(9),
        finish_reason=pl.lit("stop"),
        logprob_sum=pl.lit(None, dtype=pl.Float64),
    ).write_parquet(tmp_path / "s.parquet")
    files = ["--problems", problems, "--samples", tmp_path / "s.parquet"]
    assert run("verify", *files, "--output", tmp_path / "v.parquet").code == 0
    assert read_table(tmp_path / "v.parquet", VERDICTS_TABLE)["correct"].all()
    done = run(
        "score", *files, "--verdicts", tmp_path / "v.parquet", "--output", tmp_path / "c.parquet"
    )
    assert (done.code, done.err) == (0, "")
    frame = read_table(tmp_path / "c.parquet", SCORES)
    assert frame["correct"].to_list() == [1] * 4
    assert frame["chain_correct"].to_list() == [0] * 4
