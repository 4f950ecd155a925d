"""Seconds a step of each algorithm of the lab, beside GRPO's of the same round.

From the root of the repository, with a base that the default study trained::

    .venv/bin/python tests/benchmarks/lab_steps.py --model results/models/BASE/step-00900

Policies do not move (learning rate 10⁻⁷), so that all respond alike.  The first steps,
in which PPO learns values alone, are not counted.  Printed are medians over steps of CPU
time, and the median over rounds of the ratio to GRPO, which each round begins with.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

import torch
from lab_trl import Clock, steps_of

from boundary.config.lab import Reinforce
from boundary.lab.model import load_model
from boundary.lab.reinforce import reinforce
from boundary.lab_algorithms import ALGORITHMS
from boundary.lab_task import VALUE_WARMUP

OPTIONS = {"passk": {"k": 8}}
VARIANTS = {
    **{name: {"algorithm": name, **OPTIONS.get(name, {})} for name in ALGORITHMS},
    "grpo, kl": {"kl": 0.3},
    "grpo, entropy": {"entropy": 0.03},
    "grpo, 2 updates": {"updates": 2},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="a checkpoint of the lab's base")
    parser.add_argument("--length", type=int, default=8, help="operations a problem")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rounds = [
        {name: step(options, settings) for name, settings in VARIANTS.items()}
        for _ in range(options.rounds)
    ]
    for name in VARIANTS:
        seconds = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["grpo"] for each in rounds)
        print(f"{name:16} {seconds:.2f} s of CPU a step, {ratio:.2f} x GRPO")


def step(options: argparse.Namespace, settings: dict[str, object]) -> float:
    """Return the median CPU seconds of a step."""
    steps = VALUE_WARMUP + 1 + options.steps
    run = Reinforce(
        recipe="reinforce",
        start="base",
        steps=steps,
        lengths=[options.length, options.length],
        learning_rate=1e-7,
        **settings,
    )
    clock = Clock(steps)
    reinforce(run, load_model(options.model), clock, lambda step, model: None)
    times = [after[1] - before[1] for before, after in steps_of(clock.marks)]
    return statistics.median(times[VALUE_WARMUP:])


if __name__ == "__main__":
    main()
