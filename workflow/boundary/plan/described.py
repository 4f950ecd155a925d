"""What a report says of problems and prompts that no table holds."""

from __future__ import annotations

from boundary.config.benchmarks import find_entry
from boundary.jobs.pages import ProblemSource, PromptText
from boundary.plan.study import Plan
from boundary.prompts.template import AnyPrompt, TextPrompt
from boundary.wording import counted


def problem_sources(plan: Plan) -> dict[str, ProblemSource]:
    """Return where problems are from, by benchmark; none of those that files alone tell of."""
    used = dict.fromkeys(
        arm.benchmark
        for arm in plan.arms
        if arm.sampled or (arm.imported and plan.benchmark_problems(arm))
    )
    return {name: _source(plan, name) for name in used}


def _source(plan: Plan, name: str) -> ProblemSource:
    benchmark = plan.study.benchmarks[name]
    if benchmark.lab is not None:
        drawn = benchmark.lab.model_dump(mode="json")
        return ProblemSource(source=str(benchmark.source), drawn=drawn)
    problems = plan.identity.problems(name)
    _, entry = find_entry(name, benchmark.registry, benchmark.source)
    return ProblemSource(
        title=entry.title if entry else None,
        source=str(problems.source),
        revision=problems.revision,
        unverified=problems.unverified,
        citation=entry.citation if entry else None,
    )


def prompts(plan: Plan) -> dict[str, PromptText]:
    """Return the prompts from which the study samples, by protocol."""
    used = dict.fromkeys(arm.protocol for arm in plan.arms if arm.sampled)
    return {
        name: PromptText(
            name=plan.study.protocols[name].prompt, text=_text(plan.identity.prompts[name])
        )
        for name in used
    }


def _text(prompt: AnyPrompt) -> str:
    """Return the text of a template, and how many worked examples it shows."""
    if isinstance(prompt, TextPrompt):
        text = prompt.template
    else:
        text = "\n".join(f"{message.role}: {message.content}" for message in prompt.chat)
    return f"{text} ({counted(len(prompt.shots), 'worked example')})" if prompt.shots else text
