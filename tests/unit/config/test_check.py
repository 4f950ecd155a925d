"""Every rule of a study file that spans several entries, broken one at a time and all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.tasks import TASKS

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]

#: What an error names.
THERE = " and ".join(f"'lab:{name}'" for name in TASKS)
HUB = "hf:Qwen/Qwen2.5-7B"
SHA = "0123456789abcdef" * 2 + "01234567"
HUB_MODEL = {"role": "rl", "source": HUB, "revision": SHA}
#: What a model from outside leaves to no default.
CHOSEN = {"protocols.t1.engine": "transformers", "protocols.t1.prompt": "raw"}
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    # --- what only published counts have
    "settings of a model that is sampled": (
        {"models.rl.settings": {"engine": "vLLM 0.6.3"}},
        "models.rl.settings: tells of published counts or imports, and the source of this model is",
    ),
    "caution of a model that is sampled": ({"models.rl.caution": "x"}, "models.rl.caution: tells"),
    # --- files that the pipeline writes
    "the sheet in place": (
        {"analyses.chains": {"sheet": ["./results/studies/x/chains/sheet.csv"]}},
        "analyses.chains.sheet: ./results/studies/x/chains/sheet.csv is the empty sheet that the",
    ),
    # --- names that refer to nothing
    "dangling base": (
        {"models.rl.base": "bas"},
        "models.rl.base: no model is called 'bas'; there are: base, early, rl, paper, paper2. "
        "Did you mean 'base'?",
    ),
    "dangling other": ({"comparisons.0.other": "rll"}, "comparisons[0].other: no model is called"),
    "dangling protocol": ({"comparisons.0.protocol": "t2"}, "comparisons[0].protocol: no protoc"),
    "dangling other protocol": (
        {"comparisons.0.other_protocol": "t2"},
        "comparisons[0].other_protocol: no protocol is called 't2'; there are: t1, cold, told.",
    ),
    "dangling benchmark": (
        {"comparisons.0.benchmarks": ["shrt"]},
        "comparisons[0].benchmarks[0]: no benchmark is called 'shrt'; there are: short, old. Did y",
    ),
    "dangling series model": ({"series.grpo.models.1": "x"}, "series.grpo.models[1]: no model is"),
    "dangling series benchmark": (
        {"series.grpo.benchmarks.0": "x"},
        "series.grpo.benchmarks[0]: no benchmark is called 'x'",
    ),
    "dangling series protocol": ({"series.grpo.protocol": "x"}, "series.grpo.protocol: no proto"),
    "dangling likelihood model": (
        {"analyses.likelihood.models.0": "x"},
        "analyses.likelihood.models[0]: no model is called 'x'",
    ),
    "dangling likelihood protocol": (
        {"analyses.likelihood.protocol": "x"},
        "analyses.likelihood.protocol: no protocol is called 'x'",
    ),
    "dangling run": (
        {"models.rl.source": "lab:gpro"},
        "models.rl.source: no run under lab is called 'gpro'; there are: pre, good, grpo, "
        "taught. Did you mean 'grpo'?",
    ),
    "dangling parent": ({"lab.grpo.start": "x"}, "lab.grpo.start: no run under lab is called 'x'"),
    "dangling teacher": ({"lab.taught.teacher": "x"}, "lab.taught.teacher: no run under lab is"),
    "dangling prompt": (
        {"protocols.t1.prompt": "absent"},
        "protocols.t1.prompt: config/prompts/absent.yaml: no such prompt template; this workflow",
    ),
    "dangling protocol key": (
        {"comparisons.0.allow_differences": ["temprature"]},
        "comparisons[0].allow_differences[0]: no protocol key is called 'temprature'; there are: "
        "batch_size, device, dtype, e",
    ),
    "adapter without vllm": (
        {
            "models.rl": {
                "role": "rl",
                "source": HUB,
                "revision": SHA,
                "adapter": {"source": "file:lora"},
            },
            **CHOSEN,
        },
        "models.rl.adapter: the engine transformers has no adapter; leave it out or take engine: "
        "vllm. It is sampled under protocols.t1.",
    ),
    "quantisation without vllm": (
        {"models.rl": {**HUB_MODEL, "quantization": "awq"}, **CHOSEN},
        "models.rl.quantization: the engine tr",
    ),
    "split without vllm": (
        {"models.rl": {**HUB_MODEL, "tensor_parallel_size": 2}, **CHOSEN},
        "models.rl.tensor_parallel_size: the engine transformers has no tensor_parallel_size; l",
    ),
    "length without vllm": (
        {"protocols.t1.max_model_len": 64},
        "protocols.t1.max_model_len: the engine transformers has no max_model_len; leave it out or",
    ),
    "too hot for vllm": (
        {"protocols.t1.engine": "vllm", "protocols.t1.temperature": 2.5},
        "protocols.t1.temperature: vllm takes 0 or from 0.01 to 2, found 2.5.",
    ),
    "no room for a prompt": (
        {"protocols.t1.max_model_len": 48},
        "protocols.t1.max_model_len: 48 leaves no room for a prompt beside max_tokens 48",
    ),
    # --- sources
    "hub model without a revision": (
        {"models.rl": {"role": "rl", "source": HUB}, **CHOSEN},
        "models.rl.revision: missing; it should be a commit of 40 hexadecimal digits. Where nobody",
    ),
    "hub model at a branch": (
        {"models.rl": {"role": "rl", "source": HUB, "revision": "main"}},
        "models.rl.revision: 'main' should be a commit of 40 hexadecimal digits.",
    ),
    "hub model without an owner": (
        {"models.rl": {"role": "rl", "source": "hf:Qwen", "revision": SHA}},
        "models.rl.source: 'hf:Qwen' should be hf:ORG/NAME.",
    ),
    "package without a version": (
        {"models.rl": {"role": "rl", "source": "pypi:llm#m.gguf", "revision": "a" * 64}},
        "models.rl.source: 'pypi:llm#m.gguf' should be pypi:PACKAGE==VERSION#PATH.gguf.",
    ),
    "package without a checksum": (
        {"models.rl": {"role": "rl", "source": "pypi:llm==1.0#m.gguf", "revision": SHA}},
        "should be the SHA-256 of the file, 64 hexadecimal digits.",
    ),
    "file with a revision": (
        {"models.rl": {"role": "rl", "source": "file:m", "revision": SHA}},
        "models.rl: a file is told by its content; leave out revision and unverified.",
    ),
    "adapter without a revision": (
        {
            "models.rl": {
                "role": "rl",
                "source": HUB,
                "revision": SHA,
                "adapter": {"source": "hf:a/b"},
            }
        },
        "models.rl.adapter.revision: missing; it should be a commit",
    ),
    "adapter of counts": (
        {"models.paper.adapter": {"source": "file:lora"}},
        "models.paper.adapter: only goes with hf:, file: and pypi: sources.",
    ),
    "revision of a run": (
        {"models.rl.revision": SHA},
        "models.rl.revision: only goes with hf:, file: and pypi: sources.",
    ),
    "other dtypes": (
        {"models.rl.dtype": "bfloat16"},
        "comparisons[0]: 'base' and 'rl' differ in dtype (None and 'bfloat16'); if that is meant",
    ),
    "benchmark of no entry": (
        {"benchmarks.short": {"source": "hf:a/b"}},
        "benchmarks.short.registry: 'hf:a/b' is of no entry of config/benchmarks.yaml; name the",
    ),
    "benchmark of a strange entry": (
        {"benchmarks.short": {"registry": "gsm9k"}},
        "benchmarks.short.registry: 'gsm9k' is no entry of config/benchmarks.yaml; it has: gsm8k",
    ),
    "benchmark without a revision": (
        {"benchmarks.short": {"registry": "gsm8k", "source": "hf:a/b"}},
        "benchmarks.short.revision: missing; it should be the commit of hf:a/b",
    ),
    "imported": (
        {"models.rl": {"source": "import:x", "role": "rl"}},
        "models.rl.source: x: no such file or folder; paths are relative to the working folder.",
    ),
    "unknown kind": ({"models.rl.source": "s3:x"}, "models.rl.source: 's3:x' names no source k"),
    "no kind": ({"models.rl.source": "lab"}, "models.rl.source: 'lab' names no source kind"),
    "nothing after the kind": ({"models.rl.source": "lab:"}, "'lab:' names nothing after 'lab:'"),
    "no counts file": ({"models.paper.source": "counts:"}, "names nothing after 'counts:'"),
    "another task family": (
        {"benchmarks.short.source": "lab:sums"},
        f"benchmarks.short.source: the tasks of the lab are {THERE}; found 'lab:sums'.",
    ),
    "lab benchmark of nothing": (
        {"benchmarks.short.lab": ...},
        "benchmarks.short.lab: missing; it s",
    ),
    "lab section too much": (
        {"benchmarks.old.lab": {"problems": 3, "lengths": [3]}},
        "benchmarks.old.lab: only goes with a source such as 'lab:registers'.",
    ),
    "sampled on no problems": (
        {"comparisons.0.benchmarks": ["old"]},
        "benchmarks.old.source: missing, its problems are needed, and config/benchmarks.yaml has "
        "no entry 'old' (it has: gsm8k",
    ),
    "counts for two benchmarks": (
        {"comparisons.1.benchmarks": ["old", "short"]},
        "models.paper.source: published counts are of one benchmark and one protocol; the study "
        "takes them for old under told, short under told. Name a further model for each, with its "
        "file. Or give the file a column 'benchmark'.",
    ),
    # --- the lab
    "step that is not kept": (
        {"models.early.source": "lab:grpo@6"},
        "models.early.source: run 'grpo' keeps the steps 5, 20, not 6.",
    ),
    "step of a pretraining run": (
        {"models.base.source": "lab:pre@5"},
        "models.base.source: run 'pre' keeps the steps 9, not 5.",
    ),
    "step that is no number": ({"models.early.source": "lab:grpo@last"}, "'@last' should be @STEP"),
    "empty step": ({"models.early.source": "lab:grpo@"}, "models.early.source: '@' should be @S"),
    "digit of another script": ({"models.early.source": "lab:grpo@²"}, "should be @STEP"),
    "run from itself": (
        {"lab.grpo.start": "grpo"},
        "lab.grpo: runs start from each other in a circle: grpo > grpo.",
    ),
    "circle of starts": (
        {"lab.pre": {"recipe": "reinforce", "start": "grpo"}},
        "lab.pre: runs start from each other in a circle: pre > grpo > pre.",
    ),
    "circle through a teacher": (
        {"lab.good": {"recipe": "reinforce", "start": "taught"}},
        "lab.good: runs start from each other in a circle: good > taught > good.",
    ),
    "own base": ({"models.rl.base": "rl"}, "models.rl.base: a model cannot be its own base."),
    # --- comparisons
    "with itself": (
        {"comparisons.0.other": "base"},
        "comparisons[0]: compares 'base' with itself; give another model or other_protocol.",
    ),
    "with itself, told twice": (
        {"comparisons.+": {"other": "base", "other_protocol": "t1"}},
        "comparisons[2]: compares 'base' with itself",
    ),
    "one model by two names": (
        {"models.rl.source": "lab:pre@9"},
        "comparisons[0]: 'base' and 'rl' are one model, and the protocols draw the same samples",
    ),
    "one sample by two protocols": (
        {
            "protocols.again": {"max_tokens": 48, "n": 8, "samples_per_shard": 4, "device": "gpu"},
            "comparisons.+": {"other": "base", "other_protocol": "again"},
        },
        "comparisons[2]: 'base' and 'base' are one model, and the protocols draw the same samples",
    ),
    "repeated": (
        {"comparisons.+": {}},
        "comparisons[2]: repeats comparisons[0] (rl-vs-base on short); set name.",
    ),
    "repeated by name": (
        {"comparisons.+": {"other": "early", "name": "rl-vs-base"}},
        "comparisons[2]: repeats comparisons[0] (rl-vs-base on short); set name.",
    ),
    "benchmark twice": (
        {"comparisons.0.benchmarks": ["short", "short"]},
        "comparisons[0].benchmarks[1]: 'short' is listed twice.",
    ),
    "unfair": (
        {"comparisons.+": {"other_protocol": "cold"}},
        "comparisons[2]: the two protocols differ in temperature (1.0 and 0.5); if that is "
        "meant, list it under allow_differences.",
    ),
    "allowed by another name": (
        {"comparisons.+": {"other_protocol": "cold", "allow_differences": ["top_p"]}},
        "comparisons[2]: the two protocols differ in temperature",
    ),
    # --- blocks
    "n and blocks, protocol": (
        {"protocols.t1.samples_per_shard": 5},
        "protocols.t1.n: 16 is not a multiple of protocols.t1.samples_per_shard 5; try 20.",
    ),
    "n and blocks, model": (
        {"models.early.n": 6},
        "models.early.n: 6 is not a multiple of protocols.t1.samples_per_shard 4; try 8.",
    ),
    "n and blocks, benchmark": (
        {"benchmarks.short.samples_per_shard": 3},
        "protocols.t1.n: 16 is not a multiple of benchmarks.short.samples_per_shard 3; try 18.",
    ),
    "n and blocks, model and benchmark": (
        {"benchmarks.short.samples_per_shard": 16},
        "models.early.n: 8 is not a multiple of benchmarks.short.samples_per_shard 16; try 16.",
    ),
    "no block size": (
        {"protocols.t1.samples_per_shard": ...},
        "protocols.t1.samples_per_shard: missing; it is the block size of sampling.",
    ),
    "no block size, series only": (
        {"series.grpo.protocol": "told"},
        "protocols.told.samples_per_shard: missing; it is the block size of sampling.",
    ),
    # --- analyses and figures
    "k beyond n": (
        {"analyses.k_max": 17},
        "analyses.k_max: 17 is more than the 16 samples of 'base' under 't1' (comparisons[0])",
    ),
    "fewest samples beyond n": (
        {"analyses.min_n": 17},
        "analyses.min_n: 17 is more than the 16 samples of 'base' under 't1' (comparisons[0]); no "
        "problem would be left.",
    ),
    "series without a step": (
        {"series.grpo.models": ["base", "paper"]},
        "models.paper.step: missing; series.grpo needs the step of each model.",
    ),
    "two models at one step": (
        {"models.early.step": 20},
        "series.grpo.models: 'early' and 'rl' both stand at step 20.",
    ),
    "model twice in a series": (
        {"series.grpo.models": ["base", "rl", "rl"]},
        "series.grpo.models[2]: 'rl' is listed twice.",
    ),
    "likelihood of counts": (
        {"analyses.likelihood.models": ["base", "paper"]},
        "analyses.likelihood.models[1]: 'paper' has published counts only, and no responses.",
    ),
    "likelihood of arms nobody samples": (
        {"analyses.likelihood.protocol": "cold"},
        "analyses.likelihood: no comparison or series samples 'base' on 'short' under 'cold', so "
        "it has no responses to score.",
    ),
    "penalties under which reach is asked": (
        {"protocols.t1.presence_penalty": 1.5},
        "analyses.likelihood.samplers: protocols.t1 has presence_penalty, so that which tokens",
    ),
    "likelihood model twice": (
        {"analyses.likelihood.models": ["rl", "rl"]},
        "analyses.likelihood.models[1]: 'rl' is listed twice.",
    ),
    "perplexity of nothing": (
        {"analyses.likelihood": ..., "figures.0": "perplexity"},
        "figures[0]: 'perplexity' needs the section analyses.likelihood, which is missing.",
    ),
    "series of nothing": (
        {"series": ..., "figures.0": "series"},
        "figures[0]: 'series' needs the section series, which is missing.",
    ),
    "figure of chains without chains": (
        {"figures.0": "cot"},
        "figures[0]: 'cot' needs the section analyses.chains, which is missing.",
    ),
    "figure of guesses that are off": (
        {"figures.0": "guess", "analyses.guess_floor": False},
        "figures[0]: 'guess' needs analyses.guess_floor, which is false.",
    ),
    "figure of grading without answers": (
        {"figures.0": "grading"},
        "figures[0]: 'grading' is of responses to problems of the kind choice or code or math or "
        "text, and the study has none; of models that count by their files it has scores alone.",
    ),
    "analysis of answers without any": (
        {"analyses.audit": True},
        "analyses.audit: is of responses to problems of the kind choice or code or math or text, "
        "and the study has none; of models that count by their files it has scores alone.",
    ),
    "analysis of perplexity without likelihoods": (
        {"analyses.likelihood": ..., "analyses.perplexity": True},
        "analyses.perplexity: needs the section analyses.likelihood, which is missing.",
    ),
    "figure twice": (
        {"figures": ["passk", {"name": "passk", "title": "again"}]},
        "figures[1]: 'passk' is listed twice.",
    ),
}


def test_the_study_itself_is_in_order(raw: Raw) -> None:
    found = parse_study(raw, "study.yaml")
    assert [pair.label for pair in found.comparisons] == ["rl-vs-base", "paper2-vs-paper"]
    assert found.models["early"].lab_source(found.lab) == ("grpo", 5)
    assert found.models["rl"].lab_source(found.lab) == ("grpo", 20)
    assert [m.training_step(found.lab) for m in found.models.values()] == [0, 5, 20, None, None]


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Edit, problems: Problems) -> None:
    edits, expected = BROKEN[name]
    found = problems(edit(edits))
    assert any(line.startswith(expected) or expected in line for line in found), found


#: Cases in which one edit breaks several rules.
SEVERAL = {
    "dangling base": 1,
    "dangling run": 1,
    "dangling parent": 1,
    "circle of starts": 1,
    "circle through a teacher": 1,
    "run from itself": 1,
    "with itself": 1,
    "repeated": 1,
    "unfair": 1,
    "n and blocks, protocol": 2,  # a model's own n is no multiple either
    "n and blocks, model": 1,
    "no block size": 1,
    "hub model without a revision": 1,
    "benchmark of no entry": 1,
    "adapter of counts": 1,
    "one model by two names": 1,
    "unknown kind": 1,
    "step that is not kept": 1,
    "two models at one step": 1,
    "figure twice": 1,
    "k beyond n": 1,
}


@pytest.mark.parametrize("name", SEVERAL)
def test_nothing_is_told_that_only_follows(name: str, edit: Edit, problems: Problems) -> None:
    found = problems(edit(BROKEN[name][0]))
    assert len(found) == SEVERAL[name], found


@pytest.mark.parametrize(
    "edits",
    [
        {"comparisons.+": {"other_protocol": "cold", "allow_differences": ["temperature"]}},
        {
            "comparisons.+": {
                "other": "base",
                "other_protocol": "cold",
                "allow_differences": ["temperature"],
            }
        },
        {"comparisons.+": {"name": "again"}},
        {"comparisons.+": {"other": "early"}},
        {"analyses.k_max": 16},
        {"models.early.step": 7},
        {"lab.second": {"recipe": "distil", "start": "taught", "teacher": "grpo"}},
        {"figures": []},
        {"figures": ...},
        {"analyses": ...},
        {"models.twin": {"source": "lab:pre@9", "role": "reference"}},
    ],
)
def test_what_is_allowed(edits: dict[str, Any], edit: Edit) -> None:
    assert parse_study(edit(edits), "study.yaml").study == "s"


def test_another_seed_makes_another_sample(raw: Raw, edit: Edit) -> None:
    again = {**raw["protocols"]["t1"], "seed": 2}
    pair = {"other": "base", "other_protocol": "again"}
    found = parse_study(edit({"protocols.again": again, "comparisons.+": pair}), "study.yaml")
    assert found.comparisons[2].label == "base-vs-base-again"
