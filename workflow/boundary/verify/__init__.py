"""Verification: from samples to verdicts, one verifier for each kind of problem.

`boundary.kinds` says which module judges which kind.  A verifier is a module with
``GRADER``, the name and version that verdict rows carry, and ``verifier(setting)``, a
context manager that gives a function.  That function takes samples of its kind
joined with their problems (`items.join`), batch after batch, and returns one
verdict row for each; what is costly to set up or to judge twice lives as long as
the context.  Importing this package loads
no verifier, so that planning stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundary.verify.setting import Setting

if TYPE_CHECKING:
    import polars as pl

DEFAULT = Setting()


def verify_samples(
    problems: pl.DataFrame, samples: pl.DataFrame, setting: Setting = DEFAULT
) -> pl.DataFrame:
    """Give every sample of a frame its verdict.

    `boundary.verify.stream.verify_files` does the same for files of any size.

    Parameters
    ----------
    problems : polars.DataFrame
        A problems table; problems without samples are no error here.
    samples : polars.DataFrame
        A samples table of one (model, benchmark, protocol), since verdicts
        are keyed by (problem_id, sample_index) alone.
    setting : Setting
        How the verifiers work.

    Returns
    -------
    polars.DataFrame
        A verdicts table with one row a sample, sorted by key; a sample whose
        ``finish_reason`` is error has no outcome, and so no row.

    Raises
    ------
    TableError
        When a sample has no problem in its benchmark, or samples of several
        models, benchmarks or protocols are mixed.
    InputError
        When a kind of problem has no verifier.
    """
    from boundary.verify.stream import verify_frames

    return verify_frames(problems, samples, setting)
