r"""Judge random responses and count what became of them: none may end the job or stall it.

Run it with the project's Python (100,000 take about ten minutes on two cores)::

    python tests/benchmarks/math_fuzz.py [--n 100000] [--seed 0] [--workers 2]

A response is drawn from signs, commands, words and pieces of hostile LaTeX, half of them in a
box, against a few golds of each kind; every other one is the gold answer with one or two such
pieces put into it.  Printed are verdicts, errors by their cause, and the
seconds that the slowest batch of 1,000 took; exit code 1 when an answer of random signs is
right without being the gold answer's text, or a batch takes longer than its rows may.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

import numpy as np
import polars as pl

from boundary.verify.math import LIMITS, verifier
from boundary.verify.setting import Setting

GOLDS = (
    *("5", "x^2+1", r"\frac{1}{2}", "1,2", "(1,2)", r"x=5", r"(-\infty,3]", "2x-y=3", "3:4"),
    *(r"\text{east}", r"\begin{pmatrix}1\\2\end{pmatrix}", r"5\text{ cm}", "4:30", "11_2"),
)
PIECES = (
    *"0123456789xyzaei+-*/=<>()[]{}|^_.,;:!?'\"$%&#~@ \n\t",
    *("\\frac", "\\sqrt", "\\boxed{", "\\text{", "\\left(", "\\right)", "\\pm", "\\sum_{k=1}^n"),
    *("\\int_0^1", "\\begin{pmatrix}", "\\end{pmatrix}", "\\\\", "\\cup", "\\infty", "\\circ"),
    *("^\\circ", "^.5", "2e-3", ".5", "10^{", "!", "\\binom", "\\{", "\\}", "\\mid", "\\in"),
    *("\\mathbb{R}", "\\setminus", "and", "or", "\\ldots", "...", "x^2e-3", "\\frac12e-3x"),
    *("½", "²", "√", "π", "≤", "５", "é", "答案", "\u202e", "\x00", "🙂", "\\cdot", "\\log_2"),
    *("\\sin", "\\lfloor", "\\rfloor", "\\dot{x}", "\\frac{dx}{dt}", "\\text{ cm}", "million"),
    *("for all", "1,000", "100, 200", "x=", "f(x)=", "</think>", "<answer>", "</answer>"),
    *("The answer is ", "Answer:", "9^{9^9}", "5!", "\\lim_{x\\to0}", "\\equiv", "\\pmod{3}"),
)


def response(gold: str, generator: np.random.Generator) -> str:
    """Return random pieces, or a gold answer with some put into it; half of the first in a box."""
    drawn = [
        PIECES[i] for i in generator.integers(len(PIECES), size=int(generator.integers(1, 16)))
    ]
    if generator.random() < 0.5:
        text = "".join(drawn)
        return f"\\boxed{{{text}}}" if generator.random() < 0.5 else text
    for piece in drawn[: int(generator.integers(1, 3))]:
        place = int(generator.integers(len(gold) + 1))
        gold = gold[:place] + piece + gold[place:]
    return f"\\boxed{{{gold}}}"


def main() -> int:
    """Judge, count, time."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    verdicts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    odd = []
    slowest = 0.0
    begun = time.perf_counter()
    with verifier(Setting(workers=options.workers)) as judge:
        for start in range(0, options.n, 1000):
            size = min(1000, options.n - start)
            golds = [GOLDS[i] for i in generator.integers(len(GOLDS), size=size)]
            texts = [response(gold, generator) for gold in golds]
            items = pl.DataFrame(
                {
                    "problem_id": [f"{i:06d}" for i in range(start, start + len(texts))],
                    "sample_index": 0,
                    "answer": golds,
                    "response": texts,
                }
            )
            before = time.perf_counter()
            found = judge(items)
            slowest = max(slowest, time.perf_counter() - before)
            verdicts.update(found["verdict"].to_list())
            errors.update(found.filter(pl.col("verdict") == "error")["detail"].to_list())
            odd += [
                (gold, answer, detail)
                for gold, answer, verdict, detail in zip(
                    golds, found["answer"], found["verdict"], found["detail"], strict=True
                )
                if verdict == "correct" and not (detail or "").startswith("same text")
            ]
    print(f"{options.n:,} responses in {time.perf_counter() - begun:.0f} s: {dict(verdicts)}")
    print(f"errors: {dict(errors)}")
    print(f"slowest thousand: {slowest:.1f} s, at most {1000 * LIMITS.cpu_seconds:,.0f} s allowed")
    print(f"right, and not by their text: {len(odd)}; to look at:")
    for gold, answer, detail in odd[:3000]:
        print(f"  gold {gold!r} <- {answer!r}: {detail}")
    return 0 if slowest <= 1000 * LIMITS.cpu_seconds else 1


if __name__ == "__main__":
    sys.exit(main())
