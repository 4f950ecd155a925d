"""How a study departs from the protocol of Yue et al. 2025, and what is known to mislead.

Neither is an error.  A departure is said so that nobody takes the study for a
replication; a trap, since it has misled before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from boundary.config.published import counts_of
from boundary.jobs.sampling import FILTERS, setting_text
from boundary.plan.arms import Arm
from boundary.plan.study import Plan
from boundary.prompts.template import Prompt
from boundary.wording import counted

#: Section 3 of arXiv 2504.13837: how every model was sampled, but for figures 16 and 17.
PAPER = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 16_384}
#: Longest response there of a model that was trained to think longer, by a part of its name.
LONGER = {"deepcoder": 32_768}
#: Samples a problem there: the largest k drawn, and of Omni-MATH in the study of algorithms.
PAPER_N = {
    "aime24": 1024,
    "amc23": 1024,
    "gsm8k": 128,
    "humaneval_plus": 128,
    "math500": 128,
    "mbpp_plus": 128,
    "minerva_math": 128,
    "olympiadbench": 128,
}
#: Problems below which a crossing is often not told from none: in simulation 43 % of sets of 30
#: problems with a true crossing gave the verdict, and 96 % of sets of 272.
FEW_PROBLEMS = 100
#: Sets whose problems Qwen2.5 was seen to complete from their beginnings (arXiv 2507.10532).
COMPLETED = ("aime24", "amc23", "math500")
#: A stop that is anchored: it begins a line, or is a marker of a chat template.
_ANCHORED = re.compile(r"\n+\S|<\|.+\|>|</?s>")


@dataclass(frozen=True, order=True)
class Remark:
    """What to know of a study before it runs.

    Attributes
    ----------
    key : str
        Key path in the study file.
    kind : str
        ``departure`` from the paper's protocol, or a known ``trap``.
    text : str
        What stands there, and why it matters.
    """

    key: str
    kind: Literal["departure", "trap"]
    text: str


def lint(plan: Plan) -> list[Remark]:
    """Return departures and traps of a study, sorted by key path, each once."""
    remarks = (*_protocols(plan), *_samples(plan), *_comparisons(plan), *_benchmarks(plan))
    return sorted(set(remarks))


def _protocols(plan: Plan) -> Iterator[Remark]:
    """Yield what is said of how responses are sampled."""
    for name in {arm.protocol for arm in plan.arms if arm.sampled}:
        protocol, prompt = plan.study.protocols[name], plan.identity.prompts[name]
        key = f"protocols.{name}"
        papers: dict[str, float] = PAPER | {"max_tokens": _longest(plan, name)}
        for setting in (*papers, *FILTERS):
            value, paper = getattr(protocol, setting), papers.get(setting)
            if value != paper:
                stands, there = ("none" if one is None else _shown(one) for one in (value, paper))
                text = f"{stands}, and {there} in the paper."
                yield Remark(f"{key}.{setting}", "departure", text)
        yield from _prompt(key, prompt, plan.study.verification.extract)
        if protocol.longest < papers["max_tokens"]:
            yield Remark(
                f"{key}.max_tokens",
                "trap",
                "a response that is cut counts as wrong, and training changes how long responses "
                "are; read bounds and length caps beside the verdict.",
            )


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else setting_text(value)


def _longest(plan: Plan, protocol: str) -> int:
    """Return the paper's longest response of the models that a protocol samples."""
    named = [_named(plan, arm) for arm in plan.arms if arm.protocol == protocol]
    longer = [most for part, most in LONGER.items() if any(part in name for name in named)]
    return max([int(PAPER["max_tokens"]), *longer])


def _named(plan: Plan, arm: Arm) -> str:
    return f"{arm.model} {plan.study.models[arm.model].source}".lower()


def _prompt(key: str, prompt: Prompt, extract: str) -> Iterator[Remark]:
    if prompt.shots:
        yield Remark(
            f"{key}.prompt",
            "departure",
            f"shows {len(prompt.shots)} worked examples, and the paper none: they teach a base "
            f"model the form that training taught the other.",
        )
    for stop in prompt.stop:
        if not _ANCHORED.match(stop):
            yield Remark(
                f"{key}.prompt",
                "trap",
                f"stops at {stop!r} anywhere, also within reasoning, where a response is then cut "
                f"before its answer; begin it with a line break or take a marker.",
            )
    asked = prompt.model_dump_json(exclude={"stop", "shots"})
    if extract == "boxed" and "boxed" not in asked:
        yield Remark(
            "verification.extract",
            "trap",
            f"boxed, and the prompt of {key} asks for no box: what is measured is who writes one.",
        )


def _samples(plan: Plan) -> Iterator[Remark]:
    """Yield what is said of the number of samples."""
    for arm in plan.arms:
        paper, sizes = PAPER_N.get(_entry(plan, arm)), _sizes(plan, arm)
        least, most = min(sizes), max(sizes)
        where = f"models.{arm.model}.n" if plan.study.models[arm.model].n else _of_protocol(arm)
        if paper is not None and 0 < least < paper:
            yield Remark(
                where, "departure", f"{least} on {arm.benchmark}, and {paper:,} in the paper."
            )
        if least < most:
            yield Remark(
                f"models.{arm.model}",
                "trap",
                f"{least:,} to {most:,} samples a problem on {arm.benchmark}: where more were "
                f"drawn of problems that seemed unsolved, solved sets tell of who was topped up.",
            )
    yield from _beyond_half(plan)


def _beyond_half(plan: Plan) -> Iterator[Remark]:
    """Yield that k_max is above half of n, once, with the arm of the fewest samples."""
    k_max = plan.study.analyses.k_max or 0
    few = {arm: n for arm in plan.arms if 0 < (n := min(_sizes(plan, arm))) < 2 * k_max}
    if few:
        arm = min(few, key=lambda each: few[each])
        more = f" and of {counted(len(few) - 1, 'other arm')}" if len(few) > 1 else ""
        yield Remark(
            "analyses.k_max",
            "trap",
            f"{k_max}, of {few[arm]} samples of {arm.model} on {arm.benchmark}{more}: above half "
            f"of n a point hangs on few samples, and at n on whether one of all was right.",
        )


def _sizes(plan: Plan, arm: Arm) -> list[int]:
    """Return n of each problem of counts, else n of the arm, which is 0 where nobody knows it."""
    if plan.study.models[arm.model].kind != "counts":
        return [arm.n]
    path, name = plan.identity.counts_source(arm.model)
    return [row.n for row in counts_of(path).of_model(name, arm.benchmark)]


def _of_protocol(arm: Arm) -> str:
    return f"protocols.{arm.protocol}.n"


def _comparisons(plan: Plan) -> Iterator[Remark]:
    """Yield what is said of two sides that are not treated alike."""
    sizes = {(arm.model, arm.benchmark, arm.protocol): max(_sizes(plan, arm)) for arm in plan.arms}
    for i, pair in enumerate(plan.study.comparisons):
        key, other_protocol = f"comparisons[{i}]", pair.other_protocol or pair.protocol
        for benchmark in pair.benchmarks:
            base = sizes[pair.base, benchmark, pair.protocol]
            other = sizes[pair.other, benchmark, other_protocol]
            if base and other and base != other:
                yield Remark(
                    key,
                    "trap",
                    f"{base:,} samples of {pair.base} and {other:,} of {pair.other} on "
                    f"{benchmark}: what only the larger solves may be what only it was asked "
                    f"often enough. Curves are compared up to the smaller.",
                )
        if other_protocol != pair.protocol:
            yield Remark(
                f"{key}.other_protocol",
                "trap",
                f"the sides are sampled differently ({pair.protocol}, {other_protocol}), so that "
                f"the difference is one of settings too.",
            )


def _benchmarks(plan: Plan) -> Iterator[Remark]:
    """Yield what is said of problems."""
    for arm in plan.arms:
        key, entry = f"benchmarks.{arm.benchmark}", _entry(plan, arm)
        benchmark = plan.study.benchmarks[arm.benchmark]
        drawn = None if benchmark.lab is None else benchmark.lab.problems
        rows = drawn if benchmark.lab else plan.identity.problems(arm.benchmark).rows
        if rows is None and plan.study.models[arm.model].kind == "counts":
            rows = len(_sizes(plan, arm))
        if rows is not None and rows < FEW_PROBLEMS:
            yield Remark(
                key,
                "trap",
                f"{rows} problems: below {FEW_PROBLEMS} a crossing is often not told from none, "
                f"and more samples do not mend it.",
            )
        if entry in COMPLETED and "qwen2.5" in _named(plan, arm):
            yield Remark(
                key,
                "trap",
                "Qwen2.5 was seen to complete problems of it from their beginnings (arXiv "
                "2507.10532), so that its base may recall answers; add a benchmark that came "
                "later.",
            )


def _entry(plan: Plan, arm: Arm) -> str:
    """Return the registry's name of a benchmark."""
    return plan.study.benchmarks[arm.benchmark].registry or arm.benchmark
