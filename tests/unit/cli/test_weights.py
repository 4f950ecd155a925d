"""The command that brings a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with a model."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=4, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=32,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(tmp_path / "model")
    backend = Tokenizer(models.WordLevel({"a": 0, "b": 1, "</s>": 2}, unk_token="a"))
    PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>").save_pretrained(
        tmp_path / "model"
    )
    return tmp_path / "model"


def test_writes_what_it_found(run, model, tmp_path):
    spec = {"model": "m", "source": f"file:{model}", "revision": None, "adapter": None}
    output = tmp_path / "results" / "m" / "model.json"
    done = run("resolve", "--spec", json.dumps(spec), "--output", output)
    assert (done.code, done.out, done.err) == (0, "", "")
    found = json.loads(output.read_text())
    assert found["provenance"]["spec"] == spec
    assert (found["architecture"], found["context_length"]) == ("LlamaForCausalLM", 32)
    assert (output.parent / "checkpoint" / "config.json").samefile(model / "config.json")


def test_a_path_that_is_not_there_is_named(run, tmp_path):
    """And not mistaken for the name of a repository, as the libraries do."""
    spec = {"model": "m", "source": f"file:{tmp_path}/none"}
    output = tmp_path / "m" / "model.json"
    done = run("resolve", "--spec", json.dumps(spec), "--output", output)
    assert done.code == 2
    assert done.err.startswith(f"Error: {tmp_path}/none: no such file or folder")
    assert not output.parent.exists()


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("{}", "--spec: has no model, source"),
        ('{"model": "m", "source": 3}', "--spec: source: Input should be a valid string"),
        ('{"model": "m", "source": "x", "revision": 3}', "--spec: revision: Input should be"),
        ('{"model": "m", "source": "x", "adapter": {}}', "--spec: adapter has no source"),
    ],
)
def test_a_spec_that_is_wrong(run, tmp_path, spec, told):
    done = run("resolve", "--spec", spec, "--output", tmp_path / "m" / "model.json")
    assert done.code == 2
    assert told in done.err
