"""Tokens per second of the sampling loop and of ``model.generate``, side by side.

Run it on an idle machine, from the root of the repository::

    python tests/benchmarks/lab_rollout.py                       # an untrained lab model
    python tests/benchmarks/lab_rollout.py --model DIR --threads 1

Both sample the same number of tokens from the same prompts at temperature 1,
64 responses a problem, with stopping switched off so that the work is equal.
Rounds are interleaved; the table shows the best round of each, and the ratio
of the loop to ``generate`` at the same batch size and at its best one.  On a
busy machine, ``--clock cpu`` counts the seconds of the process's own threads.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import PreTrainedModel

from boundary.config.lab import Pretrain
from boundary.engines.decode import decode
from boundary.lab.model import build_model, load_model
from boundary.tasks.registers import IDS, PAD

SAMPLES = 64
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a checkpoint of the lab (default: untrained)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rows", type=int, nargs="+", default=[256, 512, 2048])
    parser.add_argument("--lengths", type=int, nargs="+", default=[5, 16])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = load_model(options.model) if options.model else build_model(Pretrain(recipe="pretrain"))
    model.eval()
    clock = CLOCKS[options.clock]
    print(
        f"{options.threads} threads, best of {options.rounds} rounds, "
        f"tokens per second ({options.clock} clock)"
    )
    print(f"{'L':>3} {'rows':>5} {'decode':>9} {'generate':>9} {'ratio':>6}")
    for length in options.lengths:
        speeds = {
            rows: measure(model, length, rows, options.rounds, clock) for rows in options.rows
        }
        for rows, (ours, theirs) in speeds.items():
            print(f"{length:3d} {rows:5d} {ours:9.0f} {theirs:9.0f} {ours / theirs:6.2f}")
        ours, theirs = (max(pair[i] for pair in speeds.values()) for i in (0, 1))
        print(f"{length:3d}  best {ours:9.0f} {theirs:9.0f} {ours / theirs:6.2f}", flush=True)


def measure(
    model: PreTrainedModel, length: int, rows: int, rounds: int, clock: Callable[[], float]
) -> tuple[float, float]:
    """Return tokens per second of decode and of generate."""
    problems, tokens = rows // SAMPLES, 2 * length + 6
    generator = torch.Generator().manual_seed(0)
    prompts = torch.randint(2, 56, (problems, length + 2), generator=generator)
    draws = torch.rand((rows, tokens), generator=generator, dtype=torch.float64)
    repeated = prompts.repeat_interleave(SAMPLES, dim=0)

    def ours() -> torch.Tensor:
        return decode(
            model,
            prompts.tolist(),
            samples=SAMPLES,
            uniforms=draws,
            temperature=1.0,
            top_p=1.0,
            max_tokens=tokens,
            stop_ids=[],
            pad_id=IDS[PAD],
        ).tokens

    def theirs() -> torch.Tensor:
        with torch.inference_mode():
            return model.generate(
                repeated,
                attention_mask=torch.ones_like(repeated),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                max_new_tokens=tokens,
                eos_token_id=None,
                pad_token_id=IDS[PAD],
            )[:, length + 2 :]

    best = [0.0, 0.0]
    for _ in range(rounds):
        for place, sampler in enumerate((ours, theirs)):
            best[place] = max(best[place], rows * tokens / seconds(sampler, (rows, tokens), clock))
    return best[0], best[1]


def seconds(
    sampler: Callable[[], torch.Tensor], shape: tuple[int, int], clock: Callable[[], float]
) -> float:
    """Time one call, which must have sampled everything."""
    started = clock()
    found = sampler()
    spent = clock() - started
    if tuple(found.shape) != shape:
        raise RuntimeError(f"sampled {tuple(found.shape)} tokens where {shape} were asked")
    return spent


if __name__ == "__main__":
    main()
