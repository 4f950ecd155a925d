"""Printed numbers that the figures of a study show beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boundary.jobs.pages import PrintedEntropy, PrintedPoint, PrintedSets
from boundary.plan.study import Plan
from boundary.published.points import OfPair, Published, read_published


def printed(plan: Plan) -> dict[str, list[Any] | None]:
    """Return what a study that names printed numbers gives the job of its figures."""
    files = [
        (read_published(Path(path)), names) for path, names in (plan.study.published or {}).items()
    ]
    made = {"printed_points": _points, "printed_sets": _sets, "printed_entropies": _entropies}
    return {
        key: [each for file, names in files for each in of(plan, file, names)] or None
        for key, of in made.items()
    }


def _points(plan: Plan, file: Published, names: dict[str, str]) -> Iterator[PrintedPoint]:
    drawn = {(arm.model, arm.benchmark) for arm in plan.arms}
    for entry in file.points:
        for published, values in entry.models.items():
            model = names.get(published)
            if model is None or (model, entry.benchmark) not in drawn:
                continue
            for k, value in values.items():
                yield PrintedPoint(
                    label=f"{published}: {entry.source}",
                    citation=file.citation,
                    source=entry.source,
                    model=model,
                    benchmark=entry.benchmark,
                    k=k,
                    value=entry.share(value),
                )


def _sets(plan: Plan, file: Published, names: dict[str, str]) -> Iterator[PrintedSets]:
    for entry in file.sets:
        whole = None not in entry.parts.values() and entry.agree
        if whole and (pair := _pair(plan, file, entry, names)):
            yield PrintedSets.model_validate({**pair, **entry.parts, "k": entry.k})


def _entropies(plan: Plan, file: Published, names: dict[str, str]) -> Iterator[PrintedEntropy]:
    for entry in file.entropies:
        if pair := _pair(plan, file, entry, names):
            at = entry.model_dump(include={"base_temperature", "temperature"})
            yield PrintedEntropy.model_validate({**pair, **at})


def _pair(plan: Plan, file: Published, entry: OfPair, names: dict[str, str]) -> dict[str, str]:
    """Return what stands in print of a comparison of the study; nothing of other models."""
    base, other = names.get(entry.base), names.get(entry.other)
    compared = (
        (pair.base, pair.other) == (base, other) and entry.benchmark in pair.benchmarks
        for pair in plan.study.comparisons
    )
    if base is None or other is None or not any(compared):
        return {}
    sides = {"base": base, "other": other, "benchmark": entry.benchmark}
    return {"citation": file.citation, "source": entry.source, **sides}
