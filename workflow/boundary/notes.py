"""Notes of comparisons: remarks for people to read, which no code parses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Temperature or nucleus mass up to which samples of a problem hardly differ.
NEARLY_GREEDY = 0.05


def join_parts(parts: Iterable[str]) -> str | None:
    """Return remarks as one note, None without any."""
    return "; ".join(parts) or None


def greedy_by(temperature: float | None, top_p: float | None) -> tuple[str, float] | None:
    """Return name and value of the setting that makes samples of a problem alike.

    None where none does, or none is known.
    """
    for name, value in (("temperature", temperature), ("top_p", top_p)):
        if value is not None and value <= NEARLY_GREEDY:
            return name, value
    return None


def greedy_note(settings: Mapping[str, tuple[float | None, float | None]]) -> str | None:
    """Say which sides of a comparison are decoded greedily, or nearly so; None where none is.

    Parameters
    ----------
    settings : mapping
        Temperature and top_p by side; None is unknown. Each has more than one
        sample a problem.
    """
    by = {side: greedy_by(*both) for side, both in settings.items()}
    sides = ", ".join(f"{side} ({one[0]} {one[1]:g})" for side, one in by.items() if one)
    if not sides:
        return None
    return (
        f"greedy decoding of {sides}: samples of a problem are one response, or nearly, so its "
        f"pass@k is flat in k"
    )
