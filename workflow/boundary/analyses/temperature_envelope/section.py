"""What the report says of models over a grid of temperatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.text import share
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row
from boundary.wording import number, with_interval


def _best(side: str) -> Cell:
    return lambda row: f"{share(row[f'{side}_envelope'])} at {number(row[f'{side}_best'])}"


def _inside(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows at k = 1 and at the largest k up to n/2."""
    inside = frame.filter(~pl.col("flagged") | (pl.col("k") == 1))
    ends = (pl.col("k") == 1) | (pl.col("k") == pl.col("k").max().over(PAIR_KEY))
    return inside.filter(ends).sort("benchmark", "comparison", "k")


def envelope(frame: pl.DataFrame) -> Summary:
    """Summarise the envelopes."""
    columns: dict[str, Cell] = {
        **PAIR,
        "k": number_of("k"),
        "D": estimate_of("gap"),
        "base at its best": _best("base"),
        "other at its best": _best("other"),
        "D of the best": estimate_of("envelope_gap"),
        "behind at its best − ahead": estimate_of("caught_up"),
        "catches up": text_of("recovered"),
        "M": number_of("n_problems"),
        "n": number_of("n_min"),
        "note": text_of("note"),
    }
    about = (
        "Each model at the temperature of the grid that is best at k, chosen on one half of the "
        "problems and judged on the other, over many halvings; D: base − other at the temperatures "
        "of the comparison, in points, and of the best. Behind at its best − ahead: the model that "
        "is behind at its best temperature against the other at that of the comparison."
    )
    return summary("temperature_envelope", "Over temperatures", about, _inside(frame), columns)


def matched(frame: pl.DataFrame) -> Summary:
    """Summarise the temperatures of equal entropy."""
    columns: dict[str, Cell] = {
        **PAIR,
        "temperature of the base": number_of("base_temperature"),
        "entropy of its answers": number_of("base_entropy"),
        "temperature of the other": number_of("temperature"),
        "interval": _temperatures,
        "M": number_of("n_problems"),
        "n": number_of("n_min"),
        "note": text_of("note"),
    }
    about = (
        "At which temperature the other model has the base's entropy of answers (nats, corrected), "
        "interpolated between those of the grid; an end of the interval may be open."
    )
    return summary("matched_temperature", "Matched entropy", about, frame, columns)


def _temperatures(row: Row) -> str:
    if row["temperature"] is None:
        return "–"
    low, high = row["temperature_low"], row["temperature_high"]
    return f"{'(open' if low is None else f'[{number(low)}'}, " + (
        "open)" if high is None else f"{number(high)}]"
    )


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict whether the gap is one of temperature."""
    if "temperature_envelope" not in tables:
        return {}
    sentences = {}
    for rows in _inside(tables["temperature_envelope"]).partition_by(PAIR_KEY, maintain_order=True):
        if text := sentence(rows.to_dicts()):
            sentences[PairRow.of(rows.row(0, named=True)).key] = text
    return sentences


def sentence(rows: Sequence[Row]) -> str | None:
    """Say of one comparison, at k = 1 and at K, whether the one behind catches up.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of ENVELOPE of one comparison; those whose gap is open, or whose model behind has one
        temperature alone, say nothing.
    """
    parts = []
    for row in rows:
        if row["recovered"] is None:
            continue
        name, is_base = names(PairRow.of(row)), row["gap"] < 0
        behind, ahead = (name["base"], name["other"]) if is_base else (name["other"], name["base"])
        outcome = {
            "yes": f"{behind} at its best is ahead of {ahead}",
            "no": f"{behind} at its best stays behind {ahead}",
            "open": f"whether {behind} at its best catches up with {ahead} is open",
        }[row["recovered"]]
        parts.append(
            f"at k = {number(row['k'])} {outcome} ({with_interval(row, 'caught_up')} points; both "
            f"at their best, base − other: {with_interval(row, 'envelope_gap')})"
        )
    if not parts:
        return None
    name = names(PairRow.of(rows[0]))
    grids = [rows[0][f"{side}_temperatures"] for side in ("base", "other")]
    each = [f"{name[side]}: {grid}" for side, grid in zip(("base", "other"), grids, strict=True)]
    sampled = grids[0] if grids[0] == grids[1] else "; ".join(each)
    return (
        f"Over the temperatures sampled ({sampled}), against the other at that of the comparison: "
        f"{'; '.join(parts)}."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"temperature_envelope": envelope, "matched_temperature": matched}
