"""Declarations of engines: what they say, and that it is said in one place."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from boundary.config.schema import json_schema
from boundary.engines import registry
from boundary.engines.record import OPTIONAL, Asked, EngineRecord
from boundary.engines.registry import NAMES, engine_record, engine_records, refusals, refuse
from boundary.errors import InputError, MachineError
from boundary.jobs.sampling import FILTERS, Sampling
from harness import ROOT

ENGINES = ROOT / "workflow/boundary/engines"
EVERYTHING = Asked(
    adapter=True,
    quantization=True,
    tensor_parallel_size=2,
    temperature=2.5,
    max_model_len=9,
    filters=FILTERS,
    stop=True,
)


@pytest.mark.parametrize("record", engine_records(), ids=lambda record: record.name)
def test_a_declaration_names_what_is_there(record: EngineRecord) -> None:
    module, _, kind = record.loader.partition(":")
    path = ROOT / "workflow" / Path(*module.split(".")).with_suffix(".py")
    assert path.parent == ENGINES / record.name
    parts = ast.parse(path.read_text(encoding="utf-8")).body
    assert kind in {part.name for part in parts if isinstance(part, ast.ClassDef)}
    assert (ROOT / "envs" / f"{record.environment}.yaml").is_file()
    assert record.takes <= set(OPTIONAL)
    assert record.cores >= 1


def test_the_schema_of_the_study_lists_the_engines() -> None:
    schema = json.loads(json_schema())
    assert schema["$defs"]["Protocol"]["properties"]["engine"]["enum"] == list(NAMES)


def test_what_each_engine_refuses() -> None:
    found = {name: [each.key for each in refusals(name, EVERYTHING)] for name in NAMES}
    assert found == {
        "transformers": ["adapter", "quantization", "tensor_parallel_size", "max_model_len"],
        "vllm": ["sampler", "temperature"],
        "api": [
            *("adapter", "quantization", "tensor_parallel_size", "max_model_len", "sampler"),
            *("repetition_penalty", "presence_penalty", "frequency_penalty", "temperature"),
        ],
    }
    assert [refusals(name, Asked()) for name in NAMES] == [[], [], []]


def test_an_engine_that_names_nothing_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter or stop string that an engine would leave out in silence is refused."""
    plain = EngineRecord("plain", "tests", "boundary.engines.plain:Plain", "models", 1)
    known = {"plain": plain, **{name: engine_record(name) for name in NAMES}}
    monkeypatch.setattr(registry, "engine_record", known.__getitem__)
    sampling = Sampling.model_validate(
        {
            **{"engine": "plain", "samples_per_shard": 1, "temperature": 1.0, "top_p": 0.9},
            **{"max_tokens": 8, "template": "{question}", "stop": ["\n\n"]},
            **{"top_k": 40, "min_p": 0.1, "presence_penalty": 0.5},
        }
    )
    asked = Asked.by(sampling)
    assert asked.stop
    assert asked.filters == ("top_k", "min_p", "presence_penalty")
    refused = refusals("plain", asked)
    assert [each.key for each in refused] == ["stop", *asked.filters]
    assert refused[0].why == (
        "the engine plain has no stop strings; leave it out or take engine: transformers or "
        "engine: vllm."
    )
    assert not refusals("transformers", asked)
    assert not refusals("vllm", asked)


def test_a_refusal_says_which_engine_can() -> None:
    first = refusals("transformers", EVERYTHING)[0]
    assert first.why == (
        "the engine transformers has no adapter; leave it out or take engine: vllm."
    )


@pytest.mark.parametrize("temperature", [0.0, 0.01, 1.0, 2.0])
def test_temperatures_that_vllm_takes(temperature: float) -> None:
    refuse("vllm", Asked(temperature=temperature))


@pytest.mark.parametrize("temperature", [0.001, 2.01])
def test_temperatures_that_vllm_would_change(temperature: float) -> None:
    with pytest.raises(InputError, match=r"^temperature: vllm takes 0 or from 0.01 to 2, found"):
        refuse("vllm", Asked(temperature=temperature))


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(MachineError, match="no engine 'tgi'; there are 'transformers', 'vllm'"):
        engine_record("tgi")


def test_no_other_module_asks_for_an_engine_by_name() -> None:
    """Conditions ask the declaration for what an engine has."""
    asking = {
        f"{path.relative_to(ENGINES.parent)}:{node.lineno}"
        for path in ENGINES.parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in NAMES
    }
    assert asking == set()
