"""What the report shows of the least typical responses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import polars as pl

from boundary.report.links import of_problem
from boundary.report.passages import Passage, Passages, Token
from boundary.report.text import visible
from boundary.rows import Row
from boundary.tables import LIKELIHOODS
from boundary.wording import number

#: Least contributions of levels 1, 2 and 3.
LEVELS = (1.0, 2.0, 4.0)
MEANINGS = [
    "unmarked: below 1, or not known",
    "dotted: 1 to 2",
    "underlined: 2 to 4",
    "underlined twice: 4 and more",
]
SHOWN = 20
LONGEST_TOKEN = 100


def surprising_tokens(frame: pl.DataFrame) -> Passages:
    """Show the least typical responses with their tokens marked by contribution."""
    groups = frame.sort("z", *LIKELIHOODS.key, "place", descending=[True] + [False] * 7).group_by(
        [*LIKELIHOODS.key], maintain_order=True
    )
    passages = [_passage(rows.to_dicts()) for _, rows in groups]
    about = (
        "The right responses of each model that are least typical of another, of those scored "
        "token by token: at most two of each pair. z = Σ(s − H)/√ΣV, with surprisal s, "
        "entropy H and varentropy V of the scorer at each token: near 0, give or take 1, for "
        "responses that the scorer would draw itself. These are picked as the largest, so "
        "they say what is unusual and not how often. A token is marked by (s − H)/√V, its "
        "surprisal beyond what was to be expected at its place in standard deviations there:"
    )
    title = "Least typical right responses, token by token"
    shown = passages[:SHOWN]
    return Passages("surprising_tokens", title, about, MEANINGS, shown, len(passages) - len(shown))


def _passage(rows: Sequence[Row]) -> Passage:
    first, last, n = rows[0], rows[-1]["place"] + 1, rows[0]["n_tokens"]
    names = (first[name] for name in ("scorer", "source_model", "protocol", "benchmark"))
    scorer, source, protocol, benchmark = (visible(name, 200) for name in names)
    part = "" if len(rows) == n else f", tokens {first['place'] + 1:,} to {last:,} of {n:,}"
    heading = (
        f"z = {number(first['z'])} under {scorer}: {source} · {protocol}, {benchmark}, problem "
        f"{visible(first['problem_id'], 200)}, sample {first['sample_index']}{part}"
    )
    return Passage(heading, [_token(row) for row in rows], of_problem(first))


def _token(row: Row) -> Token:
    value = row["contribution"]
    level = 0 if value is None else bisect_right(LEVELS, value)
    note = f"{number(value)}; log p {number(row['logprob'])}, rank {number(row['rank'])}"
    if not row["text"]:
        return Token("⟨⟩", level, f"{note}; no character of its own")
    text = visible(row["text"], LONGEST_TOKEN)
    # A line feed that is marked would be a mark on nothing.
    return Token(text.replace("\n", "↵\n") if level else text, level, note)


#: No table of the page: one row a token is none to read.
SUMMARIES: dict[str, object] = {}
#: Responses of the page, by the table that each shows.
PASSAGES = {"surprising_tokens": surprising_tokens}
