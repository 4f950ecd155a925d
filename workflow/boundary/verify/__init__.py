"""Verification: from samples to verdicts, one verifier for each kind of problem.

A verifier is a module with ``GRADER``, the name and version that verdict rows
carry, and ``verifier(setting)``, a context manager that gives a function.  That
function takes samples of its kind joined with their problems (`items.join`),
batch after batch, and returns one verdict row for each; what is costly to set
up or to judge twice lives as long as the context.  Importing this package loads
no verifier, so that planning stays light.
"""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundary.digests import code_digest, digest
from boundary.errors import InputError
from boundary.extraction import DEFAULT as DEFAULT_RULE
from boundary.verify.setting import Setting

if TYPE_CHECKING:
    import polars as pl

DEFAULT = Setting()
#: What every grader depends on: which question, gold answer and tests a response gets.
_SHARED = ("verify/items.py",)
#: What finds final answers.
_EXTRACTING = ("verify/reading.py", "extraction.py", "answers")


@dataclass(frozen=True)
class Verifier:
    """Where the verifier of a kind lives and what its verdicts depend on.

    Attributes
    ----------
    module : str
        The module that has ``GRADER`` and ``verifier``.
    sources : tuple of str
        Files and folders of the package that the verdicts depend on.
    libraries : tuple of str
        Distributions whose version can change a verdict.
    programs : bool
        Whether it runs candidate programs: then the version of Python counts,
        and how weak a sandbox the study allows.
    extracts : bool
        Whether it reads final answers by a rule of `boundary.extraction`.
    """

    module: str
    sources: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    programs: bool = False
    extracts: bool = False


VERIFIERS: dict[str, Verifier] = {
    "lab": Verifier("boundary.verify.lab", ("verify/lab.py", "tasks", *_SHARED)),
    "math": Verifier(
        "boundary.verify.math",
        ("verify/math", *_EXTRACTING, "verify/killable.py", *_SHARED),
        ("math-verify", "latex2sympy2_extended", "sympy", "mpmath"),
        extracts=True,
    ),
    "choice": Verifier(
        "boundary.verify.choice",
        ("verify/choice.py", "options.py", "strict_json.py", *_EXTRACTING, *_SHARED),
        extracts=True,
    ),
    "text": Verifier(
        "boundary.verify.text",
        ("verify/text.py", "options.py", "strict_json.py", *_EXTRACTING, *_SHARED),
        extracts=True,
    ),
    "code": Verifier(
        "boundary.verify.code",
        (
            *("verify/code", "verify/sandbox", "tagged.py"),
            *("answers/reasoning.py", *_SHARED),
        ),
        ("numpy", "sortedcontainers", "tzdata"),
        programs=True,
    ),
}


def verifier(kind: str) -> Verifier:
    """Return the registry's entry for a kind of problem.

    Raises
    ------
    InputError
        When no verifier exists for the kind; names those that do.
    """
    if kind not in VERIFIERS:
        raise InputError(
            f"There is no verifier for problems of kind {kind!r} yet; verifiers exist for: "
            f"{', '.join(sorted(VERIFIERS))}. Leave benchmarks of kind {kind!r} out of the study."
        )
    return VERIFIERS[kind]


def sources(kind: str) -> tuple[str, ...]:
    """Return the package files that make up the grader of a kind of problem."""
    return verifier(kind).sources


def grader_digest(
    kind: str,
    sandbox: str = "isolated",
    extract: str = DEFAULT_RULE,
    stdout_tolerance: float = 0.0,
) -> str:
    """Return the identity of a grader: its code, what that runs on, and what it takes for answers.

    Verdicts of a study that allows the reduced sandbox are never taken for
    those of one that does not, nor those by one rule of extraction or tolerance of
    printed floats for another's.
    The reading of files, the batches and the cache are no part of it: they hand
    on what they are given, and verdicts are held against the items' keys.
    """
    entry = verifier(kind)
    versions = {name: importlib.metadata.version(name) for name in entry.libraries}
    parts: dict[str, Any] = {
        "kind": kind,
        "code": code_digest(*entry.sources),
        "libraries": versions,
    }
    if entry.programs:
        parts |= {"python": platform.python_version(), "sandbox": sandbox}
        if stdout_tolerance:
            parts["stdout_tolerance"] = stdout_tolerance
    if entry.extracts and extract != DEFAULT_RULE:
        parts["extract"] = extract
    return digest(parts)


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
