"""Which model was made from which, as far as a study says."""

from __future__ import annotations

from boundary.config.model import OUTSIDE
from boundary.config.study import Study


def descends(study: Study, model: str, ancestor: str) -> bool:
    """Whether a model was made from another one, by `base` keys or by training runs."""
    seen: set[str] = set()
    name: str | None = model
    while name in study.models and name not in seen:
        seen.add(name)
        if _trained_from(study, name, ancestor):
            return True
        name = study.models[name].base
        if name is not None and (name == ancestor or same_weights(study, name, ancestor)):
            return True
    return False


def same_weights(study: Study, one: str, two: str) -> bool:
    """Whether two names are one model from outside, such as in two types."""
    if one not in study.models:
        return False
    first, second = study.models[one], study.models[two]
    return first.kind in OUTSIDE and (first.source, first.revision, first.adapter) == (
        second.source,
        second.revision,
        second.adapter,
    )


def _trained_from(study: Study, model: str, ancestor: str) -> bool:
    """Whether a lab model is a later step of another one's run, or of a run that began there."""
    if {study.models[model].kind, study.models[ancestor].kind} != {"lab"}:
        return False
    run, step = study.models[model].lab_source(study.lab)
    first, first_step = study.models[ancestor].lab_source(study.lab)
    while True:
        if run == first:
            return first_step < step
        parents = study.lab[run].parents()
        if not parents:
            return False
        run = parents[0]
        step = study.lab[run].steps_kept()[-1] + 1  # its last step is among what it began from
