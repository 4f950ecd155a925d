"""Arms and their files: blocks, shared paths, overrides, labels that never collide."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import read_study
from boundary.errors import ConfigError
from boundary.kinds import grader_digest
from boundary.plan import Plan, plan_study, specs
from boundary.plan.analyses import figures_of, tables_of
from harness import STUDIES

ROOT = Path(__file__).resolve().parents[3]
Planned = Callable[..., Plan]
Raw = dict[str, Any]
#: The parts of a path must be read back by the rules.
LABEL = re.compile(r"[^/]+-[0-9a-f]{12}")


def blocks(plan: Plan) -> set[str]:
    """Return every sample shard of a study."""
    return {path for arm in plan.arms for path in arm.samples()}


def test_the_paths_of_an_arm(plan: Planned) -> None:
    arm = plan().arms[0]
    folder = "base-6d04468e9bbb/tiny-1dfaf70a7458/t1-58dcba26c443"
    grader = grader_digest("lab")
    assert arm.folder == folder
    assert arm.problems == "results/problems/tiny-1dfaf70a7458.parquet"
    assert arm.samples() == [f"results/samples/{folder}/0000{b}.parquet" for b in (0, 1)]
    assert arm.verdicts() == [f"results/verdicts/{folder}/{grader}/0000{b}.parquet" for b in (0, 1)]
    assert arm.scores == f"results/scores/{folder}/n8-{grader}.parquet"


def test_every_arm_stands_once_in_the_order_of_the_study(plan: Planned) -> None:
    found = [(arm.model, arm.benchmark, arm.protocol) for arm in plan().arms]
    assert found == [("base", "tiny", "t1"), ("rl", "tiny", "t1"), ("rl-1", "tiny", "t1")]


@pytest.mark.parametrize(("first", "count"), [(None, 2), (8, 2), (1, 1), (4, 1), (5, 2), (0, 0)])
def test_first_samples_take_whole_blocks(first: int | None, count: int, plan: Planned) -> None:
    assert len(plan().arms[0].samples(first)) == count


def test_raising_n_adds_blocks_and_touches_none(plan: Planned) -> None:
    few, many = plan(), plan({"protocols.t1.n": 16})
    assert blocks(few) < blocks(many)
    assert len(blocks(many)) == 2 * len(blocks(few))
    assert {arm.scores for arm in few.arms}.isdisjoint(arm.scores for arm in many.arms)
    for arm in few.arms:
        for block in (0, 1):
            assert specs.sample_spec(few, arm.folder, block) == specs.sample_spec(
                many, arm.folder, block
            )


def test_a_model_may_have_an_n_of_its_own(plan: Planned) -> None:
    found = plan({"models.rl.n": 4})
    assert {arm.model: (arm.n, len(arm.samples())) for arm in found.arms} == {
        "base": (8, 2),
        "rl": (4, 1),
        "rl-1": (8, 2),
    }


def test_two_studies_share_the_samples_of_equal_arms(plan: Planned, raw: Raw) -> None:
    other = copy.deepcopy(raw)
    other |= {"study": "other", "series": {}, "analyses": {}}
    del other["models"]["rl-1"]
    other["lab"]["more"] = {"recipe": "pretrain", "seed": 9}
    second = plan_study(other, "other")
    assert blocks(second) < blocks(plan())
    assert second.file("report.html") != plan().file("report.html")


def test_a_benchmark_may_have_blocks_of_its_own(plan: Planned, raw: Raw) -> None:
    raw["benchmarks"]["wide"] = {**raw["benchmarks"]["tiny"], "samples_per_shard": 8}
    raw["comparisons"][0]["benchmarks"] = ["tiny", "wide"]
    found = {(a.model, a.benchmark): a for a in plan_study(raw, "x").arms}
    tiny, wide = found["base", "tiny"], found["base", "wide"]
    assert (tiny.shard, len(tiny.samples())) == (4, 2)
    assert (wide.shard, len(wide.samples())) == (8, 1)
    assert tiny.folder == plan().arms[0].folder  # the other benchmark changes nothing here
    assert tiny.folder.split("/")[2] != wide.folder.split("/")[2]
    # An override that says what the protocol says is the same protocol.
    raw["benchmarks"]["wide"]["samples_per_shard"] = 4
    same = {(a.model, a.benchmark): a for a in plan_study(raw, "x").arms}["base", "wide"]
    assert same.folder.split("/")[2] == tiny.folder.split("/")[2]


@pytest.mark.parametrize("file", STUDIES, ids=lambda f: f.stem)
def test_labels_do_not_collide(file: Path) -> None:
    plan = Plan(read_study(file))
    assert all(LABEL.fullmatch(part) for arm in plan.arms for part in arm.folder.split("/"))
    assert all(LABEL.fullmatch(run) for run in plan.runs)
    paths = [p for arm in plan.arms for p in (*arm.samples(), *arm.verdicts(), arm.scores)]
    paths += [plan.run_file(run) for run in plan.runs.values()]
    paths += plan.scored.files()
    assert len(set(paths)) == len(paths)


def test_one_thing_under_two_names_is_kept_apart(raw: Raw) -> None:
    """Rows carry the model's name, so two names must not write one file."""
    raw["models"]["twin"] = {"source": "lab:grpo@2", "role": "rl"}
    raw["comparisons"].append({**raw["comparisons"][0], "other": "twin"})
    arms = {arm.model: arm for arm in plan_study(raw, "x").arms}
    twin, rl = arms["twin"].folder, arms["rl"].folder
    assert twin != rl
    assert twin.split("/")[0].rpartition("-")[2] == rl.split("/")[0].rpartition("-")[2]


def test_block_seeds_are_all_different(raw: Raw) -> None:
    """Arms, benchmarks, protocols and blocks share no random numbers."""
    raw["benchmarks"]["more"] = copy.deepcopy(raw["benchmarks"]["tiny"])
    raw["benchmarks"]["more"]["lab"]["seed"] = 2
    raw["protocols"]["t2"] = {**raw["protocols"]["t1"], "seed": 2}
    raw["protocols"]["t1"]["n"] = 40
    raw["comparisons"] = [
        {"base": "base", "other": other, "benchmarks": ["tiny", "more"], "protocol": protocol}
        | {"name": f"{other}-{protocol}"}
        for other, protocol in itertools.product(("rl", "rl-1"), ("t1", "t2"))
    ]
    plan = plan_study(raw, "x")
    seeds = [
        json.loads(specs.sample_spec(plan, arm.folder, block))["seed"]
        for arm in plan.arms
        for block in range(len(arm.samples()))
    ]
    assert len(seeds) == 2 * 3 * (10 + 2)
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_published_counts_need_no_run(raw: Raw) -> None:
    plan = Plan(read_study(ROOT / "config/studies/math500_published.yaml"))
    assert [(arm.kind, arm.source.name) for arm in plan.arms] == [("math", "counts")] * 2
    assert all(arm.published and arm.shard == 0 for arm in plan.arms)
    assert [arm.samples() + arm.verdicts() for arm in plan.arms] == [[], []]
    assert all(arm.scores.endswith("/n128-published.parquet") for arm in plan.arms)
    assert (plan.runs, plan.scored.files(), plan.example_files()) == ({}, [], [])
    assert "passk_chain" not in tables_of(plan)
    assert list(figures_of(plan)) == [
        *("passk", "difference", "coverage", "solved_sets", "new_ability", "sharpening"),
        *("histogram", "plane"),
    ]


def test_runs_come_after_their_parents(raw: Raw) -> None:
    raw["lab"]["taught"] = {"recipe": "distil", "start": "base", "teacher": "grpo"}
    raw["lab"]["idle"] = {"recipe": "pretrain"}
    raw["models"]["rl"]["source"] = "lab:taught"
    runs = list(plan_study(raw, "x").runs.values())
    assert runs == ["base", "grpo", "taught"]


def test_likelihoods_pair_every_scorer_with_every_source(plan: Planned) -> None:
    found = plan()
    pairs = {(scorer, arm.model) for scorer, arm in found.scored.pairs.values()}
    assert pairs == set(itertools.product(("base", "rl"), repeat=2))
    assert len(set(found.scored.files())) == 4
    assert all("/00000-first4-" in path for path in found.scored.files())
    assert len(set(found.scored.verdicts())) == 2


def test_no_more_responses_are_scored_than_there_are(plan: Planned) -> None:
    found = plan({"analyses.likelihood.responses": 100})
    arm = found.scored.arms[0]
    assert (arm.n, arm.shard, found.scored.responses(arm)) == (8, 4, 8)
    assert found.scored.blocks(arm) == [(0, 4), (1, 4)]


def test_responses_are_scored_by_block(plan: Planned) -> None:
    """More of them leave whole blocks as they are, and what decides scores names all anew."""
    names = {}
    for responses in (4, 6, 8):
        found = plan({"analyses.likelihood.responses": responses})
        names[responses] = found.scored.names(found.scored.arms[0])
    assert names[6][0] == names[8][0] == names[4][0]
    assert [len(made) for made in names.values()] == [1, 2, 2]
    assert "/00001-first2-" in names[6][1]
    assert "/00001-first4-" in names[8][1]
    first = set(plan().scored.files())
    for key, value in (
        ("token_responses", 2),
        ("samplers", [{"temperature": 1.0, "top_p": 0.9}]),
        ("engine", "vllm"),
        ("too_long", "refuse"),
    ):
        assert not first & set(plan({f"analyses.likelihood.{key}": value}).scored.files())
    two = {"analyses.likelihood.responses": 8, "analyses.likelihood.token_responses": 2}
    six = two | {"analyses.likelihood.token_responses": 6}
    (one, behind), (whole, part) = (
        made.scored.names(made.arms[0]) for made in map(plan, (two, six))
    )
    assert one != whole
    assert behind != part
    four = two | {"analyses.likelihood.token_responses": 4}
    made = plan(four)
    assert made.scored.names(made.arms[0]) == [whole, behind]
    same = plan({"analyses.likelihood.batch_tokens": 99})
    assert (set(same.scored.files()), same.scored.batch_tokens) == (first, 99)


def test_the_reach_of_a_protocol_that_cuts_is_looked_at(plan: Planned) -> None:
    def samplers(made: Plan) -> list[tuple[float, float]]:
        return [(each.temperature, each.top_p) for each in made.scored.samplers(made.arms[0])]

    assert samplers(plan({"protocols.t1.top_p": 1.0})) == [(0.6, 0.95)]
    assert samplers(plan({"protocols.t1.top_p": 0.8})) == [(1.0, 0.8), (0.6, 0.95)]
    same = {"protocols.t1.temperature": 0.6, "protocols.t1.top_p": 0.95}
    assert samplers(plan(same)) == [(0.6, 0.95)]
    assert samplers(plan({"protocols.t1.temperature": 0.0})) == [(0.6, 0.95)]
    cut = {"protocols.t1.top_p": 0.8, "protocols.t1.top_k": 9}
    assert samplers(plan(cut)) == [(0.6, 0.95)]


def test_default_figures_follow_the_study(plan: Planned) -> None:
    names = ["passk", "difference", "coverage", "solved_sets", "new_ability", "sharpening"]
    names += ["diversity", "histogram", "plane"]
    assert list(figures_of(plan())) == [
        *names,
        "series",
        "perplexity",
        "perplexity_steps",
        "predicted_success",
        "typicality",
        "reachability",
        "token_means",
        "masks",
        "chain",
        "format_gain",
        "guess",
    ]
    assert list(figures_of(plan({"series": {}, "analyses": {}}))) == [
        *names,
        "chain",
        "format_gain",
        "guess",
    ]
    titled = plan({"figures": ["chain", {"name": "passk", "title": "T"}]})
    assert {file: each.title for file, each in figures_of(titled).items()} == {
        "chain": None,
        "passk": "T",
    }
    part = plan({"figures": ["passk", {"name": "passk", "benchmark": "tiny"}]})
    assert {file: each.name for file, each in figures_of(part).items()} == {
        "passk": "passk",
        "passk-tiny": "passk",
    }


def test_planning_again_gives_the_same(plan: Planned) -> None:
    first, second = plan(), plan()
    assert first.arms == second.arms
    assert tables_of(first) == tables_of(second)


def test_a_plan_tells_all_problems(plan: Planned) -> None:
    with pytest.raises(ConfigError) as caught:
        plan({"protocols.t1.n": 7, "models.rl.base": "x"})
    assert len(caught.value.problems) == 2
    assert caught.value.where == "smoke"


def test_a_reduced_sandbox_is_another_grader_of_programs_alone(raw: Raw) -> None:
    """What ran where it could escape is never taken for what ran walled off."""
    arm = plan_study(raw, "x").arms[0]
    code = dataclasses.replace(arm, kind="code")
    assert dataclasses.replace(arm, sandbox="reduced").grader == arm.grader
    assert dataclasses.replace(code, sandbox="reduced").grader != code.grader


def test_another_rule_of_extraction_is_another_grader_of_answers_alone(raw: Raw) -> None:
    """Two sides of a comparison are read by one rule, as scores of unlike graders are refused."""
    arm = plan_study(raw, "x").arms[0]
    assert arm.extract == "any"
    strict = plan_study({**raw, "verification": {"extract": "boxed"}}, "x").arms[0]
    assert strict.grader == arm.grader  # of the lab, which has a form of its own
    one, two = (dataclasses.replace(found, kind="math") for found in (arm, strict))
    assert one.grader != two.grader
    assert (one.samples(), one.problems) == (two.samples(), two.problems)


def test_a_tolerance_of_printed_floats_is_another_grader_of_programs_alone(raw: Raw) -> None:
    arms = [
        plan_study({**raw, "verification": {"stdout_tolerance": value}}, "x").arms[0]
        for value in (0, 1e-6)
    ]
    assert arms[0].grader == arms[1].grader
    exact, close = (dataclasses.replace(arm, kind="code") for arm in arms)
    assert exact.grader != close.grader
    assert close.verification_flags == "--sandbox=isolated --stdout-tolerance=1e-06"


@pytest.mark.parametrize(
    ("kind", "flags"),
    [("lab", ""), ("math", "--extract=any"), ("code", "--sandbox=isolated")],
)
def test_a_verification_job_is_told_what_its_kind_needs(kind: str, flags: str, raw: Raw) -> None:
    arm = dataclasses.replace(plan_study(raw, "x").arms[0], kind=kind)
    assert arm.verification_flags == flags
