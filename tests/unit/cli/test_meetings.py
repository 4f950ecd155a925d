"""Tables made from verdicts meet problems, samples and scores of another origin."""

from __future__ import annotations

import json
import shutil
from typing import Any

import polars as pl
import pytest

from boundary.cli.pages import _examples
from boundary.errors import TableError
from boundary.jobs.pages import QuotedArm
from boundary.jobs.sampling import Sampling
from boundary.sampling.block import settings_of
from boundary.store import read_table, write_table
from boundary.tables import (
    LIKELIHOODS,
    PROBLEMS,
    SCORES,
    VERDICTS_TABLE,
)
from origin_files import BY, Files, problems

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
    arm = {**ARM, "verdicts": [str(files["V_rl0"])], "scored": ["L.parquet"]}
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


@pytest.mark.parametrize("what", ["questions", "prompt", "stop"])
def test_responses_are_scored_after_the_prompt_that_they_answer(files: Files, what: str) -> None:
    """All before a model is loaded; there is none here."""
    template = {"template": "{question}", "stop": []}
    settings = {"engine": "transformers", "samples_per_shard": 4, "temperature": 1.0, "top_p": 1.0}
    now: dict[str, Any] = {**settings, "max_tokens": 8, **template}
    drawn = settings_of(Sampling.model_validate(now))
    if what == "questions":
        files.sample("rl", 4, inputs={"questions": "0" * 16}, sampling=drawn)
        told = f"{files['S_rl0']}: was sampled from other questions than {files['P']}"
    else:
        files.sample("rl", 4, sampling=drawn)
        change = {"prompt": ("template", "Q: {question}"), "stop": ("stop", ["<end>"])}
        key, value = change[what]
        now[key] = value
        told = f"{files['S_rl0']}: was sampled under another prompt than the spec has ({what} "
    spec = {"scorer": "base", "checkpoint": "none", "responses": 4, "sampling": now}
    given = ["--problems", files["P"], "--samples", files["S_rl0"], "--output", files["L"]]
    done = files.run("likelihood", "--spec", json.dumps(spec), *given)
    assert (done.code, told in done.err) == (2, True), done.err
    assert not files["L"].exists()


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
