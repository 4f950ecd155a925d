"""How the files of a model whose responses another tool made are read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from boundary.config.names import Name
from boundary.strict import Strict


class Reading(Strict):
    """How files of another tool are read, and whose verdicts count."""

    format: str | None = Field(
        default=None, description="Form of the files (docs/import.md); default: by their content."
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        description="Names of columns by what they hold, where they are not to be guessed.",
    )
    benchmarks: dict[Name, str] = Field(
        default_factory=dict,
        description="Names of benchmarks in the files, by those in the study, where they differ.",
    )
    trust: Literal["ours", "theirs"] = Field(
        default="ours",
        description="Whose verdicts count: `ours` grades every response anew, with those of the "
        "file beside it; `theirs` takes the file's.",
    )
    problems: Literal["file", "benchmark"] | None = Field(
        default=None,
        description="Whose gold answers and tests grade: the `file`'s or the `benchmark`'s own. "
        "Default: the benchmark's where the study says its source or samples a model on it.",
    )
