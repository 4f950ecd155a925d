"""Where downloads are kept between studies."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of downloads: $BOUNDARY_CACHE, else ~/.cache/reasoning-boundary."""
    chosen = os.environ.get("BOUNDARY_CACHE")
    return Path(chosen or "~/.cache/reasoning-boundary").expanduser().absolute()
