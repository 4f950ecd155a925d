"""Tokens per second of a whole sampling job's work and of bare `model.generate`.

Run it after the default study, on an idle machine, from the root of the repository:

    python tests/benchmarks/sampling.py --checkpoint results/models/base-*/step-00900

Both draw 64 responses to each problem of a benchmark at temperature 1, with the
same end-of-text token and limit.  Ours is what a sampling job does once its
model is loaded: prompts from text, decoding, responses to text, log-probabilities,
checked Parquet on disk.  Theirs is `generate` alone, at its best batch size.
Rounds are interleaved; the best round of each counts.  Target: at least half.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import polars as pl
import torch

from boundary.config.lab import LabBenchmark
from boundary.digests import seed_of
from boundary.engines import Machine, Weights
from boundary.engines.transformers.engine import TransformersEngine
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling
from boundary.prompts.template import TextPrompt
from boundary.sampling import sample_block
from boundary.tasks import registers

SAMPLES, MAX_TOKENS = 64, 48
BENCHMARKS = {
    "short": LabBenchmark(problems=120, lengths=[3, 4, 5, 6], seed=11),
    "long": LabBenchmark(problems=60, lengths=[16], seed=13),
}


def ours(engine: TransformersEngine, problems: pl.DataFrame, name: str, batch: int) -> float:
    """Return tokens per second of one block."""
    job = SamplingJob(
        model="m",
        benchmark=name,
        protocol="p",
        block=0,
        seed=seed_of(name),
        checkpoint="none",
        sampling=Sampling(
            engine="transformers",
            prompt=TextPrompt(template="{question}"),
            temperature=1.0,
            top_p=1.0,
            max_tokens=MAX_TOKENS,
            samples_per_shard=SAMPLES,
            batch_size=batch,
        ),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "block.parquet"
        began = time.perf_counter()
        sample_block(engine, problems, job, path)
        spent = time.perf_counter() - began
        return float(pl.read_parquet(path)["n_tokens"].sum() / spent)


def theirs(engine: TransformersEngine, problems: pl.DataFrame, rows: int) -> float:
    """Return tokens per second of `generate` over the same problems."""
    prompts = sorted(problems["question"], key=len)
    began, tokens = time.perf_counter(), 0
    size = rows // SAMPLES
    for i in range(0, len(prompts), size):
        encoded = engine.tokenizer(
            prompts[i : i + size], return_tensors="pt", padding=True, padding_side="left"
        )
        ids = encoded["input_ids"].repeat_interleave(SAMPLES, dim=0)
        mask = encoded["attention_mask"].repeat_interleave(SAMPLES, dim=0)
        with torch.inference_mode():
            found = engine.model.generate(
                ids,
                attention_mask=mask,
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                max_new_tokens=MAX_TOKENS,
                pad_token_id=engine.pad_id,
            )[:, ids.shape[1] :]
        tokens += int((found != engine.pad_id).sum())
    return tokens / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1, help="what a job of the study has")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, nargs="+", default=[256, 512, 1024, 2048])
    parser.add_argument("--batch", type=int, default=2048, help="the protocol's batch_size")
    options = parser.parse_args()
    engine = TransformersEngine(Weights(options.checkpoint), Machine(options.threads))
    for name, spec in BENCHMARKS.items():
        problems = registers.problems(name, spec)
        mine, bare = 0.0, dict.fromkeys(options.rows, 0.0)
        for _ in range(options.rounds):
            mine = max(mine, ours(engine, problems, name, options.batch))
            for rows in options.rows:
                bare[rows] = max(bare[rows], theirs(engine, problems, rows))
        shown = ", ".join(f"{rows} rows {speed:,.0f}" for rows, speed in bare.items())
        best = max(bare.values())
        print(
            f"{name}, {options.threads} threads: job {mine:,.0f} tokens/s; generate {shown}; "
            f"ratio to its best {mine / best:.2f} (target 0.5)",
            flush=True,
        )


if __name__ == "__main__":
    main()
