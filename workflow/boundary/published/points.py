"""A file of published numbers: pass@k by benchmark and model, gaps, solved sets, entropies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from boundary.errors import InputError
from boundary.shipped import shipped
from boundary.strict import Strict
from boundary.yamlfile import faults, read_yaml

#: The whole of each unit: what a share of 1 is.
UNITS = {"percent": 100.0, "share": 1.0}
Text = Annotated[str, Field(min_length=1)]
K = Annotated[int, Field(ge=1)]
NotNegative = Annotated[float, Field(ge=0)]
NotNegativeCount = Annotated[int, Field(ge=0)]


class _Printed(Strict):
    """What stands somewhere in print.

    Attributes
    ----------
    source : str
        Table, figure or sentence.
    benchmark : str
    unit : str
        Of its numbers.
    decimals : int
        With how many of them they are printed, so that they are rounded by half of the last.
    """

    source: Text
    benchmark: Text
    unit: Literal["percent", "share"] = "percent"
    decimals: Annotated[int, Field(ge=0, le=17)] = 1

    def share(self, value: float) -> float:
        """Return a printed number as a share, without digits that division adds."""
        return round(value / UNITS[self.unit], self.decimals + 2)

    @property
    def rounding(self) -> float:
        """By how much a printed number may be off, as a share."""
        return 0.5 * 10.0**-self.decimals / UNITS[self.unit]


class Points(_Printed):
    """pass@k of some models on one benchmark, by model and k.

    Attributes
    ----------
    base : str, optional
        The model whose pass@k at the largest of these k ΔSE takes; it may stand in another entry.
    models : dict
    """

    base: Text | None = None
    models: dict[Text, Annotated[dict[K, NotNegative], Field(min_length=1)]] = Field(min_length=1)

    @property
    def k(self) -> int:
        """The largest k."""
        return max(max(values) for values in self.models.values())

    @model_validator(mode="after")
    def _within(self) -> Points:
        most = UNITS[self.unit]
        for name, values in self.models.items():
            for k, value in values.items():
                if value > most:
                    raise ValueError(f"models.{name}.{k}: {value} is above {most:g} {self.unit}")
                if round(value, self.decimals) != value:
                    raise ValueError(
                        f"models.{name}.{k}: {value} has more than {self.decimals} decimals; give "
                        f"it as printed, or decimals"
                    )
        return self


class Gap(_Printed):
    """What is claimed of ΔSE, pass@k of the base less pass@1 of each model.

    Attributes
    ----------
    claim : str
        In its own words.
    table : str
        The source of the points that it is of.
    models : dict
        ΔSE by model.
    least : str, optional
        The model of which the claim says that its ΔSE is the smallest of the table.
    erratum : str, optional
        Where the claim is known to differ from its table: since when, or where it still stands.
    """

    claim: Text
    table: Text
    models: dict[Text, float] = Field(min_length=1)
    least: Text | None = None
    erratum: Text | None = None


class OfPair(Strict):
    """What stands in print of two models on a benchmark."""

    source: Text
    benchmark: Text
    base: Text
    other: Text


class Sets(OfPair):
    """Which problems two models solve.

    Attributes
    ----------
    base_solved, other_solved : int
        How many each solves.
    base_only, other_only : list of int, or int
        Problems that one alone solves, or how many.
    problems : int, optional
        Of the benchmark.
    k : int, optional
        Samples of each problem within which it is solved.
    """

    base_solved: NotNegativeCount
    other_solved: NotNegativeCount
    base_only: list[int] | NotNegativeCount
    other_only: list[int] | NotNegativeCount
    problems: K | None = None
    k: K | None = None

    @property
    def parts(self) -> dict[str, int | None]:
        """How many problems both solve, the base alone, the other alone, and neither."""
        base, other = map(_many, (self.base_only, self.other_only))
        both = self.base_solved - base
        neither = None if self.problems is None else self.problems - both - base - other
        return {"both": both, "base_only": base, "other_only": other, "neither": neither}

    @property
    def agree(self) -> bool:
        """Whether what each solves and what one alone solves leave the same problems of both."""
        base, other = self.base_only, self.other_only
        twice = isinstance(base, list) and isinstance(other, list) and set(base) & set(other)
        both = self.base_solved - _many(base)
        return not twice and both == self.other_solved - _many(other) and both >= 0


def _many(problems: list[int] | int) -> int:
    return problems if isinstance(problems, int) else len(set(problems))


class Entropies(OfPair):
    """At which temperature one model's output has the entropy of another's.

    Attributes
    ----------
    base_temperature, temperature : float
        Of the base, and of the other where entropies are equal.
    entropy : float
        Of the base, as printed.
    """

    base_temperature: NotNegative
    temperature: NotNegative
    entropy: NotNegative


class Published(Strict):
    """A file of published numbers.

    Attributes
    ----------
    citation : str
    points : list of Points
    gaps : list of Gap
    sets : list of Sets
    entropies : list of Entropies
    """

    citation: Text
    points: list[Points] = Field(min_length=1)
    gaps: list[Gap] = Field(default=[])
    sets: list[Sets] = Field(default=[])
    entropies: list[Entropies] = Field(default=[])

    @model_validator(mode="after")
    def _known(self) -> Published:
        seen: dict[tuple[str, str, int], str] = {}
        for entry in self.points:
            for model, values in entry.models.items():
                for k in values:
                    first = seen.setdefault((entry.benchmark, model, k), entry.source)
                    if first is not entry.source:
                        raise ValueError(
                            f"pass@{k} of {model} on {entry.benchmark} stands in {first} and in "
                            f"{entry.source}: give the models of one another name"
                        )
        for entry in self.points:
            if entry.base and (entry.benchmark, entry.base, entry.k) not in seen:
                raise ValueError(
                    f"{entry.source}, {entry.benchmark}: no pass@{entry.k} of its base {entry.base}"
                )
        for gap in self.gaps:
            made = self.gap_of(gap)
            for model in [*gap.models, *([gap.least] if gap.least else [])]:
                if made is None or model not in self.efficiency(made):
                    raise ValueError(
                        f"{gap.source}: no ΔSE of {model} follows from {gap.table} on "
                        f"{gap.benchmark}, which needs its pass@1 and a base"
                    )
        return self

    @property
    def models(self) -> list[str]:
        """The models that anything is printed of, in the order of the file."""
        of_points = (model for entry in self.points for model in entry.models)
        pairs = (side for pair in (*self.sets, *self.entropies) for side in (pair.base, pair.other))
        return list(dict.fromkeys((*of_points, *pairs)))

    def gap_of(self, gap: Gap) -> Points | None:
        """Return the points that a claim is of."""
        where = gap.table, gap.benchmark
        return next((each for each in self.points if (each.source, each.benchmark) == where), None)

    def efficiency(self, entry: Points) -> dict[str, tuple[float, float]]:
        """Return ΔSE of each model of some points, with its rounding, as shares."""
        for each in self.points:
            reached = each.models.get(entry.base or "", {}).get(entry.k)
            if each.benchmark == entry.benchmark and reached is not None:
                return {
                    model: (
                        each.share(reached) - entry.share(values[1]),
                        each.rounding + entry.rounding,
                    )
                    for model, values in entry.models.items()
                    if 1 in values and model != entry.base
                }
        return {}


def read_published(path: Path) -> Published:
    """Read a file of published numbers.

    Raises
    ------
    InputError
        When it cannot be read or breaks a rule; names every key path.
    """
    content = read_yaml(path)
    try:
        return Published.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: no file of published numbers: {faults(error)}.") from None


def published_files(given: list[Path] | None) -> list[Path]:
    """Return the files that are asked for, or all that the workflow brings along.

    Raises
    ------
    InputError
        When there is none.
    """
    files = given or sorted(shipped("published").glob("*.yaml"))
    if not files:
        raise InputError(
            "no file of published numbers is here; those of the repository stand in "
            "config/published/. Name one."
        )
    return files
