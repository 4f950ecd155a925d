"""Words of four letters; those that begin with ``a`` are kept for benchmarks."""

import itertools

import numpy as np
import polars as pl
from boundary.kinds.copying.verifier import correct

from boundary.lab.material import EOS, PAD, Material

LETTERS = ("a", "b", "c")
VOCABULARY = (PAD, EOS, "=", *LETTERS)
FIRST = VOCABULARY.index("a")


def problems(benchmark, drawing):
    """Draw a benchmark."""
    words = [" ".join(word) for word in itertools.product("a", *3 * [LETTERS])]
    chosen = np.random.default_rng(drawing.seed).permutation(len(words))[: drawing.problems]
    columns = {
        "benchmark": benchmark,
        "problem_id": [f"{i:02d}" for i in chosen],
        "question": [f"{words[i]} =" for i in chosen],
        "answer": [words[i][-1] for i in chosen],
        "kind": "copying",
        "tests": None,
        "metadata": None,
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).sort("problem_id")


def prompts(run, rng, count):
    """Draw training problems, none of them a benchmark's."""
    letters = FIRST + rng.integers(0, len(LETTERS), (count, 4))
    letters[:, 0] = FIRST + rng.integers(1, len(LETTERS), count)
    return np.concatenate([letters, np.full((count, 1), VOCABULARY.index("="))], axis=1), 2


def batch(run, step, rng):
    """Draw words with their last letter, or a random one."""
    ids, _ = prompts(run, rng, run.rows)
    noisy = rng.random(run.rows) < run.noise
    letter = np.where(noisy, FIRST + rng.integers(0, len(LETTERS), run.rows), ids[:, -2])
    ends = np.full(run.rows, VOCABULARY.index(EOS))
    return np.column_stack([ids, letter, ends]), ids.shape[1]


MATERIAL = Material(
    vocabulary=VOCABULARY, problems=problems, batch=batch, prompts=prompts, correct=correct
)
