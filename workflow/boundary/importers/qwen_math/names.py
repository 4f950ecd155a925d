"""What the path of a file tells: model, benchmark and how the responses were sampled."""

from __future__ import annotations

import re
from dataclasses import dataclass

from boundary.config.benchmarks import registry
from boundary.importers.source import Source

_NAME = re.compile(
    r"(?P<setting>[A-Za-z0-9]+_.+_-?\d+)_seed(?P<seed>-?\d+)_t(?P<temperature>[0-9.]+)"
    r"_s\d+_e-?\d+"
)
#: Folders of the tools between that of the model and that of the data set.
_BETWEEN = frozenset({"math_eval", "eval_results", "outputs"})
_STEP = re.compile(r"global_step_\d+")
#: Data sets of the tools that are none of the registry.
DATA_SETS = frozenset(
    (
        *("aqua", "asdiv", "carp_en", "cmath", "cn_middle_school", "college_math", "math"),
        *("gaokao2023en", "gaokao2024_I", "gaokao2024_II", "gaokao2024_mix", "gaokao_math_cloze"),
        *("gaokao_math_qa", "mawps", "mmlu_stem", "sat_math", "svamp", "tabmwp", "theoremqa"),
    )
)


@dataclass(frozen=True)
class Name:
    """What is known of a file by its path.

    Attributes
    ----------
    model, benchmark : str or None
    known : bool
        Whether the benchmark is one of the registry or of the tools.
    setting : str or None
        Split, template, number of problems and temperature; null where the name tells none.
    seed : str
        The engine's seed; of a file whose name tells none the path, as a seed of its own.
    """

    model: str | None
    benchmark: str | None
    known: bool
    setting: str | None
    seed: str


def name_of(source: Source, benchmark: str | None) -> Name:
    """Read the path of a file.

    The tools write ``MODEL/[math_eval|eval_results/global_step_N]/DATA_SET/NAME.jsonl``.
    Folders may also stand in the name of the file, parted by two underscores.

    Parameters
    ----------
    source : Source
    benchmark : str, optional
        What the user calls the problems, which counts where the path names no data set
        that is known.
    """
    *flat, last = source.name.removesuffix(".jsonl").split("__")
    parts = [*source.place.parts, *flat]
    at = _data_set(parts, len(flat) + 1)
    known = at is not None
    if at is None and benchmark is None:
        at = len(parts) - 1
    name = benchmark if at is None else parts.pop(at)
    match = _NAME.fullmatch(last)
    return Name(
        model=_model(parts),
        benchmark=name,
        known=known,
        setting=None if match is None else f"{match['setting']}, t = {match['temperature']}",
        seed=source.where if match is None else match["seed"],
    )


def _data_set(parts: list[str], several: int) -> int | None:
    """Return which of the last parts names a data set that is known."""
    known = DATA_SETS | registry().keys()
    last = range(len(parts) - 1, len(parts) - 1 - several, -1)
    return next((i for i in last if i >= 0 and parts[i] in known), None)


def _model(parts: list[str]) -> str | None:
    """Return the last folder that is none of the tools', with the step of training."""
    step = ""
    for part in reversed(parts):
        if _STEP.fullmatch(part):
            step = f"-{part}"
        elif part not in _BETWEEN and part != "/":
            return part + step
    return None
