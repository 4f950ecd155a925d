"""The studies of Yue et al. 2025 ask for what the paper did, and can be planned offline."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from boundary.cli.app import app
from boundary.config import read_study
from boundary.config.problems import problems_of
from boundary.config.study import Study
from boundary.plan import Plan
from boundary.plan.analyses import figures_of
from boundary.plan.cost import place_of, sampling_basis
from harness import ROOT, copy_repository, snakemake

STUDIES = ROOT / "config/studies"
LARGE = ("gsm8k", "math500", "minerva_math", "olympiadbench")
SMALL = ("aime24", "amc23")
SIX = dict.fromkeys(LARGE, 128) | dict.fromkeys(SMALL, 1024)
LONGEST = 16_384
#: Qwen2.5-Math has 4,096 positions: what is left when a problem has a quarter of them.
SHORT = 3072

QWEN_7B = ("Qwen/Qwen2.5-7B", "hkust-nlp/Qwen-2.5-7B-SimpleRL-Zoo")
QWEN_14B = ("Qwen/Qwen2.5-14B", "hkust-nlp/Qwen-2.5-14B-SimpleRL-Zoo")
QWEN_32B = ("Qwen/Qwen2.5-32B", "hkust-nlp/Qwen-2.5-32B-SimpleRL-Zoo")
LLAMA = ("meta-llama/Llama-3.1-8B", "hkust-nlp/Llama-3.1-8B-SimpleRL-Zoo")
OAT = ("Qwen/Qwen2.5-Math-7B", "sail/Qwen2.5-Math-7B-Oat-Zero")
DAPO = ("Qwen/Qwen2.5-32B", "BytedTsinghua-SIA/DAPO-Qwen-32B")
DEEPCODER = ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "agentica-org/DeepCoder-14B-Preview")
CODE_R1 = ("Qwen/Qwen2.5-7B-Instruct-1M", "ganler/CodeR1-Zero-Qwen2.5-7B-12k-832")
INSTRUCT = "Qwen/Qwen2.5-Math-7B-Instruct"
DISTILLED = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"

#: Commits on the hub; None where nobody could establish one.
REVISIONS = {
    "Qwen/Qwen2.5-7B": "d149729398750b98c0af14eb82c78cfe92750796",
    "Qwen/Qwen2.5-14B": "97e1e76335b7017d8f67c08a19d103c0504298c9",
    "Qwen/Qwen2.5-32B": "1818d35814b8319459f4bd55ed1ac8709630f003",
    "Qwen/Qwen2.5-Math-7B": "b101308fe89651ea5ce025f25317fea6fc07e96e",
    "Qwen/Qwen2.5-Math-7B-Instruct": "ef9926d75ab1d54532f6a30dd5e760355eb9aa4d",
    "Qwen/Qwen2.5-7B-Instruct-1M": "e28526f7bb80e2a9c8af03b831a9af3812f18fba",
    "meta-llama/Llama-3.1-8B": "d04e592bb4f6aa9cfee91e2e20afa771667e1d4b",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B": "916b56a44061fd5cd7d6a8fb632557ed4f724f60",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B": "1df8507178afcc1bef68cd8c393f61a886323761",
    "hkust-nlp/Qwen-2.5-7B-SimpleRL-Zoo": "d630142f26acc8adf8051298cba8023232169d56",
    "BytedTsinghua-SIA/DAPO-Qwen-32B": "38b8075427d3f7d12075377d1e40495875066189",
    "hkust-nlp/Qwen-2.5-14B-SimpleRL-Zoo": None,
    "hkust-nlp/Qwen-2.5-32B-SimpleRL-Zoo": None,
    "hkust-nlp/Llama-3.1-8B-SimpleRL-Zoo": None,
    "sail/Qwen2.5-Math-7B-Oat-Zero": None,
    "agentica-org/DeepCoder-14B-Preview": None,
    "ganler/CodeR1-Zero-Qwen2.5-7B-12k-832": None,
}


class Sampled(NamedTuple):
    """A model on a benchmark, as the paper samples it."""

    model: str
    benchmark: str
    n: int
    prompt: str
    temperature: float = 0.6
    max_tokens: int = LONGEST


Pairs = Counter[tuple[Sampled, Sampled]]


def pairs(
    models: tuple[str, str],
    benchmarks: dict[str, int],
    prompt: str,
    *,
    temperature: float = 0.6,
    max_tokens: int = LONGEST,
    other: dict[str, Any] | None = None,
) -> Pairs:
    """Return both sides on each benchmark; ``other`` is what the second has in its place."""
    base, trained = models
    found: Pairs = Counter()
    for benchmark, n in benchmarks.items():
        side = Sampled(base, benchmark, n, prompt, temperature, max_tokens)
        found[side, side._replace(model=trained, **(other or {}))] += 1
    return found


MINERVA = {"minerva_math": 128}
#: Appendix A.2 has n for mathematics; elsewhere it is the last k of the figure.
PAPER: dict[str, Pairs] = {
    "yue2025_fig2": pairs(QWEN_7B, SIX, "qwen-boxed")
    + pairs(QWEN_14B, SIX, "qwen-boxed")
    + pairs(QWEN_32B, SIX, "qwen-boxed")
    + pairs(LLAMA, SIX | {"olympiadbench": 1024}, "simplerl-abel"),
    "yue2025_fig2_7b": pairs(QWEN_7B, SIX, "qwen-boxed"),
    "yue2025_fig3": pairs(DEEPCODER, {"livecodebench_v5": 64}, "deepcoder", max_tokens=32_768),
    "yue2025_fig4": pairs(CODE_R1, {"humaneval_plus": 128, "mbpp_plus": 128}, "evalplus-qwen")
    + pairs(CODE_R1, {"livecodebench_v5": 128}, "livecodebench"),
    "yue2025_fig6": pairs(QWEN_7B, {"aime24": 256}, "qwen-boxed"),
    "yue2025_fig7": pairs(OAT, MINERVA, "oat", max_tokens=SHORT)
    + pairs((OAT[0], INSTRUCT), MINERVA, "oat", max_tokens=SHORT)
    + pairs(
        (OAT[0], DISTILLED),
        MINERVA,
        "oat",
        max_tokens=SHORT,
        other={"prompt": "chat-boxed", "max_tokens": LONGEST},
    ),
    "yue2025_fig10": pairs(OAT, {"aime24": 1024}, "oat", max_tokens=SHORT)
    + pairs(DAPO, {"aime24": 1024}, "dapo"),
    "yue2025_fig16": pairs(QWEN_7B, {"aime24": 1024, "math500": 128}, "qwen-boxed")
    + pairs(QWEN_7B, {"aime24": 1024, "math500": 128}, "qwen-boxed", temperature=1.0)
    + pairs(QWEN_7B, {"aime24": 1024, "math500": 128}, "qwen-boxed", temperature=1.2),
    "yue2025_fig17": pairs(QWEN_7B, SIX, "qwen-boxed")
    + pairs(QWEN_7B, {"aime24": 1024}, "qwen-boxed", other={"temperature": 1.5})
    + pairs(QWEN_7B, {"amc23": 1024}, "qwen-boxed", other={"temperature": 0.9})
    + pairs(QWEN_7B, {"gsm8k": 128}, "qwen-boxed", other={"temperature": 1.0})
    + pairs(QWEN_7B, {"math500": 128}, "qwen-boxed", other={"temperature": 0.85})
    + pairs(QWEN_7B, {"minerva_math": 128}, "qwen-boxed", other={"temperature": 0.85})
    + pairs(QWEN_7B, {"olympiadbench": 128}, "qwen-boxed", other={"temperature": 1.0}),
}
NAMES = sorted(PAPER)


@cache
def planned(name: str) -> Plan:
    """Return the plan of a study."""
    return Plan(read_study(STUDIES / f"{name}.yaml"))


def hub_id(study: Study, model: str) -> str:
    """Return where the weights of a model stand."""
    return study.models[model].source.removeprefix("hf:")


def asked_for(study: Study) -> Pairs:
    """Return both sides of every comparison of a study."""
    found: Pairs = Counter()
    for pair in study.comparisons:
        for benchmark in pair.benchmarks:
            sides = []
            for model, by in (
                (pair.base, pair.protocol),
                (pair.other, pair.other_protocol or pair.protocol),
            ):
                protocol = study.protocols[by]
                sides.append(
                    Sampled(
                        hub_id(study, model),
                        benchmark,
                        study.models[model].n or protocol.n,
                        protocol.prompt,
                        protocol.temperature,
                        protocol.max_tokens,
                    )
                )
            found[sides[0], sides[1]] += 1
    return found


def test_every_study_of_the_paper_is_in_the_table() -> None:
    assert sorted(path.stem for path in STUDIES.glob("yue2025_*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_models_benchmarks_n_prompts_and_temperatures_are_the_papers(name: str) -> None:
    study = planned(name).study
    assert study.study == name
    assert asked_for(study) == PAPER[name]
    assert {protocol.top_p for protocol in study.protocols.values()} == {0.95}
    assert {protocol.engine for protocol in study.protocols.values()} == {"vllm"}
    # One precision on both sides, whatever the checkpoints are stored in.
    assert {model.dtype for model in study.models.values()} == {"bfloat16"}
    assert planned(name).unused() == []


@pytest.mark.parametrize("name", NAMES)
def test_revisions_are_those_that_could_be_established(name: str) -> None:
    study = planned(name).study
    for model, entry in study.models.items():
        revision = REVISIONS[hub_id(study, model)]
        assert (entry.revision, entry.unverified) == (revision, revision is None), model
        if entry.base:
            assert study.models[entry.base].role == "base"
    for benchmark, entry in study.benchmarks.items():
        assert not problems_of(benchmark, entry).unverified, benchmark


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_check_config_and_warns_of_what_is_unverified(name: str) -> None:
    done = CliRunner().invoke(app, ["check-config", str(STUDIES / f"{name}.yaml")])
    assert done.exit_code == 0, done.output
    warned = re.findall(r"no one has established the revision of hf:(\S+)\.$", done.stderr, re.M)
    study = planned(name).study
    used = {hub_id(study, model) for model in study.models}
    assert sorted(warned) == sorted(model for model in used if REVISIONS[model] is None)


@pytest.mark.parametrize("name", NAMES)
def test_a_job_takes_between_a_quarter_of_an_hour_and_eight(name: str) -> None:
    plan = planned(name)
    for arm in plan.arms:
        place = place_of(plan.identity, arm.model, arm.protocol)
        seconds = sampling_basis(plan.identity, arm, place).block_seconds(arm.shard)
        assert seconds is not None
        assert 0.25 < seconds / 3600 < 8, (arm.model, arm.benchmark)
        assert place.billions is not None
        assert place.gpus == (1 if place.billions < 20 else 2)
    assert sum(len(arm.samples()) for arm in plan.arms) < 250


def test_samples_are_shared_between_figures() -> None:
    whole = {path for arm in planned("yue2025_fig2").arms for path in arm.samples()}
    part = {path for arm in planned("yue2025_fig2_7b").arms for path in arm.samples()}
    assert part < whole
    assert {path for arm in planned("yue2025_fig6").arms for path in arm.samples()} < part
    for name, alike in (("yue2025_fig16", 4), ("yue2025_fig17", 12)):
        arms = planned(name).arms
        at_06 = [arm for arm in arms if arm.protocol.startswith("t06")]
        assert len(at_06) == alike
        assert {path for arm in at_06 for path in arm.samples()} <= part
        assert not {path for arm in arms if arm not in at_06 for path in arm.samples()} & part


def test_perplexities_are_those_of_sixteen_responses_under_both_models() -> None:
    plan = planned("yue2025_fig6")
    assert [plan.scored.responses(arm) for arm in plan.scored.arms] == [16, 16]
    assert len(plan.scored.pairs) == 4
    assert list(figures_of(plan)) == ["perplexity"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository, so that nothing is there yet."""
    return copy_repository(tmp_path_factory.mktemp("paper") / "repository")


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_plans_all_of_it_offline(copy: Path, name: str) -> None:
    config = f"config/studies/{name}.yaml"
    done = snakemake(copy, "--dry-run", "--quiet", "rules", config=config)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, flags=re.M))
    plan = planned(name)
    assert int(jobs["sample_block"]) == sum(len(arm.samples()) for arm in plan.arms)
    assert int(jobs["resolve_model"]) == len(plan.study.models)
    assert int(jobs["make_problems"]) == len(plan.study.benchmarks)
    assert int(jobs.get("score_responses", 0)) == len(plan.scored.files())
