"""Checks of what samples: an engine and a prompt that are chosen, and that suit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boundary.config import raw as lenient
from boundary.config.raw import Raw
from boundary.config.study import OUTSIDE, VLLM_TEMPERATURES, Protocol
from boundary.errors import InputError
from boundary.prompts import load_prompt, prompt_names

#: What special tokens look like; the engine refuses one that its model does not have.
_SPECIAL = re.compile(r"<[^<>\s]+>")


def outside(raw: Raw) -> Iterator[str]:
    """Yield protocols of models from outside that leave a choice to a default of the lab."""
    for by, (name, source, spec) in _from_outside(raw).items():
        why = f"{name!r} ({source}) comes from outside, and no default suits every model"
        if "engine" not in spec:
            yield (
                f"protocols.{by}.engine: missing; {why}. Add 'engine: vllm' (GPUs) or "
                f"'engine: transformers' (small models, in float32 unless dtype says otherwise)."
            )
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
    """Yield templates that are missing or that the protocol's engine cannot serve."""
    decided = _with_engine(raw)
    for name, protocol in lenient.protocols(raw).items():
        where = f"protocols.{name}.prompt"
        try:
            stop = load_prompt(protocol.prompt).stop
        except InputError as error:
            yield f"{where}: {error}"
            continue
        plain = [text for text in stop if not _SPECIAL.fullmatch(text)]
        if plain and name in decided and protocol.engine == "transformers":
            yield (
                f"{where}: the template {protocol.prompt!r} has the stop strings {plain}, and the "
                f"engine transformers ends a response at special tokens only; take engine: vllm."
            )


def engines(raw: Raw) -> Iterator[str]:
    """Yield what is asked of the engine transformers and only vllm does."""
    protocols, models = _with_engine(raw), lenient.models(raw)
    for name, _, by in lenient.sampled_arms(raw):
        model, protocol = models.get(name), protocols.get(by)
        if model is None or protocol is None or protocol.engine != "transformers":
            continue
        for key, asked in (
            ("adapter", model.adapter is not None),
            ("quantization", model.quantization is not None),
            ("tensor_parallel_size", model.tensor_parallel_size > 1),
        ):
            if asked:
                yield (
                    f"models.{name}.{key}: the engine transformers (protocols.{by}) has none; "
                    f"take engine: vllm."
                )
    for by in dict.fromkeys(arm[2] for arm in lenient.sampled_arms(raw)):
        protocol = protocols.get(by)
        if protocol is None:
            continue
        lowest, highest = VLLM_TEMPERATURES
        warm = protocol.temperature == 0 or lowest <= protocol.temperature <= highest
        if protocol.engine == "vllm" and not warm:
            yield (
                f"protocols.{by}.temperature: vllm takes 0 or from {lowest} to {highest:g}, found "
                f"{protocol.temperature}."
            )
        if protocol.max_model_len is None:
            continue
        if protocol.engine != "vllm":
            yield (
                f"protocols.{by}.max_model_len: the engine {protocol.engine} has none; leave it "
                f"out or take engine: vllm."
            )
        if protocol.max_tokens and protocol.max_tokens >= protocol.max_model_len:
            yield (
                f"protocols.{by}.max_model_len: {protocol.max_model_len} leaves no room for a "
                f"prompt beside max_tokens {protocol.max_tokens}; raise it or leave it out."
            )
