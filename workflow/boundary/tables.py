"""One pandera schema for every table that passes from stage to stage.

The columns are the contract of the pipeline.  `check` (of `boundary.checking`)
is called on every read and every write: it takes numbers and text in other
types where no value changes, fills nothing in, refuses any other type, and
reports every violation with its rows.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from boundary.chain_tables import CHAIN_STUDY_TABLES
from boundary.checking import Table as Table  # noqa: PLC0414  # re-exported
from boundary.checking import at_most, count, flag, real, rule, share, table, text
from boundary.checking import check as check  # noqa: PLC0414
from boundary.columns import ARM, ARM_KEY, FAULT, PASSK_COLUMNS
from boundary.comparison_tables import (
    COVERAGE,
    COVERAGE_PROBLEMS,
    CROSSOVERS,
    DIFFERENCES,
    EFFICIENCY,
    GRADING,
)
from boundary.extraction import FENCED, FORMS, PROGRAM_FORMS, RULES
from boundary.kinds import KINDS

#: Whether what each rule of extraction reads is correct: of answers, and of programs.
CORRECT_UNDER = tuple(f"correct_{rule}" for rule in RULES)
CORRECT_FENCED = f"correct_{FENCED}"
FINISH_REASONS = ("stop", "length", FAULT)
#: How a candidate program was walled off, the best first.
SANDBOXES = ("bubblewrap", "namespaces", "reduced")
VERDICTS = ("correct", "wrong", "no_answer", "timeout", "resource", "error", "violation")
#: What the audit counts: breaches seen at run time, tricks seen in the source, by which
#: sandbox programs were run, in which form answers stood, and what the verifier remarks.
AUDIT_KINDS = ("breach", "trick", "sandbox", "extraction", "remark")

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
    },
    filled=True,
)

#: All of a problem but its tests, which may be far longer than all else.
UNTESTED = tuple(name for name in PROBLEMS.schema.columns if name != "tests")

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
        "token_ids": pa.Column(pl.List(pl.Int64), nullable=True, required=False),
        "logprobs": pa.Column(pl.List(pl.Float64), nullable=True, required=False),
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
    *CORRECT_UNDER,
    CORRECT_FENCED,
    "violations",
    "tricked",
    "reduced",
    "empty",
    "distinct_responses",
    "n_unset",
)

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
        **{name: count(null=True, need=False) for name in (*CORRECT_UNDER, CORRECT_FENCED)},
        "violations": count(null=True, need=False),
        "tricked": count(null=True, need=False),
        "reduced": count(null=True, need=False),
        "empty": count(null=True, need=False),
        "distinct_responses": count(null=True, need=False),
        "n_unset": count(null=True, need=False),
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
    *(at_most(column, "n") for column in _COUNTED),
    at_most("correct_agreed", "correct"),
    rule(
        "correct at most n - n_unset",
        ("correct", "n", "n_unset"),
        pl.col("correct") + pl.col("n_unset") <= pl.col("n"),
    ),
    filled=True,
)

RESPONSES = table(
    "responses",
    ARM_KEY,
    {
        **ARM,
        "n_problems": count(least=1),
        "n_responses": count(least=1),
        "truncated": count(null=True),
        "truncated_share": share(null=True),
        "truncated_ci_low": share(null=True),
        "truncated_ci_high": share(null=True),
        "empty": count(null=True),
        "empty_share": share(null=True),
        "no_answer": count(null=True),
        "no_answer_share": share(null=True),
        "distinct_responses": count(null=True),
        "duplicate_share": share(null=True),
        "mean_tokens": real(null=True),
        "violations": count(null=True, need=False),
        "tricked": count(null=True, need=False),
        "reduced": count(null=True, need=False),
        "n_unset": count(null=True, need=False),
    },
)

PASSK = table("passk", (*ARM_KEY, "k"), {**ARM, **PASSK_COLUMNS})

HISTOGRAM = table(
    "histogram",
    (*ARM_KEY, "bin"),
    {
        **ARM,
        "bin": count(),
        "label": text(),
        "low": share(),
        "high": share(),
        "problems": count(),
        "share": share(),
        "ci_low": share(),
        "ci_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
    },
)

SERIES = table(
    "series",
    ("series", "benchmark", "step", "k"),
    {
        "series": text(),
        **ARM,
        "step": count(),
        "k": count(least=1),
        "pass_at_k": share(),
        "se": real(),
        "ci_low": share(),
        "ci_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

_SCORED = {name: text() for name in ("scorer", "source_model", "benchmark", "protocol")}

LIKELIHOODS = table(
    "likelihoods",
    (*_SCORED, "problem_id", "sample_index"),
    {
        **_SCORED,
        "problem_id": text(),
        "sample_index": count(),
        "n_tokens": count(),
        "logprob_sum": real(),
        "perplexity": real(null=True),
        "correct": flag(null=True, need=False),
        "response_digest": count(null=True, need=False),
    },
    filled=True,
)

PERPLEXITY = table(
    "perplexity",
    (*_SCORED, "responses", "unit", "scope"),
    {
        **_SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "unit": text(among=("problems", "responses")),
        "scope": text(among=("all", "shared")),
        "n_responses": count(),
        "n_problems": count(),
        "median_perplexity": real(null=True),
        "median_ci_low": real(null=True),
        "median_ci_high": real(null=True),
        "mean_perplexity": real(null=True),
        "mean_ci_low": real(null=True),
        "mean_ci_high": real(null=True),
        "mean_surprisal": real(null=True),
        "surprisal_ci_low": real(null=True),
        "surprisal_ci_high": real(null=True),
    },
)

AUDIT = table(
    "audit",
    (*ARM_KEY, "kind", "name"),
    {
        **ARM,
        "kind": text(among=AUDIT_KINDS),
        "name": text(),
        "responses": count(),
        "problems": count(),
        "n_responses": count(),
        "n_problems": count(),
        "share": share(null=True),
        "ci_low": share(null=True),
        "ci_high": share(null=True),
    },
    at_most("responses", "n_responses"),
    at_most("problems", "n_problems"),
)

DISAGREEMENTS = table(
    "disagreements",
    (*ARM_KEY, "problem_id", "answer", "verdict", "correct_lenient", "correct_agreed"),
    {
        **ARM,
        "problem_id": text(),
        "gold": text(null=True),
        "answer": text(null=True),
        "verdict": text(among=VERDICTS),
        "correct": flag(),
        "correct_lenient": flag(null=True),
        "correct_agreed": flag(null=True),
        "responses": count(least=1),
        "first_sample": count(),
    },
)

#: The tables that one job derives from the scores of a study.
STUDY_TABLES: dict[str, Table] = {
    entry.name: entry
    for entry in (
        PASSK,
        DIFFERENCES,
        CROSSOVERS,
        COVERAGE,
        COVERAGE_PROBLEMS,
        HISTOGRAM,
        EFFICIENCY,
        SERIES,
        RESPONSES,
    )
}
#: What the same job makes where the scores say how the answers were judged by each rule.
GRADING_TABLES: dict[str, Table] = {
    "passk_lenient": PASSK,
    "passk_agreed": PASSK,
    **{f"passk_{rule}": PASSK for rule in (*RULES, FENCED)},
    GRADING.name: GRADING,
}
#: Every table that may stand in a study's folder: beside those, pass@k of answers
#: whose chain is right too and of lucky guesses, what the audit of the verdicts found,
#: and what comes from likelihoods.
ALL_STUDY_TABLES: dict[str, Table] = {
    **STUDY_TABLES,
    **GRADING_TABLES,
    "passk_chain": PASSK,
    "guess_floor": PASSK,
    **CHAIN_STUDY_TABLES,
    AUDIT.name: AUDIT,
    DISAGREEMENTS.name: DISAGREEMENTS,
    LIKELIHOODS.name: LIKELIHOODS,
    PERPLEXITY.name: PERPLEXITY,
}
