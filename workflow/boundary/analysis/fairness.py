"""Models in one comparison must have been sampled by the same engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boundary.config.study import ENGINE_VERSION
from boundary.engines import differences
from boundary.errors import InputError

Arm = tuple[str, str, str]


def check_engines(
    comparisons: Sequence[Mapping[str, Any]], engines: Mapping[Arm, Mapping[str, str]]
) -> None:
    """Refuse comparisons between arms that different engines sampled.

    Parameters
    ----------
    comparisons : sequence of mapping
        As in the spec of `boundary.analysis.study.study_tables`; ``allowed``
        lists the differences that the user named.
    engines : mapping
        Name, version and device of the engine by (model, benchmark, protocol);
        an arm without an entry, or with an empty one, is not checked, as
        published counts say nothing of their engine.

    Raises
    ------
    InputError
        Naming the arms, what differs, and the two ways out.
    """
    for pair in comparisons:
        if ENGINE_VERSION in pair.get("allowed", ()):
            continue
        other_protocol = pair.get("other_protocol") or pair["protocol"]
        base = engines.get((pair["base"], pair["benchmark"], pair["protocol"]), {})
        other = engines.get((pair["other"], pair["benchmark"], other_protocol), {})
        if not base or not other:
            continue
        differing = differences(base, other)
        if differing:
            raise InputError(
                f"comparison {pair['comparison']} on {pair['benchmark']}: {pair['base']} and "
                f"{pair['other']} were sampled by different engines ({'; '.join(differing)}). "
                f"Sample one of them again, or list {ENGINE_VERSION} under allow_differences."
            )
