"""Train one run of the lab: the entry point of the models stage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import torch
from transformers import Qwen3ForCausalLM

from boundary.config.lab import LAB_REVISION, checkpoint_name
from boundary.config.tasks import LabRun
from boundary.errors import InputError
from boundary.lab.curve import Curve
from boundary.lab.distil import distil
from boundary.lab.finetune import finetune
from boundary.lab.material import material
from boundary.lab.model import load_model, save_model
from boundary.lab.pretrain import pretrain
from boundary.lab.reinforce import reinforce
from boundary.lab_task import Finetuning, Pretraining, Reinforcement


def train(
    run: LabRun,
    output: Path,
    *,
    parents: Mapping[str, Path],
    threads: int,
) -> dict[str, object]:
    """Train a run and write its checkpoints and its curve.

    The same run on the same machine with the same number of threads gives the
    same bytes.

    Parameters
    ----------
    run : Pretraining, Reinforcement, Distillation or Finetuning
        An entry of a study's `lab` section.
    output : Path
        Receives ``step-00100/`` for every kept step (a Hugging Face directory
        with its tokenizer) and ``training.csv``.
    parents : mapping of str to Path
        Checkpoint directory of each run that this one starts from.
    threads : int
        CPU threads.

    Returns
    -------
    dict
        JSON-able summary: recipe, revision, steps kept, parameters, response
        tokens, seconds, and the curve by column.

    Raises
    ------
    InputError
        When a parent is missing.
    """
    missing = [name for name in run.parents() if name not in parents]
    if missing:
        raise InputError(f"{output}: training needs the checkpoint of {', '.join(missing)}.")
    output = Path(output)
    started = time.perf_counter()
    curve = Curve(f"{run.recipe} {output.name}", run.steps)

    def keep(step: int, model: Qwen3ForCausalLM) -> None:
        save_model(model, output / checkpoint_name(step), material(run.task))

    with _threads(threads), closing(curve):
        if isinstance(run, Pretraining):
            start = None if run.start is None else load_model(parents[run.start])
            model = pretrain(run, curve, start)
            keep(run.steps, model)
        elif isinstance(run, Reinforcement):
            model = load_model(parents[run.start])
            reinforce(run, model, curve, keep)
        elif isinstance(run, Finetuning):
            model = load_model(parents[run.start])
            finetune(run, model, curve)
            keep(run.steps, model)
        else:
            model = load_model(parents[run.start])
            distil(run, model, load_model(parents[run.teacher]), curve)
            keep(run.steps, model)
    curve.write(output / "training.csv")
    return {
        "recipe": run.recipe,
        "revision": LAB_REVISION,
        "steps": run.steps_kept(),
        "parameters": sum(p.numel() for p in model.parameters()),
        "tokens": sum(point.tokens for point in curve.points),
        "seconds": round(time.perf_counter() - started, 3),
        "curve": curve.columns(),
    }


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Use so many threads: sums, and so weights, depend on how work is split."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
