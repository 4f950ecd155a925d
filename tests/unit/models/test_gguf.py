"""GGUF files come out as the models that they were made from, or not at all."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, Qwen2Config, Qwen3Config

from boundary.errors import InputError, MachineError
from boundary.models.checkpoint import describe_model
from boundary.models.gguf import NOTE, convert, remove

LETTERS = sorted(pre_tokenizers.ByteLevel.alphabet())
TOKENS = ["<|im_start|>", "<|im_end|>", *LETTERS, "12"]
TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
SIZES = {
    "vocab_size": len(TOKENS), "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128,
    "rope_theta": 10000.0, "rms_norm_eps": 1e-6,
}  # fmt: skip


@pytest.fixture(scope="module")
def gguf():
    """The library that writes GGUF; transformers needs it and accelerate to read."""
    pytest.importorskip("accelerate", reason="needs accelerate (make install-vllm)")
    return pytest.importorskip("gguf", reason="needs gguf (make install-vllm)")


def random_model(kind: str, *, tied: bool, **changes: int):
    config = {"llama": LlamaConfig, "qwen2": Qwen2Config, "qwen3": Qwen3Config}[kind]
    extra = {"llama": {"head_dim": 16}, "qwen2": {}, "qwen3": {"head_dim": 128}}[kind]
    torch.manual_seed(3)
    made = config(**SIZES, **extra | changes, tie_word_embeddings=tied, initializer_range=0.2)
    return AutoModelForCausalLM.from_config(made, dtype=torch.float32).eval()


def write_gguf(library, path, model, kind, *, quantized=None, extra=None, more=None):
    """Write a model as llama.cpp does: its names, and its order of rotary dimensions."""
    writer = library.GGUFWriter(path, kind)
    config = model.config
    writer.add_context_length(config.max_position_embeddings)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    if kind == "llama":
        writer.add_rope_dimension_count(16)
    if kind == "qwen3":
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm" if kind == "llama" else "qwen2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3] + [1] * (len(TOKENS) - 2))
    writer.add_token_merges(["1 2"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_pad_token_id(1)
    writer.add_chat_template(TEMPLATE)
    for key, value in (extra or {}).items():
        writer.add_string(key, value)
    arch = next(key for key, name in library.MODEL_ARCH_NAMES.items() if name == kind)
    names = library.get_tensor_name_map(arch, config.num_hidden_layers)
    tied = config.tie_word_embeddings
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight" and tied:
            continue
        stem, _, suffix = name.rpartition(".")
        data = weight.numpy()
        if kind == "llama" and ("q_proj" in name or "k_proj" in name):
            heads = config.num_attention_heads if "q_proj" in name else config.num_key_value_heads
            data = data.reshape(heads, 2, -1, data.shape[1]).swapaxes(1, 2).reshape(data.shape)
        target = f"{names.get_name(stem)}.{suffix}"
        if quantized is not None and data.ndim == 2:
            packed = library.quants.quantize(np.ascontiguousarray(data), quantized)
            writer.add_tensor(target, packed, raw_dtype=quantized)
        else:
            writer.add_tensor(target, np.ascontiguousarray(data))
    for name, data in (more or {}).items():
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def tiny_gguf(gguf, tmp_path):
    """A small file, and the model that it was made from."""
    model = random_model("llama", tied=True)
    return write_gguf(gguf, tmp_path / "m.gguf", model, "llama"), model


def logits(model):
    ids = torch.tensor([[0, 5, 9, 100, 42, 7, 1]])
    with torch.inference_mode():
        return model(input_ids=ids).logits


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3"])
@pytest.mark.parametrize("tied", [True, False])
def test_plain_weights_come_out_as_they_were(gguf, tmp_path, kind, tied):
    model = random_model(kind, tied=tied)
    path = write_gguf(gguf, tmp_path / "m.gguf", model, kind)
    note = convert(path, tmp_path / "checkpoint")
    assert (note.architecture, note.tensor_types) == (kind, ["F32"])
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "checkpoint").eval()
    assert again.config.model_type == kind
    assert again.dtype == torch.float32
    state = again.state_dict()
    for name, weight in model.state_dict().items():
        assert torch.equal(state[name], weight), name
    assert torch.equal(logits(again), logits(model))
    assert again.config.tie_word_embeddings is tied
    assert (again.lm_head.weight.data_ptr() == again.model.embed_tokens.weight.data_ptr()) is tied
    described = describe_model(tmp_path / "checkpoint", "")
    assert described.parameters == sum(weight.numel() for weight in model.parameters())
    assert (described.context_length, described.dtype) == (128, "float32")


def test_packed_weights_lose_nothing_that_the_file_holds(gguf, tmp_path):
    """What a block stores, scale times level plus offset, stands in the folder exactly."""
    model = random_model("qwen2", tied=False)
    kind = gguf.GGMLQuantizationType.Q4_1
    path = write_gguf(gguf, tmp_path / "m.gguf", model, "qwen2", quantized=kind)
    assert convert(path, tmp_path / "checkpoint").tensor_types == ["F32", "Q4_1"]
    state = AutoModelForCausalLM.from_pretrained(tmp_path / "checkpoint").state_dict()
    original = model.state_dict()
    for name in ("lm_head.weight", "model.layers.1.mlp.down_proj.weight"):
        blocks = gguf.quants.quantize(original[name].numpy(), kind).reshape(-1, 20)
        scale, offset = blocks[:, :4].copy().view(np.float16).astype(np.float64).T[..., None]
        levels = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
        exact = (scale * levels + offset).reshape(original[name].shape)
        assert np.array_equal(state[name].double().numpy(), exact)
        assert not torch.equal(state[name], original[name])


def test_tokenizer_and_stops_come_along(tiny_gguf, tmp_path):
    path, _ = tiny_gguf
    folder = tmp_path / "checkpoint"
    convert(path, folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert (tokenizer.eos_token, tokenizer.bos_token) == ("<|im_end|>", "<|im_start|>")
    assert tokenizer.model_max_length == 128
    assert tokenizer.tokenize("a\n\n12") == ["a", "Ċ", "Ċ", "1", "2"]
    messages = [{"role": "user", "content": "Hi"}]
    assert tokenizer.apply_chat_template(messages, tokenize=False) == "Hi"
    stops = json.loads((folder / "generation_config.json").read_text())
    assert (stops["eos_token_id"], stops["pad_token_id"]) == (1, 1)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    assert settings["tokenizer_class"] == "PreTrainedTokenizerFast"
    modes = {entry.stat().st_mode for entry in folder.iterdir()}
    assert len(modes) == 1


def test_converts_once_and_again_when_the_file_changes(gguf, tiny_gguf, tmp_path):
    path, model = tiny_gguf
    folder = tmp_path / "checkpoint"
    first = convert(path, folder)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert convert(path, folder) == first
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    with torch.no_grad():
        model.model.norm.weight += 1
    write_gguf(gguf, path, model, "llama")
    assert convert(path, folder).sha256 != first.sha256
    again = AutoModelForCausalLM.from_pretrained(folder)
    assert torch.equal(again.model.norm.weight, model.model.norm.weight)


def test_what_a_crash_left_is_replaced(tiny_gguf, tmp_path):
    path, _ = tiny_gguf
    folder = tmp_path / "checkpoint"
    for name in (".checkpoint.partial", "checkpoint"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_text("half")
    (folder / NOTE).write_text("of another conversion")  # renamed into its place with all else
    convert(path, folder)
    describe_model(folder, "")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["checkpoint", "m.gguf"]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"llama.rope.scaling.type": "yarn"}, "has scaled rotary positions"),
        ({"tokenizer.chat_template.tool": "x"}, None),
    ],
)
def test_what_would_be_lost_is_refused(gguf, tmp_path, extra, message):
    model = random_model("llama", tied=True)
    path = write_gguf(gguf, tmp_path / "m.gguf", model, "llama", extra=extra)
    if message is None:
        convert(path, tmp_path / "checkpoint")
        return
    with pytest.raises(InputError, match=message):
        convert(path, tmp_path / "checkpoint")
    assert not (tmp_path / "checkpoint").exists()


def test_other_architectures_are_refused(gguf, tmp_path):
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "mamba")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(InputError, match="its architecture is 'mamba'; only llama, qwen2, qwen3"):
        convert(tmp_path / "m.gguf", tmp_path / "checkpoint")


@pytest.mark.parametrize("part", [0, 10, 3000, 0.5, 0.99])
def test_a_file_that_is_cut_off(tiny_gguf, tmp_path, part):
    path, _ = tiny_gguf
    data = path.read_bytes()
    path.write_bytes(data[: part if isinstance(part, int) else int(part * len(data))])
    with pytest.raises(InputError, match=r"m\.gguf: is (not a whole GGUF file|cut off)"):
        convert(path, tmp_path / "checkpoint")


def test_a_weight_that_is_missing(gguf, tmp_path):
    model = random_model("llama", tied=True)
    del model.model.layers[1].mlp.down_proj
    path = write_gguf(gguf, tmp_path / "m.gguf", model, "llama")
    with pytest.raises(
        InputError, match=r"1 weights do not fit its architecture, as model.layers.1"
    ):
        convert(path, tmp_path / "checkpoint")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("blk.0.attn_q.bias", "holds 22 tensors, of which 21 would be read"),
        ("rope_freqs.weight", "has scaled rotary positions"),
    ],
)
def test_a_weight_that_nothing_would_read(gguf, tmp_path, name, message):
    model = random_model("llama", tied=False)
    more = {name: np.ones(64, dtype=np.float32)}
    path = write_gguf(gguf, tmp_path / "m.gguf", model, "llama", more=more)
    with pytest.raises(InputError, match=message):
        convert(path, tmp_path / "checkpoint")


def test_settings_that_do_not_fit_the_weights(gguf, tmp_path):
    """Of heads of another width the reader of transformers knows nothing."""
    model = random_model("qwen3", tied=True, head_dim=16)
    path = write_gguf(gguf, tmp_path / "m.gguf", model, "qwen3")
    with pytest.raises(InputError, match="its weights do not fit its settings"):
        convert(path, tmp_path / "checkpoint")


@pytest.mark.parametrize("package", ["gguf", "accelerate"])
def test_without_the_packages_that_read_it(tmp_path, monkeypatch, package):
    if package == "accelerate":
        pytest.importorskip("gguf", reason="needs gguf (make install-vllm)")
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    with pytest.raises(MachineError, match=rf"packages gguf and accelerate \(.*{package}.*vllm`"):
        convert(tmp_path / "m.gguf", tmp_path / "checkpoint")


def test_remove(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    remove(tmp_path / "link")
    assert (tmp_path / "folder").is_dir()
    with pytest.raises(InputError, match="was not made by this command"):
        remove(tmp_path / "folder")
    (tmp_path / "folder" / NOTE).write_text("{}")
    remove(tmp_path / "folder")
    remove(tmp_path / "folder")
    assert not list(tmp_path.iterdir())
