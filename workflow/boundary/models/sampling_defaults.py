"""How a checkpoint says that it should be sampled, as far as that is at hand.

Nothing of it is ever applied: what a study samples with stands in its file.
"""

from __future__ import annotations

import json
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
    except (OSError, ValueError):
        return None
    if not isinstance(stated, dict):
        return None
    return {
        key: value
        for key in SETTINGS
        if isinstance(value := stated.get(key), int | float) and not isinstance(value, bool)
    }


def _in_cache(repository: str, revision: str | None) -> Path:
    """Return the folder of a commit in the hub's cache, which need not be there."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    folder = repo_folder_name(repo_id=repository, repo_type="model")
    return Path(constants.HF_HUB_CACHE, folder, "snapshots", revision or "none")
