"""What the report says of edited responses."""

from __future__ import annotations

import polars as pl

from boundary.analyses.interventions.tables import ORIGINALS, PLACES, STEP
from boundary.edits import ANSWERS, DRAWN, GOES_ON
from boundary.report.cells import (
    ARM,
    Cell,
    Summary,
    estimate_of,
    number_of,
    share_of,
    summary,
)
from boundary.report.text import share, visible
from boundary.wording import number

_WORDS = {
    "unedited": "none, goes on",
    "whole_chain": "none, answers",
    "corrupt": "result replaced",
    "truncate": "cut after it",
    "filler": "filler of equal length",
    "no_chain": "no chain",
    "swap": "another problem's chain",
    "paraphrase": "in other words",
}
_REASONS = {
    "no_steps": "no step",
    "not_offered": "no rule for such problems",
    "no_donor": "no other problem",
    "nothing_changed": "it changes nothing",
    "no_room": "no room within max_tokens",
    "no_answer": "no answer before",
    "not_implied": "implies no answer",
    "same_answer": "implies the answer before",
}


def interventions(frame: pl.DataFrame) -> Summary:
    """Summarise what became of answers: rows of single steps last, and what edits are held against.

    Models stand below each other, to be compared.
    """
    columns: dict[str, Cell] = {
        **ARM,
        "edit": lambda row: _WORDS[row["edit"]],
        "step": lambda row: (
            number(row["step"]) if row["step"] else row["place"].replace("_", " the ")
        ),
        "before": lambda row: visible(row["original"].replace("_", " ")),
        "problems": number_of("n_problems"),
        "n": number_of("n"),
        "follows": estimate_of("follows", share),
        "stays": estimate_of("stays", share),
        "breaks": estimate_of("breaks", share),
        "right": estimate_of("right", share),
        "no answer": share_of("silent"),
        "moved": estimate_of("moved"),
    }
    about = (
        "Responses were edited and the model that wrote them went on, by its likeliest tokens. The "
        "answer follows where it is what the edited chain implies, stays where it is that of the "
        "response before the edit, and breaks where it is neither; a dash: what is implied is not "
        "known. Before: what the verifier said of the response. Moved: how much more often the "
        "answer stays without the edit, in percentage points, of the same responses: going on from "
        "the step as it was, or answering after the whole chain. Each interval by itself, over "
        "problems that have such responses; each problem weighs the same."
    )
    order = [
        pl.col("place") == STEP,
        pl.col("edit").is_in([GOES_ON, ANSWERS]),
        "benchmark",
        _rank("edit", DRAWN),
        _rank("place", PLACES),
        "step",
        _rank("original", ORIGINALS),
        *("model", "protocol"),
    ]
    return summary("interventions", "Interventions on the chain", about, frame.sort(order), columns)


def left_out(frame: pl.DataFrame) -> Summary:
    """Summarise which edits have no outcome."""
    columns: dict[str, Cell] = {
        **ARM,
        "edit": lambda row: _WORDS[row["edit"]],
        "left out, as": lambda row: _REASONS[row["excluded"]],
        "n": lambda row: f"{number(row['n'])} of {number(row['of'])}",
        "problems": number_of("n_problems"),
    }
    about = "Edits of which nothing can be said, by the first reason that holds."
    kept = frame.sort("benchmark", "model", "protocol", _rank("edit", DRAWN), "excluded")
    return summary("interventions_left_out", "Edits left out", about, kept, columns)


def _rank(column: str, order: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict({name: i for i, name in enumerate(order)})


#: Tables of the page, by the table that each shows.
SUMMARIES = {"interventions": interventions, "interventions_left_out": left_out}
