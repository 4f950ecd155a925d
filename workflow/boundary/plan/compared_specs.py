"""What specs say of a study's comparisons and series, and of grids of its protocols."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from boundary.allowed import CONTROLS
from boundary.config.controls import controlled
from boundary.config.imports import by_theirs, import_source
from boundary.config.sampled import FREE_KEYS, model_differences
from boundary.config.study import Comparison
from boundary.digests import canonical_json
from boundary.jobs import reading
from boundary.plan.cautions import pair_cautions
from boundary.plan.study import Plan

#: What texts call a key of a protocol, where that is not its name.
SHORT = {"sampler": "", "temperature": "T ="}


def between_arms(plan: Plan, in_grids: bool) -> dict[str, Any]:
    """Return what tables of scores are told of a study's arms together, by the job's key.

    Which protocols stand in a grid is told where an analysis asks for it (``in_grids``).
    """
    return {
        "comparisons": comparison_rows(plan),
        "series": series_rows(plan),
        "grids": grids(plan) if in_grids else None,
        "controls": controls(plan) or None,
    }


def comparison_rows(plan: Plan) -> list[reading.ComparisonRow]:
    """Return every comparison on each of its benchmarks, with what must be known of it."""
    return [
        reading.ComparisonRow(
            **arms.model_dump(exclude={"other_protocol"}),
            other_protocol=pair.other_protocol or pair.protocol,
            allowed=sorted([*pair.allow_differences, *CONTROLS.get(pair.control or "", ())]),
            differs=differences(plan, pair),
            grading=_grading(plan, pair),
            cautions=pair_cautions(plan.study, pair),
        )
        for pair, arms in _pairs(plan)
    ]


def screened_rows(plan: Plan) -> list[reading.ComparisonRow]:
    """Return the comparisons with a model that completes the problems they are on."""
    screened = {(each.arm.model, each.arm.benchmark) for each in plan.screened}
    return [
        row
        for row in (comparison_rows(plan) if screened else ())
        if screened & {(row.base, row.benchmark), (row.other, row.benchmark)}
    ]


def scores_of(plan: Plan, rows: list[reading.ComparisonRow]) -> list[str]:
    """Return the scores of the arms of some comparisons, each once."""
    arms = (arm for row in rows for arm in row.arms.values())
    return list(dict.fromkeys(plan.arm(*arm).scores for arm in arms))


def compared_arms(plan: Plan) -> list[reading.ComparedArms]:
    """Return which arms are compared."""
    return [arms for _, arms in _pairs(plan)]


def _pairs(plan: Plan) -> list[tuple[Comparison, reading.ComparedArms]]:
    return [
        (
            pair,
            reading.ComparedArms(
                comparison=pair.label,
                base=pair.base,
                other=pair.other,
                benchmark=benchmark,
                protocol=pair.protocol,
                other_protocol=pair.other_protocol,
            ),
        )
        for pair in plan.study.comparisons
        for benchmark in pair.benchmarks
    ]


def series_rows(plan: Plan) -> list[reading.SeriesRow]:
    """Return every series on each of its benchmarks."""
    models, lab = plan.study.models, plan.study.lab
    return [
        reading.SeriesRow(
            series=name,
            benchmark=benchmark,
            protocol=entry.protocol,
            points=[
                reading.Point(model=model, step=models[model].training_step(lab))
                for model in entry.models
            ],
        )
        for name, entry in sorted(plan.study.series.items())
        for benchmark in entry.benchmarks
    ]


def grids(plan: Plan) -> list[reading.Grid]:
    """Return the protocols that differ in temperature alone, and in how they are carried out.

    Of two at one temperature the first by name stands for both.
    """
    groups: dict[str, dict[str, float]] = {}
    carried_out = FREE_KEYS - {"n", "seed"}
    for name, protocol in sorted(plan.study.protocols.items()):
        settings = protocol.model_dump(mode="json", exclude={*carried_out, "temperature"})
        members = groups.setdefault(canonical_json(settings), {})
        if protocol.temperature not in members.values():
            members[name] = protocol.temperature
    return [reading.Grid(temperatures=each) for each in groups.values() if len(each) > 1]


def controls(plan: Plan) -> list[reading.Control]:
    """Return every control, with each comparison on a benchmark that it is held against."""
    protocols, rows = plan.study.protocols, []
    for each in controlled(plan.study):
        start = each.gain.protocol
        if each.start == "other":
            start = each.gain.other_protocol or start
        plain, changed = (dict(protocols[name]) for name in (start, each.protocol))
        keys = [key for key in CONTROLS[each.kind] if changed.get(key) != plain.get(key)]
        rows.append(
            reading.Control(
                comparison=each.gain.label,
                benchmark=each.benchmark,
                control=each.control.label,
                kind=each.kind,
                start=each.start,
                protocol=each.protocol,
                setting=", ".join(f"{SHORT.get(key, key)} {changed[key]}".strip() for key in keys),
            )
        )
    return rows


def differences(plan: Plan, pair: Comparison) -> dict[str, list[JsonValue]]:
    """Return what sets the two sides apart, where it matters: values of base and other by key."""
    sides = (pair.protocol, pair.other_protocol or pair.protocol)
    one, two = (plan.study.protocols[name].model_dump(mode="json") for name in sides)
    differs = {key: [one[key], two[key]] for key in one.keys() - FREE_KEYS if one[key] != two[key]}
    models = plan.study.models
    loaded = model_differences(models[pair.base], models[pair.other])
    return differs | {key: list(values) for key, values in loaded}


def _grading(plan: Plan, pair: Comparison) -> str | None:
    """Say that two graders judged, as they do where counts were published."""
    judged = {name: _judged_by(plan, name) for name in (pair.base, pair.other)}
    published = {name: by for name, by in judged.items() if by}
    if len(published) == 1:
        ((name, (kind, _)),) = published.items()
        if kind == "counts":
            return f"counts of {name} are as published, judged by a grader of their own"
        return f"verdicts of {name} are those of its files, judged by a grader of their own"
    if len({*published.values()}) > 1:
        if {kind for kind, _ in published.values()} == {"counts"}:
            return "counts come from two publications, each with a grader of its own"
        return "verdicts come from two sources, each with a grader of its own"
    return None


def _judged_by(plan: Plan, name: str) -> tuple[str, str] | None:
    """Return kind and source of the files whose verdicts count; None where responses are graded.

    Two files of one publication, which says of both how they were graded, are of one source.
    """
    model = plan.study.models[name]
    counted = model.kind == "counts"
    if not counted and not (model.kind == "import" and by_theirs(model)):
        return None
    if model.citation and model.settings:
        return model.kind, canonical_json([model.citation, model.settings.get("grader")])
    path = plan.identity.counts_source(name)[0] if counted else import_source(model.source)[0]
    return model.kind, path
