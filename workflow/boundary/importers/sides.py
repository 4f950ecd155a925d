"""Read what a user gives as one side of a comparison: detect, import, grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import polars as pl

from boundary.comparison.side import ASKED, BENCHMARK, JudgedBy, Side
from boundary.errors import InputError
from boundary.extraction import DEFAULT, Rule
from boundary.importers.collect import OF_PROBLEM, Arm, collect
from boundary.importers.graded import Graded, scores_of_theirs
from boundary.importers.identity import content_digest
from boundary.importers.record import Request, Tally
from boundary.importers.registry import Chosen, choose
from boundary.importers.source import stem
from boundary.verify.setting import Setting
from boundary.wording import first_of

#: Models that a message lists.
SHOWN = 12


@dataclass(frozen=True)
class Reading:
    """How files are read; the same for all sides of a comparison.

    Attributes
    ----------
    form : str, optional
        Name of the importer; by default the one that the content tells.
    benchmark : str, optional
        What the problems are called where the files do not say it.
    problems : Path, optional
        A table of problems, or the file of a benchmark, that has the gold answers or
        tests of all responses (`boundary.importers.given`); of one benchmark.
    kind : str, optional
        Kind of the problems, of `boundary.kinds`.
    fields : mapping of str to str
        Columns by what they hold.
    trust : str
        Whose verdicts count where there are both, ``ours`` or ``theirs``; by theirs
        nothing is graded.
    extract : str
        Rule by which final answers are read.
    reduced : bool
        Whether programs may run where no better sandbox works.
    workers : int
        Responses judged at a time.

    Raises
    ------
    InputError
        When there is no such judge, or no such kind that needs no file of the user's.
    """

    form: str | None = None
    benchmark: str | None = None
    problems: Path | None = None
    kind: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    trust: JudgedBy = "ours"
    extract: Rule = DEFAULT
    reduced: bool = False
    workers: int = 1

    def __post_init__(self) -> None:
        """Require a judge and a kind that there are."""
        if self.trust not in get_args(JudgedBy):
            raise InputError(f"trust {self.trust!r}: should be {' or '.join(get_args(JudgedBy))}.")
        if self.kind is not None:
            from boundary.kinds import KINDS

            judged = [each.name for each in KINDS.values() if each.module and not each.task]
            if self.kind not in judged:
                raise InputError(f"--kind {self.kind}: should be one of {', '.join(judged)}.")

    def given(self) -> pl.DataFrame | None:
        """Return the problems that the user gives, read once."""
        if self.problems is None:
            return None
        from boundary.importers.given import given_problems

        return given_problems(self.problems, self.benchmark, self.kind)


def read_side(
    path: Path,
    reading: Reading,
    folder: Path,
    *,
    model: str | None = None,
    label: str | None = None,
) -> list[Side]:
    """Return the models in a file or folder, graded; arguments and errors as of `import_side`.

    Returns
    -------
    list of Side
        One a model, sorted by name.
    """
    return import_side(path, reading, folder, model=model, label=label).graded(reading)


@dataclass(frozen=True)
class Imported:
    """What was read of a file or folder, before anything is graded.

    Attributes
    ----------
    path : Path
    chosen : Chosen
    folder : Path
        Where responses are kept.
    sha256 : str
        Digest of the content of all files that were read.
    arms : tuple of Arm
        Under the label, where one was given.
    rules : tuple of str or None
        Of each arm, as of `boundary.importers.record.Tally.rule`.
    tally : Tally
    """

    path: Path
    chosen: Chosen
    folder: Path
    sha256: str
    arms: tuple[Arm, ...]
    rules: tuple[str | None, ...]
    tally: Tally

    @property
    def models(self) -> list[str]:
        """What the models are called, sorted."""
        return sorted({arm.model for arm in self.arms})

    def graded(self, reading: Reading) -> list[Side]:
        """Return one side a model, sorted by name.

        Raises
        ------
        InputError
            When the problems are not those of the benchmark that is named, or there is
            nothing by which to grade.
        MachineError
            When programs are to be run and no sandbox is to be had.
        """
        return [self._side(name, reading) for name in self.models]

    def _side(self, name: str, reading: Reading) -> Side:
        tally = Tally()
        arms = [arm for arm in self.arms if arm.model == name]
        for arm in arms:
            _check_label(arm, self.path, tally)
        scored = {arm.benchmark: _scored(arm, reading, self.folder, tally) for arm in arms}
        return Side(
            path=self.path,
            format=self.chosen.importer.name,
            sha256=self.sha256,
            label=name,
            scores=pl.concat([each.scores for each, _ in scored.values()], how="diagonal"),
            judged_by={benchmark: by for benchmark, (_, by) in scored.items()},
            remarks=(
                f"read as {self.chosen.importer.about}: {self.chosen.reason}",
                *self.tally.remarks(),
                *tally.remarks(),
            ),
            rules={
                arm.benchmark: rule
                for arm, rule in zip(self.arms, self.rules, strict=True)
                if arm.model == name and rule is not None
            },
            problems=_asked(arms),
        )


def import_side(
    path: Path,
    reading: Reading,
    folder: Path,
    *,
    model: str | None = None,
    label: str | None = None,
    alone: bool = False,
) -> Imported:
    """Read a file or folder, and grade nothing.

    Parameters
    ----------
    path : Path
    reading : Reading
    folder : Path
        Where imported responses are kept while they are graded; a new one.
    model : str, optional
        The only model to take, by its name in the files.
    label : str, optional
        What to call the model, where there is one.
    alone : bool
        Whether there must be one.

    Raises
    ------
    InputError
        When the files are of no known form, are damaged or contradict themselves, or
        there is no such model; names file and line.
    """
    chosen, tally = choose(path, reading.form, reading.fields), Tally()
    arms = _arms(path, chosen, reading, model, folder, tally)
    rules = tuple(tally.rule(arm.model, arm.benchmark) for arm in arms)
    models = sorted({arm.model for arm in arms})
    if alone and len(models) > 1:
        raise InputError(
            f"{path}: holds {len(models)} models: {', '.join(models)}. Say which, as in "
            f"'{path}#{models[0]}'."
        )
    if label is not None and len(models) == 1:
        for arm in arms:
            arm.model = label
    digest = content_digest(path, chosen.sources)
    return Imported(path, chosen, folder, digest, tuple(arms), rules, tally)


def _arms(
    path: Path,
    chosen: Chosen,
    reading: Reading,
    model: str | None,
    folder: Path,
    tally: Tally,
) -> list[Arm]:
    """Return the arms of the files, or those of one model alone."""
    request = Request(reading.benchmark, reading.fields, model, reading.problems is not None)
    batches = chosen.read(request, tally)
    benchmark, given = reading.benchmark or BENCHMARK, reading.given()
    if reading.problems is not None and given is not None and chosen.importer.offers == "trials":
        from boundary.importers.identified import Identified

        identified = Identified(reading.problems, given, tally)
        batches, benchmark = identified.batches(batches), identified.benchmark
    arms = collect(
        batches,
        chosen.importer.offers,
        folder,
        model=stem(path),
        benchmark=benchmark,
        tally=tally,
    )
    if model is None:
        return arms
    kept = [arm for arm in arms if arm.model == model]
    if not kept:
        names = sorted({arm.model for arm in arms})
        raise InputError(f"{path}: has no model named {model!r}; it has: {first_of(names, SHOWN)}.")
    return kept


def _check_label(arm: Arm, path: Path, tally: Tally) -> None:
    """Refuse problems that cannot be those of the benchmark that file or user names."""
    if arm.benchmark == BENCHMARK:
        return
    from boundary.config.labels import check_label

    known = check_label(arm.benchmark, arm.counts["problem_id"].to_list())
    if known.fault is not None:
        raise InputError(
            f"{path}: {arm.model} on {arm.benchmark}: {known.fault}, so that they are not its "
            f"problems. Give their name by --benchmark, or mend the file."
        )
    for remark in filter(None, (known.fewer, known.note)):
        tally.say(remark)


def _scored(arm: Arm, reading: Reading, folder: Path, tally: Tally) -> tuple[Graded, JudgedBy]:
    """Return the scores of an arm and whose verdicts they count."""
    where = f"{arm.model} on {arm.benchmark}"
    known = not arm.counts["correct"].null_count()
    problems = None
    if arm.shards and reading.trust == "ours":
        from boundary.importers.problems import problem_table

        kind = reading.kind or kind_of_benchmark(arm.benchmark)
        if (given := reading.given()) is None:
            problems = problem_table(arm, kind, tally)
        else:
            problems = given.filter(pl.col("problem_id").is_in(arm.problems))
    if problems is None:
        if not known:
            raise InputError(
                f"{where}: responses have neither a gold answer or tests, by which to grade them, "
                f"nor a verdict each. Give the problems by --problems, or a file that has either."
            )
        if arm.shards and reading.trust == "ours":
            tally.say(
                f"{where}: no gold answers or tests, so the verdicts of the file count (--problems "
                f"gives some)"
            )
        return Graded(scores_of_theirs(arm)), "theirs"
    # What grades takes time to load.
    from boundary.imported import disagreement_words
    from boundary.importers.grade import grade

    setting = Setting(reading.workers, None, reading.reduced, reading.extract)
    graded = grade(arm, problems, arm.shards[0].parent, setting)
    if graded.verdicts and graded.verdicts["judged"]:
        tally.say(disagreement_words(where, graded.verdicts))
    return graded, "ours"


def _asked(arms: Iterable[Arm]) -> pl.DataFrame:
    """Return what is known of the problems of some arms."""
    question, answer = OF_PROBLEM.index("question"), OF_PROBLEM.index("answer")
    rows = [
        (arm.benchmark, name, texts[question], texts[answer])
        for arm in arms
        for name, texts in arm.problems.items()
        if texts[question] or texts[answer]
    ]
    return pl.DataFrame(rows, schema=ASKED, orient="row")


def kind_of_benchmark(benchmark: str) -> str | None:
    """Return the kind of a benchmark of the registry; None of another."""
    from boundary.config.benchmarks import registry

    entry = registry().get(benchmark)
    return None if entry is None else entry.kind
