"""Seconds a step of trl's GRPOTrainer and of the lab's own loop, on one model.

trl is no dependency of the project.  Give it an environment of its own that
sees the packages of the project's, from the root of the repository::

    python -m venv /tmp/trl
    python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \\
        > $(/tmp/trl/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/up.pth
    /tmp/trl/bin/pip install --no-deps trl accelerate datasets pyarrow dill \\
        multiprocess xxhash pandas aiohttp
    PYTHONPATH=workflow /tmp/trl/bin/python tests/benchmarks/lab_trl.py \\
        --model results/models/BASE/step-00900

Both take 32 problems of one length and 16 samples of each a step, learn from
the same 0/1 reward without KL penalty, and run on the same number of threads.
The first step of each warms up and is not counted.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from boundary.config.lab import Reinforce
from boundary.lab.curve import Curve, CurvePoint
from boundary.lab.material import material
from boundary.lab.model import load_model
from boundary.lab.reinforce import reinforce
from boundary.lab.tokenizer import build_tokenizer
from boundary.tasks.registers import check, draw_operations, question

PROBLEMS, GROUP = 32, 16


class Clock(Curve):
    """A curve that notes wall and CPU time at every step and prints nothing."""

    def __init__(self, steps: int) -> None:
        super().__init__("clock", 10 * steps)
        self.marks = [(time.perf_counter(), time.process_time())]

    def add(self, point: CurvePoint) -> None:
        """Note the times."""
        self.marks.append((time.perf_counter(), time.process_time()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="a checkpoint of the lab's base")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--length", type=int, default=10, help="operations a problem")
    parser.add_argument("--steps", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{options.threads} threads, {PROBLEMS} x {GROUP} rollouts, length {options.length}")
    for name, measure in (("lab", lab), ("trl", trl), ("lab", lab)):
        marks = measure(options.model, options.length, options.steps)
        wall, cpu = (
            statistics.median(after[i] - before[i] for before, after in steps_of(marks))
            for i in (0, 1)
        )
        print(f"{name}: {wall:.2f} s a step, {cpu:.2f} s of CPU", flush=True)


def steps_of(marks: list[tuple[float, float]]) -> list[tuple[Any, Any]]:
    """Pair the times at both ends of every step but the first."""
    return list(itertools.pairwise(marks[1:]))


def lab(folder: Path, length: int, steps: int) -> list[tuple[float, float]]:
    """Run the lab's loop."""
    run = Reinforce(
        recipe="reinforce",
        start="base",
        steps=steps,
        prompts=PROBLEMS,
        group=GROUP,
        lengths=[length, length],
    )
    clock = Clock(steps)
    reinforce(run, load_model(folder), clock, lambda step, model: None)
    return clock.marks


def trl(folder: Path, length: int, steps: int) -> list[tuple[float, float]]:
    """Run GRPOTrainer with the settings that correspond."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    clock = Clock(steps)

    class Marker(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.add(CurvePoint(0, None, 0))

    def reward(prompts: list[str], completions: list[str], **_: Any) -> list[float]:
        pairs = zip(prompts, completions, strict=True)
        return [float(check(text, response).correct) for text, response in pairs]

    rng = np.random.default_rng(0)
    operations = draw_operations(rng, PROBLEMS * steps, length).tolist()
    texts = [question("q" if rng.random() < 0.1 else "p", row) for row in operations]
    with tempfile.TemporaryDirectory() as output:
        settings = GRPOConfig(
            output_dir=output,
            max_steps=steps,
            per_device_train_batch_size=PROBLEMS * GROUP,
            num_generations=GROUP,
            max_completion_length=2 * length + 6,
            temperature=1.0,
            top_p=1.0,
            top_k=0,
            beta=0.0,
            loss_type="dapo",
            learning_rate=1e-3,
            lr_scheduler_type="constant",
            gradient_checkpointing=False,
            bf16=False,
            use_cpu=True,
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            logging_steps=1000,
        )
        trainer = GRPOTrainer(
            model=load_model(folder),
            reward_funcs=reward,
            args=settings,
            train_dataset=Dataset.from_list([{"prompt": text} for text in texts]),
            processing_class=build_tokenizer(material("registers")),
            callbacks=[Marker()],
        )
        clock.marks = [(time.perf_counter(), time.process_time())]
        trainer.train()
    return clock.marks


if __name__ == "__main__":
    main()
