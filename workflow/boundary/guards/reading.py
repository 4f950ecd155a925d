"""What scores and guards read of samples, and what shards record of how they were drawn.

Shards are read one after the other and reduced, so that memory does not grow
with the length of responses.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from boundary.allowed import PROVENANCE
from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.jobs.sampling import FILTERS, filters_of
from boundary.origins import response_digests
from boundary.sampled_by import differences, with_filters
from boundary.store import Provenance, read_batches, read_provenance
from boundary.tables import MOVED, SAMPLES, Table

#: Settings that decide how likely equal responses are.
SAMPLING = ("temperature", "top_p")
#: All settings in which the shards of an arm must be alike.
SETTINGS = (*SAMPLING, *FILTERS, "max_tokens", "max_model_len", "stop", "prompt")
#: What older shards record outside of ``sampled_by``.
_OLDER = ("engine", "transformers", "torch")
KEPT = (*ARM_KEY, "problem_id", "sample_index", "n_tokens", "finish_reason", "logprob_sum")
#: What samples may have besides: of other tools, and of a sampler of whole responses.
MAY_KEEP = ("rounds", "cost", *MOVED)
READ = (*KEPT, "response", *MAY_KEEP)


def reduce_samples(samples: pl.DataFrame, shard: int = 0) -> pl.DataFrame:
    """Keep of each response what scores and guards need.

    Parameters
    ----------
    samples : polars.DataFrame
        A samples table.
    shard : int
        Number of the file, by which blocks are told apart.

    Returns
    -------
    polars.DataFrame
        The samples table without responses and tokens, with ``fingerprint``
        (their digests), ``stripped`` (equal where they are but for white space
        at their end), ``empty`` (nothing but white space) and ``shard``.
    """
    return samples.select(
        *KEPT,
        *(name for name in MAY_KEEP if name in samples.columns),
        fingerprint=response_digests(samples["response"]),
        stripped=pl.col("response").str.strip_chars_end().hash(),
        empty=pl.col("response").str.strip_chars() == "",
        shard=pl.lit(shard, dtype=pl.Int64),
    )


def read_reduced(paths: Sequence[Path], table: Table = SAMPLES) -> pl.DataFrame:
    """Read sample shards a batch at a time, and keep of each what `reduce_samples` keeps."""
    reduced = (
        reduce_samples(batch, i)
        for i, path in enumerate(paths)
        for batch in read_batches(path, table, columns=READ)
    )
    return pl.concat(reduced, how="diagonal")


def made_by(paths: Sequence[Path], allowed: Collection[str] = ()) -> dict[str, str]:
    """Return what sampled all shards: engine, versions, dtype, digest of the prompts.

    Parameters
    ----------
    paths : sequence of Path
        The shards of one arm.
    allowed : collection of str
        ``provenance`` lets shards that tell nothing stand beside others.

    Raises
    ------
    InputError
        When two shards tell different things, or one tells and another does not.
    """
    known: dict[str, str] = {}
    first_path: dict[str, Path] = {}
    silent = silent_shards(paths)
    for path in paths:
        shard_by = _made_by(path)
        if unlike := differences(known, shard_by):
            one = first_path[next(iter(unlike))]
            raise InputError(
                f"samples of one model come from different engines: {', '.join(unlike.values())} "
                f"({one} and {path}). Score them separately, or move the shards of one of "
                f"them away, so that a study samples them again."
            )
        for key in shard_by.keys() - known.keys():
            known[key], first_path[key] = shard_by[key], path
    if 0 < len(silent) < len(paths) and PROVENANCE not in allowed:
        tells = next(path for path in paths if path not in silent)
        raise InputError(
            f"{silent[0]}: tells nothing of how it was sampled ({len(silent)} of {len(paths)} "
            f"shards of this arm do not), but {tells} does, so that nobody "
            f"knows whether they were sampled alike. Give shards of one origin, or let it pass by "
            f"`score --allow provenance` (in a study provenance under allow_differences): the note "
            f"of every comparison then says it."
        )
    return known


def silent_shards(paths: Sequence[Path]) -> list[Path]:
    """Return the shards that record neither what sampled them nor the settings."""
    return [p for p in paths if not (_made_by(p) or read_provenance(p).get("sampling"))]


def _made_by(path: Path) -> dict[str, str]:
    """Return what sampled a shard, as recorded in its provenance."""
    recorded = read_provenance(path)
    if "sampled_by" in recorded:
        return dict(recorded["sampled_by"])
    return {key: recorded[key] for key in _OLDER if key in recorded}


def nucleus_of(settings: Provenance) -> float | None:
    """Return the top_p that bounds a token's chance; None where filters leave it no bound."""
    return None if filters_of(settings) else settings.get("top_p")


def sampling_of(paths: Sequence[Path]) -> Provenance:
    """Return the settings of all shards, as recorded in their provenance.

    Raises
    ------
    InputError
        When two shards were sampled under different settings.
    """
    known: Provenance = {}
    first_path: dict[str, Path] = {}
    for path in paths:
        settings = with_filters(read_provenance(path).get("sampling", {}))
        for key in SETTINGS:
            if key not in settings:
                continue
            if known.setdefault(key, settings[key]) != settings[key]:
                raise InputError(
                    f"samples of one arm were drawn at different settings: {key} {known[key]} in "
                    f"{first_path[key]} and {settings[key]} in {path}. Score them separately."
                )
            first_path.setdefault(key, path)
    return {key: each for key, each in known.items() if key not in FILTERS} | filters_of(known)
