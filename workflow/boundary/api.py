"""The package in a notebook: compare models, estimate pass@k, read what other tools wrote."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import polars as pl

from boundary.comparison.inputs import Settings
from boundary.comparison.places import Place, place_of, read_sides
from boundary.comparison.result import Result, compare_sides
from boundary.comparison.side import JudgedBy
from boundary.errors import InputError
from boundary.importers.sides import Reading


class PandasTable(Protocol):
    """What is asked of a table of pandas, which is not needed otherwise."""

    @property
    def columns(self) -> Iterable[Any]:
        """Its names of columns."""

    def __getitem__(self, name: Any) -> Any:
        """Return a column."""


#: A path (``PATH#MODEL`` takes one model of several), or a table in memory: of counts
#: (problem, n, correct) or of responses, under any names that files may have.
Samples: TypeAlias = str | Path | pl.DataFrame | PandasTable


@dataclass(frozen=True)
class Comparison:
    """Models compared; `str` and `print` give the sentences of ``boundary compare``.

    Attributes
    ----------
    result : boundary.comparison.result.Result
        Sides, settings and outcomes.
    """

    result: Result

    def __str__(self) -> str:
        from boundary.comparison.words import lines

        return "\n".join(lines(self.result))

    __repr__ = __str__

    @property
    def verdicts(self) -> list[str]:
        """The verdict of each comparison, in the order of `to_dict`; guards stand there."""
        return [outcome.verdict.verdict for outcome in self.result.outcomes]

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables that the report of a study shows, by name; docs/tables.md explains each."""
        from boundary.comparison.folder import tables_of_result

        return tables_of_result(self.result)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``boundary compare --json`` prints."""
        from boundary.comparison.document import document

        return dict(document(self.result))

    def chart(self, name: str = "passk") -> Any:
        """Return a figure of the report as a chart of Altair.

        Parameters
        ----------
        name : str
            Such as ``passk`` or ``difference``.

        Raises
        ------
        InputError
            When there is no such figure.
        """
        from boundary.comparison.folder import charts_of_result

        charts = charts_of_result(self.result, self.tables)
        if name not in charts:
            raise InputError(f"There is no figure {name!r}; there are: {', '.join(charts)}.")
        return charts[name]

    def save(self, folder: str | Path) -> Path:
        """Write the whole report, as ``boundary compare --output`` does; return its page."""
        from boundary.comparison.folder import PAGE, write_folder

        write_folder(self.result, Path(folder))
        return Path(folder) / PAGE


def compare(
    base: Samples,
    *others: Samples,
    labels: Sequence[str] | None = None,
    benchmark: str | None = None,
    problems: str | Path | None = None,
    form: str | None = None,
    kind: str | None = None,
    fields: Mapping[str, str] | None = None,
    trust: JudgedBy = "ours",
    workers: int = 1,
    k_max: int | None = None,
    min_n: int | None = None,
    confidence: float = 0.95,
    bootstrap: int = 10_000,
) -> Comparison:
    """Compare a base with one or more other models.

    Parameters
    ----------
    base, others : path, polars.DataFrame or pandas.DataFrame
        A file or folder of any form of docs/import.md, or a table with such columns.
    labels : sequence of str, optional
        What the models are called, in their order; tables are ``base``, ``other``,
        ``other 2`` … by default.
    benchmark, problems, form, kind, fields, trust, workers
        How files are read, as of `boundary.importers.sides.Reading`.
    k_max, min_n, confidence, bootstrap
        As of `boundary.comparison.inputs.Settings`.

    Raises
    ------
    InputError
        When a side cannot be read, or sides cannot be compared; says where and what to do.
    MachineError
        When responses are programs and no sandbox is to be had.

    Examples
    --------
    >>> import polars as pl
    >>> base = pl.DataFrame({"problem": range(200), "n": 16, "correct": [1] * 150 + [0] * 50})
    >>> rl = pl.DataFrame({"problem": range(200), "n": 16, "correct": [12] * 100 + [0] * 100})
    >>> compare(base, rl).verdicts, compare(base, rl, k_max=16).verdicts
    (['other-ahead-to-K'], ['crossover'])
    """
    reading = Reading(
        form=form,
        benchmark=benchmark,
        problems=None if problems is None else Path(problems),
        kind=kind,
        fields=fields or {},
        trust=trust,
        workers=workers,
    )
    with tempfile.TemporaryDirectory(prefix="boundary-") as folder:
        places, names = _places((base, *others), labels or (), Path(folder))
        shown = {
            place.path: Path(f"(table {name!r})")
            for place, name in zip(places, names, strict=True)
            if place.path.is_relative_to(folder)
        }
        try:
            with _script_hidden():
                sides = read_sides(places, reading, names)
        except InputError as error:
            raise type(error)(_renamed(str(error), shown)) from None
    sides = [replace(side, path=shown.get(side.path, side.path)) for side in sides]
    return Comparison(compare_sides(sides, Settings(k_max, min_n, confidence, bootstrap)))


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Keep processes that grade from running the script that has called, as new ones do.

    A script would need ``if __name__ == "__main__"`` otherwise, and compare twice without.
    """
    main = sys.modules["__main__"].__dict__
    held: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
    main.pop("__file__", None)
    main["__spec__"] = None
    try:
        yield
    finally:
        main |= held


def _renamed(text: str, shown: Mapping[Path, Path]) -> str:
    """Return a message in which tables have the names that the user knows."""
    for path, name in shown.items():
        text = text.replace(str(path), str(name))
    return text


def pass_at_k(
    n: int | Iterable[int], correct: Iterable[int], *, confidence: float = 0.95
) -> pl.DataFrame:
    """Estimate pass@k of one model for every k up to n, with intervals.

    The unbiased estimator of Chen et al. 2021 (arXiv 2107.03374), averaged over problems.

    Parameters
    ----------
    n : int or iterable of int
        Samples of each problem.
    correct : iterable of int
        Correct ones of each problem.
    confidence : float
        Level of the pointwise intervals over problems.

    Returns
    -------
    polars.DataFrame
        Columns ``k, pass_at_k, se, ci_low, ci_high, n_problems, n_min, flagged``.

    Raises
    ------
    InputError
        When there are no problems, their numbers differ, or 0 ≤ correct ≤ n does not hold.

    Examples
    --------
    >>> pass_at_k(4, [4, 2, 0]).select("k", "pass_at_k").head(2).rows()
    [(1, 0.5), (2, 0.6111111111111112)]
    """
    from boundary.analysis.passk import passk_table
    from boundary.columns import ARM_KEY
    from boundary.data.counts import UNKNOWN

    counted = list(correct)
    samples = list(n) if isinstance(n, Iterable) else [n] * len(counted)
    if not counted or len(samples) != len(counted):
        raise InputError(
            f"pass_at_k: {len(samples)} numbers of samples and {len(counted)} of correct ones; "
            f"give one of each for each problem, and one problem at least."
        )
    for i, (many, right) in enumerate(zip(samples, counted, strict=True)):
        if not (_is_count(many) and _is_count(right)) or not 0 <= right <= many or many < 1:
            raise InputError(
                f"pass_at_k: problem {i} has n = {many!r} and correct = {right!r}, and should have "
                f"whole numbers with 0 ≤ correct ≤ n."
            )
    scores = pl.DataFrame(
        {
            **dict.fromkeys(ARM_KEY, "-"),
            "problem_id": [str(i) for i in range(len(counted))],
            "n": [int(many) for many in samples],
            "correct": [int(right) for right in counted],
        }
    ).with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in UNKNOWN.items())
    return passk_table(scores, confidence=confidence).drop(ARM_KEY)


def _is_count(value: Any) -> bool:
    """Return whether a value is a whole number: of Python, NumPy, or as pandas writes it, 3.0."""
    if isinstance(value, float):
        return value.is_integer()
    return not isinstance(value, bool) and hasattr(value, "__index__")


def read_samples(
    path: str | Path,
    *,
    benchmark: str | None = None,
    form: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Read what another tool wrote as one table.

    Parameters
    ----------
    path : path
        A file or folder of any form of docs/import.md; ``PATH#MODEL`` takes one model.
    benchmark, form, fields
        As of `compare`.

    Returns
    -------
    polars.DataFrame
        The columns of `boundary.importers.columns.TRIALS`, one row a response; or of
        ``COUNTS``, one row a problem, where the file holds no more.

    Raises
    ------
    InputError
        When the file is of no known form, is damaged or contradicts itself, or has no such
        model.
    """
    from boundary.importers.columns import COUNTS, TRIALS, complete
    from boundary.importers.record import Request, Tally
    from boundary.importers.registry import choose

    place = place_of(str(path))
    chosen = choose(place.path, form, fields or {})
    schema = COUNTS if chosen.importer.offers == "counts" else TRIALS
    batches = chosen.read(Request(benchmark, fields or {}), Tally())
    table = complete(pl.concat([batch.rows for batch in batches], how="diagonal"), schema)
    if place.model is None:
        return table
    taken = table.filter(model=place.model)
    if taken.is_empty():
        names = ", ".join(table["model"].drop_nulls().unique().sort()) or "no names"
        raise InputError(f"{place.path}: has no model named {place.model!r}; it has: {names}.")
    return taken


def _places(
    given: Sequence[Samples], labels: Sequence[str], folder: Path
) -> tuple[list[Place], list[str | None]]:
    """Return files for all sides, tables written into a folder, and what sides are called."""
    if len(labels) > len(given):
        raise InputError(f"labels: {len(labels)} names for {len(given)} sides.")
    places: list[Place] = []
    names: list[str | None] = []
    for i, samples in enumerate(given):
        label = labels[i] if i < len(labels) else None
        if isinstance(samples, str | Path):
            places.append(place_of(str(samples)))
        else:
            label = label or ("base" if i == 0 else f"other {i}" if i > 1 else "other")
            path = folder / f"{i}" / "table.jsonl"
            path.parent.mkdir()
            _polars(samples).write_ndjson(path)
            places.append(Place(path))
        names.append(label)
    return places, names


def _polars(table: pl.DataFrame | PandasTable) -> pl.DataFrame:
    """Return a table as one of polars, without any package that pandas would need for it."""
    if isinstance(table, pl.DataFrame):
        frame = table
    elif hasattr(table, "columns"):
        columns = {str(name): list(table[name]) for name in table.columns}
        frame = pl.DataFrame(columns, strict=False)
    else:
        raise InputError(
            f"A side should be a path or a table of polars or pandas, and is "
            f"{type(table).__name__}."
        )
    if not frame.height:
        raise InputError("A side is a table without rows, so there is nothing to compare.")
    return frame.with_columns(pl.col(pl.Float64, pl.Float32).fill_nan(None))
