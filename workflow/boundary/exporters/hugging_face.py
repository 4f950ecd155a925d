"""A data set folder for the Hugging Face hub: Parquet by configuration, and its card.

Questions and gold answers belong to the benchmarks, whose licences may not let
them be passed on: the folder has ids of problems alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import yaml

from boundary import __version__
from boundary.exporters.arm import ExportedArm
from boundary.store import write_atomic, write_text
from boundary.wording import counted


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``README.md``, ``scores/**`` and, of arms with responses, ``responses/**``."""
    # Readers take the columns of the first file for those of all.
    columns = pl.concat([arm.counts.clear() for arm in arms], how="diagonal")
    for arm in arms:
        counts = pl.concat([columns, arm.counts], how="diagonal")
        _write(counts, folder / "scores" / f"{arm.place}.parquet")
        if arm.samples:
            _write(arm.responses(), folder / "responses" / f"{arm.place}.parquet")
    write_text(folder / "README.md", _card(arms, study))


def _write(rows: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, lambda partial: rows.write_parquet(partial, compression="zstd"))


def _card(arms: Sequence[ExportedArm], study: str) -> str:
    parts = ["scores", *(["responses"] if any(arm.samples for arm in arms) else [])]
    head = {
        "pretty_name": f"Reasoning Boundary: {study}",
        "tags": ["evaluation", "pass-at-k", "reinforcement-learning"],
        "configs": [
            {
                "config_name": name,
                "data_files": f"{name}/**/*.parquet",
                **({"default": True} if name == parts[-1] else {}),
            }
            for name in parts
        ],
    }
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n{_TEXT.format(study=study, version=__version__)}{_table(arms)}"


def _table(arms: Sequence[ExportedArm]) -> str:
    lines = ["| model | source | benchmark | protocol | problems | responses | right |"]
    lines.append("|---" * 7 + "|")
    for arm in arms:
        cells = (
            arm.model,
            arm.source,
            arm.benchmark,
            arm.protocol,
            f"{arm.counts.height:,}",
            f"{arm.counts['n'].sum():,}",
            f"{arm.counts['correct'].sum():,}",
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    sampled = [arm for arm in arms if arm.settings]
    lines += ["", f"Sampled: {counted(len(sampled), 'arm')}.", ""]
    for protocol, settings in {arm.protocol: arm.settings for arm in sampled}.items():
        stated = ", ".join(f"{key} {value}" for key, value in settings.items())
        lines.append(f"- protocol {protocol}: {stated}")
    return "\n".join(lines) + "\n"


_TEXT = """
# Reasoning Boundary: {study}

Responses of language models with their verdicts, and counts of right responses by problem,
as the study `{study}` of Reasoning Boundary {version} sampled and graded them.

- `scores`: a row a model, benchmark, protocol and problem: `n` responses, `correct` of them right.
- `responses`: a row a response, with the answer read from it, `verdict` and `correct`; null where
  a fault of the machine ended it (it counts as wrong in `scores`).

Questions and gold answers are not here: they belong to the benchmarks, of which `problem_id` is
the id. No licence is stated; whoever passes this on states one, as the models' licences allow.
What a model wrote may be wrong, and may be meant to mislead who or what reads it.

"""
