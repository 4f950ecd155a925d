"""Untrained models of a few thousand numbers, with one token a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from boundary.engines import Machine, Weights
from boundary.engines.transformers.engine import TransformersEngine

WORDS = ["<eos>", *(f"w{i}" for i in range(11))]
SHAPE = {"vocab_size": len(WORDS), "eos_token_id": 0, "bos_token_id": None, "pad_token_id": 0}
MODELS: dict[str, Callable[[], PreTrainedModel]] = {
    "qwen3": lambda: Qwen3ForCausalLM(
        Qwen3Config(
            **SHAPE,
            hidden_size=16,
            intermediate_size=24,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=8,
            max_position_embeddings=96,
            initializer_range=0.2,
        )
    ),
    "llama": lambda: LlamaForCausalLM(
        LlamaConfig(
            **SHAPE,
            hidden_size=16,
            intermediate_size=24,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=96,
            initializer_range=0.2,
        )
    ),
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(**SHAPE, n_embd=16, n_layer=2, n_head=2, n_positions=96, initializer_range=0.2)
    ),
}


def save(model: PreTrainedModel, folder: Path) -> Path:
    """Save a model with a tokenizer of one token a word."""
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>")
    fast.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def load(checkpoint: Path) -> TransformersEngine:
    """Load a checkpoint on one CPU core."""
    return TransformersEngine(Weights(checkpoint), Machine())
