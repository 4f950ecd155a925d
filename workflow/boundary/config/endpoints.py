"""Checks of models behind an endpoint: what is stated of them, and what they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from boundary.config import raw as lenient
from boundary.config.model import BEHIND, Model
from boundary.config.protocol import Adaptive, Protocol
from boundary.config.raw import Raw
from boundary.engines.registry import engine_record, engine_records
from boundary.errors import InputError
from boundary.jobs.endpoint import Behind
from boundary.prompts import load_prompt
from boundary.prompts.template import ChatPrompt

#: Filters that OpenAI's interface lacks.
_EXTENDED = ("top_k", "min_p")


def endpoints(raw: Raw) -> Iterator[str]:
    """Yield what is wrong with models behind an endpoint, and with their protocols."""
    models, protocols = lenient.models(raw), lenient.protocols(raw)
    for name, entry in lenient.entries(raw, "models").items():
        behind = lenient.behind(raw, name)
        if behind and entry.get("endpoint") is None:
            yield f"models.{name}.endpoint: missing; it says what is asked, and where."
        if not behind and entry.get("endpoint") is not None:
            yield f"models.{name}.endpoint: only goes with source: {BEHIND}:LABEL."
        if name in models and (stated := models[name].endpoint):
            yield from _stated(f"models.{name}", models[name], stated)
    for name, _, by in dict.fromkeys((a[0], "", a[2]) for a in lenient.sampled_arms(raw)):
        model, protocol = models.get(name), protocols.get(by)
        if model is not None and protocol is not None:
            yield from _sampled(f"protocols.{by}", protocol, name, model)


def _stated(where: str, model: Model, stated: Behind) -> Iterator[str]:
    """Yield parts of an entry that do not go together."""
    if (stated.declared is None) != model.unverified:
        yield (
            f"{where}.endpoint.declared: state the date or revision that the endpoint declares of "
            f"the model, or else 'unverified: true' of models.{where.partition('.')[2]}; one of "
            f"the two."
        )
    if stated.max_cost is not None and stated.prices is None:
        yield f"{where}.endpoint.prices: missing; max_cost is counted by them."
    if stated.tokenizer and (stated.interface == "chat" or not stated.extensions):
        yield (
            f"{where}.endpoint.tokenizer: only goes with 'interface: completions' and "
            f"'extensions: true', which send and return tokens."
        )


def _sampled(where: str, protocol: Protocol, name: str, model: Model) -> Iterator[str]:
    """Yield why an endpoint cannot sample under a protocol, or another engine must."""
    behind, stated = model.kind == BEHIND, model.endpoint
    if behind != engine_record(protocol.engine).remote:
        takes = [each.name for each in engine_records() if each.remote == behind]
        yield (
            f"{where}.engine: {protocol.engine!r} does not sample models.{name} ({model.source}); "
            f"take {' or '.join(takes)}, in a protocol of its own."
        )
        return
    if stated is None:
        return
    if protocol.token_logprobs:
        yield f"{where}.token_logprobs: nobody knows those of models.{name}, behind an endpoint."
    if isinstance(protocol.n, Adaptive) and model.n is None:
        yield f"{where}.n: models.{name}, behind an endpoint, needs a number of samples."
    for key in _EXTENDED:
        if getattr(protocol, key) is not None and not stated.extensions:
            yield f"{where}.{key}: models.{name} has 'extensions: false', and takes none."
    try:
        prompt = load_prompt(protocol.prompt)
    except InputError:
        return  # told elsewhere
    if isinstance(prompt, ChatPrompt) and stated.interface != "chat" and not stated.tokenizer:
        yield (
            f"{where}.prompt: {protocol.prompt!r} is a chat, which nothing lays out for "
            f"models.{name}: state endpoint.tokenizer there, or 'interface: chat'."
        )
