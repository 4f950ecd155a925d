"""What a folder holds: a whole model or adapter, or an error that names the file."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

from boundary.errors import InputError
from boundary.models.checkpoint import INDEX, context_length, describe_adapter, describe_model

REMEDY = "Bring it again."


def test_describes_a_model(tiny):
    described = describe_model(tiny, REMEDY)
    model = LlamaForCausalLM.from_pretrained(tiny)
    assert described.parameters == sum(weight.numel() for weight in model.parameters())
    assert described.architecture == "LlamaForCausalLM"
    assert described.context_length == 64
    assert described.dtype == "float32"
    assert described.files["model.safetensors"] == (tiny / "model.safetensors").stat().st_size
    assert len(described.fingerprint) == 64


def test_weights_in_parts(new_model):
    folder = new_model(max_shard_size="20KB")
    parts = sorted(path.name for path in folder.glob("model-*.safetensors"))
    assert len(parts) > 2
    described = describe_model(folder, REMEDY)
    assert described.parameters == describe_model(new_model("whole"), REMEDY).parameters
    (folder / parts[1]).unlink()
    with pytest.raises(
        InputError, match=f"{parts[1]}: no such file, and 1 of {len(parts)} .*Bring"
    ):
        describe_model(folder, REMEDY)
    (folder / INDEX).unlink()
    with pytest.raises(InputError, match="has weights in parts but no model"):
        describe_model(folder, REMEDY)


def test_an_index_stays_in_its_folder(new_model):
    folder = new_model()
    (folder / INDEX).write_text(json.dumps({"weight_map": {"w": "../other/model.safetensors"}}))
    with pytest.raises(InputError, match="which is not a file of the folder"):
        describe_model(folder, REMEDY)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_something_is_missing(new_model, name):
    folder = new_model()
    (folder / name).unlink()
    with pytest.raises(
        InputError, match=rf"^{folder}.*{name.partition('.')[2]}.* Bring it again\."
    ):
        describe_model(folder, REMEDY)


def test_pickles_are_refused_by_name(new_model):
    folder = new_model()
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(InputError, match=r"pytorch_model.bin is a pickle and refused"):
        describe_model(folder, REMEDY)


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_a_configuration_that_is_not_json(new_model, text):
    path = new_model() / "config.json"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(InputError, match=r"config.json: (cannot be read as|should hold a) JSON"):
        describe_model(path.parent, REMEDY)


def test_packed_weights_are_not_counted(new_model):
    path = new_model() / "config.json"
    config = json.loads(path.read_text()) | {"quantization_config": {"quant_method": "gptq"}}
    path.write_text(json.dumps(config))
    assert describe_model(path.parent, REMEDY).parameters is None


@pytest.mark.parametrize(
    ("config", "length"),
    [
        ({"max_position_embeddings": 4096}, 4096),
        ({"n_positions": 1024}, 1024),
        ({"hidden_size": 64}, None),
        ({"text_config": {"max_position_embeddings": 77}, "max_position_embeddings": 5}, 77),
    ],
)
def test_context_length(config, length):
    assert context_length(config) == length


@pytest.mark.parametrize("key", ["rope_scaling", "rope_parameters"])
@pytest.mark.parametrize(
    ("scaling", "length"),
    [
        ({"type": "linear", "factor": 8.0}, 16384),
        ({"rope_type": "dynamic", "factor": 2}, 4096),
        # These state the length that they reach.
        ({"type": "yarn", "factor": 4, "original_max_position_embeddings": 512}, 2048),
        ({"rope_type": "llama3", "factor": 8}, 2048),
        ({"rope_type": "default", "rope_theta": 1e6}, 2048),
        ({"sliding_attention": {"rope_type": "linear", "factor": 2}}, 2048),
        (None, 2048),
    ],
)
def test_context_length_with_scaled_positions(key, scaling, length):
    assert context_length({"max_position_embeddings": 2048, key: scaling}) == length


def test_describes_an_adapter(new_adapter):
    described = describe_adapter(new_adapter(), REMEDY)
    assert (described.rank, described.target_modules) == (4, ["q_proj", "v_proj"])
    assert described.base_model == "org/tiny"
    assert described.parameters == 2 * 4 * 32
    assert sorted(described.files) == ["adapter_config.json", "adapter_model.safetensors"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"peft_type": "IA3"}, "peft_type is 'IA3'; only LoRA"),
        ({"r": 0}, "r is 0; the adapter's rank"),
        ({"r": None}, "r is None"),
        ({"target_modules": []}, r"target_modules is \[\]"),
        ({"target_modules": None}, "target_modules is None"),
    ],
)
def test_an_adapter_that_lacks_something(new_adapter, changes, message):
    with pytest.raises(InputError, match=rf"adapter_config.json: {message}"):
        describe_adapter(new_adapter(**changes), REMEDY)


def test_an_adapter_without_its_weights(new_adapter, tiny):
    folder = new_adapter()
    path = folder / "adapter_model.safetensors"
    path.unlink()
    with pytest.raises(InputError, match=r"adapter_model.safetensors: no such file\. Bring"):
        describe_adapter(folder, REMEDY)
    (folder / "adapter_model.bin").write_bytes(b"x")
    with pytest.raises(InputError, match=r"no such file \(adapter_model.bin is a pickle"):
        describe_adapter(folder, REMEDY)
    save_file({"weight": torch.ones(2)}, path)
    with pytest.raises(InputError, match="holds no LoRA weights"):
        describe_adapter(folder, REMEDY)
    with pytest.raises(InputError, match=r"adapter_config.json: no such file\. Bring"):
        describe_adapter(tiny, REMEDY)
