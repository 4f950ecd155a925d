"""Which tiers work on this machine: each is tried with the canaries, none is believed."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from concurrent.futures import TimeoutError as TooLong
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from boundary.errors import MachineError
from boundary.verify.sandbox.canaries import CANARIES, VARIABLE, Bait, Canary, set_out
from boundary.verify.sandbox.launch import TIERS, WorkerFailed
from boundary.verify.sandbox.pool import Pool
from boundary.verify.sandbox.remedies import remedies

_SECONDS = 120.0


@dataclass(frozen=True)
class Report:
    """How a tier did.

    Attributes
    ----------
    tier : str
    fault : str or None
        Why it could not be tried at all.
    results : tuple
        Of each canary: its name, whether this tier must hold it, and why it
        was not held (None when it was).
    """

    tier: str
    fault: str | None
    results: tuple[tuple[str, bool, str | None], ...] = ()

    @property
    def why_not(self) -> str | None:
        """Why the tier is not to be used; None when it works."""
        if self.fault is not None:
            return self.fault
        failed = [f"{name}: {why}" for name, due, why in self.results if due and why is not None]
        return "; ".join(failed) or None


@functools.cache
def examine(tier: str) -> Report:
    """Try a tier with all canaries; once a process."""
    with ExitStack() as stack:
        try:
            bait = stack.enter_context(set_out())
            stack.enter_context(_marked(bait))
            pool = Pool(tier, 1)
        except (OSError, WorkerFailed) as error:
            return Report(tier, str(error))
        try:
            results = [(c.name, tier in c.tiers, _try(pool, c, bait)) for c in CANARIES]
        except _Broken as error:
            return Report(tier, str(error))
        finally:
            pool.close()
    return Report(tier, None, tuple(results))


class _Broken(Exception):
    """The worker did not survive a canary, or cannot run any."""


def _try(pool: Pool, canary: Canary, bait: Bait) -> str | None:
    before = pool.pids()
    try:
        outcome = pool.submit(canary.job(bait)).result(_SECONDS)
    except (MachineError, TooLong) as error:
        raise _Broken(f"while it was tried ({canary.name}): {error}") from None
    if pool.pids() != before:
        return "it ended the worker"
    return canary.verdict(outcome, bait)


@contextmanager
def _marked(bait: Bait) -> Iterator[None]:
    """Put the secret into the environment of this process, from which workers start."""
    os.environ[VARIABLE] = bait.secret
    try:
        yield
    finally:
        del os.environ[VARIABLE]


def choose(*, reduced: bool) -> str:
    """Return the best tier that works.

    Parameters
    ----------
    reduced : bool
        Whether the tier without namespaces will do.

    Raises
    ------
    MachineError
        When none works; tells for each why, and what to do.
    """
    tried = TIERS if reduced else TIERS[:-1]
    reasons = {}
    for tier in tried:
        why_not = examine(tier).why_not
        if why_not is None:
            return tier
        reasons[tier] = why_not
    hints = remedies(reasons.values())
    if not reduced:
        hints.append(
            "or, only for programs of models that were not trained against a verifier, name "
            "`sandbox: reduced` in the study (--sandbox reduced), which every row then records"
        )
    raise MachineError(
        "No sandbox works on this machine, so programs are not run. "
        + ". ".join(f"{tier}: {why_not}" for tier, why_not in reasons.items())
        + ". What to do: "
        + "; ".join(hints)
        + ". `python -m boundary doctor` shows every check."
    )
