"""Models in one comparison must have been sampled alike, or differ by permission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from boundary.allowed import ENGINE_VERSION, GRADER
from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.jobs.reading import ArmKey, ComparisonRow
from boundary.jobs.sampling import FILTERS, setting_text
from boundary.notes import greedy_note, join_parts
from boundary.sampled_by import differences, with_filters

#: What is known of how an arm came to be, as of `origin_of`, by one key each.
Origin = Mapping[str, object]
#: Both values, of the base and of the other, by what differs.
Differences = dict[str, tuple[object, object]]

#: What must be named under ``allow_differences`` for a key of an origin to differ; one of
#: them is enough. Any other key is the version of a library.
LEAVE = {
    "engine": ("engine", ENGINE_VERSION),
    "dtype": ("dtype",),
    "quantization": ("quantization",),
    "prompt": ("prompt",),
    "stop": ("prompt",),
    "prompts": ("prompt",),
    **{key: (key,) for key in ("temperature", "top_p", "max_tokens", "max_model_len", GRADER)},
    **{key: (key,) for key in FILTERS},
}
_VERSION = (ENGINE_VERSION,)
#: All that may be named.
NAMES = sorted({ENGINE_VERSION}.union(*LEAVE.values()))
#: What an engine may decide otherwise than it was asked to.
_COMPUTED = ("engine", "dtype", "quantization")
#: Known by name from a study and by digest from a file; and what follows from it.
_PROMPT = ("prompt", "stop", "prompts")


def origin_of(provenance: Mapping[str, Any]) -> Origin:
    """Return what the provenance of scores tells of how they came to be, by one key each.

    Returns
    -------
    mapping
        What sampled them, the settings, and ``grader``; empty when it tells nothing.
    """
    graders = provenance.get("graders")
    return {
        **provenance.get("sampled_by", {}),
        **provenance.get("sampling", {}),
        **({GRADER: ", ".join(sorted(graders.values()))} if graders else {}),
    }


def check_engines(
    comparisons: Sequence[ComparisonRow], origins: Mapping[ArmKey, Origin], where: str = ""
) -> list[Differences]:
    """Refuse comparisons between arms that were not sampled alike.

    Parameters
    ----------
    comparisons : sequence of ComparisonRow
        ``allowed`` lists the differences that the user named, ``differs`` holds
        both values of each setting of the study file in which the two sides do
        differ.
    origins : mapping
        What made each arm: engine, versions of libraries, dtype as computed
        with, quantization, digest of the rendered prompts, settings, grader.
        What one of two arms does not tell is not checked; published counts
        tell nothing.
    where : str
        Names the files of the comparisons in errors.

    Returns
    -------
    list of dict
        For each comparison all permitted differences.

    Raises
    ------
    InputError
        Naming the comparison, the arms, what differs, and the two ways out.
    """
    return [_check(row, *_sides(row, origins), where) for row in comparisons]


def _sides(row: ComparisonRow, origins: Mapping[ArmKey, Origin]) -> tuple[Origin, Origin]:
    """Return what base and other tell."""
    base, other = (with_filters(origins.get(arm, {})) for arm in row.arms.values())
    if "quantization" in base or "quantization" in other:
        for side in (base, other):
            if "dtype" in side:  # as new as the other: it would tell of a quantization
                side.setdefault("quantization", "none")
    return base, other


def _check(row: ComparisonRow, base: Origin, other: Origin, where: str) -> Differences:
    """Return what differs in one comparison, or refuse it."""
    allowed = set(row.allowed)
    differing = differences(base, other)
    if "engine" in differing and allowed & set(LEAVE["engine"]):
        # Two engines hardly share their libraries: nothing is gained by naming both.
        differing = {key: text for key, text in differing.items() if key in LEAVE}
    refused = {
        key: LEAVE.get(key, _VERSION)[0]
        for key in differing
        if not allowed & set(LEAVE.get(key, _VERSION))
    }
    if "prompt" in refused:
        refused = {key: leave for key, leave in refused.items() if key not in _PROMPT[1:]}
    if refused:
        reasons = "; ".join(_REASONS.get(key, "{}").format(differing[key]) for key in refused)
        verb = "judge" if refused.keys() == {GRADER} else "sample"
        leave = dict.fromkeys(refused.values())
        raise InputError(
            f"comparison {row.comparison} on {row.benchmark}{where}: "
            f"{row.base} and {row.other} were not {verb}d alike ({reasons}). "
            f"{verb.capitalize()} one of them again as the other, or list {', '.join(leave)} under "
            f"allow_differences (crossover: {' '.join(f'--allow {name}' for name in leave)})."
        )
    # Of dtype and engine, what was sampled with is known better than what was asked for.
    recorded_by_both = base.keys() & other.keys() & set(_COMPUTED)
    unlike: Differences = {
        key: (of_base, of_other)
        for key, (of_base, of_other) in row.differs.items()
        if key not in recorded_by_both
    }
    if "prompt" in unlike or "prompt" in differing:
        dropped = _PROMPT if "prompt" in unlike else _PROMPT[1:]
        differing = {key: text for key, text in differing.items() if key not in dropped}
    return unlike | {key: (base[key], other[key]) for key in differing}


_REASONS = {"prompts": "rendered {}, as the models' own chat templates differ"}


def permitted_of(differing: Differences) -> str | None:
    """Say in what the two sides of a comparison differ, as of `check_engines`, if in anything."""
    parts = (
        f"{_NAMES.get(key, key)} {_value(base)} (base) and {_value(other)} (other)"
        for key, (base, other) in sorted(differing.items())
    )
    return ", ".join(parts) or None


def note_of(row: ComparisonRow) -> str | None:
    """Say who judged the two sides of a comparison, and what the study file warns of."""
    graded = [row.grading] if row.grading else []
    return join_parts([*graded, *row.cautions])


def decoding_note(row: ComparisonRow, origins: Mapping[ArmKey, Origin]) -> str | None:
    """Say that a side was decoded greedily, as far as its scores tell.

    Parameters
    ----------
    row : ComparisonRow
    origins : mapping
        As of `check_engines`.
    """
    made = {side: origins.get(arm, {}) for side, arm in row.arms.items()}
    return greedy_note(
        {side: (_number(of, "temperature"), _number(of, "top_p")) for side, of in made.items()}
    )


def _number(origin: Origin, key: str) -> float | None:
    value = origin.get(key)
    return value if isinstance(value, int | float) else None


_NAMES = {"prompts": "rendered prompts"}


def _value(value: object) -> str:
    return "unset" if value is None else setting_text(value)


def origin_note(
    row: ComparisonRow,
    origins: Mapping[ArmKey, Origin],
    silent: Mapping[ArmKey, Sequence[int]],
) -> str | None:
    """Say what is not known of how the two sides of a comparison were made.

    Parameters
    ----------
    row : ComparisonRow
    origins : mapping
        As of `check_engines`.
    silent : mapping
        Of each arm that has some: shards that tell nothing, and all shards.
    """
    sides = row.arms
    parts = [
        "{} of {} shards of {} tell nothing of how they were sampled".format(*silent[arm], side)
        for side, arm in sides.items()
        if arm in silent
    ]
    unknown = [side for side, arm in sides.items() if not origins.get(arm, {}).keys() - {GRADER}]
    # Counts as published are said to be so.
    if len(unknown) == 1 and not row.grading:
        parts.append(f"settings of {unknown[0]} unknown")
    return join_parts(parts)


def sandbox_note(scores: pl.DataFrame, row: ComparisonRow) -> str | None:
    """Say how many programs of a comparison ran in the reduced sandbox, if any did.

    Such programs could reach their grader, so that what counts as solved by
    them is no more than a claim.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    row : ComparisonRow
    """
    if "reduced" not in scores.columns:
        return None
    counts = []
    for side, arm in row.arms.items():
        count = int(scores.filter(**dict(zip(ARM_KEY, arm, strict=True)))["reduced"].sum())
        if count:
            counts.append(f"{count} of {side}")
    return f"programs run in the reduced sandbox: {', '.join(counts)}" if counts else None


def with_note(rows: pl.DataFrame, note: str | None, permitted: str | None) -> pl.DataFrame:
    """Add to the note of crossovers, and set what differs by permission."""
    rows = rows.with_columns(permitted=pl.lit(permitted, dtype=pl.String))
    if note is None:
        return rows
    return rows.with_columns(
        note=pl.concat_str("note", pl.lit(note), separator="; ", ignore_nulls=True)
    )
