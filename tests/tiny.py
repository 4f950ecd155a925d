"""Untrained models of a few thousand numbers, with one token a word."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
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


def constant(probabilities: Mapping[str, float], folder: Path) -> Path:
    """Save a model whose every token has the same distribution, whatever it has read."""
    model = MODELS["llama"]()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "embed_tokens" in name or "norm" in name:
                weight.fill_(1.0)
            elif "o_proj" in name or "down_proj" in name:
                weight.zero_()
        model.lm_head.weight.fill_(-100.0)
        for word, probability in probabilities.items():
            # The last norm leaves ones, of which a logit is the sum of a row.
            row = model.lm_head.weight[WORDS.index(word)]
            row.fill_(math.log(probability) / row.numel())
    return save(model, folder)
