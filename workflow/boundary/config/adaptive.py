"""Checks of protocols under which problems stop: whole blocks, looks that double, what reads them.

Below the first look an arm is as one of a fixed n, and what reads responses reads no others.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from boundary.config import raw as lenient
from boundary.config.protocol import Adaptive
from boundary.config.raw import Raw
from boundary.stopping import StoppingRule


def adaptive(raw: Raw) -> Iterator[str]:
    """Yield rules that no block fits, models that no rule can serve, and what reads too much."""
    rules = dict(_rules(raw))
    for protocol, rule in rules.items():
        yield from _looks(f"protocols.{protocol}.n", rule)
    models = lenient.entries(raw, "models")
    stopping = [
        arm for arm in lenient.arms(raw) if arm[2] in rules and not models.get(arm[0], {}).get("n")
    ]
    for model in dict.fromkeys(arm[0] for arm in stopping if lenient.given(raw, arm[0])):
        yield (
            f"models.{model}: is not sampled here, and its protocol samples problems until they "
            f"are solved. Write its n here, as an 'n' of the model."
        )
    drawn = [arm for arm in stopping if not lenient.given(raw, arm[0])]
    for benchmark, protocol in dict.fromkeys(arm[1:] for arm in drawn):
        yield from _blocks(raw, benchmark, protocol, rules[protocol])
    yield from _readers(raw, {arm[2]: rules[arm[2]] for arm in drawn})


def _rules(raw: Raw) -> Iterator[tuple[str, StoppingRule]]:
    """Yield the rules that are in order by their types, by protocol."""
    for name, entry in lenient.entries(raw, "protocols").items():
        if isinstance(entry.get("n"), dict):
            try:
                yield name, Adaptive.model_validate(entry["n"]).rule
            except ValidationError:
                continue  # the types tell what is wrong with it


def _looks(where: str, rule: StoppingRule) -> Iterator[str]:
    if rule.stop_after > rule.first_look:
        yield (
            f"{where}.stop_after: {rule.stop_after} is more than the {rule.first_look} samples of "
            f"the first look, at which no problem could stop; try 'first: {2 * rule.stop_after}'."
        )
    below, above = rule.nearest
    if rule.n_max not in (below, above):
        near = str(below) if rule.n_max < below else f"{below} or {above}"
        yield (
            f"{where}.max: {rule.n_max} is not the first look, {rule.first_look}, doubled once or "
            f"more, so that no job ends there; the nearest is {near}."
        )


def _blocks(raw: Raw, benchmark: str, protocol: str, rule: StoppingRule) -> Iterator[str]:
    """Yield a first look that is no whole number of blocks."""
    of_benchmark = lenient.entries(raw, "benchmarks").get(benchmark, {}).get("samples_per_shard")
    entry = lenient.entries(raw, "protocols")[protocol]
    shard = of_benchmark or entry.get("samples_per_shard")
    if type(shard) is not int or shard < 1 or rule.first_look % shard == 0:
        return
    key = f"benchmarks.{benchmark}" if of_benchmark else f"protocols.{protocol}"
    default = "" if "first" in entry["n"] else ", the default,"
    yield (
        f"protocols.{protocol}.n.first: {rule.first_look}{default} is not a multiple of "
        f"{key}.samples_per_shard {shard}; try {shard * -(-rule.first_look // shard)}."
    )


def _readers(raw: Raw, rules: dict[str, StoppingRule]) -> Iterator[str]:
    """Yield what asks for responses that problems which stopped do not have."""
    asked = lenient.stage_entry(raw, "likelihood")
    rule, responses = rules.get(str(asked.get("protocol"))), asked.get("responses")
    if rule and type(responses) is int and responses > rule.first_look:
        yield (
            f"analyses.likelihood.responses: {responses}, and problems that stop have the "
            f"{rule.first_look} of the first look; write at most so many, or a larger 'first'."
        )
    analyses = raw.get("analyses")
    settings = analyses if isinstance(analyses, dict) else {}
    for protocol, each in rules.items():
        least = settings.get("min_n")
        if type(least) is int and least > each.first_look:
            yield (
                f"analyses.min_n: {least} would leave out the problems that stop at the first "
                f"look of protocols.{protocol}, {each.first_look}, which are those that are solved."
            )
