"""Notes of comparisons: parts separated by "; ", one of which lists what differs by permission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PERMITTED = "differs by permission: "
_BETWEEN = "; "
#: Temperature or nucleus mass up to which samples of a problem hardly differ.
NEARLY_GREEDY = 0.05


def join_parts(parts: Iterable[str]) -> str | None:
    """Return parts as one note, None without any."""
    return _BETWEEN.join(parts) or None


def split_parts(note: str | None) -> list[str]:
    """Return the parts of a note."""
    return note.split(_BETWEEN) if note else []


def split_permitted(note: str | None) -> tuple[str | None, str | None]:
    """Take from a note what it says of differences by permission.

    Returns
    -------
    tuple of str or None
        The other parts, and the differences without the words before them.
    """
    parts = split_parts(note)
    found = [part.removeprefix(PERMITTED) for part in parts if part.startswith(PERMITTED)]
    others = [part for part in parts if not part.startswith(PERMITTED)]
    return join_parts(others), ", ".join(found) or None


def greedy_by(temperature: float | None, top_p: float | None) -> str | None:
    """Return the setting that makes samples of a problem alike, such as ``temperature 0``.

    None where none does, or none is known.
    """
    if temperature is not None and temperature <= NEARLY_GREEDY:
        return f"temperature {temperature:g}"
    return f"top_p {top_p:g}" if top_p is not None and top_p <= NEARLY_GREEDY else None


def greedy_note(settings: Mapping[str, tuple[float | None, float | None]]) -> str | None:
    """Say which sides of a comparison are decoded greedily, or nearly so; None where none is.

    Parameters
    ----------
    settings : mapping
        Temperature and top_p by side; None is unknown. Each has more than one
        sample a problem.
    """
    by = {side: greedy_by(*both) for side, both in settings.items()}
    told = ", ".join(f"{side} ({setting})" for side, setting in by.items() if setting)
    if not told:
        return None
    return (
        f"greedy decoding of {told}: samples of a problem are one response, or nearly, so its "
        f"pass@k is flat in k"
    )
