"""What sampled a response beside the settings: engine, versions, dtype; and how two differ."""

from __future__ import annotations

from collections.abc import Mapping

from boundary.jobs.sampling import FILTERS


def with_filters(told: Mapping[str, object]) -> dict[str, object]:
    """Return what a shard tells, with the filters of the sampler that are not set as None.

    Shards name those alone that are set; one that names no settings tells nothing of filters.
    """
    return {**dict.fromkeys(FILTERS), **told} if "temperature" in told else dict(told)


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
