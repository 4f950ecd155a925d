"""What can be known of the lab's training before any of it.

How often another family's strategy gives the right answer, what answering without
reading the problem gives, and how likely the start of reinforcement learning is to
write the right response.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import ValidationError

from boundary.analysis.intervals import Floats, clopper_pearson
from boundary.digests import canonical_json, seed_of
from boundary.lab.material import Material, material
from boundary.lab.model import load_model
from boundary.lab.teacher_forcing import gold_log10
from boundary.lab_task import Drawing, Reinforcement
from boundary.plan import Plan

#: How many times the problems of a benchmark are drawn, the first of these that it allows.
TIMES = (16, 8, 4, 2)
#: Training problems by which the rate on a run's mix is known: draws, and problems of each.
DRAWS, EACH = 32, 16
#: The rows of all families or lengths, and of what a run trains on.
ALL, MIX = "all", "(training mix)"


@dataclass(frozen=True)
class Share:
    """A share of the problems of one family and length, with its exact interval.

    Attributes
    ----------
    strategy : str
        The other family whose strategy answers; empty: the best constant answer.
    """

    benchmark: str
    family: str
    length: str
    strategy: str
    hits: int
    problems: int
    low: float
    high: float


@dataclass(frozen=True)
class Rate:
    """How likely the start of runs is to write the right response.

    Attributes
    ----------
    runs : list of str
        Those of which it speaks: of one start and as many rollouts, and on what they train
        on, of settings that differ by the seed alone.
    mean, lowest, highest : float
        log10 of the probability: of its mean over problems, and of single problems.
    hits : float
        Right responses to be expected of a whole run, were every rollout at this
        rate and nothing learnt.
    """

    runs: list[str]
    start: str
    benchmark: str
    family: str
    length: str
    problems: int
    mean: float
    lowest: float
    highest: float
    rollouts: int
    hits: float


@dataclass(frozen=True)
class LabChecks:
    """What `lab_checks` says.

    Attributes
    ----------
    silent : list of str
        Benchmarks of families whose task does not say what the strategy of each answers.
    missing : list of str
        Files of runs that are not trained yet, and that others start from.
    unsolved : list of str
        Runs whose task has no solver.
    """

    shared: list[Share]
    constant: list[Share]
    rates: list[Rate]
    silent: list[str]
    missing: list[str]
    unsolved: list[str]


def lab_checks(plan: Plan) -> LabChecks:
    """Check the lab section of a study, by its benchmarks and by checkpoints that are there."""
    study = plan.study
    checks = LabChecks([], [], [], [], [], [])
    drawn: dict[str, pl.DataFrame] = {}
    for name, benchmark in study.benchmarks.items():
        if benchmark.lab is None:
            continue
        task = material(benchmark.lab.task)
        drawn[name] = with_strata(task.problems(name, enlarged(benchmark.lab)))
        confidence = study.analyses.confidence
        checks.constant.extend(constant_answers(drawn[name], confidence))
        if task.answers is None:
            if (drawn[name]["family"] != "").any():
                checks.silent.append(name)
        else:
            checks.shared.extend(shared_answers(task, drawn[name], confidence))
    started: dict[str, Reinforcement] = {}
    for name, run in study.lab.items():
        if not isinstance(run, Reinforcement):
            continue
        if material(run.task).gold is None:
            checks.unsolved.append(name)
        elif not _start(run, plan).is_dir():
            checks.missing.append(plan.run_file(run.start))
        else:
            started[name] = run
    for names, run in _alike(started, lambda run: canonical_json(run.model_dump(exclude={"seed"}))):
        checks.rates.append(_on_the_mix(names, run, plan))
    for names, run in _alike(started, lambda run: (run.task, run.start, _rollouts(run))):
        of_task = [
            frame
            for benchmark, frame in drawn.items()
            if (drawing := study.benchmarks[benchmark].lab) and drawing.task == run.task
        ]
        checks.rates.extend(_on_benchmarks(names, run, plan, of_task))
    checks.missing[:] = dict.fromkeys(checks.missing)
    return checks


def enlarged(drawing: Drawing) -> Drawing:
    """Return the drawing with as many times the problems as it can have, up to `TIMES`.

    More problems under one seed contain the fewer; small shares show among them alone.
    """
    settings = drawing.model_dump()
    for times in TIMES:
        try:
            return type(drawing).model_validate(settings | {"problems": times * drawing.problems})
        except ValidationError:
            continue
    return drawing


def with_strata(problems: pl.DataFrame) -> pl.DataFrame:
    """Return problems with the ``family`` and ``length`` of their metadata, else empty texts."""
    read = [json.loads(text) if text else {} for text in problems["metadata"]]
    return problems.with_columns(
        pl.Series(key, [str(each.get(key, "")) for each in read], dtype=pl.String)
        for key in ("family", "length")
    ).sort("benchmark", "family", pl.col("length").str.zfill(6), "problem_id")


def shared_answers(task: Material, problems: pl.DataFrame, confidence: float) -> Iterator[Share]:
    """Yield how often the strategy of another family gives the right answer.

    Parameters
    ----------
    task : Material
        Which has ``answers``.
    problems : polars.DataFrame
        As of `with_strata`.
    confidence : float
    """
    if task.answers is None:
        return
    for keys, group in _groups(problems):
        rows = [(row["family"], row["answer"], task.answers(row["question"])) for row in group]
        for strategy in sorted({name for _, _, answers in rows for name in answers}):
            same = [
                answers[strategy] == answer
                for family, answer, answers in rows
                if family != strategy and strategy in answers
            ]
            if same:
                yield _share(keys, strategy, same, confidence)


def constant_answers(problems: pl.DataFrame, confidence: float) -> Iterator[Share]:
    """Yield how often one answer, always the same, is right: the floor without a chain.

    Of each problem the answer is tried that the *other* problems have most often, the
    first by name where several are as frequent: the best constant chosen on the
    problems that it is measured on would be too good by luck.
    """
    for keys, group in _groups(problems):
        golds = [str(row["answer"]) for row in group]
        counts = Counter(golds)
        if len(golds) > 1:
            yield _share(keys, "", [_best(counts, gold) == gold for gold in golds], confidence)


def _best(counts: Counter[str], left_out: str) -> str:
    return min(counts, key=lambda answer: (-counts[answer] + (answer == left_out), answer))


def _groups(problems: pl.DataFrame) -> Iterator[tuple[tuple[str, str, str], list[dict[str, str]]]]:
    """Yield the problems of each family and length of one benchmark."""
    for keys, group in problems.group_by("benchmark", "family", "length", maintain_order=True):
        yield (str(keys[0]), str(keys[1]), str(keys[2])), group.to_dicts()


def _share(keys: tuple[str, str, str], strategy: str, same: list[bool], confidence: float) -> Share:
    hits, count = np.array([float(sum(same))]), np.array([float(len(same))])
    low, high = clopper_pearson(hits, count, confidence)
    return Share(*keys, strategy, sum(same), len(same), float(low[0]), float(high[0]))


def _alike(
    runs: Mapping[str, Reinforcement], key: Callable[[Reinforcement], Hashable]
) -> Iterator[tuple[list[str], Reinforcement]]:
    """Yield the names of runs that have a key in common, and the first, which stands for all."""
    groups: dict[Hashable, list[str]] = {}
    for name, run in runs.items():
        groups.setdefault(key(run), []).append(name)
    for names in groups.values():
        yield names, runs[names[0]]


def _start(run: Reinforcement, plan: Plan) -> Path:
    return Path(plan.checkpoint(run.start, plan.study.lab[run.start].steps_kept()[-1]))


def _on_the_mix(names: list[str], run: Reinforcement, plan: Plan) -> Rate:
    """Return the rate of a start on what runs train on that differ by their seed alone."""
    task, model = material(run.task), load_model(_start(run, plan)).eval()
    rng = np.random.default_rng(seed_of("lab", "checks", run.seed))
    asked = [task.text(row) for _ in range(DRAWS) for row in task.prompts(run, rng, EACH)[0]]
    return _rate(names, run, (MIX, ALL, ALL), gold_log10(model, task, asked))


def _on_benchmarks(
    names: list[str], run: Reinforcement, plan: Plan, benchmarks: list[pl.DataFrame]
) -> Iterator[Rate]:
    """Yield the rates of a start by family and length, for runs of as many rollouts from it."""
    task, model = material(run.task), load_model(_start(run, plan)).eval()
    for problems in benchmarks:
        for keys, group in _groups(problems):
            logs = gold_log10(model, task, [row["question"] for row in group])
            yield _rate(names, run, keys, logs)


def _rollouts(run: Reinforcement) -> int:
    return run.prompts * run.group * run.steps


def _rate(names: list[str], run: Reinforcement, keys: tuple[str, str, str], logs: Floats) -> Rate:
    """Average probabilities, as logarithms relative to the largest."""
    highest = float(logs.max())
    mean = highest + float(np.log10(np.mean(10.0 ** (logs - highest))))
    rollouts, hits = _rollouts(run), _rollouts(run) * 10.0**mean
    lowest = float(logs.min())
    return Rate(names, run.start, *keys, len(logs), mean, lowest, highest, rollouts, hits)
