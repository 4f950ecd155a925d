"""Tokens per second of a sampling job with vLLM and of a bare `LLM.generate`.

Run it on an idle machine, from the root of the repository:

    make install-vllm
    .venv-vllm/bin/python tests/benchmarks/vllm_throughput.py                  # a lab model
    .venv-vllm/bin/python tests/benchmarks/vllm_throughput.py --model FOLDER   # any other
    … --model FOLDER --device gpu --problems 200 --samples 32 --max-tokens 1024

Ours is what a sampling job does once vLLM is up: prompts from text, requests with
their seeds, responses to text, log-probabilities, checked Parquet on disk.  Theirs
is one call of `generate` with all prompts, in the same process on the same engine:
with the same settings (a seed a request, log-probabilities of the sampled tokens),
and plain, without either.  Rounds are interleaved and begin with an empty prefix
cache; the median of their ratios counts.  Target: 0.95 of the same settings.

The time of all threads stands beside the clock's: it is what to look at where
other work shares the cores.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from boundary.config.lab import LabBenchmark, Pretrain, checkpoint_name
from boundary.digests import seed_of
from boundary.engines import Machine, Weights
from boundary.engines.vllm.engine import VllmEngine
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling
from boundary.prompts.template import TextPrompt
from boundary.sampling import sample_block
from boundary.tasks import registers

STEPS = 300  # of training, for the model of the lab


def lab_model(folder: Path) -> Path:
    """Train a model of the lab for some seconds."""
    from boundary.lab.train import train

    train(Pretrain(recipe="pretrain", steps=STEPS), folder, parents={}, threads=1)
    return folder / checkpoint_name(STEPS)


def word_problems(count: int) -> pl.DataFrame:
    """Make questions of about the length of GSM8K's."""
    text = (
        "A school orders {a} boxes of pencils, and every box holds {b} pencils. The {c} children "
        "of each of its {d} classes get two pencils each, and the teachers keep half of what is "
        "left for the next term. How many pencils do the teachers keep? Think step by step, and "
        "put the final answer within \\boxed{{}}."
    )
    questions = [
        text.format(a=10 + i, b=20 + 3 * i, c=15 + i % 9, d=2 + i % 7) for i in range(count)
    ]
    rows = [
        {
            "benchmark": "words",
            "problem_id": f"w{i:05d}",
            "question": question,
            "answer": "0",
            "kind": "math",
            "tests": None,
            "metadata": None,
        }
        for i, question in enumerate(questions)
    ]
    return pl.DataFrame(rows, schema_overrides={"tests": pl.String, "metadata": pl.String})


def timed(work: Callable[[], int]) -> tuple[float, float]:
    """Return tokens a second, by the clock and by the time of all threads."""
    clock, threads = time.perf_counter(), time.process_time()
    tokens = work()
    return tokens / (time.perf_counter() - clock), tokens / (time.process_time() - threads)


def pipeline(engine: VllmEngine, problems: pl.DataFrame, job: SamplingJob) -> int:
    """Sample a block to disk and return its tokens."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "block.parquet"
        sample_block(engine, problems, job, output)
        return int(pl.read_parquet(output)["n_tokens"].sum())


def bare(llm: Any, problems: pl.DataFrame, job: SamplingJob, *, same: bool) -> int:
    """Generate the responses of a block in one call and return their tokens."""
    from vllm import SamplingParams

    prompts, params = [], []
    for name, question in problems.select("problem_id", "question").iter_rows():
        for j in range(job.sampling.samples_per_shard):
            extra = {"seed": seed_of(job.seed, name, j), "logprobs": 0} if same else {}
            prompts.append(question)
            params.append(
                SamplingParams(
                    temperature=job.sampling.temperature,
                    top_p=job.sampling.top_p,
                    max_tokens=job.sampling.max_tokens,
                    **extra,
                )
            )
    outputs = llm.generate(prompts, params, use_tqdm=False)
    return sum(len(output.outputs[0].token_ids) for output in outputs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="folder; default: a model of the lab")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", help="default: the checkpoint's own")
    parser.add_argument("--problems", type=int, default=60)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--max-tokens", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = options.model or lab_model(Path(folder) / "lab")
        measure(options, checkpoint)


def measure(options: argparse.Namespace, checkpoint: Path) -> None:
    """Run the rounds and print every one."""
    if options.model is None:
        spec = LabBenchmark(problems=options.problems, lengths=[3, 4, 5, 6], seed=11)
        problems = registers.problems("short", spec)
    else:
        problems = word_problems(options.problems)
    job = SamplingJob(
        model="m",
        benchmark=problems["benchmark"][0],
        protocol="p",
        block=0,
        seed=7,
        checkpoint=str(checkpoint),
        sampling=Sampling(
            engine="vllm",
            prompt=TextPrompt(template="{question}"),
            temperature=1.0,
            top_p=1.0,
            max_tokens=options.max_tokens,
            samples_per_shard=options.samples,
        ),
    )
    machine = Machine(threads=options.threads, device=options.device)
    engine = VllmEngine(Weights(checkpoint, dtype=options.dtype), machine)
    works: dict[str, Callable[[], int]] = {
        "job": lambda: pipeline(engine, problems, job),
        "same settings": lambda: bare(engine._llm, problems, job, same=True),
        "plain": lambda: bare(engine._llm, problems, job, same=False),
    }
    for work in works.values():  # what is first has to compile and to warm up
        work()
    ratios: dict[str, list[tuple[float, float]]] = {"same settings": [], "plain": []}
    for _ in range(options.rounds):
        found = {}
        for name, work in works.items():
            engine._llm.reset_prefix_cache()
            found[name] = timed(work)
        shown = ", ".join(f"{name} {speed:,.0f}" for name, (speed, _) in found.items())
        print(f"tokens/s: {shown}", flush=True)
        for name, rounds in ratios.items():
            ours, theirs = found["job"], found[name]
            rounds.append((ours[0] / theirs[0], ours[1] / theirs[1]))
    for name, rounds in ratios.items():
        clock, threads = (statistics.median(column) for column in zip(*rounds, strict=True))
        target = " (target 0.95)" if name == "same settings" else ""
        print(f"job / generate, {name}: {clock:.3f} by the clock{target}, {threads:.3f} by threads")


if __name__ == "__main__":
    main()
