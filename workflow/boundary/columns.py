"""Columns that tables of several kinds share: the names of an arm, and a curve of pass@k."""

from __future__ import annotations

from boundary.checking import count, flag, real, share, text

ARM = {"model": text(), "benchmark": text(), "protocol": text()}
ARM_KEY = ("model", "benchmark", "protocol")

PASSK_COLUMNS = {
    "k": count(least=1),
    "pass_at_k": share(null=True),
    "se": real(null=True),
    "ci_low": share(null=True),
    "ci_high": share(null=True),
    "n_problems": count(least=1),
    "n_min": count(least=1),
    "flagged": flag(),
}

#: The finish reason of a response that a fault of the machine ended: it has no outcome, and so
#: no verdict.
FAULT = "error"
