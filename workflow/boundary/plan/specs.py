"""The spec of each job: one canonical JSON string, which its command reads from standard input.

Snakemake compares parameters as values without names, so that two that are
swapped go unnoticed; one string with sorted keys cannot be mistaken.  Specs of
jobs that read are dumped from the models of `boundary.jobs` and may change; the
text of those that make problems, models and samples decides whether they stay.
"""

from __future__ import annotations

from pydantic import JsonValue

from boundary.allowed import GOLD, PROVENANCE
from boundary.analyses.record import Analysis
from boundary.closure import code_of
from boundary.config.analyses import options_of
from boundary.config.imports import identified, import_source, reading_of
from boundary.config.model import OF_COUNTS
from boundary.digests import canonical_json, seed_of
from boundary.jobs import chains, importing, reading
from boundary.jobs import screen as screening
from boundary.jobs.sampling import filters_of
from boundary.plan.analyses import (
    AnalysisJob,
    offered,
)
from boundary.plan.arms import Arm
from boundary.plan.compared_specs import (
    between_arms,
    compared_arms,
    scores_of,
    screened_rows,
)
from boundary.plan.crossing import tables_job as crossing_tables
from boundary.plan.interventions import tables_job as intervention_tables
from boundary.plan.spec_parts import arm_names, judged, spec_text
from boundary.plan.study import Plan


def problems_spec(plan: Plan, label: str) -> str:
    """Spec of the job that makes the problems of a benchmark."""
    name = plan.benchmarks[label]
    lab = plan.study.benchmarks[name].lab
    if lab is not None:
        return canonical_json({"benchmark": name, "lab": lab.model_dump(mode="json")})
    return canonical_json({"benchmark": name, **plan.identity.problems(name).spec()})


def resolve_spec(plan: Plan, label: str) -> str:
    """Spec of the job that brings a model from outside."""
    name = plan.weights[label]
    entry, keys = plan.study.models[name], {"source", "revision", "unverified", "adapter"}
    served = {"served": entry.endpoint.served.model_dump(mode="json")} if entry.endpoint else {}
    return canonical_json({"model": name, **entry.model_dump(mode="json", include=keys), **served})


def train_spec(plan: Plan, label: str) -> str:
    """Spec of a training job."""
    entry = plan.study.lab[plan.runs[label]]
    parents = {
        name: plan.checkpoint(name, plan.study.lab[name].steps_kept()[-1])
        for name in entry.parents()
    }
    return canonical_json({"run": entry.model_dump(mode="json"), "parents": parents})


def sample_spec(plan: Plan, folder: str, block: int) -> str:
    """Spec of a sampling job: what one block of an arm is made of."""
    return canonical_json({**sampled(plan, folder), **block_of(folder, block)})


def sampled(plan: Plan, folder: str) -> dict[str, object]:
    """Return what all blocks of an arm are made of."""
    arm = plan.by_folder[folder]
    return {
        **arm_names(arm),
        "sampling": plan.identity.sampling(arm.protocol, arm.benchmark).spec(),
        **weights(plan, arm.model),
    }


def block_of(folder: str, block: int) -> dict[str, object]:
    """Return what tells a block of an arm from its others."""
    digests = [label.rpartition("-")[2] for label in folder.split("/")]
    return {"block": block, "seed": seed_of(*digests, block)}


def weights(plan: Plan, model: str) -> dict[str, object]:
    """Which weights a job loads, and how where the study says."""
    loading = plan.loading(model)
    return {"checkpoint": plan.checkpoint_of(model)} | ({"loading": loading} if loading else {})


def counts_spec(plan: Plan, folder: str) -> str:
    """Spec of a job that reads published counts."""
    arm = plan.by_folder[folder]
    stated = plan.study.models[arm.model].model_dump(include={*OF_COUNTS})
    named = {"name": plan.identity.counts_source(arm.model)[1], **arm_names(arm)}
    return spec_text(reading.Counts.model_validate(named | stated))


def import_spec(plan: Plan, folder: str) -> str:
    """Spec of a job that imports responses, or counts by the verdicts of their files."""
    arm = plan.by_folder[folder]
    model = plan.study.models[arm.model]
    (path, name), reading = import_source(model.source), reading_of(model)
    read = {
        "path": path,
        "name": name,
        "named": reading.benchmarks.get(arm.benchmark, arm.benchmark),
        "format": reading.format,
        "fields": reading.fields,
        "sha256": identified(model).sha256,
        "kind": None if arm.published else arm.kind,
        "problems": plan.benchmark_problems(arm),
        "known": _known_problems(plan, arm.benchmark),
        "n": arm.n or None,
    }
    stated = model.model_dump(include={*OF_COUNTS})
    return spec_text(importing.Import.model_validate(read | arm_names(arm) | stated))


def _known_problems(plan: Plan, benchmark: str) -> int | None:
    """Return how many problems a benchmark has, as far as the registry knows."""
    return None if plan.study.benchmarks[benchmark].lab else plan.identity.problems(benchmark).rows


def importer_code(plan: Plan, folder: str) -> str:
    """Digest of the code that reads the form of an arm's files."""
    name = identified(plan.study.models[plan.by_folder[folder].model]).importer
    return code_of(f"boundary.importers.{name}", f"boundary.importers.{name}.read")


def score_spec(plan: Plan, folder: str, n: int) -> str:
    """Spec of the job that counts the correct responses of an arm."""
    arm = plan.by_folder[folder]
    return spec_text(
        reading.Score(
            problems=arm.problems,
            samples=arm.sample_shards(n),
            verdicts=arm.verdict_shards(n),
            n=None if arm.stopping else n or None,
            max_unset=plan.study.verification.max_unset,
            allow=_allowed(plan, arm),
            stopping=arm.stopping,
        )
    )


def _allowed(plan: Plan, arm: Arm) -> list[str]:
    """Say that shards may tell nothing of themselves, where a comparison of the arm lets them."""
    for pair in plan.study.comparisons:
        sides = (pair.base, pair.protocol), (pair.other, pair.other_protocol or pair.protocol)
        compared = (arm.model, arm.protocol) in sides and arm.benchmark in pair.benchmarks
        if compared and PROVENANCE in pair.allow_differences:
            return [PROVENANCE]
    return []


def analysis_spec(plan: Plan, job: AnalysisJob) -> str:
    """Spec of a job that makes tables."""
    specs = {
        "scores": _of_scores,
        "likelihoods": _of_likelihoods,
        "crossings": _of_crossings,
        "interventions": _of_interventions,
        "screen": _of_screen,
        "labels": _of_labels,
    }
    return specs.get(job.needs, _of_arms)(plan, job)


def _options(plan: Plan, entry: Analysis) -> dict[str, JsonValue]:
    options = options_of(plan.study.analyses, entry)
    return options.model_dump(mode="json") if options else {}


def _of_scores(plan: Plan, job: AnalysisJob) -> str:
    analyses = plan.study.analyses
    return spec_text(
        reading.Tables(
            scores=[arm.scores for arm in plan.arms],
            **between_arms(plan, any(entry.grids for entry in job.analyses)),
            bootstrap=analyses.bootstrap,
            confidence=analyses.confidence,
            k_max=analyses.k_max,
            min_n=analyses.min_n,
            decides=analyses.decides,
            analyses={entry.name: _options(plan, entry) for entry in job.analyses},
        )
    )


def _of_crossings(plan: Plan, job: AnalysisJob) -> str:
    analyses, options = plan.study.analyses, _options(plan, job.analyses[0])
    return spec_text(
        crossing_tables(plan.crossings, analyses.bootstrap, analyses.confidence, options)
    )


def _of_interventions(plan: Plan, job: AnalysisJob) -> str:
    options = _options(plan, job.analyses[0])
    return spec_text(
        intervention_tables(plan.interventions, plan.study.analyses.confidence, options)
    )


def _of_screen(plan: Plan, job: AnalysisJob) -> str:
    analyses, rows = plan.study.analyses, screened_rows(plan)
    arms = [
        screening.ScreenedArm(
            completions=each.completions, scores=each.arm.scores, **arm_names(each.arm)
        )
        for each in plan.screened
    ]
    return spec_text(
        screening.ScreenTables(
            arms=arms,
            comparisons=rows,
            compared=scores_of(plan, rows),
            level=plan.screened[0].level,
            bootstrap=analyses.bootstrap,
            confidence=analyses.confidence,
            k_max=analyses.k_max,
            min_n=analyses.min_n,
            decides=analyses.decides,
            options=_options(plan, job.analyses[0]),
        )
    )


def _of_likelihoods(plan: Plan, job: AnalysisJob) -> str:
    analyses, scored = plan.study.analyses, plan.scored
    arm = scored.arms[0]
    sampling = plan.identity.sampling(arm.protocol, arm.benchmark)
    plain = not filters_of(sampling.model_dump())  # two numbers tell nothing of more
    reads_texts = job.analyses[0].texts
    arms = [
        reading.ScoredArm(
            model=arm.model,
            benchmark=arm.benchmark,
            protocol=arm.protocol,
            scored=scored.names(arm),
            verdicts=arm.verdict_shards(scored.responses(arm)),
            problems=arm.problems if reads_texts else None,
            samples=arm.sample_shards(scored.responses(arm)) if reads_texts else None,
        )
        for arm in scored.arms
    ]
    return spec_text(
        reading.Perplexity(
            scorers=[scored.folder(name) for name in scored.scorers],
            arms=arms,
            gold=[
                reading.GoldArm(
                    model=GOLD,
                    benchmark=arm.benchmark,
                    protocol=arm.protocol,
                    scored=[scored.gold_name(folder)],
                    problems=arm.problems,
                )
                for folder, arm in scored.gold.items()
            ],
            temperature=sampling.temperature if plain else None,
            top_p=sampling.top_p if plain else None,
            bootstrap=analyses.bootstrap,
            confidence=analyses.confidence,
            options=_options(plan, job.analyses[0]),
        )
    )


def _of_arms(plan: Plan, job: AnalysisJob) -> str:
    (entry,) = job.analyses
    arms = [
        reading.ReadArm.model_validate(
            {
                **({"samples": arm.sample_shards(arm.n_each)} if entry.needs == "samples" else {}),
                **judged(arm, arm.n_each),
            }
        )
        for arm in offered(plan, entry)
    ]
    analyses = plan.study.analyses
    return spec_text(
        reading.ArmTables(
            arms=arms,
            comparisons=compared_arms(plan) if entry.compares else None,
            confidence=analyses.confidence,
            min_n=analyses.min_n,
            max_unset=plan.study.verification.max_unset,
            options=_options(plan, entry),
        )
    )


def chains_spec(plan: Plan) -> str:
    """Spec of the job that selects chains of thought and makes the sheet."""
    asked = plan.study.analyses.chains
    arms = [
        chains.ChainedArm.model_validate(
            {"scores": arm.scores, "samples": arm.sample_shards(), **judged(arm)}
        )
        for arm in plan.chained
    ]
    settings = asked.model_dump(include={"below", "per_problem"}) if asked else {}
    return spec_text(chains.SelectChains(arms=arms, **settings))


def sheets_spec(plan: Plan) -> str:
    """Spec of the job that reads filled sheets."""
    return spec_text(chains.ReadSheets(sheets=plan.sheets)) if plan.sheets else "{}"


def judge_spec(plan: Plan) -> str:
    """Spec of the job that asks a language model; the key itself is in no spec."""
    judge = plan.study.analyses.chains and plan.study.analyses.chains.judge
    return canonical_json(judge.model_dump(mode="json", exclude_none=True) if judge else {})


def _of_labels(plan: Plan, job: AnalysisJob) -> str:
    return spec_text(
        chains.ChainCurves(
            items=plan.file("chains/chain_items.parquet"),
            scores=[arm.scores for arm in offered(plan, job.analyses[0])],
            judgements=plan.file("chains/judgements.parquet") if plan.judged else None,
            labels=plan.file("tables/chain_labels.parquet") if plan.sheets else None,
            confidence=plan.study.analyses.confidence,
            min_n=plan.study.analyses.min_n,
            options=_options(plan, job.analyses[0]),
        )
    )
