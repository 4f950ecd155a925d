"""One schema for every table that passes from stage to stage.

The columns are the contract of the pipeline.  `check` (of `boundary.validating`)
is called on every read and every write: it takes numbers and text in other
types where no value changes, fills nothing in, refuses any other type, and
reports every violation with its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from boundary.checking import (
    Column,
    RowRule,
    amount,
    at_most,
    count,
    flag,
    numbers,
    real,
    rule,
    table,
    text,
)
from boundary.checking import Table as Table  # noqa: PLC0414  # re-exported
from boundary.columns import ARM, ARM_KEY, FAULT, PASSK_COLUMNS
from boundary.edits import DRAWN, EXCLUDED
from boundary.extraction import FENCED, FORMS, PROGRAM_FORMS, RULES
from boundary.kinds import KINDS
from boundary.stopping import STOPPING
from boundary.used import SPENT, USED
from boundary.validating import check as check  # noqa: PLC0414

#: Whether what each rule of extraction reads is correct: of answers, and of programs.
CORRECT_UNDER = tuple(f"correct_{rule}" for rule in RULES)
CORRECT_FENCED = f"correct_{FENCED}"
#: How many answers were first read by the narrower rules of extraction: in a box, or declared.
ANSWERED_BY = tuple(f"answered_{rule}" for rule in RULES[:-1])
#: How many of these are correct.
ANSWERED_RIGHT = tuple(f"{name}_correct" for name in ANSWERED_BY)
#: Responses that are wrong in the scores and perhaps were not in truth, of none of which two
#: of these count: cut at the token limit; given up for their time or memory; ended by an error.
UNGRADED = ("truncated_wrong", "timed_out", "errored")
FINISH_REASONS = ("stop", "length", FAULT)
#: How a candidate program was walled off, the best first.
SANDBOXES = ("bubblewrap", "namespaces", "reduced")
VERDICTS = ("correct", "wrong", "no_answer", "timeout", "resource", "error", "violation")

#: An image of a problem: its file, beside the table, and what it is (`boundary.images`).
IMAGE = pl.Struct(
    {
        **dict.fromkeys(("sha256", "file", "media_type"), pl.String),
        **dict.fromkeys(("width", "height"), pl.Int64),
    }
)
PROBLEMS = table(
    "problems",
    ("benchmark", "problem_id"),
    {
        "benchmark": text(),
        "problem_id": text(),
        "question": text(),
        "answer": text(null=True),
        "kind": text(among=tuple(KINDS)),
        "tests": text(null=True),
        "metadata": text(null=True),
        # What a model is shown beside the question; no verifier reads it.
        "images": Column(pl.List(IMAGE), null=True, need=False),
    },
    filled=True,
)

#: All of a problem but its tests, which may be far longer than all else.
UNTESTED = tuple(name for name in PROBLEMS.columns if name != "tests")

#: What samples tell besides, where a sampler of whole responses drew them.
MOVED = ("tokens_drawn", "moves", "accepted")

SAMPLES = table(
    "samples",
    (*ARM_KEY, "problem_id", "sample_index"),
    {
        **ARM,
        "problem_id": text(),
        "sample_index": count(),
        "seed": count(),
        "response": text(),
        "n_tokens": count(),
        "finish_reason": text(among=FINISH_REASONS),
        "logprob_sum": real(null=True),
        "token_ids": numbers(pl.Int64),
        "logprobs": numbers(pl.Float64),
        **{name: count(null=True, need=False) for name in MOVED},
    },
    at_most("accepted", "moves"),
    filled=True,
)

#: Responses of other tools, which do not tell how every one was drawn and how it ended.
IMPORTED_SAMPLES = table(
    "imported samples",
    SAMPLES.key,
    {
        **SAMPLES.columns,
        "seed": count(null=True),
        "n_tokens": count(null=True),
        "finish_reason": text(null=True, among=FINISH_REASONS),
        "correct_theirs": flag(null=True, need=False),
        "score": real(null=True, need=False),
        "rounds": count(null=True, need=False),
        "cost": real(null=True, need=False),
    },
    filled=True,
)

VERDICTS_TABLE = table(
    "verdicts",
    ("problem_id", "sample_index"),
    {
        "problem_id": text(),
        "sample_index": count(),
        "answer": text(null=True),
        "extraction": text(null=True, need=False, among=(*FORMS, *PROGRAM_FORMS)),
        "verdict": text(among=VERDICTS),
        "correct": flag(),
        "grader": text(),
        "detail": text(null=True),
        "remarks": text(null=True, need=False),
        "chain_correct": flag(null=True, need=False),
        "correct_lenient": flag(null=True, need=False),
        "correct_agreed": flag(null=True, need=False),
        "correct_theirs": flag(null=True, need=False),
        **{name: flag(null=True, need=False) for name in (*CORRECT_UNDER, CORRECT_FENCED)},
        "breach": text(null=True, need=False),
        "tricks": text(null=True, need=False),
        "sandbox": text(null=True, need=False, among=SANDBOXES),
        "response_digest": count(null=True, need=False),
        "problem_digest": count(null=True, need=False),
    },
    rule(
        "correct says what verdict says",
        ("correct", "verdict"),
        pl.col("correct") == (pl.col("verdict") == "correct"),
    ),
    rule(
        "correct_agreed only where correct",
        ("correct_agreed", "correct"),
        pl.col("correct") | ~pl.col("correct_agreed"),
    ),
    rule(
        "breach where the verdict is violation, and nowhere else",
        ("breach", "verdict"),
        pl.col("breach").is_not_null() == (pl.col("verdict") == "violation"),
    ),
)

_COUNTED = (
    "correct",
    "truncated",
    "no_answer",
    "distinct_answers",
    "chain_correct",
    "correct_lenient",
    "correct_agreed",
    "correct_theirs",
    *CORRECT_UNDER,
    CORRECT_FENCED,
    "violations",
    "tricked",
    "reduced",
    "empty",
    "distinct_responses",
    "distinct_correct_responses",
    "distinct_wrong_answers",
    *UNGRADED,
    "truncated_no_answer",
    *ANSWERED_BY,
    *ANSWERED_RIGHT,
    "n_unset",
)


def _doubled(column: str) -> pl.Expr:
    """Return whether a number of samples is the first look, doubled any number of times."""
    times = pl.col(column) // pl.col("first_look")
    exact = pl.col(column) % pl.col("first_look") == 0
    return exact & (times > 0) & ((times & (times - 1)) == 0)


#: Up to here the estimators are accurate and their tables fit in memory.
MOST_SAMPLES = 1_000_000

SCORES = table(
    "scores",
    (*ARM_KEY, "problem_id"),
    {
        **ARM,
        "problem_id": text(),
        "n": count(least=1),
        "correct": count(),
        "truncated": count(null=True),
        "no_answer": count(null=True),
        "distinct_answers": count(null=True),
        "majority_correct": flag(null=True),
        "mean_tokens": real(null=True),
        "chain_correct": count(null=True, need=False),
        "correct_lenient": count(null=True, need=False),
        "correct_agreed": count(null=True, need=False),
        "correct_theirs": count(null=True, need=False),
        **{name: count(null=True, need=False) for name in (*CORRECT_UNDER, CORRECT_FENCED)},
        "violations": count(null=True, need=False),
        "tricked": count(null=True, need=False),
        "reduced": count(null=True, need=False),
        "empty": count(null=True, need=False),
        "distinct_responses": count(null=True, need=False),
        "distinct_correct_responses": count(null=True, need=False),
        "distinct_wrong_answers": count(null=True, need=False),
        "answer_entropy": real(null=True, need=False),
        **{name: count(null=True, need=False) for name in UNGRADED},
        "truncated_no_answer": count(null=True, need=False),
        **{name: count(null=True, need=False) for name in (*ANSWERED_BY, *ANSWERED_RIGHT)},
        "n_unset": count(null=True, need=False),
        USED["rounds"]: numbers(pl.Int64),
        USED["n_tokens"]: numbers(pl.Int64),
        USED["cost"]: numbers(pl.Float64),
        **{name: amount(null=True, need=False) for name in SPENT.values()},
        **{name: count(null=True, need=False) for name in MOVED},
        # The rule of an arm whose problems may stop before n_max; null: none may.
        **{name: count(null=True, need=False, least=1) for name in STOPPING},
        "strata": text(null=True, need=False),
        "question": text(null=True, need=False),
        "cluster": text(null=True, need=False),
        "problem_digest": count(null=True, need=False),
        "responses_digest": count(null=True, need=False),
    },
    rule(
        f"n at most {MOST_SAMPLES:,}, as pass@k is worked out at every k",
        ("n",),
        pl.col("n") <= MOST_SAMPLES,
    ),
    rule(f"n_max at most {MOST_SAMPLES:,} too", ("n_max",), pl.col("n_max") <= MOST_SAMPLES),
    *(at_most(column, "n") for column in _COUNTED),
    at_most("correct_agreed", "correct"),
    at_most("accepted", "moves"),
    *(
        rule(
            f"{name} of each correct one",
            (name, "correct"),
            pl.col(name).list.len() == pl.col("correct"),
        )
        for name in USED.values()
    ),
    rule(
        "correct at most n - n_unset",
        ("correct", "n", "n_unset"),
        pl.col("correct") + pl.col("n_unset") <= pl.col("n"),
    ),
    rule(
        f"correct, n_unset, {', '.join(UNGRADED)} together at most n",
        ("correct", "n", "n_unset", *UNGRADED),
        pl.sum_horizontal("correct", "n_unset", *UNGRADED) <= pl.col("n"),
    ),
    rule(
        "all of a stopping rule or nothing",
        STOPPING,
        pl.sum_horizontal(pl.col(name).is_null() for name in STOPPING).is_in([0, len(STOPPING)]),
    ),
    rule(
        "n and n_max are first_look doubled, n at most n_max",
        ("n", *STOPPING),
        _doubled("n") & _doubled("n_max") & (pl.col("n") <= pl.col("n_max")),
    ),
    rule(
        "a problem that stopped has stop_after correct",
        ("n", "correct", *STOPPING),
        (pl.col("n") >= pl.col("n_max")) | (pl.col("correct") >= pl.col("stop_after")),
    ),
    rule(
        "correct below stop_after at the look before",
        ("n", "correct", *STOPPING),
        # A problem with so many at the look before would have ended there.
        (pl.col("n") <= pl.col("first_look"))
        | (pl.col("correct") < pl.col("stop_after") + pl.col("n") - pl.col("n") // 2),
    ),
    filled=True,
)


PASSK = table("passk", (*ARM_KEY, "k"), {**ARM, **PASSK_COLUMNS})


SCORED = {name: text() for name in ("scorer", "source_model", "benchmark", "protocol")}

#: Lists of LIKELIHOODS that have an entry a sampler.
NUCLEI = ("temperatures", "top_ps", "outside_tokens", "undecided_tokens", "first_outside")
#: Lists of TOKEN_SCORES that have an entry a token.
OF_TOKENS = ("logprobs", "ranks", "top_logprobs", "entropies", "varentropies")


def _alike(names: Sequence[str]) -> Iterator[RowRule]:
    """Yield that lists of a row have one length."""
    first, *others = names
    for name in others:
        yield rule(
            f"{name} as long as {first}",
            (first, name),
            pl.col(name).list.len() == pl.col(first).list.len(),
        )


LIKELIHOODS = table(
    "likelihoods",
    (*SCORED, "problem_id", "sample_index"),
    {
        **SCORED,
        "problem_id": text(),
        "sample_index": count(),
        "n_tokens": count(),
        "logprob_sum": real(),
        "perplexity": real(null=True),
        "correct": flag(null=True, need=False),
        "response_digest": count(null=True, need=False),
        **{name: count(null=True, need=False) for name in ("response_bytes", "sampled_tokens")},
        "sampled_logprob_sum": real(null=True, need=False),
        "left_out_tokens": count(need=False),
        "vocabulary": text(null=True, need=False),
        "top_tokens": count(null=True, need=False),
        **{
            name: real(null=True, need=False)
            for name in ("top_logprob_sum", "entropy_sum", "varentropy_sum")
        },
        **{name: numbers(pl.Float64) for name in NUCLEI[:2]},
        **{name: numbers(pl.Int64) for name in NUCLEI[2:]},
    },
    # Up to rounding, of which each token has some.
    rule(
        "logprob_sum at most 0",
        ("logprob_sum", "n_tokens"),
        pl.col("logprob_sum") <= 1e-3 * pl.col("n_tokens"),
    ),
    *_alike(NUCLEI),
    *(
        rule(
            f"{name} at most n_tokens",
            (name, "n_tokens"),
            pl.col(name).list.max() <= pl.col("n_tokens"),
        )
        for name in ("outside_tokens", "undecided_tokens")
    ),
    filled=True,
)

#: What a scorer says of each token of a response; lists are as long as its tokens.
TOKEN_SCORES = table(
    "token_scores",
    LIKELIHOODS.key,
    {
        **SCORED,
        "problem_id": text(),
        "sample_index": count(),
        "token_ends": numbers(pl.Int64),
        "logprobs": replace(numbers(pl.Float32), null=False, need=True),
        "ranks": numbers(pl.Int64),
        **{name: numbers(pl.Float32) for name in OF_TOKENS[2:]},
    },
    *_alike((*OF_TOKENS, "token_ends")),
    rule(
        "logprobs are numbers, none above 0",
        ("logprobs",),
        pl.col("logprobs")
        .list.eval((pl.element() <= 1e-3) & pl.element().is_not_nan())
        .list.eval(pl.element().fill_null(False))
        .list.all(),
    ),
)

#: Where the responses of a donor differ from what a host would write, of one benchmark.
CROSSED_POSITIONS = table(
    "crossed_positions",
    ("problem_id", "rank"),
    {
        "problem_id": text(),
        "rank": count(),
        "random_rank": count(),
        "position": count(),
        "gain": real(),
        "responses": count(least=1),
        "of_right": flag(),
        "token": text(),
    },
    filled=True,
)

#: What became of each edit of each response: the sample that goes on from it, or why there is
#: none.  Step 0 is the whole chain; equal edited responses to a problem have one sample.
EDITED = table(
    "edited",
    ("problem_id", "original", "edit", "step"),
    {
        "problem_id": text(),
        "original": count(),
        "edit": text(among=DRAWN),
        "step": count(),
        "steps": count(),
        "implied": text(null=True),
        "donor_problem": text(null=True),
        "donor_sample": count(null=True),
        "excluded": text(null=True, among=EXCLUDED),
        "sample_index": count(null=True),
    },
    rule(
        "a sample where nothing excludes it, and nowhere else",
        ("excluded", "sample_index"),
        pl.col("excluded").is_null() == pl.col("sample_index").is_not_null(),
    ),
)
