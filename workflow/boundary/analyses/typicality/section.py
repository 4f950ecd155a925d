"""What the report says of how typical responses are of a scorer."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import (
    SCORED,
    Cell,
    Summary,
    bracket_of,
    number_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.links import of_problem


def typicality(frame: pl.DataFrame) -> Summary:
    """Summarise z of each source under each scorer."""
    columns: dict[str, Cell] = {
        **SCORED,
        "which": text_of("responses"),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "mean z": number_of("mean_z"),
        "interval of mean": bracket_of("mean_z"),
        "sd of z": number_of("sd_z"),
        "5 %": number_of("q05"),
        "median": number_of("q50"),
        "95 %": number_of("q95"),
        "z > 2": share_of("above_two"),
        "interval of z > 2": bracket_of("above_two"),
        "without z": number_of("n_without_z"),
        "impossible": number_of("n_impossible"),
    }
    about = (
        "z: surprisal of a response less what the scorer expects on that path (its entropies), in "
        "standard deviations. All that a scorer draws at temperature 1 and top_p 1 has a mean near "
        "0 and a standard deviation near 1 under it, at any length; correct and wrong responses "
        "are selections of that and need not. High z of another model's right responses: the "
        "scorer would rarely write so. Near or below 0: they read like its own, which does not say "
        "that k draws would reach them. Every problem weighs the same. Without z: no token, no "
        "entropies, or next to no choice; impossible: the scorer gives a token the probability 0. "
        "Both are left out."
    )
    return summary("typicality", "Typicality over problems", about, frame, columns)


def atypical(frame: pl.DataFrame) -> Summary:
    """Show the right responses that are least typical of each scorer."""
    columns: dict[str, Cell] = {
        **SCORED,
        "place": number_of("place"),
        "of": number_of("n_distinct"),
        "problem": text_of("problem_id"),
        "sample": number_of("sample_index"),
        "z": number_of("z"),
        "surprisal": number_of("surprisal"),
        "tokens": number_of("n_tokens"),
    }
    about = (
        "Right responses of the largest z, to be read. Each is the largest, second largest, … of "
        "as many distinct right responses as stand under “of”, and among many some are far out by "
        "chance; z is not exactly normal either, and skewed to the right. So no z here is a "
        "p-value. Surprisal is −log p of the whole response in nats."
    )
    title = "Least typical right responses"
    return summary("atypical", title, about, frame, columns, {"problem": of_problem})


#: Tables of the page, by the table that each shows.
SUMMARIES = {"typicality": typicality, "atypical": atypical}
