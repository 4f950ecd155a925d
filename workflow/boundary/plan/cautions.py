"""What a study may well do otherwise than it means to: sides exchanged, greedy decoding.

None of it is an error, as each can be meant; each is said when the study is
checked and in the report, and what changes how a curve reads in the note of the
comparison too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boundary.config.descent import descends
from boundary.config.model import BEHIND, GIVEN, OUTSIDE
from boundary.config.published import samples
from boundary.config.study import Comparison, Study
from boundary.engines.registry import engine_record, engine_records
from boundary.models.adapter import other_base, recorded_base
from boundary.models.fingerprint import source_path
from boundary.notes import greedy_by, greedy_note
from boundary.plan.arms import Arm
from boundary.plan.cost import parameters_of

#: Roles of models that training made of another one.
_TRAINED = ("rl", "distilled")
_LOOK_EXCHANGED = "base and other look exchanged"
#: Billions of parameters from which float32 by default is worth a word.
_LARGE = 1.0


def cautions(study: Study, arms: Sequence[Arm]) -> list[str]:
    """Return one line for each caution, beginning with its key path."""
    lines = [*_greedy_protocols(study, arms), *_other_bases(study, arms), *_no_entropy(study)]
    for i, pair in enumerate(study.comparisons):
        remedy = (
            f" Write 'base: {pair.other}' and 'other: {pair.base}', or mend role and base of the "
            f"models."
        )
        texts = [f"{text}.{remedy * mended}" for text, mended in _exchanged(study, pair)]
        texts += [f"{text}." for text in _computed_otherwise(study, pair)]
        lines += [f"comparisons[{i}]: {text}" for text in texts]
    return lines


def pair_cautions(study: Study, pair: Comparison) -> list[str]:
    """Return what must be shown beside the verdict of a comparison."""
    sides = (pair.base, pair.protocol), (pair.other, pair.other_protocol or pair.protocol)
    settings = {}
    for side, (model, protocol) in zip(("base", "other"), sides, strict=True):
        entry = study.protocols[protocol]
        sizes = (
            samples(study.models[model], entry, (model, benchmark, protocol))
            for benchmark in pair.benchmarks
        )
        if max(filter(None, sizes), default=1) > 1:
            settings[side] = (entry.temperature, entry.top_p)
    greedy = greedy_note(settings)
    doubts = [text for text, _ in _exchanged(study, pair)]
    return [*doubts, *([greedy] if greedy else [])]


def silent_types(study: Study, arms: Sequence[Arm]) -> Iterator[str]:
    """Yield large models that their engine computes in float32 by default."""
    for arm in arms:
        model, protocol = study.models[arm.model], study.protocols[arm.protocol]
        size = parameters_of(study, arm.model) or 0
        by_default = engine_record(protocol.engine).dtype == "float32"
        if model.kind not in OUTSIDE or model.dtype or not by_default:
            continue
        if size >= _LARGE:
            yield (
                f"models.{arm.model}.dtype: missing, so the engine {protocol.engine} computes in "
                f"float32, with twice the memory of bfloat16; write 'dtype: bfloat16', or "
                f"'dtype: float32' where that is meant."
            )


def _no_entropy(study: Study) -> Iterator[str]:
    """Yield that the engine which scores responses tells no entropy."""
    asked = study.analyses.likelihood
    if asked is None:
        return
    engine = asked.engine or study.protocols[asked.protocol].engine
    if not engine_record(engine).entropy:
        able = " or ".join(f"engine: {each.name}" for each in engine_records() if each.entropy)
        yield (
            f"analyses.likelihood: the engine {engine} tells no entropy, so that typicality, "
            f"−H per token and surprising spans stay empty, and its likeliest tokens decide what "
            f"is within reach; write '{able}' there to have them."
        )


def _greedy_protocols(study: Study, arms: Sequence[Arm]) -> Iterator[str]:
    for name, protocol in study.protocols.items():
        n = max((arm.n for arm in arms if arm.protocol == name), default=1)
        setting = greedy_by(protocol.temperature, protocol.top_p)
        if n > 1 and setting is not None:
            key, value = setting
            same = "are one response" if value == 0 else "are nearly one response"
            yield (
                f"protocols.{name}.{key}: {value:g} is greedy decoding: the {n} samples of a "
                f"problem {same}, so pass@k is flat in k. Take a higher {key}, or n: 1."
            )


def _other_bases(study: Study, arms: Sequence[Arm]) -> Iterator[str]:
    """Yield the adapters in folders here that were trained on another model than they are put on.

    What an adapter of the hub records is known when the model is resolved.
    """
    for name in dict.fromkeys(arm.model for arm in arms):
        model = study.models[name]
        if model.adapter is not None and model.adapter.kind == "file":
            recorded = recorded_base(source_path(model.adapter.source))
            if warning := other_base(recorded, model.source):
                yield f"models.{name}.adapter: {warning}"


# --- sides exchanged -----------------------------------------------------------


def _exchanged(study: Study, pair: Comparison) -> Iterator[tuple[str, bool]]:
    """Yield what speaks against the base of a comparison, by roles and by what was made of what.

    With each stands whether exchanging the two would mend it.  Two models that
    were trained may be compared either way.
    """
    base, other = study.models[pair.base], study.models[pair.other]
    if pair.base == pair.other:
        return
    made, reverse = descends(study, pair.other, pair.base), descends(study, pair.base, pair.other)
    if reverse and not made:
        yield f"{_LOOK_EXCHANGED}: {pair.base} was made from {pair.other}", True
    elif other.role == "base" and base.role in (*_TRAINED, "instruct"):
        yield (
            f"{_LOOK_EXCHANGED}: {pair.base} has role {base.role}, and {pair.other} has role base",
            True,
        )
    elif base.role == "base" and other.base is not None and not made:
        yield f"{pair.other} was made from {other.base}, not from {pair.base}", False
    elif base.role in _TRAINED and base.base is None and base.kind != "lab" and made:
        yield (
            f"{pair.base} has role {base.role} and no base of its own, yet {pair.other} was made "
            f"from it",
            False,
        )


# --- computed otherwise --------------------------------------------------------


def _computed_otherwise(study: Study, pair: Comparison) -> Iterator[str]:
    """Yield in what the machines of two sides differ, so that they are not rounded alike."""
    base, other = study.models[pair.base], study.models[pair.other]
    if {base.kind, other.kind} & {*GIVEN, BEHIND}:
        return
    sizes = base.tensor_parallel_size, other.tensor_parallel_size
    if sizes[0] != sizes[1]:
        yield (
            f"{pair.base} is split over {sizes[0]} and {pair.other} over {sizes[1]} GPUs "
            f"(tensor_parallel_size), which rounds sums otherwise; give both the same"
        )
    devices = [
        study.protocols[protocol].device or ("cpu" if model.kind == "lab" else "gpu")
        for model, protocol in (
            (base, pair.protocol),
            (other, pair.other_protocol or pair.protocol),
        )
    ]
    if devices[0] != devices[1]:
        yield (
            f"{pair.base} is sampled on a {devices[0]} and {pair.other} on a {devices[1]} "
            f"(device), which rounds sums otherwise; give both the same"
        )
