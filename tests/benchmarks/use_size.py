"""Coverage of the intervals of reliability, of the vote, of best of k and of equal costs.

Run it with the project's Python, from anywhere (minutes)::

    python tests/benchmarks/use_size.py [--runs 400] [--cells 1 2 7]

Cells and seeds were written down before the first run: run r of a cell draws from the seed
[cell, r].  Every problem has a rate p of right samples, Beta(a, b), five wrong answers that share
the rest as Dirichlet(0.3) says, and scores that are normal and, of right samples, larger by 1.
Truth: the mean over 20,000 problems of what infinitely many samples would give each, by closed
forms where there are any, else from 32 draws of k.

Equal costs: lengths are log-normal, of wrong samples twice as long, and half as long of the other
model, which solves half of all problems, and those with 0.8 of its samples.  Truth: the mean over
32,000 problems with 256 samples.
"""

from __future__ import annotations

import argparse
import functools
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta as beta_law
from scipy.stats import binom

from boundary.analyses.best_of.compute import best_of_table, ranked_shares
from boundary.analyses.equal_cost.compute import Costs, combine, length_caps
from boundary.analyses.equal_cost.orders import first_costs
from boundary.analyses.majority.compute import majority_table, vote_shares
from boundary.analyses.reliability.compute import cover_table, reliability_table
from boundary.jobs.reading import ArmTables

Floats = NDArray[np.float64]
ARM = {"model": "m", "benchmark": "b", "protocol": "p"}
WRONG, SHIFT, TRUTH, DRAWS = 5, 1.0, 20_000, 32
KS = (4, 16, 32)


class Cell(NamedTuple):
    """Problems, samples, and the law of rates."""

    m: int
    n: int
    a: float
    b: float


CELLS = [
    Cell(30, 64, 0.35, 1.2),
    Cell(100, 64, 0.35, 1.2),
    Cell(100, 64, 2.0, 2.0),
    Cell(100, 64, 0.1, 0.1),
    Cell(300, 64, 0.35, 1.2),
]
OF_COSTS = [
    Cell(30, 64, 0.35, 1.2),
    Cell(100, 64, 0.35, 1.2),
    Cell(100, 128, 0.35, 1.2),
    Cell(300, 64, 0.35, 1.2),
]
COST_TRUTH, BUDGETS = 32_000, 2.0 ** np.array([8, 10, 11])
#: Of the other model at equal costs.
SOLVES, SURE, SHORTER = 0.5, 0.8, 0.5


class Problem(NamedTuple):
    """Rate of right samples, and shares of the wrong answers."""

    rate: float
    wrong: Floats


def problems(cell: Cell, m: int, rng: np.random.Generator) -> list[Problem]:
    """Draw some problems."""
    rates = rng.beta(cell.a, cell.b, m)
    return [Problem(p, q) for p, q in zip(rates, rng.dirichlet([0.3] * WRONG, m), strict=True)]


def samples(problem: Problem, n: int, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Draw samples: whether right, which answer (0 is right), score."""
    right = rng.random(n) < problem.rate
    answer = np.where(right, 0, 1 + rng.choice(WRONG, n, p=problem.wrong))
    score = rng.normal(size=n) + SHIFT * right
    return right, answer, score


@functools.cache
def truths(a: float, b: float) -> dict[str, float]:
    """Return what the intervals should hold, whatever the size."""
    rng = np.random.default_rng(1)
    every = problems(Cell(0, 0, a, b), TRUTH, rng)
    rates = np.array([each.rate for each in every])
    true = {"cover 0.5": float(beta_law.sf(0.5, a, b))}
    for k in KS:
        true[f"pass^{k}"] = float((rates**k).mean())
        true[f"G-Pass@{k} 0.5"] = float(binom.sf(np.ceil(k / 2) - 1, k, rates).mean())
        votes = [_vote(each, k, rng) for each in every]
        best = [_best(each, k, rng) for each in every]
        true[f"maj@{k}"], true[f"best of {k}"] = float(np.mean(votes)), float(np.mean(best))
    return true


def _vote(problem: Problem, k: int, rng: np.random.Generator) -> float:
    shares = np.append(problem.rate, (1 - problem.rate) * problem.wrong)
    votes = rng.multinomial(k, shares, DRAWS)
    top = votes == votes.max(axis=1, keepdims=True)
    return float((top[:, 0] / top.sum(axis=1)).mean())


def _best(problem: Problem, k: int, rng: np.random.Generator) -> float:
    right = rng.random((DRAWS, k)) < problem.rate
    score = rng.normal(size=right.shape) + SHIFT * right
    return float(right[np.arange(DRAWS), score.argmax(axis=1)].mean())


def held(cell: Cell, rng: np.random.Generator, true: dict[str, float]) -> dict[str, bool]:
    """Return which intervals of one run hold what they should."""
    drawn = [samples(each, cell.n, rng) for each in problems(cell, cell.m, rng)]
    names = [f"{i:03}" for i in range(cell.m)]
    frame = pl.DataFrame(
        {
            "problem_id": np.repeat(names, cell.n),
            "correct": np.concatenate([each[0] for each in drawn]),
            "answer": np.concatenate([each[1] for each in drawn]).astype(int).astype(str),
            "score": np.concatenate([each[2] for each in drawn]),
            "n_tokens": 1,
        }
    )
    correct = [int(each[0].sum()) for each in drawn]
    scores = pl.DataFrame({"problem_id": names, "n": cell.n, "correct": correct}).with_columns(
        pl.lit(value).alias(name) for name, value in ARM.items()
    )
    reliable, votes = reliability_table(scores), majority_table([vote_shares(frame, ARM)])
    best = best_of_table([ranked_shares(frame, ARM)]).filter(rank="score")
    ends = {
        "cover 0.5": cover_table(scores).filter(rate=0.5).select("smoothed_low", "smoothed_high")
    }
    for k in KS:
        at = reliable.filter(measure="g_pass", k=k)
        ends[f"pass^{k}"] = at.filter(threshold=1.0)
        ends[f"G-Pass@{k} 0.5"] = at.filter(threshold=0.5)
        ends[f"maj@{k}"], ends[f"best of {k}"] = votes.filter(k=k), best.filter(k=k)
    return {
        name: _holds(*table.select(pl.col(r"^.*_low$", r"^.*_high$")).row(0), true[name])
        for name, table in ends.items()
    }


def _holds(low: float, high: float, value: float) -> bool:
    return low <= value <= high


def costs(model: str, rates: Floats, n: int, long: float, rng: np.random.Generator) -> Costs:
    """Draw the samples of a model, and what they cost."""
    names = [f"{i:05}" for i in range(len(rates))]
    first, total = [], []
    for name, rate in zip(names, rates, strict=True):
        right = rng.random(n) < rate
        tokens = np.ceil(long * np.exp(0.5 * rng.normal(size=n)) * np.where(right, 1, 2))
        first.append(first_costs(name, tokens.astype(np.int64), right))
        total.append(tokens.sum())
    lengths = pl.DataFrame({"problem_id": names, "n_tokens": 1, "correct": True})
    asked, labels = pl.DataFrame({"problem_id": names}), {**ARM, "model": model}
    caps = length_caps(lengths, asked, labels, 0.95)
    return Costs(labels, asked, np.stack(first), np.array(total), n, caps, None, None)


def two(cell: Cell, m: int, n: int, rng: np.random.Generator) -> list[Costs]:
    """Draw the costs of a base, and of a model that is surer and solves fewer problems."""
    base = rng.beta(cell.a, cell.b, m)
    other = np.where(rng.random(m) < SOLVES, SURE, 0.0)
    return [
        costs("base", base, n, 100, rng),
        costs("other", other, n, 100 * SHORTER, rng),
    ]


JOB = ArmTables.model_validate(
    {
        "arms": [],
        "confidence": 0.95,
        "comparisons": [
            {"comparison": "c", "base": "base", "other": "other", "benchmark": "b", "protocol": "p"}
        ],
    }
)


@functools.cache
def cost_truths(a: float, b: float) -> tuple[list[Floats], float]:
    """Return shares solved at each budget by both models, and where the base overtakes."""
    true = two(Cell(0, 0, a, b), COST_TRUTH, 256, np.random.default_rng(2))
    fine = 2.0 ** np.arange(7, 12.01, 0.125)
    ahead = np.subtract(*(arm.solved("tokens", fine).mean(axis=0) for arm in true))
    last = np.flatnonzero((ahead[:-1] < 0) & (ahead[1:] >= 0))[-1]
    share = ahead[last] / (ahead[last] - ahead[last + 1])
    solved = [arm.solved("tokens", BUDGETS).mean(axis=0) for arm in true]
    return solved, float(fine[last] * 2 ** (0.125 * share))


def overtaken(place: int, cell: Cell, runs: int) -> str:
    """Return one line: shares solved at budgets, and where the base overtakes."""
    solved, crossing = cost_truths(cell.a, cell.b)
    counts, given = np.zeros(7), 0
    for run in range(runs):
        made = combine(two(cell, cell.m, cell.n, np.random.default_rng([place, run])), JOB)
        for side, model in enumerate(("base", "other")):
            table = made["equal_cost"].filter(model=model)
            for at, budget in enumerate(BUDGETS):
                row = table.filter(pl.col("budget") == budget).row(0, named=True)
                counts[3 * side + at] += _holds(row["ci_low"], row["ci_high"], solved[side][at])
        row = made["cost_crossings"].row(0, named=True)
        if row["crossing"] is not None:
            given += 1
            counts[6] += _holds(row["crossing_low"], row["crossing_high"], crossing)
    shares = "  ".join(
        f"{value:.3f} {share:5.1%}"
        for value, share in zip(np.concatenate(solved), counts[:6] / runs, strict=True)
    )
    sizes = " ".join(f"{x:>4}" for x in cell)
    overtakes = f"{crossing:.0f} {given / runs:5.1%} {counts[6] / max(given, 1):5.1%}"
    return f"{place:2d} {sizes}  {shares}  {overtakes}"


def main() -> None:
    """Print the coverage of every cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    every = range(len(CELLS) + len(OF_COSTS))
    parser.add_argument("--cells", type=int, nargs="+", choices=every, default=every)
    options = parser.parse_args()
    runs, asked = options.runs, set(options.cells)
    for place, cell in enumerate(CELLS):
        if place not in asked:
            continue
        true = truths(cell.a, cell.b)
        each = [held(cell, np.random.default_rng([place, run]), true) for run in range(runs)]
        print(f"{place:2d} {' '.join(f'{x:>4}' for x in cell)}", flush=True)
        for name, value in true.items():
            print(f"     {name:14} {value:.3f} {np.mean([one[name] for one in each]):6.1%}")
    print(
        "    M    n    a    b   solved at 2^8, 2^10, 2^11 by base, other; crossing, given, covered"
    )
    for place, cell in enumerate(OF_COSTS, start=len(CELLS)):
        if place in asked:
            print(overtaken(place, cell, runs), flush=True)


if __name__ == "__main__":
    main()
