"""What the report says of problems that models complete."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.cells import ARM, PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.text import share, visible
from boundary.rows import PairRow, Row
from boundary.wording import number, percent, points

#: Never "clean": what a model has seen and does not recite, or another text of it, shows nowhere.
MEMORY = {"found": "verbatim memory found", "not_found": "no verbatim memory found"}
_REASONS = {
    "too_short": "too few words before or after the cut",
    "nothing_to_alter": "no name or number that a twin could have otherwise",
    "few_twins": "not as many different twins",
}


def screen(frame: pl.DataFrame) -> Summary:
    """Summarise what models completed, by share."""
    columns: dict[str, Cell] = {
        **ARM,
        "shown": lambda row: percent(row["share"]),
        "M": number_of("n_problems"),
        "twins of each": number_of("n_twins"),
        "ROUGE-L": estimate_of("rouge_l", share),
        "twins'": estimate_of("twins_rouge_l", share),
        "original − twins": estimate_of("lead"),
        "completed word by word": estimate_of("exact", share),
        "twins": lambda row: share(row["twins_exact"]),
        "p, Holm": number_of("p_adjusted"),
        "finding": lambda row: MEMORY[row["memory"]],
        "flagged": lambda row: f"{number(row['n_flagged'])} of {number(row['n_problems'])}",
    }
    levels = sorted({row["level"] for row in frame.iter_rows(named=True)})
    level = " or ".join(map(number, levels))
    about = (
        "Models were shown the first words of problems, without any template, and went on by their "
        "likeliest tokens; what they wrote is compared with the rest of the problem, word by word "
        "(ROUGE-L). Twins are the same problems with other names, and other numbers of as many "
        "digits. p: of drawing which text of each problem is the original, with Holm's correction "
        f"over the shares of a model; memory is found where it is at most {level}. A problem is "
        f"flagged where (1 + twins at least as good) / (1 + twins), Holm over shares, is at most "
        f"{level}: of problems that a model has not seen no larger share is expected to be. This "
        "is blind to memory that is not verbatim, and originals that are more natural than their "
        "twins look remembered. Equal questions count once; intervals over problems."
    )
    return summary("screen", "Has the model seen the problems?", about, frame, columns)


def verdicts(frame: pl.DataFrame) -> Summary:
    """Summarise verdicts with and without the flagged problems."""
    columns: dict[str, Cell] = {
        **PAIR,
        "flagged": lambda row: f"{number(row['n_flagged'])} of {number(row['n_problems'])}",
        "verdict": text_of("verdict"),
        "D(1)": estimate_of("diff_at_1"),
        "K": number_of("k_max"),
        "D(K)": estimate_of("diff_at_k_max"),
        "without the flagged": lambda row: visible(row["verdict_kept"] or "–"),
        "D(1) there": estimate_of("kept_diff_at_1"),
        "D(K) there": estimate_of("kept_diff_at_k_max"),
        "random sets with the verdict of all": _of_random("random_as_all"),
        "with that without the flagged": _of_random("random_as_kept"),
        "D(K) of random sets": lambda row: _range(row, "random_diff_at_k_max"),
    }
    about = (
        "Verdicts without problems flagged under either model, beside those without as many random "
        "problems, which cost as much power. D = base − other; intervals over the problems that "
        "are left, pointwise; the range is that of the middle of the random sets. Verdicts are "
        "those of one look and one comparison. A dash: no problem is flagged, or fewer than two "
        "are left."
    )
    title = "Verdicts without flagged problems"
    return summary("screen_verdicts", title, about, frame, columns)


def left_out(frame: pl.DataFrame) -> Summary:
    """Summarise which problems were not screened."""
    columns: dict[str, Cell] = {
        **ARM,
        "shown": lambda row: percent(row["share"]),
        "left out, as": lambda row: _REASONS[row["excluded"]],
        "problems": lambda row: f"{number(row['n'])} of {number(row['of'])}",
    }
    about = "Problems of which the screen says nothing, by the first reason that holds."
    return summary("screen_left_out", "Problems not screened", about, frame, columns)


def _of_random(column: str) -> Cell:
    return lambda row: (
        f"{number(row[column])} of {number(row['n_random'])}" if row["n_random"] else "–"
    )


def _range(row: Row, stem: str) -> str:
    low, high = row[f"{stem}_low"], row[f"{stem}_high"]
    return "–" if low is None else f"{points(low)} to {points(high)}"


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what the screen has and how the verdict is without flagged ones."""
    if "screen_verdicts" not in tables:
        return {}
    return {
        PairRow.of(row).key: _sentence(row, tables["screen"])
        for row in tables["screen_verdicts"].iter_rows(named=True)
    }


def _sentence(row: Row, shown: pl.DataFrame) -> str:
    parts = []
    for model in dict.fromkeys((row["base"], row["other"])):
        mine = shown.filter(model=model, benchmark=row["benchmark"])
        if mine.is_empty():
            continue
        memory = "found" if "found" in mine["memory"].to_list() else "not_found"
        first = mine.row(0, named=True)
        parts.append(
            f"{visible(model)}: {MEMORY[memory]} ({number(first['n_flagged_anywhere'])} of "
            f"{number(first['n_screened'])} problems flagged, where at most "
            f"{percent(first['level'])} of unseen ones are expected to be)"
        )
    text = f"Screen of {visible(row['benchmark'])}. {'; '.join(parts) or 'No problem screened'}."
    if row["verdict_kept"] is None:
        return text
    return (
        f"{text} Without the {number(row['n_flagged'])} flagged problems: "
        f"{visible(row['verdict_kept'])} (with them {visible(row['verdict'])}; "
        f"{number(row['random_as_kept'])} of {number(row['n_random'])} random sets of as many left "
        f"out give the same as without them)."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"screen": screen, "screen_verdicts": verdicts, "screen_left_out": left_out}
