"""Checks of what is sampled: whole blocks, fair pairs, arms that somebody samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from boundary.allowed import CONTROLS, ENGINE_VERSION, GRADER, MODEL_KEYS, MOST_SAMPLES, PROVENANCE
from boundary.config import raw as lenient
from boundary.config.benchmarks import REGISTRY_FILE, registry
from boundary.config.model import GIVEN, Model
from boundary.config.problems import problems_of
from boundary.config.protocol import Protocol
from boundary.config.published import samples
from boundary.config.raw import Raw
from boundary.config.sources import COMMIT, how_to_find
from boundary.config.study import MOST_BLOCKS, Benchmark
from boundary.errors import InputError
from boundary.jobs.sampling import PENALTIES

#: Protocol keys in which two arms of a comparison may differ without harm.
FREE_KEYS = frozenset({"n", "seed", "samples_per_shard", "batch_size", "device", "token_logprobs"})


def problem_source(name: str, raw_entry: Raw) -> Iterator[str]:
    """Yield why the problems of a sampled benchmark could not be had."""
    where = f"benchmarks.{name}"
    try:
        benchmark = Benchmark.model_validate(raw_entry)
        problems = problems_of(name, benchmark)
    except ValidationError:
        return  # the types tell what is wrong with it
    except InputError as error:
        yield f"{where}.registry: {error}"
        return
    if problems.source is None:
        yield (
            f"{where}.source: missing, its problems are needed, and {REGISTRY_FILE} has no entry "
            f"{name!r} (it has: {', '.join(registry())}); use 'file:PATH' or 'lab:registers'."
        )
    elif problems.file is None and problems.entry is None:
        yield (
            f"{where}.registry: {problems.source!r} is of no entry of {REGISTRY_FILE}; name the "
            f"entry that reads it: {', '.join(registry())}."
        )
    elif problems.file is not None:
        if benchmark.revision is not None or benchmark.unverified:
            yield f"{where}: a file is told by its content; leave out revision and unverified."
    elif problems.revision is None and not problems.unverified:
        yield (
            f"{where}.revision: missing; it should be the commit of {problems.source}, 40 "
            f"hexadecimal digits. Where nobody can establish it, write 'unverified: true'."
            f"{how_to_find(problems.source, None, 'benchmarks')}"
        )
    elif problems.revision is not None and not COMMIT[0].fullmatch(problems.revision):
        yield (
            f"{where}.revision: {problems.revision!r} should be {COMMIT[1]}."
            f"{how_to_find(problems.source, problems.revision, 'benchmarks')}"
        )


def rows_of(raw: Raw, benchmark: str) -> int | None:
    """Return how many problems a benchmark has, as far as it is known before it is read."""
    try:
        entry = Benchmark.model_validate(lenient.entries(raw, "benchmarks").get(benchmark, {}))
        return entry.lab.problems if entry.lab else problems_of(benchmark, entry).rows
    except (ValidationError, InputError):
        return None  # told elsewhere


def blocks(raw: Raw) -> Iterator[str]:
    """Yield counts that are no whole number of blocks: raising n could not keep them."""
    models, benchmarks = lenient.entries(raw, "models"), lenient.entries(raw, "benchmarks")
    protocols = lenient.entries(raw, "protocols")
    total, largest = 0, (0, "", 0, 0)
    for model, benchmark, protocol in lenient.sampled_arms(raw):
        spec = protocols.get(protocol)
        if spec is None:
            continue
        for needed in ("max_tokens", "n"):
            if spec.get(needed) is None:
                yield f"protocols.{protocol}.{needed}: missing."
        of_benchmark = benchmarks.get(benchmark, {}).get("samples_per_shard")
        shard = of_benchmark or spec.get("samples_per_shard")
        key = f"benchmarks.{benchmark}" if of_benchmark else f"protocols.{protocol}"
        if shard is None:
            yield f"{key}.samples_per_shard: missing; it is the block size of sampling."
            continue
        single = models.get(model, {}).get("n")
        asked: Any = single or spec.get("n")
        n: Any = asked.get("max") if isinstance(asked, dict) else asked
        whose = f"models.{model}.n" if single else f"protocols.{protocol}.n"
        if type(n) is not int or type(shard) is not int or shard < 1 or n > MOST_SAMPLES:
            continue  # the types tell what is wrong with it
        count = -(-n // shard)
        if n % shard and n is asked:  # whose looks are whole blocks ends with one
            up = count * shard
            yield f"{whose}: {n} is not a multiple of {key}.samples_per_shard {shard}; try {up}."
        total, largest = total + count, max(largest, (count, key, n, shard))
    if total > MOST_BLOCKS:
        _, key, n, shard = largest
        least = shard * -(-total // MOST_BLOCKS)
        size = next(size for size in range(min(least, n), n + 1) if n % size == 0)
        yield (
            f"{key}.samples_per_shard: {shard} makes {total:,} blocks of the study, and at most "
            f"{MOST_BLOCKS:,} can be planned (a job samples each, another verifies it). Take "
            f"larger blocks, such as {size}."
        )


def fairness(raw: Raw) -> Iterator[str]:
    """Yield pairs sampled differently without leave, and pairs of one and the same sample."""
    protocols, models = lenient.protocols(raw), lenient.models(raw)
    known = sorted([*Protocol.model_fields, *MODEL_KEYS, ENGINE_VERSION, GRADER, PROVENANCE])
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
        mine, theirs = first.model_dump(exclude={"n"}), second.model_dump(exclude={"n"})
        allowed = {*FREE_KEYS, *lenient.texts(pair, "allow_differences")}
        advice = "if that is meant, list it under allow_differences."
        if (kind := pair.get("control")) is not None:
            permitted = CONTROLS.get(str(kind), tuple(mine))  # the types tell of another kind
            allowed |= {*permitted}
            advice = f"a control of {kind} permits {', '.join(permitted)} alone."
        for key in sorted(mine):
            if mine[key] != theirs[key] and key not in allowed:
                yield (
                    f"{where}: the two protocols differ in {key} ({mine[key]!r} and "
                    f"{theirs[key]!r}); {advice}"
                )
        for key, (one, two) in model_differences(models.get(str(base)), models.get(str(other))):
            if key not in allowed:
                yield (
                    f"{where}: {base!r} and {other!r} differ in {key} ({one!r} and {two!r}); "
                    f"{advice}"
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
    if one is None or two is None or {one.kind, two.kind} & {*GIVEN}:
        return
    for key in MODEL_KEYS:
        values = getattr(one, key), getattr(two, key)
        if values[0] != values[1]:
            yield key, values


def _made_of(raw: Raw, name: str, models: dict[str, Model]) -> tuple[str, ...] | None:
    """Return what identifies a model; None when its source is malformed."""
    model = models.get(name)
    if model is None:
        return None
    if model.kind in GIVEN:
        return (model.source, "" if "#" in model.source else name)
    if model.kind != "lab":
        keys = {"source", "revision", "adapter", "endpoint", *MODEL_KEYS}
        return tuple(map(str, model.model_dump(include=keys).values()))
    runs = lenient.runs(raw)
    if not lenient.resolves(model, runs):
        return None
    run, step = model.lab_source(runs)
    return (run, str(step))


def responses(raw: Raw, stage: str, what: str) -> Iterator[str]:
    """Yield models of the section of a stage that have no responses to score or edit."""
    entry = lenient.stage_entry(raw, stage)
    where, protocol = f"analyses.{stage}", entry.get("protocol")
    sampled, known = lenient.arms(raw), lenient.names(raw, "models")
    listed = [
        (f"{where}.{key}[{j}]", model)
        for key in ("models", "sources")
        for j, model in enumerate(lenient.texts(entry, key))
    ]
    for place, model in listed:
        if lenient.counted(raw, model):
            yield f"{place}: {model!r} has published counts only, and no responses."
            continue
        if lenient.behind(raw, model):
            yield (
                f"{place}: {model!r} is behind an endpoint, and nobody knows what its weights say "
                f"of a response; leave it out."
            )
            continue
        if lenient.imported(raw, model):
            yield (
                f"{place}: the responses of {model!r} are imported, and nobody knows "
                f"the tokens that it wrote, nor has its weights; leave it out."
            )
            continue
        for benchmark in lenient.texts(entry, "benchmarks"):
            if model in known and (model, benchmark, protocol) not in sampled:
                yield (
                    f"{where}: no comparison or series samples {model!r} on {benchmark!r} under "
                    f"{protocol!r}, so it has no responses to {what}."
                )


def penalties(raw: Raw) -> Iterator[str]:
    """Yield that the likelihood section asks which tokens a sampler with penalties kept."""
    entry = lenient.stage_entry(raw, "likelihood")
    protocol = entry.get("protocol")
    drawn = lenient.protocols(raw).get(str(protocol))
    penalty = next((key for key in PENALTIES if drawn and getattr(drawn, key) is not None), None)
    if penalty is not None and entry.get("samplers") != []:
        yield (
            f"analyses.likelihood.samplers: protocols.{protocol} has {penalty}, so that which "
            f"tokens its sampler kept hangs on the text before them and no nucleus tells what was "
            f"within reach; write 'samplers: []', or take a protocol without penalties."
        )


def numbers_of_samples(raw: Raw) -> Iterator[str]:
    """Yield comparisons whose arms have fewer samples than analyses.k_max or min_n."""
    analyses = raw.get("analyses")
    protocols, models = lenient.protocols(raw), lenient.models(raw)
    why = {
        "k_max": "pass@k is estimated for k ≤ n",
        "min_n": "no problem would be left",
    }
    for key, reason in why.items():
        asked = analyses.get(key) if isinstance(analyses, dict) else None
        if type(asked) is not int:
            continue
        for i, pair in lenient.listed(raw, "comparisons"):
            sizes = [
                (n, arm[0], arm[2])
                for arm in lenient.pair_arms(pair)
                if arm[0] in models and arm[2] in protocols
                if (n := samples(models[arm[0]], protocols[arm[2]], arm)) is not None
            ]
            n, model, protocol = min(sizes, default=(asked, "", ""))
            if asked > n:
                yield (
                    f"analyses.{key}: {asked} is more than the {n} samples of {model!r} under "
                    f"{protocol!r} (comparisons[{i}]); {reason}."
                )
