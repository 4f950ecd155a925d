"""Tables of an arm with given correct responses, for tests of chains."""

import polars as pl

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def nothing(count, kind=pl.String):
    return pl.Series([None] * count, dtype=kind)


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
    scores = pl.DataFrame(
        {
            "model": [model] * m,
            "benchmark": ["b"] * m,
            "protocol": ["p"] * m,
            "problem_id": ids,
            "n": [n] * m,
            "correct": [len(responses[name]) for name in ids],
            "truncated": nothing(m, pl.Int64),
            "no_answer": nothing(m, pl.Int64),
            "distinct_answers": nothing(m, pl.Int64),
            "majority_correct": nothing(m, pl.Boolean),
            "mean_tokens": nothing(m, pl.Float64),
        }
    )
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
