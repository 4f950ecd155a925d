"""The lab's models: small Qwen3 networks, in Hugging Face directories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.utils import logging as transformers_logging

from boundary.atomic import whole_folder
from boundary.digests import seed_of
from boundary.errors import InputError
from boundary.inputs import refuse_input
from boundary.lab.material import EOS, PAD, Material, material
from boundary.lab.tokenizer import MAX_POSITIONS, build_tokenizer
from boundary.lab_task import Pretraining


def build_model(run: Pretraining) -> Qwen3ForCausalLM:
    """Make an untrained model; its seed fixes every weight."""
    ids = material(run.task).ids
    config = Qwen3Config(
        vocab_size=len(ids),
        hidden_size=run.hidden,
        intermediate_size=run.mlp,
        num_hidden_layers=run.layers,
        num_attention_heads=run.heads,
        num_key_value_heads=run.heads,
        head_dim=run.head_dim,
        max_position_embeddings=MAX_POSITIONS,
        rope_parameters={"rope_type": "default", "rope_theta": 1000.0},
        tie_word_embeddings=True,
        pad_token_id=ids[PAD],
        eos_token_id=ids[EOS],
        bos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of("lab", "weights", run.seed))
        return Qwen3ForCausalLM(config)


def load_model(folder: Path) -> Qwen3ForCausalLM:
    """Load a checkpoint of the lab, in single precision.

    Raises
    ------
    InputError
        When the folder holds no model.
    """
    if not (Path(folder) / "config.json").is_file():
        raise InputError(f"{folder}: no model there; train the run it belongs to first.")
    with _quiet():
        return Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32)


def save_model(model: Qwen3ForCausalLM, folder: Path, task: Material) -> None:
    """Save a model and the tokenizer of its task; the folder appears only when it is whole.

    Raises
    ------
    InputError
        When the folder is an input of the same command.
    """
    folder = Path(folder)
    refuse_input(folder)
    with whole_folder(folder) as partial, _quiet():
        model.save_pretrained(partial)
        build_tokenizer(task).save_pretrained(partial)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's bars for saving and loading out of the log."""
    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers_logging.enable_progress_bar()


def response_logits(model: Qwen3ForCausalLM, ids: torch.Tensor, width: int) -> torch.Tensor:
    """Return the logits from which each token of responses is drawn, with gradients.

    Parameters
    ----------
    model : transformers.Qwen3ForCausalLM
        The policy.
    ids : torch.Tensor
        int64 ``[rows, width + T]``: prompts of one width, then responses, padded
        on the right if at all.
    width : int
        Tokens of the prompt.

    Returns
    -------
    torch.Tensor
        float32 ``[rows, T, vocabulary]``.
    """
    kept = ids.shape[1] - width
    logits: torch.Tensor = model(ids[:, :-1], use_cache=False, logits_to_keep=kept).logits
    return logits


def response_logprobs(model: Qwen3ForCausalLM, ids: torch.Tensor, width: int) -> torch.Tensor:
    """Score responses, with gradients.

    Parameters
    ----------
    model, ids, width
        As of `response_logits`.

    Returns
    -------
    torch.Tensor
        float32 ``[rows, T]``, natural logarithms.
    """
    responses = ids[:, width:]
    return -torch.nn.functional.cross_entropy(
        response_logits(model, ids, width).flatten(0, 1), responses.flatten(), reduction="none"
    ).view_as(responses)
