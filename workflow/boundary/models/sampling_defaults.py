"""How a checkpoint says that it should be sampled, as far as that is at hand.

Nothing of it is ever applied: what a study samples with stands in its file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from boundary.models.fingerprint import source_path

FILE = "generation_config.json"
#: Settings of that file which protocols have under the same names, with the value that does
#: nothing.
SETTINGS = {"temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}


def sampling_defaults(source: str, revision: str | None) -> dict[str, float] | None:
    """Return the sampling settings that a checkpoint recommends, without any network.

    Parameters
    ----------
    source : str
        Of a model from outside: ``hf:``, ``file:`` or ``pypi:``.
    revision : str or None
        The commit of a hub model.

    Returns
    -------
    dict of str to float or None
        Those of `SETTINGS` that it names; none where it comes without such a file, as
        GGUF files do.  None where its files are not on this machine or cannot be read.
    """
    kind, _, name = source.partition(":")
    path = _in_cache(name, revision) if kind == "hf" else source_path(source)
    if kind == "pypi" or path.is_file():  # a GGUF file
        return {}
    if not (path / FILE).is_file():
        return {} if any(path.glob("*.safetensors")) else None
    try:
        stated = json.loads((path / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(stated, dict):
        return None
    return {
        key: value
        for key in SETTINGS
        if isinstance(value := stated.get(key), int | float)
        and not isinstance(value, bool)
        and abs(value) < 2**53  # NaN is no setting, and what a float cannot hold neither
    }


def _in_cache(repository: str, revision: str | None) -> Path:
    """Return the folder of a commit in the hub's cache, which need not be there."""
    folder = "models--" + repository.replace("/", "--")
    return hub_cache() / folder / "snapshots" / (revision or "none")


def hub_cache() -> Path:
    """Return the hub's cache, as its library finds it, which a light installation lacks."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if place := os.environ.get(name):
            return Path(os.path.expandvars(place)).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME") or f"{cache}/huggingface"
    return Path(os.path.expandvars(home)).expanduser() / "hub"
