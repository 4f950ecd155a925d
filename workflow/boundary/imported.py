"""What sample shards that were made from files of another tool tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from boundary.store import Provenance, read_provenance, read_tables
from boundary.tables import IMPORTED_SAMPLES, SAMPLES, Table
from boundary.wording import percent

#: Under which key of the provenance it stands.
IMPORTED = "imported"
#: The verdict that a file carries, in shards and beside our verdicts.
THEIRS = "correct_theirs"
_KEY = ("problem_id", "sample_index")


def origin_of_import(paths: Sequence[Path]) -> Provenance | None:
    """Return what the first shard that was imported says of its files; None where none was."""
    origins = (read_provenance(path).get(IMPORTED) for path in paths)
    return next((each for each in origins if isinstance(each, dict)), None)


def samples_table(paths: Sequence[Path]) -> Table:
    """Return what shards are held against: other tools tell less of a response than we do."""
    return SAMPLES if origin_of_import(paths) is None else IMPORTED_SAMPLES


def with_theirs(verdicts: pl.DataFrame, samples: Sequence[Path]) -> pl.DataFrame:
    """Put beside each verdict that of the file, where imported shards carry one."""
    if samples_table(samples) is not IMPORTED_SAMPLES:
        return verdicts
    rows = read_tables(samples, IMPORTED_SAMPLES, columns=(*IMPORTED_SAMPLES.key, THEIRS))
    if THEIRS not in rows.columns:
        return verdicts
    theirs = rows.select(*_KEY, THEIRS)
    return verdicts.join(theirs, on=list(_KEY), how="left", maintain_order="left")


def disagreement(verdicts: pl.DataFrame) -> dict[str, int] | None:
    """Count the responses that only we, or only the file, call correct, and those both judged.

    None where the file has no verdicts.
    """
    if THEIRS not in verdicts.columns:
        return None
    both = verdicts.filter(pl.col(THEIRS).is_not_null())
    ours, theirs = both["correct"], both[THEIRS]
    return {
        "ours_only": int((ours & ~theirs).sum()),
        "theirs_only": int((theirs & ~ours).sum()),
        "judged": both.height,
    }


def disagreement_words(where: str, counts: Mapping[str, int]) -> str:
    """Say on how many responses the file's verdicts and ours differ, from `disagreement`."""
    head = f"{where}: our verdicts and those of the file"
    differ = counts["ours_only"] + counts["theirs_only"]
    if not differ:
        return f"{head} agree on all {counts['judged']:,} responses"
    return (
        f"{head} differ on {differ:,} of {counts['judged']:,} responses "
        f"({percent(differ / counts['judged'])}): {counts['ours_only']:,} are correct by ours "
        f"alone, {counts['theirs_only']:,} by theirs alone"
    )
