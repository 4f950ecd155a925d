"""Checks of what samples: an engine and a prompt that are chosen, and that suit each other."""

from __future__ import annotations

from collections.abc import Iterator

from boundary.config import raw as lenient
from boundary.config.model import OUTSIDE, Model
from boundary.config.protocol import Protocol
from boundary.config.raw import Raw
from boundary.engines.record import Asked
from boundary.engines.registry import NAMES, engine_records, refusals
from boundary.errors import InputError
from boundary.prompts import load_prompt, prompt_names


def outside(raw: Raw) -> Iterator[str]:
    """Yield protocols of models from outside that leave a choice to a default of the lab."""
    for by, (name, source, spec) in _from_outside(raw).items():
        why = f"{name!r} ({source}) comes from outside, and no default suits every model"
        if "engine" not in spec:
            able = [each for each in engine_records() if not each.remote]
            choices = [f"'engine: {each.name}' ({each.about})" for each in able]
            yield f"protocols.{by}.engine: missing; {why}. Add {' or '.join(choices)}."
        if "prompt" not in spec:
            yield (
                f"protocols.{by}.prompt: missing; {why}. Add 'prompt: raw' (the bare question) or "
                f"'prompt: NAME' with one of config/prompts: {', '.join(prompt_names())}."
            )


def _from_outside(raw: Raw) -> dict[str, tuple[str, str, Raw]]:
    """Return the protocols under which models from outside are sampled, with one such model."""
    models, specs = lenient.entries(raw, "models"), lenient.entries(raw, "protocols")
    by_protocol: dict[str, tuple[str, str, Raw]] = {}
    for name, _, by in lenient.sampled_arms(raw):
        source = str(models[name].get("source"))
        if source.partition(":")[0] in OUTSIDE and by in specs:
            by_protocol.setdefault(by, (name, source, specs[by]))
    return by_protocol


def _with_engine(raw: Raw) -> dict[str, Protocol]:
    """Return the protocols whose engine is decided."""
    open_ones = {by for by, (_, _, spec) in _from_outside(raw).items() if "engine" not in spec}
    return {name: p for name, p in lenient.protocols(raw).items() if name not in open_ones}


def prompts(raw: Raw) -> Iterator[str]:
    """Yield templates that are missing or damaged."""
    for name, protocol in lenient.protocols(raw).items():
        try:
            load_prompt(protocol.prompt)
        except InputError as error:
            yield f"protocols.{name}.prompt: {error}"


def engines(raw: Raw) -> Iterator[str]:
    """Yield what is asked of an engine that it cannot do."""
    protocols, models = _with_engine(raw), lenient.models(raw)
    for name, _, by in lenient.sampled_arms(raw):
        model, protocol = models.get(name), protocols.get(by)
        if model is None or protocol is None:
            continue
        for refusal in refusals(protocol.engine, _asked_by(model)):
            yield f"models.{name}.{refusal.key}: {refusal.why} It is sampled under protocols.{by}."
    for by in dict.fromkeys(arm[2] for arm in lenient.sampled_arms(raw)):
        protocol = protocols.get(by)
        if protocol is None:
            continue
        longest = protocol.max_model_len
        for refusal in refusals(protocol.engine, _asked_under(protocol)):
            key = "prompt" if refusal.key == "stop" else refusal.key
            yield f"protocols.{by}.{key}: {refusal.why}"
        if longest is not None and protocol.max_tokens and protocol.max_tokens >= longest:
            yield (
                f"protocols.{by}.max_model_len: {longest} leaves no room for a prompt beside "
                f"max_tokens {protocol.max_tokens}; raise it or leave it out."
            )


def scorers(raw: Raw) -> Iterator[str]:
    """Yield scorers that the engine of the likelihoods cannot load, where it is not the sampler."""
    entry, models = lenient.stage_entry(raw, "likelihood"), lenient.models(raw)
    engine = entry.get("engine")
    if engine not in NAMES:
        return
    for name in lenient.texts(entry, "models"):
        if name in models:
            for refusal in refusals(str(engine), _asked_by(models[name])):
                yield f"analyses.likelihood.engine: models.{name} has {refusal.key}; {refusal.why}"


def _asked_under(protocol: Protocol) -> Asked:
    """Return what a protocol asks of an engine; a prompt that is not there asks nothing."""
    try:
        stop = load_prompt(protocol.prompt).stop
    except InputError:  # `prompts` says so
        stop = []
    return Asked.under(protocol.model_dump(), stop)


def _asked_by(model: Model) -> Asked:
    """Return what a model asks of an engine."""
    return Asked(
        adapter=model.adapter is not None,
        quantization=model.quantization is not None,
        tensor_parallel_size=model.tensor_parallel_size,
    )
