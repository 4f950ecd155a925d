"""What the two sides of each comparison are to each other, and what the comparison is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from boundary.config.descent import descends, same_weights
from boundary.config.study import Comparison, Study
from boundary.jobs.pages import Compared, Relation, Role, Side
from boundary.plan.compared_specs import SHORT, differences
from boundary.plan.study import Plan

#: Roles that say how a model was made from another one.
_MADE: dict[Role, Relation] = {"rl": "rl", "distilled": "distilled", "instruct": "instruct"}


def compared(plan: Plan) -> dict[str, Compared]:
    """Return what each comparison of a study is, by its label in tables; no two titles are one."""
    comparisons = {pair.label: pair for pair in plan.study.comparisons}
    titles = _told_apart(plan, comparisons)
    twice = {title for title, times in Counter(titles.values()).items() if times > 1}
    pairs = {}
    for label, pair in comparisons.items():
        relation, later = _relation(plan.study, pair)
        title = f"{titles[label]} ({label})" if titles[label] in twice else titles[label]
        pairs[label] = Compared(title=title, relation=relation, later=later)
    return pairs


def beside_models(plan: Plan) -> dict[str, str]:
    """Return what titles say beyond the names of the models, by label: for who names them."""
    pairs, words = compared(plan), {}
    for pair in plan.study.comparisons:
        title = pairs[pair.label].title
        rest = title.removeprefix(f"{pair.other} against {pair.base}")
        words[pair.label] = title if rest == title else rest.strip(", ()") or pair.label
    return words


def _told_apart(plan: Plan, comparisons: Mapping[str, Comparison]) -> dict[str, str]:
    """Return titles, with the settings in which comparisons that read the same differ."""
    titles = {label: _title(plan, pair) for label, pair in comparisons.items()}
    alike: dict[str, list[str]] = {}
    for label, title in titles.items():
        alike.setdefault(title, []).append(label)
    for title, labels in alike.items():
        protocols = {
            label: plan.study.protocols[comparisons[label].protocol].model_dump()
            for label in (labels if len(labels) > 1 else ())
        }
        for label, settings in protocols.items():
            others = [each for name, each in protocols.items() if name != label]
            keys = [key for key in settings if all(settings[key] != each[key] for each in others)]
            named = (f"{SHORT.get(key, key)} {settings[key]}" for key in keys)
            titles[label] = ", ".join([title, *named])
    return titles


def _title(plan: Plan, pair: Comparison) -> str:
    """Return the name that the study gives, else in what the two sides differ."""
    if pair.name:
        return pair.name
    parts = [pair.base if pair.base == pair.other else f"{pair.other} against {pair.base}"]
    protocols = pair.protocol, pair.other_protocol or pair.protocol
    if protocols[0] != protocols[1]:
        keys = sorted(differences(plan, pair).items()) or [("protocol", [*protocols])]
        parts += [f"{SHORT.get(key, key)} {two} against {one}" for key, (one, two) in keys]
    return ", ".join(parts)


def _relation(study: Study, pair: Comparison) -> tuple[Relation, Side | None]:
    """Return the relation, and which side is the later one.

    Only a model that the study says was made from the other shows what training does.
    """
    sides: dict[Side, str] = {"base": pair.base, "other": pair.other}
    base, other = (study.models[name] for name in sides.values())
    if pair.base == pair.other or same_weights(study, pair.base, pair.other):
        return "sampling", None
    if base.role == other.role and base.role in _MADE and _one_run(study, {*sides.values()}):
        first, second = (model.training_step(study.lab) for model in (base, other))
        if first is None or second is None or first == second:
            return "steps", None
        return "steps", "other" if first < second else "base"
    parents: dict[Side, str] = {"other": pair.base, "base": pair.other}
    for side, parent in parents.items():
        relation = _MADE.get(study.models[sides[side]].role)
        if relation and descends(study, sides[side], parent):
            return relation, side
    return "models", None


def _one_run(study: Study, names: set[str]) -> bool:
    """Whether two are checkpoints of one training run: of one series, or one run of the lab."""
    if any(names <= {*series.models} for series in study.series.values()):
        return True
    models = [study.models[name] for name in names]
    return (
        all(model.kind == "lab" for model in models)
        and len({model.lab_source(study.lab)[0] for model in models}) == 1
    )
