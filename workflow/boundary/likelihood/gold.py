"""Worked solutions of a benchmark, in the form of samples."""

from __future__ import annotations

import polars as pl

from boundary import strict_json
from boundary.allowed import GOLD
from boundary.errors import InputError
from boundary.tables import SAMPLES

#: Where adapters put the solution of a row.
NAMES = ("solution", "reference_solution")


def solutions(problems: pl.DataFrame) -> dict[str, str]:
    """Return the worked solution of each problem that has one, by its id.

    Parameters
    ----------
    problems : polars.DataFrame
        ``problem_id`` and ``metadata``, of one benchmark.

    Raises
    ------
    InputError
        When metadata is no JSON.
    """
    by_problem = {}
    for name, metadata in problems.select("problem_id", "metadata").iter_rows():
        try:
            known = strict_json.loads(metadata or "{}")
        except ValueError as error:
            raise InputError(f"the metadata of problem {name!r} is no JSON: {error}.") from None
        texts = [_text(known.get(key)) for key in NAMES] if isinstance(known, dict) else []
        if text := next(filter(None, texts), None):
            by_problem[name] = text
    return by_problem


def _text(solution: object) -> str | None:
    """Return a solution; some data sets give a list, of which the first stands."""
    first = solution[0] if isinstance(solution, list) and solution else solution
    return first.strip() if isinstance(first, str) else None


def gold_samples(problems: pl.DataFrame, benchmark: str, protocol: str) -> pl.DataFrame:
    """Return a SAMPLES table of solutions, each the one response to its problem.

    Nobody sampled them, so that tokens and log-probability are not known.

    Raises
    ------
    InputError
        When no problem has a solution, or metadata is no JSON.
    """
    texts = solutions(problems.filter(benchmark=benchmark))
    if not texts:
        raise InputError(
            f"no problem of {benchmark!r} has a worked solution (key 'solution' of its metadata); "
            f"leave out analyses.likelihood.gold, or give a file of problems that have them."
        )
    rows = [
        {
            "model": GOLD,
            "benchmark": benchmark,
            "protocol": protocol,
            "problem_id": name,
            "sample_index": 0,
            "seed": 0,
            "response": text,
            "n_tokens": None,
            "finish_reason": "stop",
            "logprob_sum": None,
        }
        for name, text in texts.items()
    ]
    types = {name: column.type for name, column in SAMPLES.columns.items() if name in rows[0]}
    return pl.DataFrame(rows, schema=types)
