"""Models in one comparison must have been sampled alike, or differ by permission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from boundary.allowed import ENGINE_VERSION
from boundary.errors import InputError
from boundary.notes import PERMITTED, join_parts
from boundary.sampled_by import differences

Arm = tuple[str, str, str]
#: Both values, of the base and of the other, by what differs.
Differences = dict[str, tuple[Any, Any]]

#: What must be named under ``allow_differences`` for a key of ``sampled_by`` to differ;
#: one of them is enough. Any other key is the version of a library.
LEAVE = {
    "engine": ("engine", ENGINE_VERSION),
    "dtype": ("dtype",),
    "quantization": ("quantization",),
    "prompts": ("prompt",),
}
_VERSION = (ENGINE_VERSION,)


def check_engines(
    comparisons: Sequence[Mapping[str, Any]], engines: Mapping[Arm, Mapping[str, str]]
) -> list[Differences]:
    """Refuse comparisons between arms that were not sampled alike.

    Parameters
    ----------
    comparisons : sequence of mapping
        As in the spec of `boundary.analysis.study.study_tables`; ``allowed``
        lists the differences that the user named, ``differs`` holds both values
        of each setting of the study file in which the two sides do differ.
    engines : mapping
        What sampled each arm, by (model, benchmark, protocol): engine, versions
        of libraries, dtype as computed with, quantization, digest of the
        rendered prompts. What one of two arms does not tell is not checked;
        published counts tell nothing.

    Returns
    -------
    list of dict
        For each comparison all that differs, with leave.

    Raises
    ------
    InputError
        Naming the comparison, the arms, what differs, and the two ways out.
    """
    return [_check(pair, *_sides(pair, engines)) for pair in comparisons]


def _sides(
    pair: Mapping[str, Any], engines: Mapping[Arm, Mapping[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what sampled base and other."""
    benchmark, protocol = pair["benchmark"], pair["protocol"]
    base = dict(engines.get((pair["base"], benchmark, protocol), {}))
    other_protocol = pair.get("other_protocol") or protocol
    other = dict(engines.get((pair["other"], benchmark, other_protocol), {}))
    if "quantization" in base or "quantization" in other:
        for side in (base, other):
            if "dtype" in side:  # as new as the other: it would tell of a quantization
                side.setdefault("quantization", "none")
    return base, other


def _check(
    pair: Mapping[str, Any], base: Mapping[str, str], other: Mapping[str, str]
) -> Differences:
    """Return what differs in one comparison, or refuse it."""
    allowed = set(pair.get("allowed", ()))
    differing = differences(base, other)
    if "engine" in differing and allowed & set(LEAVE["engine"]):
        # Two engines hardly share their libraries: nothing is gained by naming both.
        differing = {key: said for key, said in differing.items() if key in LEAVE}
    refused = {
        key: LEAVE.get(key, _VERSION)[0]
        for key in differing
        if not allowed & set(LEAVE.get(key, _VERSION))
    }
    if refused:
        told = "; ".join(_TOLD.get(key, "{}").format(differing[key]) for key in refused)
        raise InputError(
            f"comparison {pair['comparison']} on {pair['benchmark']}: {pair['base']} and "
            f"{pair['other']} were not sampled alike ({told}). Sample one of them again as the "
            f"other, or list {', '.join(dict.fromkeys(refused.values()))} under "
            f"allow_differences."
        )
    # Of dtype and engine, what was sampled with is known better than what was asked for.
    told_by_both = base.keys() & other.keys() & LEAVE.keys()
    asked = {key: tuple(both) for key, both in (pair.get("differs") or {}).items()}
    found = {key: both for key, both in asked.items() if key not in told_by_both}
    if "prompt" in found:
        differing.pop("prompts", None)
    return found | {key: (base[key], other[key]) for key in differing}


_TOLD = {"prompts": "rendered {}, as the models' own chat templates differ"}


def note_of(pair: Mapping[str, Any], differing: Differences) -> str | None:
    """Say in what the two sides of a comparison differ, as of `check_engines`, and who judged."""
    said = ", ".join(
        f"{_NAMES.get(key, key)} {_value(base)} (base) and {_value(other)} (other)"
        for key, (base, other) in sorted(differing.items())
    )
    parts = [PERMITTED + said] if said else []
    if pair.get("grading"):
        parts.append(pair["grading"])
    return join_parts(parts)


_NAMES = {"prompts": "rendered prompts"}


def _value(value: Any) -> str:
    """Return a setting as text that cannot be taken for another part of the note."""
    return "unset" if value is None else str(value).replace(";", ",")


def sandbox_note(scores: pl.DataFrame, pair: Mapping[str, Any]) -> str | None:
    """Say how many programs of a comparison ran in the reduced sandbox, if any did.

    Such programs could reach their grader, so that what they were found to
    solve is no more than a claim.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    pair : mapping
        As in the spec of `boundary.analysis.study.study_tables`.
    """
    if "reduced" not in scores.columns:
        return None
    other_protocol = pair.get("other_protocol") or pair["protocol"]
    counts = []
    for side, protocol in (("base", pair["protocol"]), ("other", other_protocol)):
        wanted = {"model": pair[side], "benchmark": pair["benchmark"], "protocol": protocol}
        found = int(scores.filter(**wanted)["reduced"].sum())
        if found:
            counts.append(f"{found} of {side}")
    return f"programs run in the reduced sandbox: {', '.join(counts)}" if counts else None


def with_note(rows: pl.DataFrame, said: str | None) -> pl.DataFrame:
    """Add to the note of a table of comparisons."""
    if said is None:
        return rows
    return rows.with_columns(
        note=pl.concat_str("note", pl.lit(said), separator="; ", ignore_nulls=True)
    )
