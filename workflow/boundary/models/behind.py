"""Say what a model behind an endpoint is, where its sampling job looks."""

from __future__ import annotations

from pathlib import Path

from boundary.errors import InputError
from boundary.jobs.making import Resolving
from boundary.models.checkpoint import TOKENIZERS
from boundary.models.fingerprint import missing, source_path
from boundary.models.resolve import CHECKPOINT, link


def resolve_served(spec: Resolving, folder: Path) -> dict[str, object]:
    """Return the description of a model behind an endpoint; link its tokenizer as ``checkpoint``.

    Nothing is asked of the endpoint.

    Raises
    ------
    InputError
        When the folder of the tokenizer holds none.
    """
    tokenizer = spec.served and spec.served.tokenizer
    if tokenizer:
        path = source_path(tokenizer)
        if not path.exists():
            raise missing(path)
        if not any(all((path / name).is_file() for name in names) for names in TOKENIZERS):
            raise InputError(f"{path}: holds no tokenizer (tokenizer.json is missing).")
        folder.mkdir(parents=True, exist_ok=True)
        link(folder / CHECKPOINT, path)
    return spec.model_dump(mode="json", include={"model", "source", "unverified", "served"})
