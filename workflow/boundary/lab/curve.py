"""The training curve: one row a step, shown while it grows and written as CSV."""

from __future__ import annotations

import csv
import io
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from boundary.store import write_text

PLAIN_LINES = 10  # lines a run writes to a log that is no terminal


@dataclass(frozen=True)
class CurvePoint:
    """One training step; what a recipe does not know is None.

    Attributes
    ----------
    step : int
        From 1.
    loss : float or None
        Mean over response tokens, in nats; None when there was nothing to learn from.
    reward : float or None
        Share of sampled responses that the verifier found correct: the policy's
        in reinforcement learning, in distillation that of who writes the traces.
    token_entropy : float or None
        Mean negative log-probability of the sampled tokens, in nats; at
        temperature 1 its expectation is the entropy of the policy.
    backward_share : float or None
        Share of responses that begin with strategy ``<``; None where a task watches no word.
    tokens : int
        Response tokens of the step: sampled, or of the corpus.
    kl : float or None
        Estimated divergence from the start, in nats a token, where it is penalised.
    clip_share : float or None
        Share of tokens whose ratio was clipped, where a batch has several updates.
    value_loss : float or None
        Mean squared error of PPO's value network.
    rollouts : int or None
        Responses sampled, where they are more than problems times group.
    trained_reward : float or None
        Mean reward that was trained on, where it is another than the verifier's.
    """

    step: int
    loss: float | None
    tokens: int
    reward: float | None = None
    token_entropy: float | None = None
    backward_share: float | None = None
    kl: float | None = None
    clip_share: float | None = None
    value_loss: float | None = None
    rollouts: int | None = None
    trained_reward: float | None = None


#: Columns of every curve, and those of a curve that knows them.
COLUMNS = ("step", "loss", "tokens", "reward", "token_entropy", "backward_share")
MORE = tuple(field.name for field in fields(CurvePoint))[len(COLUMNS) :]


class Curve:
    """Collects points; draws a bar on a terminal and plain lines in a log.

    Parameters
    ----------
    name : str
        Shown in front.
    steps : int
        How many there will be.
    """

    def __init__(self, name: str, steps: int) -> None:
        self.name, self.steps = name, steps
        self.points: list[CurvePoint] = []
        self._started = time.perf_counter()
        self._every = max(1, steps // PLAIN_LINES)
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("steps, {task.fields[rate]:.1f}/s,"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[values]}", markup=False),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task(name, total=steps, rate=0.0, values="")
            self._bar.start()

    def add(self, point: CurvePoint) -> None:
        """Record a step and show it."""
        self.points.append(point)
        known = {
            key: f"{value:.3g}" for key, value in asdict(point).items() if isinstance(value, float)
        }
        spent = time.perf_counter() - self._started
        shown = " ".join(f"{key}={value}" for key, value in known.items())
        if self._bar is not None:
            rate = len(self.points) / spent
            self._bar.update(self._task, completed=point.step, rate=rate, values=shown)
        elif point.step % self._every == 0 or point.step == self.steps:
            left = spent / len(self.points) * (self.steps - point.step)
            print(
                f"{self.name}: step {point.step}/{self.steps}, {spent:.0f} s, "
                f"{left:.0f} s left, {shown}",
                file=sys.stderr,
                flush=True,
            )

    def close(self) -> None:
        """Finish the bar."""
        if self._bar is not None:
            self._bar.stop()

    def columns(self) -> dict[str, list[Any]]:
        """Return the curve by column, ready for JSON."""
        columns = {n: [getattr(point, n) for point in self.points] for n in (*COLUMNS, *MORE)}
        unknown = {name for name in MORE if set(columns[name]) <= {None}}
        return {name: values for name, values in columns.items() if name not in unknown}

    def write(self, path: Path) -> None:
        """Write the curve as CSV, atomically; equal trainings give equal bytes."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        columns = self.columns()
        writer.writerow(columns)
        for values in zip(*columns.values(), strict=True):
            writer.writerow([f"{v:.6g}" if isinstance(v, float) else v for v in values])
        write_text(path, text.getvalue())
