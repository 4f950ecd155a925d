"""Time the scoring of responses beside a plain loop and lm-evaluation-harness, on one thread.

Run it from the repository, in an environment that has both::

    python -m venv /tmp/lm && /tmp/lm/bin/pip install 'lm-eval[hf]==0.4.13' '.[engines]'
    PYTHONPATH=workflow /tmp/lm/bin/python tests/benchmarks/scoring_speed.py
        [--runs 5] [--case lab ...]

Three shapes of random weights: that of the lab (16 prompts of 5 tokens with 32 responses of
12-18), and 135M parameters of Llama's (30 layers, hidden 576, 49,152 words) with 6 responses of
64 tokens to a prompt of 512, and 4 to each of 2 of 65.  All responses differ.  Processor seconds,
medians of runs in turns; the peak of memory above the loaded model is that of a process of its
own for each.  Without lm-eval its column is left out.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from boundary.engines.token_scores import Extras, Nucleus, Row
from boundary.engines.transformers.scoring import Scorer

LAB = LlamaConfig(
    vocab_size=56,
    hidden_size=128,
    intermediate_size=256,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=64,
)
LLAMA = LlamaConfig(
    vocab_size=49152,
    hidden_size=576,
    intermediate_size=1536,
    num_hidden_layers=30,
    num_attention_heads=9,
    num_key_value_heads=3,
    tie_word_embeddings=True,
    max_position_embeddings=2048,
)
#: Configuration, prompts, tokens of a prompt, responses to each, and their tokens.
CASES = {
    "lab": (LAB, 16, 5, 32, (12, 18)),
    "P 512, n 6": (LLAMA, 1, 512, 6, (64, 64)),
    "P 65, n 4": (LLAMA, 2, 65, 4, (64, 64)),
}
EVERYTHING = Extras(nuclei=(Nucleus(0.6, 0.95), Nucleus(1.0, 0.95)))


def make(case: str) -> tuple[LlamaForCausalLM, list[Row]]:
    """Return a model of random weights, and rows of random tokens."""
    config, prompts, width, responses, (least, most) = CASES[case]
    draw = torch.Generator().manual_seed(1)

    def tokens(size: int) -> list[int]:
        return torch.randint(config.vocab_size, (size,), generator=draw).tolist()

    torch.manual_seed(0)
    heads = [tokens(width) for _ in range(prompts)]
    lengths = torch.randint(least, most + 1, (prompts * responses,), generator=draw).tolist()
    rows = [(heads[i // responses], tokens(length)) for i, length in enumerate(lengths)]
    return LlamaForCausalLM(config).eval(), rows


def plain(model: Any, rows: Sequence[Row]) -> list[float]:
    """Score one row after another by the model's own forward."""
    sums = []
    with torch.inference_mode():
        for head, tail in rows:
            ids = torch.tensor([[*head, *tail]])
            logprobs = model(ids).logits[0].float().log_softmax(-1)[len(head) - 1 : -1]
            sums.append(float(logprobs.gather(-1, torch.tensor(tail)[:, None]).double().sum()))
    return sums


def lm_eval(model: Any, rows: Sequence[Row]) -> Callable[[], list[float]] | None:
    """Return lm-evaluation-harness' loglikelihood over the same tokens."""
    try:
        from lm_eval.models.huggingface import HFLM
    except ImportError:
        return None
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="a", eos_token="a")
    harness = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=64, device="cpu")
    requests = [((str(i), ""), list(head), list(tail)) for i, (head, tail) in enumerate(rows)]
    return lambda: [
        value for value, _ in harness._loglikelihood_tokens(requests, disable_tqdm=True)
    ]


def ways(case: str) -> dict[str, Callable[[], list[float]]]:
    """Return each way to score the rows of a case."""
    torch.set_num_threads(1)
    model, rows = make(case)
    scorer = Scorer(model)
    made: dict[str, Callable[[], list[float]] | None] = {
        "plain": lambda: plain(model, rows),
        "lm-eval": lm_eval(model, rows),
        "ours": lambda: [one.total for one in scorer.score(rows)],
        "ours, all statistics": lambda: [one.total for one in scorer.score(rows, EVERYTHING)],
    }
    return {name: way for name, way in made.items() if way}


def peak(case: str, way: str) -> float:
    """Return MB of memory that a way takes above the loaded model, in a process of its own."""
    command = [sys.executable, __file__, "--peak", case, way]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def resident(name: str) -> int:
    """Return a line of this process' status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> int:
    """Print a table a case."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--case", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--peak", nargs=2, metavar=("CASE", "WAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        run = ways(options.peak[0])[options.peak[1]]
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak of loading
        before = resident("VmRSS")
        run()
        print((resident("VmHWM") - before) / 1e3)
        return 0
    for case in options.case:
        run_all = ways(case)
        sums = {name: way() for name, way in run_all.items()}
        seconds: dict[str, list[float]] = {name: [] for name in run_all}
        for _ in range(options.runs):
            for name, way in run_all.items():
                start = time.process_time()
                way()
                seconds[name].append(time.process_time() - start)
        middle = {name: statistics.median(values) for name, values in seconds.items()}
        print(f"{case}: {len(sums['plain'])} responses")
        for name, value in middle.items():
            apart = max(abs(a - b) for a, b in zip(sums[name], sums["plain"], strict=True))
            print(
                f"  {name:22} {value:7.3f} s  {middle['plain'] / value:5.2f} x plain  "
                f"sums differ by {apart:.1e}  peak {peak(case, name):6.0f} MB",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
