"""Measure whether a trained language model solves what its base model cannot.

In a notebook: `boundary.compare`, `boundary.pass_at_k`, `boundary.read_samples`
(docs/python.md).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Comparison", "__version__", "compare", "pass_at_k", "read_samples"]


def __getattr__(name: str) -> Any:
    """Load the functions for notebooks when one is asked for: commands start without them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # By a string, as what a command's output depends on is told by the imports that it has.
    return getattr(import_module("boundary.api"), name)
