"""A tiny model that was trained on some problems, for the screen of what models have seen."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from boundary.jobs.making import ScreenJob
from boundary.screen.twins import NAMES
from boundary.tables import PROBLEMS, check
from protocols import sampling

_TEXT = "<eos> had eggs and bought more then gave of them to who ate boxes"
_WORDS = [
    "<eos>",
    *_TEXT.split(),
    *(n for names in NAMES for n in names),
    *map(str, range(10, 100)),
]


def questions(count: int, seed: int = 0) -> list[str]:
    """Return problems that differ in names and numbers alone, as their twins do."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        she, he = (draw.choice(names) for names in NAMES)
        a, b, c, d = (str(10 * draw.randint(1, 9) + draw.randint(1, 9)) for _ in range(4))
        made.append(
            f"{she} had {a} eggs and bought {b} more then gave {c} of them to {he} who ate {d} eggs"
        )
    return made


def problems(texts: list[str]) -> pl.DataFrame:
    """Return them as a problem table."""
    rows = {
        "benchmark": "b",
        "problem_id": [f"{i:03}" for i in range(len(texts))],
        "question": texts,
        "answer": "1",
        "kind": "math",
        "tests": None,
        "metadata": None,
    }
    return check(pl.DataFrame(rows), PROBLEMS, "problems")


def job(**keys: Any) -> ScreenJob:
    """Return a job on them."""
    spec = {
        "sampling": sampling(max_tokens=4).spec(),
        "checkpoint": "m",
        "model": "m",
        "benchmark": "b",
        "protocol": "p",
        "shares": [0.5],
        "twins": 19,
        "seed": 1,
    }
    return ScreenJob.model_validate(spec | keys)


def train(seen: list[str], folder: Path, steps: int = 150) -> Path:
    """Save a model that was trained on some texts until it knows them by heart."""
    torch.manual_seed(0)
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(_WORDS)}))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>")
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(_WORDS),
            eos_token_id=0,
            bos_token_id=None,
            pad_token_id=0,
            hidden_size=48,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=64,
        )
    )
    ids = torch.tensor([[*fast(text)["input_ids"], 0] for text in seen])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
    fast.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder
