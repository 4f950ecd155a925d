"""Whether a LoRA adapter was trained on the model that it is put on.

Light imports only, as `check-config` asks too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from boundary.models.fingerprint import source_path

ADAPTER_CONFIG = "adapter_config.json"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_CACHE = re.compile(r"models--([\w.-]+?)--([\w.-]+)")


def recorded_base(folder: Path) -> object:
    """Return the model that an adapter's folder names as its base; None where nothing is read."""
    config = _read(folder / ADAPTER_CONFIG)
    return config.get("base_model_name_or_path")


def other_base(recorded: object, source: str) -> str | None:
    """Say that an adapter's recorded base is another model than the one below it.

    Names of the hub are compared in full, paths by their last part: folders are
    called differently on every machine.  What cannot be compared is no difference.

    Parameters
    ----------
    recorded : any
        ``base_model_name_or_path`` of the adapter.
    source : str
        Source of the model in the study.

    Returns
    -------
    str or None
        None where the two are one, or nothing is recorded.
    """
    kind, _, name = source.partition(":")
    if kind not in ("hf", "file") or not isinstance(recorded, str) or not recorded.strip():
        return None
    names = [name] if kind == "hf" else _names(source_path(source))
    if any(_same(recorded, one) for one in names):
        return None
    return (
        f"the adapter was trained on {recorded!r}, as its {ADAPTER_CONFIG} says, and is put on "
        f"{source}. On another model it means nothing, though it may load; name that model as "
        f"source, if the two are not one."
    )


def _names(path: Path) -> list[str]:
    """Return the names of a model's folder: its place, where it leads to, what its config says."""
    recorded = _read(path / "config.json").get("_name_or_path")
    return [
        str(path),
        str(path.resolve()),
        *([recorded] if isinstance(recorded, str) and recorded else []),
    ]


def _same(one: str, two: str) -> bool:
    first, second = _parts(one), _parts(two)
    shared = min(len(first), len(second))
    return first[-shared:] == second[-shared:]


def _parts(name: str) -> tuple[str, ...]:
    """Return organisation and name on the hub, or the last part of a path, in lower case."""
    name = name.strip().replace("\\", "/").rstrip("/").casefold()
    cached = _HUB_CACHE.search(name)
    if cached is not None:
        return cached.groups()
    if _HUB_NAME.fullmatch(name) and not name.startswith("."):
        return tuple(name.split("/"))
    return (name.rpartition("/")[2].removesuffix(".gguf"),)


def _read(path: Path) -> Mapping[str, object]:
    """Return a JSON object, empty where there is none: the caller reports what is missing."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
