"""What a verifier is given: each response beside its question, gold answer and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from boundary.errors import TableError

KEY = ("problem_id", "sample_index")
#: Kinds whose problems come with tests, which may be far longer than all else.
TESTED = ("code",)
#: What is read of a sample: all but its tokens.
SAMPLE_COLUMNS = (
    *("model", "benchmark", "protocol", "problem_id", "sample_index", "seed"),
    *("response", "n_tokens", "finish_reason", "logprob_sum"),
)
#: Bytes of tests that are held at a time; decoded they take ten times as much.
TEST_BYTES = 32 * 2**20
ROWS_SHOWN = 5


def check_samples(problems: pl.DataFrame, samples: pl.DataFrame) -> None:
    """Require samples of one arm, each of a problem that is known.

    Parameters
    ----------
    problems, samples : polars.DataFrame
        Of the problems benchmark and problem_id are read, of the samples the
        columns of their key.

    Raises
    ------
    TableError
        When there is no sample, a sample has no problem in its benchmark, or
        samples of several models, benchmarks or protocols are mixed.
    """
    if samples.is_empty():
        raise TableError("There are no samples to verify.")
    arms = sorted(samples.select("model", "benchmark", "protocol").unique().rows())
    if len(arms) > 1:
        shown = "; ".join(", ".join(arm) for arm in arms[:ROWS_SHOWN])
        raise TableError(
            f"The samples mix {len(arms)} (model, benchmark, protocol): {shown}. "
            f"Verify each apart: verdicts are keyed by problem and sample index alone."
        )
    keys = ["benchmark", "problem_id"]
    unknown = samples.select(keys).unique().join(problems, on=keys, how="anti").sort(keys)
    if unknown.height:
        shown = ", ".join("/".join(row) for row in unknown.head(ROWS_SHOWN).rows())
        known = ", ".join(problems["benchmark"].unique().sort()) or "none"
        raise TableError(
            f"{unknown.height} sampled problem(s) are not in the problems table (whose "
            f"benchmark is {known}), first {shown}. Give the problems that were sampled."
        )


def join(problems: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """Put kind, question, gold answer, tests and metadata beside each response.

    Parameters
    ----------
    problems : polars.DataFrame
        A problems table; without a column of tests, those are null.
    samples : polars.DataFrame
        A samples table.

    Returns
    -------
    polars.DataFrame
        Columns problem_id, sample_index, response, finish_reason, kind,
        question, answer, metadata and tests; rows as those of the samples.
    """
    if "tests" not in problems.columns:
        problems = problems.with_columns(tests=pl.lit(None, dtype=pl.String))
    keys = ["benchmark", "problem_id"]
    given = problems.select(*keys, "kind", "question", "answer", "metadata", "tests")
    own = samples.select(*keys, "sample_index", "response", "finish_reason")
    return own.join(given, on=keys, how="inner", validate="m:1", maintain_order="left").drop(
        "benchmark"
    )


def few_problems(
    samples: pl.DataFrame, sizes: Mapping[str, int], most_bytes: int | None = None
) -> Iterator[pl.DataFrame]:
    """Split samples so that the tests of the problems of a piece are not too long.

    Parameters
    ----------
    samples : polars.DataFrame
        Of one benchmark; ``problem_id`` is read.
    sizes : mapping
        Bytes of the tests of each problem.
    most_bytes : int, optional
        What the tests of a piece may take together; those of one problem may
        take more.  By default `TEST_BYTES`.
    """
    limit = TEST_BYTES if most_bytes is None else most_bytes
    piece: list[str] = []
    held = 0
    for name in samples["problem_id"].unique(maintain_order=True):
        if piece and held + sizes[name] > limit:
            yield samples.filter(pl.col("problem_id").is_in(piece))
            piece, held = [], 0
        piece.append(name)
        held += sizes[name]
    if piece:
        yield samples.filter(pl.col("problem_id").is_in(piece))
