"""Specs: canonical JSON, stable under the order of keys, complete for their stage."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.analyses.registry import analyses
from boundary.comparison_tables import GRADING_RULES
from boundary.digests import canonical_json, digest, seed_of
from boundary.jobs.making import SamplingJob
from boundary.jobs.reading import Perplexity
from boundary.jobs.shards import Shards
from boundary.plan import Plan, page_specs, plan_study, scored_specs, specs
from boundary.plan.analyses import analysis_jobs, figures_of, tables_of
from boundary.yamlfile import read_yaml
from harness import ROOT
from job_specs import spec_of, tables_spec

SCORE_TABLES = [
    *("passk", "differences", "crossovers", "planned", "coverage", "coverage_problems"),
    *("solved_sets", "solved_steps", "unseen", "new_ability", "gain_by_rate", "sharpening"),
    *("sharpening_problems", "diversity", "diversity_change", "histogram"),
    *("efficiency", "stopping", "reliability", "cover", "horizon_curve", "step_rates", "horizons"),
    *("horizon_ratios", "horizon_gaps", "horizon_leads"),
    *("rounds", "round_differences", "round_gaps", "trial_costs", "series"),
]
UNGRADED = ["bounds", "responses", "truncation"]
GUESSES = ["guess_floor", "excess", "excess_gain"]
GAINS = ["format_gain", "rule_gains"]
OF_CHAINS = ["chains", "judge_quality", "passk_cot", "chain_labels", "chain_agreement"]
STUDIES = ROOT / "config/studies"
Planned = Callable[..., Plan]
Raw = dict[str, Any]


def every_spec(plan: Plan) -> dict[str, str]:
    """Return all specs of a study by what they are for."""
    found = {
        **{job.rule: specs.analysis_spec(plan, job) for job in analysis_jobs(plan)},
        "chains": specs.chains_spec(plan),
        "judge": specs.judge_spec(plan),
        "figures": page_specs.figures_spec(plan),
        "report": page_specs.report_spec(plan),
        "explorer": page_specs.explorer_spec(plan),
    }
    found |= {f"problems {label}": specs.problems_spec(plan, label) for label in plan.benchmarks}
    found |= {f"train {label}": specs.train_spec(plan, label) for label in plan.runs}
    for arm in plan.arms:
        for block in range(len(arm.samples())):
            found[f"sample {arm.folder} {block}"] = specs.sample_spec(plan, arm.folder, block)
    for scorer, folder in plan.scored.pairs:
        found[f"likelihood {scorer} {folder}"] = scored_specs.likelihood_spec(
            plan, scorer, folder, 0
        )
    return found


def listed(shards: dict[str, Any]) -> list[str]:
    """Return the files of shards as they stand in a spec."""
    return Shards.model_validate(shards).files()


def backwards(value: Any) -> Any:
    """Return the value with the keys of every mapping in reverse."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


def test_specs_are_canonical(plan: Planned) -> None:
    found = every_spec(plan())
    assert len(found) == 12 + 1 + 2 + 6 + 6
    for name, spec in found.items():
        assert spec == canonical_json(json.loads(spec)), name
        assert "\n" not in spec


@pytest.mark.parametrize(
    ("name", "count", "text"),
    [("smoke", 9, "027860abd7f2"), ("yue2025_fig2_7b", 52, "cc2fffad5036")],
)
def test_specs_of_what_costs_accelerator_time_keep_their_text(
    name: str, count: int, text: str
) -> None:
    """Another text makes problems, models and samples of finished studies anew."""
    plan = plan_study(read_yaml(STUDIES / f"{name}.yaml"), "x")
    made = [specs.problems_spec(plan, label) for label in plan.benchmarks]
    made += [specs.resolve_spec(plan, label) for label in plan.weights]
    made += [specs.train_spec(plan, label) for label in plan.runs]
    for arm in plan.arms:
        made += [specs.sample_spec(plan, arm.folder, b) for b in range(len(arm.samples()))]
    assert (len(made), digest(made)) == (count, text)


def test_specs_of_likelihoods_keep_their_text() -> None:
    """And another of these likelihoods."""
    plan = plan_study(read_yaml(STUDIES / "smoke.yaml"), "x")
    made = [scored_specs.likelihood_spec(plan, *key, 0) for key in plan.scored.pairs]
    assert (len(made), digest(made)) == (4, "40438bbd27a1")


def test_the_order_of_keys_is_no_content(raw: Raw) -> None:
    """Every job stays as it is; pages alone show models in the order of the study."""
    raw["series"]["again"] = {**raw["series"]["grpo"], "models": ["base", "rl"]}
    first = every_spec(plan_study(raw, "x"))
    second = every_spec(plan_study(backwards(raw), "x"))
    assert set(first) == set(second)
    pages = {"figures", "report", "explorer"}
    assert {name for name in first if first[name] != second[name]} <= pages
    for name in pages:
        one, two = json.loads(first[name]), json.loads(second[name])
        for key in ("models", "arms") if name == "explorer" else ("models",):
            assert one.pop(key) == two.pop(key)[::-1]
        assert one == two


def test_defaults_written_out_are_no_content(plan: Planned) -> None:
    assert every_spec(plan()) == every_spec(
        plan({"protocols.t1.batch_size": 2048, "analyses.confidence": 0.95, "lab.base.seed": 0})
    ) | {"report": page_specs.report_spec(plan())}


def test_a_sampling_spec_is_a_block(plan: Planned) -> None:
    found = plan()
    arm = found.arms[1]
    spec = json.loads(specs.sample_spec(found, arm.folder, 1))
    assert set(spec) == SamplingJob.model_fields.keys() - {"loading"}
    block = SamplingJob.model_validate(spec)
    assert block.model_dump(mode="json", exclude_unset=True) == spec
    assert (block.model, block.benchmark, block.protocol, block.block) == ("rl", "tiny", "t1", 1)
    assert block.sampling.samples_per_shard == 4
    assert block.checkpoint.startswith("results/models/grpo-")
    assert block.checkpoint.endswith("/step-00002")
    digests = [part.rpartition("-")[2] for part in arm.folder.split("/")]
    assert block.seed == seed_of(*digests, 1)
    assert "n" not in spec["sampling"]


def test_the_spec_of_a_block_ignores_the_rest_of_the_study(plan: Planned) -> None:
    """No sampling job is stale because the study was renamed or another arm was added."""
    before, after = plan(), plan({"study": "other", "analyses.bootstrap": 999, "figures": []})
    for arm in before.arms:
        assert specs.sample_spec(before, arm.folder, 0) == specs.sample_spec(after, arm.folder, 0)


def test_training_starts_from_the_last_checkpoint_of_its_parents(plan: Planned) -> None:
    found = plan()
    label = next(label for label, run in found.runs.items() if run == "grpo")
    spec = json.loads(specs.train_spec(found, label))
    assert spec["parents"] == {"base": found.checkpoint("base", 5)}
    assert spec["run"]["recipe"] == "reinforce"


def test_the_spec_of_the_tables(plan: Planned) -> None:
    spec = json.loads(tables_spec(plan({"analyses.k_max": 6})))
    assert (spec["bootstrap"], spec["confidence"], spec["k_max"]) == (200, 0.95, 6)
    assert "min_n" not in spec
    assert json.loads(tables_spec(plan({"analyses.min_n": 6})))["min_n"] == 6
    assert spec["comparisons"] == [
        {
            "comparison": "rl-vs-base",
            "base": "base",
            "other": "rl",
            "benchmark": "tiny",
            "protocol": "t1",
            "other_protocol": "t1",
            "allowed": [],
            "differs": {},
            "grading": None,
            "cautions": [],
        }
    ]
    points = [
        {"model": "base", "step": 0},
        {"model": "rl-1", "step": 1},
        {"model": "rl", "step": 2},
    ]
    assert spec["series"] == [
        {"series": "grpo", "benchmark": "tiny", "protocol": "t1", "points": points}
    ]


def test_another_protocol_of_the_other_model(raw: Raw) -> None:
    raw["protocols"]["t2"] = {**raw["protocols"]["t1"], "temperature": 0.5}
    raw["comparisons"][0] |= {"other_protocol": "t2", "allow_differences": ["temperature"]}
    plan = plan_study(raw, "x")
    (pair,) = json.loads(tables_spec(plan))["comparisons"]
    assert (pair["comparison"], pair["other_protocol"]) == ("rl-vs-base-t2", "t2")
    assert pair["allowed"] == ["temperature"]
    assert pair["differs"] == {"temperature": [1.0, 0.5]}
    assert ("rl", "tiny", "t2") in {(a.model, a.benchmark, a.protocol) for a in plan.arms}


def test_what_is_allowed_and_equal_or_free_is_no_difference(raw: Raw) -> None:
    allowed = ["max_model_len", "prompt", "seed", "temperature", "top_p"]
    free = {"seed": 9, "batch_size": 7, "n": 16, "samples_per_shard": 8, "device": "gpu"}
    raw["protocols"]["t1"]["engine"] = "vllm"
    raw["protocols"]["t2"] = {**raw["protocols"]["t1"], **free, "max_model_len": 64}
    raw["comparisons"][0] |= {"other_protocol": "t2", "allow_differences": allowed}
    (pair,) = json.loads(tables_spec(plan_study(raw, "x")))["comparisons"]
    assert pair["allowed"] == allowed
    assert pair["differs"] == {"max_model_len": [None, 64]}


def test_models_that_are_loaded_differently_differ(raw: Raw) -> None:
    raw["models"]["rl"]["dtype"] = "bfloat16"
    raw["comparisons"][0]["allow_differences"] = ["dtype"]
    (pair,) = json.loads(tables_spec(plan_study(raw, "x")))["comparisons"]
    assert pair["differs"] == {"dtype": [None, "bfloat16"]}


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        (("counts:a.csv", "counts:a.csv#x"), None),
        (("counts:a.csv", "lab:grpo"), "counts of base are as published, judged by a grader of"),
        (("lab:base", "counts:a.csv"), "counts of rl are as published, judged by a grader of"),
        (("counts:a.csv", "counts:b.csv"), "counts come from two publications, each with a grade"),
    ],
)
def test_published_counts_have_a_grader_of_their_own(
    sources: tuple[str, str],
    told: str | None,
    raw: Raw,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        Path(name).write_text("model,problem,n,correct\nbase,1,8,2\nrl,1,8,3\nx,1,8,4\n")
    raw["models"] |= {
        name: {"source": source, "role": role}
        for name, source, role in zip(("base", "rl"), sources, ("base", "rl"), strict=True)
    }
    raw["series"], raw["analyses"] = {}, {}
    (pair,) = json.loads(tables_spec(plan_study(raw, "x")))["comparisons"]
    assert (pair["grading"] or "").startswith(told or "")
    assert (pair["grading"] is None) == (told is None)


@pytest.mark.parametrize(("graders", "one"), [(("lean", "lean"), True), (("lean", "coq"), False)])
def test_two_files_of_one_publication_have_one_grader(
    graders: tuple[str, str],
    one: bool,
    raw: Raw,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, grader in zip(("base", "rl"), graders, strict=True):
        Path(f"{name}.csv").write_text("problem,n,correct\n1,8,2\n")
        raw["models"][name] = {
            "source": f"counts:{name}.csv",
            "role": name,
            "citation": "A. Author, 2025",
            "settings": {"grader": grader},
        }
    raw["series"], raw["analyses"] = {}, {}
    (pair,) = json.loads(tables_spec(plan_study(raw, "x")))["comparisons"]
    assert (pair["grading"] is None) == one


def test_of_published_counts_a_report_tells_what_was_written_and_no_default() -> None:
    study = ROOT / "config/studies/math500_published.yaml"
    plan = plan_study(read_yaml(study), str(study))
    spec = json.loads(page_specs.report_spec(plan))
    config = spec["config"]
    assert config["protocols"]["paper"] == read_yaml(study)["protocols"]["paper"]
    assert config["models"]["qwen2.5-7b"].keys() == {"source", "role"}
    assert config["benchmarks"] == {"math500": {}}
    assert "verification" not in config
    assert spec["cautions"].keys() == {"qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"}
    assert all("problem 242" in text for text in spec["cautions"].values())
    counts = json.loads(specs.counts_spec(plan, plan.arms[0].folder))
    assert counts["settings"]["engine"].startswith("vLLM 0.6.3")
    assert counts["settings"]["prompt"].startswith("qwen-boxed")
    assert counts["settings"]["seeds"] == [1, 2, 3, 4]
    assert "85ce0756f97521fc0950ac6cd3ddb78658444b06" in counts["citation"]


def test_what_is_stated_of_counts_is_no_part_of_their_identity() -> None:
    """A finished study has its scores where they were; other models' entries stay whole."""
    raw = read_yaml(ROOT / "config/studies/math500_published.yaml")
    bare = copy.deepcopy(raw)
    for model in bare["models"].values():
        for key in ("citation", "settings", "caution"):
            del model[key]
    full, less = plan_study(raw, "x"), plan_study(bare, "x")
    assert [arm.scores for arm in full.arms] == [arm.scores for arm in less.arms]
    assert full.arms[0].folder == (
        "qwen2.5-7b-e87002ebb756/math500-7c8ddd021535/paper-3d6a6c3c8e42"
    )


def test_a_protocol_that_samples_is_told_with_its_defaults(raw: Raw) -> None:
    file = f"counts:{ROOT}/config/published/math500_qwen2.5-7b.csv#qwen2.5-7b"
    raw["models"]["paper"] = {"source": file, "role": "reference", "n": 128}
    comparison = {"base": "base", "other": "paper", "benchmarks": ["tiny"], "protocol": "t1"}
    raw["comparisons"].append(comparison)
    config = json.loads(page_specs.report_spec(plan_study(raw, "x")))["config"]
    assert config["protocols"]["t1"]["engine"] == "transformers"
    assert config["models"]["paper"].keys() == {"source", "role", "n"}
    assert config["models"]["base"]["tensor_parallel_size"] == 1
    assert config["verification"]["sandbox"] == "isolated"


def test_a_likelihood_spec_holds_what_scoring_needs(plan: Planned) -> None:
    found = plan()
    (scorer, folder), (name, arm) = next(iter(found.scored.pairs.items()))
    spec = json.loads(scored_specs.likelihood_spec(found, scorer, folder, 0))
    assert spec["scorer"] == name
    assert (spec["first"], spec["responses"]) == (0, 4)
    # Of the eight whose tokens are kept four are scored.
    assert (spec["engine"], spec["token_responses"], spec["too_long"]) == ("transformers", 4, "cut")
    assert spec["samplers"][1:] == [{"temperature": 0.6, "top_p": 0.95}]
    assert spec["sampling"]["template"] == "{question}"
    assert spec["checkpoint"] == found.checkpoint(*found.identity.lab_source(name))
    assert arm.folder == folder


def test_the_spec_of_perplexity_names_verdicts(plan: Planned) -> None:
    found = plan()
    spec = json.loads(spec_of(found, "analyse_perplexity"))
    assert sorted(path for arm in spec["arms"] for path in listed(arm["verdicts"])) == sorted(
        found.scored.verdicts()
    )
    job = Perplexity(**spec)
    assert sorted(job.likelihoods()) == sorted(found.scored.files())
    assert sorted(job.token_scores()) == sorted(found.scored.token_files())


@pytest.mark.parametrize("likelihood", [True, False])
def test_tables_of_a_study(likelihood: bool, plan: Planned) -> None:
    found = plan({} if likelihood else {"analyses": {}})
    scored = {
        name: entry
        for name, entry in analyses().items()
        if entry.needs == "likelihoods" and entry.on
    }
    more = [table for entry in scored.values() for table in entry.tables if likelihood]
    assert tables_of(found) == [*SCORE_TABLES, *more, "passk_chain", *GAINS, *GUESSES, *UNGRADED]


def test_guesses_can_be_left_out(plan: Planned) -> None:
    found = plan({"analyses": {"guess_floor": False}})
    assert tables_of(found) == [*SCORE_TABLES, "passk_chain", *GAINS, *UNGRADED]
    assert "guess" not in figures_of(found)


def test_tables_of_real_benchmarks() -> None:
    """Mathematics has rules of grading to compare, programs have attacks to count."""
    found = plan_study(read_yaml(STUDIES / "yue2025_fig2_7b.yaml"), "x")
    assert {arm.kind for arm in found.arms} == {"math"}
    curves = [f"passk_{rule}" for rule in GRADING_RULES[1:]]
    more = [*curves, "grading", *GAINS, *GUESSES, "audit", "disagreements", *UNGRADED]
    assert tables_of(found) == [*SCORE_TABLES, *more]
    assert {"grading", "guess"} <= set(figures_of(found))
    spec = json.loads(spec_of(found, "analyse_audit"))
    assert sorted(path for arm in spec["arms"] for path in listed(arm["verdicts"])) == sorted(
        path for arm in found.arms for path in arm.verdicts()
    )


def test_the_spec_of_guesses_names_problems_and_verdicts(plan: Planned) -> None:
    found = plan()
    arms = json.loads(spec_of(found, "analyse_guess_floor"))["arms"]
    assert [(arm["model"], arm["kind"]) for arm in arms] == [(a.model, "lab") for a in found.arms]
    assert [arm["problems"] for arm in arms] == [arm.problems for arm in found.arms]
    assert [listed(arm["verdicts"]) for arm in arms] == [arm.verdicts() for arm in found.arms]


def test_guesses_are_told_which_arms_are_compared_and_attacks_are_not(plan: Planned) -> None:
    found = plan()
    pairs = json.loads(spec_of(found, "analyse_guess_floor"))["comparisons"]
    of_scores = json.loads(spec_of(found, "analyse_study"))["comparisons"]
    names = ("comparison", "base", "other", "benchmark", "protocol")
    assert [[pair[x] for x in names] for pair in pairs] == [
        [p[x] for x in names] for p in of_scores
    ]
    real = plan_study(read_yaml(STUDIES / "yue2025_fig2_7b.yaml"), "x")
    assert "comparisons" not in json.loads(spec_of(real, "analyse_audit"))


def test_protocols_that_differ_in_temperature_alone_are_told_where_they_are_asked_for(
    plan: Planned,
) -> None:
    study = read_yaml(STUDIES / "yue2025_fig16.yaml")
    study["protocols"]["t10-again"] = {**study["protocols"]["t10"], "batch_size": 3}
    grids = json.loads(tables_spec(plan_study(study, "x")))["grids"]
    assert [grid["temperatures"] for grid in grids] == [
        {"t06": 0.6, "t10": 1.0, "t12": 1.2},
        {"t06-small": 0.6, "t10-small": 1.0, "t12-small": 1.2},
    ]
    found = plan_study(study, "x")
    assert {"temperature_envelope", "matched_temperature"} <= set(tables_of(found))
    assert "envelope" in figures_of(found)
    del study["analyses"]
    assert "grids" not in json.loads(tables_spec(plan_study(study, "x")))
    assert "grids" not in json.loads(tables_spec(plan()))


def test_chains_are_looked_at_where_a_study_asks(plan: Planned) -> None:
    judge = {"endpoint": "http://localhost:8000/v1", "model": "m", "key_env": "KEY"}
    chains = {"below": 0.1, "sheet": "ann.csv", "judge": judge}
    found = plan({"analyses.chains": chains})
    assert [name for name in tables_of(found) if name in OF_CHAINS] == OF_CHAINS
    assert "cot" in figures_of(found)
    assert found.warnings() == [
        "analyses.chains.sheet: ann.csv is not there.",
        "analyses.chains.judge: problems and responses are sent to http://localhost:8000/v1, which "
        "may cost money.",
    ]
    assert json.loads(specs.judge_spec(found)) == judge
    spec = json.loads(specs.chains_spec(found))
    assert (spec["below"], spec["per_problem"]) == (0.1, 8)
    assert [listed(arm["samples"]) for arm in spec["arms"]] == [a.samples() for a in found.arms]
    assert not set(tables_of(plan())) & set(OF_CHAINS)


def test_shards_may_tell_nothing_where_a_comparison_lets_them(plan: Planned, raw: Raw) -> None:
    """Of the arms of that comparison alone; other scores keep their spec."""
    for pair in raw["comparisons"]:
        pair["allow_differences"] = []
    first = raw["comparisons"][0]
    first["allow_differences"] = ["provenance"]
    made = plan({"comparisons": raw["comparisons"]})
    allowed = {
        (arm.model, arm.benchmark, arm.protocol)
        for arm in made.arms
        if json.loads(specs.score_spec(made, arm.folder, arm.n)).get("allow") == ["provenance"]
    }
    assert allowed == {
        (first[side], benchmark, first["protocol"])
        for side in ("base", "other")
        for benchmark in first["benchmarks"]
    }
