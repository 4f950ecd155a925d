"""The specs of the jobs that draw figures and write pages (`plan.specs`)."""

from __future__ import annotations

from pydantic import JsonValue

from boundary.config.model import OF_COUNTS
from boundary.jobs import pages
from boundary.jobs.explorer import ExploredArm, Explorer
from boundary.jobs.pages import TRAINED, WHICH_MODEL
from boundary.plan.analyses import active, figure_tables, figures_of, tables_of
from boundary.plan.arms import Arm
from boundary.plan.cautions import cautions
from boundary.plan.described import problem_sources, prompts
from boundary.plan.printed import printed
from boundary.plan.relations import beside_models, compared
from boundary.plan.spec_parts import arm_names, judged, spec_text
from boundary.plan.study import Plan


def figures_spec(plan: Plan) -> str:
    """Spec of the job that draws the figures."""
    return spec_text(pages.Figures.model_validate({"tables": figure_tables(plan), **_page(plan)}))


def paper_spec(plan: Plan) -> str:
    """Spec of the job that writes figures and tables for papers."""
    shown = {"analyses": [entry.name for entry in active(plan)], "tables": tables_of(plan)}
    return spec_text(pages.Paper.model_validate({**shown, **_page(plan)}))


def report_spec(plan: Plan) -> str:
    """Spec of the job that writes the report."""
    arms = [
        pages.QuotedArm.model_validate({"samples": arm.sample_shards(1), **judged(arm, 1)})
        for arm in plan.arms
        if not arm.published
    ]
    models = plan.study.models
    of_counts = {name: m.caution for name, m in models.items() if m.caution}
    pairs = compared(plan)
    trained = any(pair.relation in TRAINED for pair in pairs.values())
    shown = {
        "analyses": [entry.name for entry in active(plan)],
        "tables": tables_of(plan),
        "config": _config(plan),
        "warnings": cautions(plan.study, plan.arms),
        "cautions": of_counts,
        "citations": {name: m.citation for name, m in models.items() if m.citation},
        "comparisons": [*pairs],
        "benchmarks": [*plan.study.benchmarks],
        "pairs": pairs,
        "problems": problem_sources(plan),
        "prompts": prompts(plan),
        "question": WHICH_MODEL if pairs and not trained else None,
    }
    return spec_text(pages.Report.model_validate({"arms": arms, **shown, **_page(plan)}))


def explorer_spec(plan: Plan) -> str:
    """Spec of the job that writes the pages of problems."""
    models, benchmarks = [*plan.study.models], [*plan.study.benchmarks]
    arms = sorted(
        plan.arms, key=lambda arm: (benchmarks.index(arm.benchmark), models.index(arm.model))
    )
    shown = {
        "arms": [_explored(plan, arm) for arm in arms],
        "comparisons": [pair.label for pair in plan.study.comparisons],
        "pairs": compared(plan),
        **plan.study.report.model_dump(),
    }
    page = _page(plan)
    kept = {key: page[key] for key in ("study", "models", "confidence", "by_protocol")}
    return spec_text(Explorer.model_validate(shown | kept))


def _explored(plan: Plan, arm: Arm) -> ExploredArm:
    """Return an arm with the base under which its responses were scored, if they were."""
    shown: dict[str, object] = {"scores": arm.scores, **arm_names(arm)}
    if not arm.published:
        shown["quoted"] = {
            "problems": arm.problems,
            "samples": arm.sample_shards(),
            "verdicts": arm.verdict_shards(),
        }
    if arm in plan.scored.arms:
        bases = [
            pair.base
            for pair in plan.study.comparisons
            if arm.model in (pair.base, pair.other) and pair.base in plan.scored.scorers
        ]
        for base in bases[:1]:
            folder = plan.scored.folder(base)
            likelihoods = [f"{folder}/{name}" for name in plan.scored.names(arm)]
            shown |= {"scorer": base, "likelihoods": likelihoods}
    return ExploredArm.model_validate(shown)


def _config(plan: Plan) -> dict[str, JsonValue]:
    """Return the study file with its defaults, which say nothing true of published counts."""
    config = plan.study.model_dump(mode="json", exclude_none=True)
    written = plan.study.model_dump(mode="json", exclude_unset=True)
    for model in written["models"].values():
        for key in OF_COUNTS:  # stand with the counts
            model.pop(key, None)
    sampled = [arm for arm in plan.arms if arm.sampled]
    for section, used in (
        ("models", {arm.model for arm in sampled}),
        ("benchmarks", {arm.benchmark for arm in sampled}),
        ("protocols", {arm.protocol for arm in sampled}),
    ):
        config[section] |= {name: written[section][name] for name in config[section].keys() - used}
    if all(arm.published for arm in plan.arms):
        del config["verification"], config["report"]
    return config


def _page(plan: Plan) -> dict[str, object]:
    study = plan.study
    studied = {pair.other for pair in study.comparisons}
    bases = {pair.base for pair in study.comparisons}
    along = {model for series in study.series.values() for model in series.models}
    by_protocol = len({arm.protocol for arm in (*plan.arms, *plan.scored.arms)}) > 1
    return {
        "study": plan.study.study,
        "figures": list(figures_of(plan).values()),
        "models": [{"name": name, "role": m.role} for name, m in plan.study.models.items()],
        "benchmarks": [*plan.study.benchmarks],
        "studied": [name for name in plan.study.models if name in studied],
        "checkpoints": [name for name in plan.study.models if name in along - studied - bases],
        "titles": beside_models(plan),
        "theme": plan.study.figures.theme,
        "confidence": plan.study.analyses.confidence,
        "by_protocol": by_protocol,
        "protocols": [*study.protocols] if by_protocol else None,
        **printed(plan),
    }
