"""What requests may cost: none is sent whose worst case would pass the limit."""

from __future__ import annotations

import fcntl
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from boundary.errors import MachineError
from boundary.jobs.endpoint import Prices
from boundary.strict_json import no_key_twice

MILLION = 1_000_000


class Purse:
    """The tokens that a model's requests have used, kept in a file, and the limit of their cost.

    Held as a context manager by one job at a time; others wait. A line is written as a reply
    comes, so that a killed job's requests count too, and costs follow from today's prices.

    Parameters
    ----------
    ledger : Path
        The file.
    prices : Prices, optional
        Of a million tokens.
    limit : float, optional
        What all may cost.
    """

    def __init__(self, ledger: Path, prices: Prices | None, limit: float | None) -> None:
        self.ledger, self._limit = ledger, limit
        self._prices = prices or Prices(input=0.0, output=0.0)
        self._reserved = self.spent = 0.0
        self._in_flight = 0
        self._change = threading.Condition()
        self._file: IO[str] | None = None

    def __enter__(self) -> Purse:
        """Wait for other jobs, and count what was spent."""
        self._file = self.ledger.open("a+", encoding="utf-8")
        with suppress(OSError):  # some file systems have no locks
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{self.ledger}: another job of this model asks; waiting.", file=sys.stderr)
                fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.seek(0)
        text = self._file.read()
        self.spent = sum(map(self._of_line, text.splitlines()))
        if text and not text.endswith("\n"):  # of a job that was killed as it wrote
            self._file.write("\n")
        return self

    def __exit__(self, *_: object) -> None:
        """Let the next job ask."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def cost(self, prompt: int, tokens: int) -> float:
        """Return what a request costs."""
        return (prompt * self._prices.input + tokens * self._prices.output) / MILLION

    def _of_line(self, line: str) -> float:
        try:
            entry = json.loads(line, object_pairs_hook=no_key_twice)
            return self.cost(int(entry["prompt_tokens"]), int(entry["tokens"]))
        except (ValueError, KeyError, TypeError):
            return 0.0  # half a line

    @contextmanager
    def reserved(self, prompt: int, tokens: int) -> Iterator[None]:
        """Hold back what a request costs at most; wait where others may leave enough.

        Raises
        ------
        MachineError
            When the limit leaves too little.
        """
        most = self.cost(prompt, tokens)
        with self._change:
            while self._limit is not None and self.spent + self._reserved + most > self._limit:
                if not self._in_flight:
                    raise MachineError(
                        f"endpoint.max_cost: {self.spent:.6g} of {self._limit:g} is spent, and the "
                        f"next request may cost {most:.6g}. What was answered is kept; raise "
                        f"max_cost, and the same command goes on."
                    )
                self._change.wait()
            self._reserved += most
            self._in_flight += 1
        try:
            yield
        finally:
            with self._change:
                self._in_flight -= 1
                # Sums of what comes and goes need not end in 0.
                self._reserved = self._reserved - most if self._in_flight else 0.0
                self._change.notify_all()

    def pay(self, prompt: int, tokens: int) -> None:
        """Write down what a reply used."""
        with self._change:
            self.spent += self.cost(prompt, tokens)
            if self._file is not None:
                self._file.write(json.dumps({"prompt_tokens": prompt, "tokens": tokens}) + "\n")
                self._file.flush()
