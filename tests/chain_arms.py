"""Tables of an arm with given correct responses, for tests of chains."""

import numpy as np
import polars as pl

#: Samples a problem of simulated arms.
N = 128
ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def nothing(count, kind=pl.String):
    return pl.Series([None] * count, dtype=kind)


def counted(model, ids, correct, n):
    """Return scores that know n and correct alone."""
    m = len(ids)
    return pl.DataFrame(
        {
            "model": [model] * m,
            "benchmark": ["b"] * m,
            "protocol": ["p"] * m,
            "problem_id": ids,
            "n": [n] * m,
            "correct": correct,
            "truncated": nothing(m, pl.Int64),
            "no_answer": nothing(m, pl.Int64),
            "distinct_answers": nothing(m, pl.Int64),
            "majority_correct": nothing(m, pl.Boolean),
            "mean_tokens": nothing(m, pl.Float64),
        }
    )


def make_arm(responses, n, model="m", question="What is {}?"):
    """Return problems, scores, samples and verdicts; ``responses[problem]`` are the correct ones.

    All other samples say nothing and are wrong.
    """
    ids = sorted(responses)
    m = len(ids)
    problems = pl.DataFrame(
        {
            "benchmark": ["b"] * m,
            "problem_id": ids,
            "question": [question.format(name) for name in ids],
            "answer": ["7"] * m,
            "kind": ["math"] * m,
            "tests": nothing(m),
            "metadata": nothing(m),
        }
    )
    scores = counted(model, ids, [len(responses[name]) for name in ids], n)
    rows = [
        (name, i, responses[name][i] if i < len(responses[name]) else "no idea")
        for name in ids
        for i in range(n)
    ]
    size = len(rows)
    samples = pl.DataFrame(
        rows, schema=["problem_id", "sample_index", "response"], orient="row"
    ).with_columns(
        model=pl.lit(model),
        benchmark=pl.lit("b"),
        protocol=pl.lit("p"),
        seed=pl.lit(0, dtype=pl.Int64),
        n_tokens=pl.lit(5, dtype=pl.Int64),
        finish_reason=pl.lit("stop"),
        logprob_sum=pl.lit(None, dtype=pl.Float64),
    )
    right = [i < len(responses[name]) for name, i, _ in rows]
    verdicts = pl.DataFrame(
        {
            "problem_id": [row[0] for row in rows],
            "sample_index": [row[1] for row in rows],
            "answer": nothing(size),
            "verdict": ["correct" if ok else "wrong" for ok in right],
            "correct": right,
            "grader": ["g"] * size,
            "detail": nothing(size),
        }
    )
    return problems, scores, samples, verdicts


def simulate(rng, *, problems=120, cap=4, audit=60, pi=0.5, kappa=1.0, judge=(0.85, 0.75)):
    """Return scores and chains of one arm, and the true number of valid chains of each problem."""
    solved = np.where(rng.random(problems) < 0.6, rng.beta(0.6, 40, problems), rng.random(problems))
    share = rng.beta(pi * kappa, (1 - pi) * kappa, problems)
    correct = rng.binomial(N, solved)
    scores = counted("m", [f"p{i:05d}" for i in range(problems)], correct, N)
    valid, rows = correct.copy(), []
    for i, name in enumerate(scores["problem_id"]):
        if not 0 < correct[i] < 0.05 * N:
            continue
        truth = rng.random(correct[i]) < share[i]
        valid[i] = truth.sum()
        right = rng.random(correct[i]) < np.where(truth, *judge)
        said = np.where(truth == right, "valid", "invalid")
        for j in range(correct[i]):
            rows.append((name, j, int(correct[i]), bool(truth[j]), said[j] if j < cap else None))
    shown = [k for k, row in enumerate(rows) if row[4]]
    people = set(rng.choice(shown, min(audit, len(shown)), replace=False)) if audit else set()
    human = [
        ("valid" if row[3] else "invalid") if k in people else None for k, row in enumerate(rows)
    ]
    return scores, chains_of(rows, human), valid


def chains_of(rows, human, model="m"):
    count = len(rows)
    return pl.DataFrame(
        {
            "model": [model] * count,
            "benchmark": ["b"] * count,
            "protocol": ["p"] * count,
            "problem_id": [row[0] for row in rows],
            "sample_index": [row[1] for row in rows],
            "id": [f"{row[0]}-{row[1]}" for row in rows],
            "in_sheet": [row[4] is not None for row in rows],
            "n": [N] * count,
            "correct": [row[2] for row in rows],
            "equations": [1] * count,
            "wrong_equations": [int(row[1] == 0) for row in rows],
            "arithmetic": ["wrong" if row[1] == 0 else "right" for row in rows],
            "first_wrong": pl.Series([None] * count, dtype=pl.String),
            "judge": pl.Series([row[4] for row in rows], dtype=pl.String),
            "human": pl.Series(human, dtype=pl.String),
        },
        schema_overrides={"problem_id": pl.String, "sample_index": pl.Int64, "id": pl.String},
    )
