"""What sampled a response beside the settings: engine, versions, dtype; and how two differ."""

from __future__ import annotations

from collections.abc import Mapping


def differences(one: Mapping[str, object], two: Mapping[str, object]) -> dict[str, str]:
    """Say in what the `boundary.engines.Engine.provenance` of two differs, by key.

    A key that one of them lacks tells nothing: older files know less.

    Returns
    -------
    dict
        Such as ``{"torch": "torch 2.13.0 and 2.14.0"}``.
    """
    return {
        key: f"{key} {one[key]} and {two[key]}"
        for key in sorted(one.keys() & two.keys())
        if one[key] != two[key]
    }
