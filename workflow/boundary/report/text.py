"""Responses and shares as the page shows them."""

from __future__ import annotations

import math

from boundary.rows import Row
from boundary.wording import reveal

RESPONSE_LIMIT = 1500


def visible(text: str | None, limit: int | None = None) -> str:
    """Return text in which every control and format character shows.

    Line feeds and tabs stay.  This does not escape HTML: the template does.

    Parameters
    ----------
    text : str or None
        Anything a model or a file said; None gives a dash.
    limit : int, optional
        Characters kept; the rest is counted, not dropped in silence.
    """
    if text is None:
        return "–"
    kept = text if limit is None else text[:limit]
    shown = reveal(kept, keep="\n\t")
    cut = len(text) - len(kept)
    return f"{shown}… [{cut:,} more characters]" if cut else shown


def share(value: float | None) -> str:
    """Return a probability as a percentage with one decimal."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.1f} %".replace("-", "−")


def arm_named(row: Row, model: str = "model") -> str:
    """Name the arm of a row in a sentence: the model, which a column names, where, and how.

    A study may sample a model under several protocols, which its name alone does not tell.
    """
    return f"{visible(row[model])} on {visible(row['benchmark'])} ({visible(row['protocol'])})"
