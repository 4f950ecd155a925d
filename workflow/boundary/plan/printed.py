"""Printed numbers that the figures of a study show beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boundary.jobs.pages import PrintedPoint, PrintedSets
from boundary.plan.study import Plan
from boundary.published.points import Published, read_published


def printed(plan: Plan) -> dict[str, list[PrintedPoint] | list[PrintedSets] | None]:
    """Return what a study that names printed numbers gives the job of its figures."""
    files = [
        (read_published(Path(path)), names) for path, names in (plan.study.published or {}).items()
    ]
    points = [point for file, names in files for point in _points(plan, file, names)]
    sets = [each for file, names in files for each in _sets(plan, file, names)]
    return {"printed_points": points or None, "printed_sets": sets or None}


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
    drawn = {
        (pair.base, pair.other, benchmark)
        for pair in plan.study.comparisons
        for benchmark in pair.benchmarks
    }
    for entry in file.sets:
        base, other, parts = names.get(entry.base), names.get(entry.other), entry.parts
        whole = None not in parts.values() and entry.agree
        if base and other and whole and (base, other, entry.benchmark) in drawn:
            yield PrintedSets.model_validate(
                {
                    **parts,
                    "citation": file.citation,
                    "source": entry.source,
                    "base": base,
                    "other": other,
                    "benchmark": entry.benchmark,
                    "k": entry.k,
                }
            )
