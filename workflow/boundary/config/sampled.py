"""Checks of what is sampled: whole blocks, fair pairs, arms that somebody samples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import ValidationError

from boundary.allowed import ENGINE_VERSION, MODEL_KEYS
from boundary.config import raw as lenient
from boundary.config.benchmarks import REGISTRY_FILE, registry
from boundary.config.problems import problems_of
from boundary.config.raw import ArmNames, Raw
from boundary.config.study import (
    VLLM_TEMPERATURES,
    Benchmark,
    Model,
    Protocol,
)
from boundary.errors import InputError
from boundary.prompts import load_prompt

#: What special tokens look like; the engine refuses one that its model does not have.
_SPECIAL = re.compile(r"<[^<>\s]+>")
#: Protocol keys in which two arms of a comparison may differ without harm.
FREE_KEYS = frozenset({"n", "seed", "samples_per_shard", "batch_size", "device", "token_logprobs"})


def prompts(raw: Raw) -> Iterator[str]:
    """Yield templates that are missing or that the protocol's engine cannot serve."""
    for name, protocol in lenient.protocols(raw).items():
        where = f"protocols.{name}.prompt"
        try:
            stop = load_prompt(protocol.prompt).stop
        except InputError as error:
            yield f"{where}: {error}"
            continue
        plain = [text for text in stop if not _SPECIAL.fullmatch(text)]
        if plain and protocol.engine == "transformers":
            yield (
                f"{where}: the template {protocol.prompt!r} has the stop strings {plain}, and the "
                f"engine transformers ends a response at special tokens only; take engine: vllm."
            )


def engines(raw: Raw) -> Iterator[str]:
    """Yield what is asked of the engine transformers and only vllm does."""
    protocols, models = lenient.protocols(raw), lenient.models(raw)
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
        if protocol.max_tokens >= protocol.max_model_len:
            yield (
                f"protocols.{by}.max_model_len: {protocol.max_model_len} leaves no room for a "
                f"prompt beside max_tokens {protocol.max_tokens}; raise it or leave it out."
            )


def problem_source(name: str, raw_entry: Raw) -> Iterator[str]:
    """Yield why the problems of a sampled benchmark could not be had."""
    where = f"benchmarks.{name}"
    try:
        benchmark = Benchmark.model_validate(raw_entry)
        found = problems_of(name, benchmark)
    except ValidationError:
        return  # the types tell what is wrong with it
    except InputError as error:
        yield f"{where}.registry: {error}"
        return
    if found.source is None:
        yield (
            f"{where}.source: missing, models are sampled on it, and {REGISTRY_FILE} has no entry "
            f"{name!r} (it has: {', '.join(registry())}); use 'file:PATH' or 'lab:registers'."
        )
    elif found.file is None and found.entry is None:
        yield (
            f"{where}.registry: {found.source!r} is of no entry of {REGISTRY_FILE}; name the entry "
            f"that reads it: {', '.join(registry())}."
        )
    elif found.file is None and found.revision is None and not found.unverified:
        yield (
            f"{where}.revision: missing; it should be the commit of {found.source}, 40 hexadecimal "
            f"digits. Where nobody can establish it, write 'unverified: true'."
        )


def blocks(raw: Raw) -> Iterator[str]:
    """Yield counts that are no whole number of blocks: raising n could not keep them."""
    models, benchmarks = lenient.entries(raw, "models"), lenient.entries(raw, "benchmarks")
    protocols = lenient.entries(raw, "protocols")
    for model, benchmark, protocol in lenient.sampled_arms(raw):
        spec = protocols.get(protocol)
        if spec is None:
            continue
        own = benchmarks.get(benchmark, {}).get("samples_per_shard")
        shard = own or spec.get("samples_per_shard")
        key = f"benchmarks.{benchmark}" if own else f"protocols.{protocol}"
        if shard is None:
            yield f"{key}.samples_per_shard: missing; it is the block size of sampling."
            continue
        single = models.get(model, {}).get("n")
        n = single or spec.get("n")
        whose = f"models.{model}.n" if single else f"protocols.{protocol}.n"
        if type(n) is int and type(shard) is int and shard > 0 and n % shard:
            up = -(-n // shard) * shard
            yield f"{whose}: {n} is not a multiple of {key}.samples_per_shard {shard}; try {up}."


def published(raw: Raw) -> Iterator[str]:
    """Yield models whose one set of counts would stand for several arms."""
    found: dict[str, list[ArmNames]] = {}
    for arm in lenient.arms(raw):
        if lenient.counted(raw, arm[0]):
            found.setdefault(arm[0], []).append(arm)
    for model, arms in found.items():
        if len(arms) > 1:
            where = ", ".join(f"{benchmark} under {protocol}" for _, benchmark, protocol in arms)
            yield (
                f"models.{model}.source: published counts are of one benchmark and one protocol; "
                f"the study takes them for {where}."
            )


def fairness(raw: Raw) -> Iterator[str]:
    """Yield pairs sampled differently without leave, and pairs of one and the same sample."""
    protocols, models = lenient.protocols(raw), lenient.models(raw)
    known = sorted([*Protocol.model_fields, *MODEL_KEYS, ENGINE_VERSION])
    for i, pair in lenient.listed(raw, "comparisons"):
        where = f"comparisons[{i}]"
        for j, key in enumerate(lenient.texts(pair, "allow_differences")):
            yield from lenient.reference(
                f"{where}.allow_differences[{j}]", key, known, "protocol key"
            )
        base, other = pair.get("base"), pair.get("other")
        names = pair.get("protocol"), pair.get("other_protocol") or pair.get("protocol")
        if base == other and names[0] == names[1]:
            yield f"{where}: compares {base!r} with itself; give another model or other_protocol."
            continue
        first, second = (protocols.get(str(name)) for name in names)
        if first is None or second is None:
            continue
        allowed = {*FREE_KEYS, *lenient.texts(pair, "allow_differences")}
        mine, theirs = first.model_dump(exclude={"n"}), second.model_dump(exclude={"n"})
        for key in sorted(mine):
            if mine[key] != theirs[key] and key not in allowed:
                yield (
                    f"{where}: the two protocols differ in {key} ({mine[key]!r} and "
                    f"{theirs[key]!r}); if that is meant, list it under allow_differences."
                )
        for key, (one, two) in model_differences(models.get(str(base)), models.get(str(other))):
            if key not in allowed:
                yield (
                    f"{where}: {base!r} and {other!r} differ in {key} ({one!r} and {two!r}); if "
                    f"that is meant, list it under allow_differences."
                )
        sources = [_made_of(raw, str(name), models) for name in (base, other)]
        drawn = [
            {key: value for key, value in each.items() if key != "device"}
            for each in (mine, theirs)  # a device is no part of what is drawn
        ]
        if drawn[0] == drawn[1] and sources[0] == sources[1] is not None:
            yield (
                f"{where}: {base!r} and {other!r} are one model, and the protocols draw the same "
                f"samples; give another model or a protocol with another seed."
            )


def model_differences(
    one: Model | None, two: Model | None
) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """Yield the keys in which two models are loaded differently, with both values."""
    if one is None or two is None or "counts" in (one.kind, two.kind):
        return
    for key in MODEL_KEYS:
        values = getattr(one, key), getattr(two, key)
        if values[0] != values[1]:
            yield key, values


def _made_of(raw: Raw, name: str, models: dict[str, Model]) -> tuple[str, ...] | None:
    """Return what tells a model apart from others; None when that cannot be told."""
    model = models.get(name)
    if model is None:
        return None
    if model.kind == "counts":
        return (model.source, "" if "#" in model.source else name)
    if model.kind != "lab":
        keys = {"source", "revision", "adapter", *MODEL_KEYS}
        return tuple(map(str, model.model_dump(include=keys).values()))
    runs = lenient.runs(raw)
    if not lenient.resolves(model, runs):
        return None
    run, step = model.lab_source(runs)
    return (run, str(step))


def likelihood(raw: Raw) -> Iterator[str]:
    """Yield models of the likelihood section that have no responses to score."""
    wanted = lenient.likelihood_entry(raw)
    where, protocol = "analyses.likelihood", wanted.get("protocol")
    sampled, known = lenient.arms(raw), lenient.names(raw, "models")
    for j, model in enumerate(lenient.texts(wanted, "models")):
        if lenient.counted(raw, model):
            yield f"{where}.models[{j}]: {model!r} has published counts only, and no responses."
            continue
        for benchmark in lenient.texts(wanted, "benchmarks"):
            if model in known and (model, benchmark, protocol) not in sampled:
                yield (
                    f"{where}: no comparison or series samples {model!r} on {benchmark!r} under "
                    f"{protocol!r}, so it has no responses to score."
                )


def largest_k(raw: Raw) -> Iterator[str]:
    """Yield comparisons whose arms have fewer samples than analyses.k_max."""
    analyses = raw.get("analyses")
    k_max = analyses.get("k_max") if isinstance(analyses, dict) else None
    protocols, models = lenient.protocols(raw), lenient.models(raw)
    if type(k_max) is not int:
        return
    for i, pair in lenient.listed(raw, "comparisons"):
        sizes = [
            (models[model].n or protocols[protocol].n, model, protocol)
            for model, _, protocol in lenient.pair_arms(pair)
            if model in models and protocol in protocols
        ]
        n, model, protocol = min(sizes, default=(k_max, "", ""))
        if k_max > n:
            yield (
                f"analyses.k_max: {k_max} is more than the {n} samples of {model!r} under "
                f"{protocol!r} (comparisons[{i}]); pass@k is estimated for k ≤ n."
            )
