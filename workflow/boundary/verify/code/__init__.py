"""Verdicts on programs: run in the sandbox, compared outside of it.

From a response to its program (`program`), from the ``tests`` of a problem to
inputs and expected values (`suite`, `asserts`, `reference`), from records to
agreement (`expected`, `compare`, `oracles`, `stdio`) and to a verdict
(`verdict`); what else the source holds is flagged beside it (`tricks`, `scan`,
`special_casing`).  `judge` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.verify.code.judge import Judge
from boundary.verify.sandbox import Sandbox
from boundary.verify.setting import Setting

GRADER = "code-1"


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Open a sandbox and give the function that judges batches of responses.

    Parameters
    ----------
    setting : Setting
        Workers, cache, whether the reduced sandbox is allowed, and the tolerance of floats.

    Raises
    ------
    MachineError
        When no sandbox works on this machine.
    """
    with Sandbox(setting.workers, reduced=setting.reduced) as sandbox:
        yield Judge(sandbox, setting.cache, GRADER, setting.stdout_tolerance).verify
