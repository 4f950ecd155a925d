"""What the report says of new ability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.decisions import FEWEST_IN_RATIO
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    estimate_of,
    number_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.links import Link, of_pair
from boundary.report.text import share, visible
from boundary.report.verdicts import side_of
from boundary.rows import Row, rows_by_pair
from boundary.wording import number, points, span, with_interval

_SIDE: dict[str, Cell] = {"unsolved by": lambda row: side_of(row, row["unsolved_by"])}
#: The problems of the comparison; which ones a half of the samples chooses differs by split.
_ALL: dict[str, Link] = {"M": of_pair()}


def _h(row: Row) -> str:
    return "–" if row["h_min"] is None else span(row["h_min"], row["h_max"])


def new_ability(frame: pl.DataFrame) -> Summary:
    """Summarise what one model solves of the problems that the other leaves unsolved."""
    columns: dict[str, Cell] = {
        **PAIR,
        **_SIDE,
        "h": _h,
        "judged in": lambda row: "1" if row["judged"] == "one" else _h(row),
        "problems": number_of("chosen"),
        "itself again": estimate_of("regained", share),
        "the other": estimate_of("solved", share),
        "gain": estimate_of("gain"),
        "beyond the line": number_of("beyond_line"),
        "claim": text_of("claim"),
        "where": text_of("strata"),
        "M": number_of("n_problems"),
        "note": text_of("note"),
    }
    about = (
        "Problems that a model leaves unsolved in h samples, half of what there is, in expectation "
        "over all ways to split: the share that it solves itself in further samples, that the "
        "other model solves in as many, and the gain in percentage points, each with an interval "
        "over problems. Beyond the line: problems of which the other solves more than sharpening "
        "predicts, and the model itself at most one sample. New ability is claimed where the gain "
        "in h samples is above 0 and there are some. –: too few to tell."
    )
    order = ["benchmark", "comparison", "unsolved_by", "judged"]
    return summary("new_ability", "New ability", about, frame.sort(order), columns, _ALL)


def gain_by_rate(frame: pl.DataFrame) -> Summary:
    """Summarise gain by rate of success."""
    columns: dict[str, Cell] = {
        **PAIR,
        "rates of": lambda row: side_of(row, row["rates_of"]),
        "rate in a half": text_of("label"),
        "problems": number_of("problems"),
        "seen there": share_of("rate_seen"),
        "in the other half": share_of("rate_again"),
        "the other model": share_of("rate_other"),
        "naive gain": lambda row: points(row["naive_gain"]),
        "gain": estimate_of("gain"),
        "M": number_of("n_problems"),
    }
    about = (
        "A model's rate of success in half of its samples puts a problem into a bin; what it "
        "solves in the other half, and the other model, are judged on samples that chose nothing. "
        "Naive gain: against the half that chose, which holds its luck (regression to the mean). "
        "In percentage points, with an interval over problems, in expectation over all splits."
    )
    order = ["benchmark", "comparison", "rates_of", "bin"]
    title = "Gain by rate of success"
    return summary("gain_by_rate", title, about, frame.sort(order), columns, _ALL)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what either model solves of what the other leaves unsolved."""
    frame = tables.get("new_ability")
    if frame is not None:
        frame = frame.filter(judged="half").sort("unsolved_by")
    return {key: sentence(each) for key, each in rows_by_pair(frame).items()}


def sentence(rows: Sequence[Row]) -> str:
    """Say what is claimed of both models of a comparison.

    Parameters
    ----------
    rows : sequence of mapping
        Those of NEW_ABILITY judged in h samples, unsolved by the base and by the other.
    """
    words = [_side(row) for row in rows]
    if all(row["claim"] == "loss" for row in rows):
        # Expected gains are the sums of b(b − o) and o(o − b), b and o the chances to fail h
        # samples, over the sums of b and of o: never below 0 both.
        words.append("Independent samples do not lead to both: are some the same?")
    return " ".join(words)


def _side(row: Row) -> str:
    side = row["unsolved_by"]
    loser, gainer = (side_of(row, each) for each in (side, "base" if side == "other" else "other"))
    if row["h_min"] is None:
        return f"What {loser} leaves unsolved cannot be looked at: {row['note']}."
    h = _h(row)
    if row["gain"] is None:
        few = f"on average {number(row['chosen'])} of {number(row['n_problems'])} problems"
        apart = "independent " if row["chosen"] >= FEWEST_IN_RATIO else ""
        return f"{loser} leaves too few {apart}problems unsolved in {h} samples to tell ({few})."
    where = f" Where: {visible(row['strata'])}." if row["strata"] else ""
    return (
        f"Of what {loser} leaves unsolved in {h} samples, {gainer} solves {share(row['solved'])} "
        f"in {h} and {loser} itself {share(row['regained'])} in {h} more "
        f"({with_interval(row, 'gain')} points): {_claim(row, loser, gainer)}.{where}"
    )


def _claim(row: Row, loser: str, gainer: str) -> str:
    claim, beyond = row["claim"], row["beyond_line"]
    if claim == "new-ability":
        problems = "1 problem exceeds" if beyond == 1 else f"{number(beyond)} problems exceed"
        ability = f"new ability of {gainer}"
        if row["unsolved_by"] == "other":
            ability = f"an ability of {gainer} that {loser} has lost"
        return f"{ability}, as {problems} what sharpening predicts"
    if claim == "gain":
        unlike = "no line of log-odds tells whether sharpening accounts for it"
        return f"a gain, but {unlike if beyond is None else 'one that sharpening may account for'}"
    return f"less than {loser} itself" if claim == "loss" else "neither more nor less is shown"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"new_ability": new_ability, "gain_by_rate": gain_by_rate}
