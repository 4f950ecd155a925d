"""The study's tables as a reader sees them: few columns, rounded numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from boundary.comparison_tables import GRADING_RULES
from boundary.decisions import read_guards
from boundary.report.text import share, visible
from boundary.verdict_words import detectable, stretches
from boundary.wording import k_interval, number, p_value, percent, points, regained, span

ROWS_SHOWN = 200
#: Rows of the table of answers, and characters of each.
DISAGREEMENTS_SHOWN, ANSWER_LIMIT = 40, 120


@dataclass(frozen=True)
class Summary:
    """One table of the page.

    Attributes
    ----------
    name : str
        Stem of the CSV that holds all of it.
    title, about : str
        Heading, and what the columns mean.
    header : list of str
        Column heads.
    rows : list of list of str
        Cells as plain text.
    hidden : int
        Rows that only the CSV shows.
    """

    name: str
    title: str
    about: str
    header: list[str]
    rows: list[list[str]]
    hidden: int


Cell = Callable[[Mapping[str, Any]], str]


def _summary(
    name: str, title: str, about: str, frame: pl.DataFrame, columns: dict[str, Cell]
) -> Summary:
    shown = frame.head(ROWS_SHOWN).to_dicts()
    rows = [[cell(row) for cell in columns.values()] for row in shown]
    return Summary(name, title, about, list(columns), rows, max(0, frame.height - ROWS_SHOWN))


def _text(column: str) -> Cell:
    return lambda row: visible(row[column])


def _number(column: str) -> Cell:
    return lambda row: number(row[column])


def _share(column: str) -> Cell:
    return lambda row: share(row[column])


def _points(column: str) -> Cell:
    return lambda row: points(row[column])


def _arm(model: str, protocol: str) -> Cell:
    return lambda row: f"{visible(row[model])} · {visible(row[protocol])}"


_PAIR: dict[str, Cell] = {
    "benchmark": _text("benchmark"),
    "base": _arm("base", "protocol"),
    "other": _arm("other", "other_protocol"),
}


def _guards(row: Mapping[str, Any]) -> str:
    return ", ".join(read_guards(row["guard"])) or "–"


def _decided(row: Mapping[str, Any]) -> str:
    return "; ".join(f"{side} {ks}" for side, ks in stretches(row)) or "–"


def crossovers(frame: pl.DataFrame) -> Summary:
    """Summarise the crossovers table."""
    columns: dict[str, Cell] = {
        **_PAIR,
        "guard": _guards,
        "verdict": _text("verdict"),
        "decided k": _decided,
        "this set alone": _text("verdict_fixed"),
        "after Holm": _text("verdict_holm"),
        "k×": _number("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "K": _number("k_max"),
        "D(1)": _points("diff_at_1"),
        "D(K)": _points("diff_at_k_max"),
        "interval of D(K)": lambda row: (
            f"[{points(row['diff_ci_low'])}, {points(row['diff_ci_high'])}]"
        ),
        "detectable |D(K)|": lambda row: detectable(row) or "–",
        "M": _number("n_problems"),
        "differs by permission": _text("permitted"),
        "note": _text("note"),
    }
    about = (
        "Guard: why no claim can rest on the verdict. Decided k: where the simultaneous band "
        "excludes 0, and in whose favour. k×: the k at which the base overtakes. D = base − other "
        "in percentage points of pass@k; K: the largest k that the verdict looks at."
    )
    return _summary("crossovers", "Crossovers", about, frame, columns)


def coverage(frame: pl.DataFrame) -> Summary:
    """Summarise the coverage table."""
    columns: dict[str, Cell] = {
        **_PAIR,
        "both": _number("both"),
        "base only": _number("base_only"),
        "other only": _number("other_only"),
        "neither": _number("neither"),
        "McNemar": lambda row: p_value(row["mcnemar_p"]),
        "n": lambda row: span(row["n_min"], row["n_max"]),
        "n base": _number("n_base"),
        "n other": _number("n_other"),
        "M": _number("n_problems"),
        "base only, regained": lambda row: regained(row, "base_only"),
        "base only, next n": _predicted("base_only"),
        "other only, regained": lambda row: regained(row, "other_only"),
        "other only, next n": _predicted("other_only"),
        "note": _text("note"),
    }
    about = (
        "Problems solved at least once in n samples of either model, expected where one has more. "
        "McNemar: exact, two-sided. Regained: of the problems that one model alone solves in half "
        "of its samples, the share that the other solves in its other half, over all ways to split "
        "them, with an interval over problems; –: too few. Next n: what an empirical-Bayes fit to "
        "all samples expects, as a rule too little; refuted: it fails to predict the halves; "
        "untried: they are too few to tell."
    )
    return _summary("coverage", "Coverage", about, frame, columns)


def _predicted(only: str) -> Cell:
    tried = {True: "", False: " (refuted)", None: " (untried)"}

    def cell(row: Mapping[str, Any]) -> str:
        value = row[f"{only}_predicted"]
        return "–" if value is None else percent(value) + tried[row[f"{only}_calibrated"]]

    return cell


def efficiency(frame: pl.DataFrame) -> Summary:
    """Summarise the efficiency table."""
    columns: dict[str, Cell] = {
        **_PAIR,
        "k": _number("k"),
        "base pass@k": _share("base_pass_at_k"),
        "other pass@1": _share("other_pass_at_1"),
        "gap": _points("gap"),
        "interval": lambda row: f"[{points(row['ci_low'])}, {points(row['ci_high'])}]",
        "M": _number("n_problems"),
        "flagged": lambda row: "k > n/2" if row["flagged"] else "–",
    }
    about = (
        "Sampling-efficiency gap ΔSE: the base's pass@k less the other model's pass@1, in "
        "percentage points. The smaller, the more of the base's boundary one sample reaches."
    )
    return _summary("efficiency", "Sampling efficiency", about, frame, columns)


def responses(frame: pl.DataFrame) -> Summary:
    """Summarise the responses table, without arms of which nothing is known."""
    kept = frame.filter(pl.col("truncated").is_not_null()).sort("benchmark", "model", "protocol")
    columns: dict[str, Cell] = {
        "benchmark": _text("benchmark"),
        "model": _arm("model", "protocol"),
        "M": _number("n_problems"),
        "responses": _number("n_responses"),
        "truncated": _share("truncated_share"),
        "interval": lambda row: (
            f"[{share(row['truncated_ci_low'])}, {share(row['truncated_ci_high'])}]"
        ),
        "empty": _share("empty_share"),
        "no answer": _share("no_answer_share"),
        "copies": _share("duplicate_share"),
        "mean tokens": _number("mean_tokens"),
    }
    about = (
        "Truncated: cut at max_tokens, with its interval over problems; what was cut counts as "
        "answered or not as it stands, so that pass@k is a lower bound. Copies: responses that "
        "repeat another one to the same problem, to the letter."
    )
    if "n_unset" in kept.columns and kept["n_unset"].sum():
        columns["no outcome"] = _number("n_unset")
        about += (
            " No outcome: a fault of the machine ended them; they count as failures, and the "
            "shares leave them out."
        )
    return _summary("responses", "How responses ended", about, kept, columns)


def passk(frame: pl.DataFrame) -> Summary:
    """Summarise pass@k at powers of two and at each arm's largest k."""
    arm = ["model", "benchmark", "protocol"]
    powers = [1 << exponent for exponent in range(40)]
    kept = (
        frame.filter(pl.col("pass_at_k").is_not_null())
        .filter(pl.col("k").is_in(powers) | (pl.col("k") == pl.col("k").max().over(arm)))
        .sort("benchmark", "model", "protocol", "k")
    )
    columns: dict[str, Cell] = {
        "benchmark": _text("benchmark"),
        "model": _arm("model", "protocol"),
        "k": _number("k"),
        "pass@k": _share("pass_at_k"),
        "interval": lambda row: f"[{share(row['ci_low'])}, {share(row['ci_high'])}]",
        "n": _number("n_min"),
        "M": _number("n_problems"),
        "flagged": lambda row: "k > n/2" if row["flagged"] else "–",
    }
    about = "Unbiased pass@k (Chen et al. 2021) with pointwise intervals; n: fewest samples."
    return _summary("passk", "pass@k at powers of two", about, kept, columns)


def _bracket(prefix: str) -> Cell:
    return lambda row: f"[{number(row[f'{prefix}_low'])}, {number(row[f'{prefix}_high'])}]"


def perplexity(frame: pl.DataFrame) -> Summary:
    """Summarise the perplexity table over problems."""
    columns: dict[str, Cell] = {
        "benchmark": _text("benchmark"),
        "scored by": _text("scorer"),
        "responses of": _arm("source_model", "protocol"),
        "which": _text("responses"),
        "problems": _text("scope"),
        "M": _number("n_problems"),
        "responses": _number("n_responses"),
        "median perplexity": _number("median_perplexity"),
        "interval of median": _bracket("median_ci"),
        "mean perplexity": _number("mean_perplexity"),
        "interval of mean": _bracket("mean_ci"),
        "mean surprisal": _number("mean_surprisal"),
        "interval of surprisal": _bracket("surprisal_ci"),
    }
    about = (
        "Perplexity per token of one model's responses under another; surprisal is −log p of the "
        "whole response in nats. Every problem weighs the same: the median of problems' medians, "
        "the mean of their means. shared: on the problems to which every model scored by that "
        "scorer has a response of the kind, so that these rows compare the same problems. Rows "
        "in which every response weighs the same (unit: responses) stand in the CSV. Low "
        "perplexity does not mean that k draws would reach a response."
    )
    kept = frame.filter(pl.col("unit") == "problems")
    made = _summary("perplexity", "Perplexity over problems", about, kept, columns)
    return replace(made, hidden=frame.height - min(kept.height, ROWS_SHOWN))


def grading(frame: pl.DataFrame) -> Summary:
    """Summarise the grading table."""
    columns: dict[str, Cell] = {
        **_PAIR,
        "rule": _text("rule"),
        "guard": _guards,
        "verdict": _text("verdict"),
        "k×": _number("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "D(1)": _points("diff_at_1"),
        "D(K)": _points("diff_at_k_max"),
        "K": _number("k_max"),
        "solved by base": _number("base_solved"),
        "solved by other": _number("other_solved"),
        "responses of base changed": _changed("base"),
        "responses of other changed": _changed("other"),
        "M": _number("n_problems"),
    }
    about = (
        "Every comparison under each rule of grading. Strict: the verifier's own. Lenient: one "
        "that mimics the paper's grader. Agreed: strict, and a second engine says so too. Boxed, "
        "declared, any: strict, of the answers that each of these rules reads; one of them is the "
        "study's. Fenced: strict, of the last fenced block as the program. Changed: against "
        "strict, net within each problem, and in how many problems."
    )
    rules = pl.col("rule").cast(pl.Enum(GRADING_RULES))
    ordered = frame.sort("benchmark", "comparison", rules)
    return _summary("grading", "Rules of grading", about, ordered, columns)


def _changed(side: str) -> Cell:
    return lambda row: (
        f"{number(row[f'{side}_responses_changed'])} in {number(row[f'{side}_problems_changed'])}"
    )


def audit(frame: pl.DataFrame) -> Summary:
    """Summarise the audit table."""
    columns: dict[str, Cell] = {
        "benchmark": _text("benchmark"),
        "model": _arm("model", "protocol"),
        "kind": _text("kind"),
        "name": _text("name"),
        "responses": _number("responses"),
        "of": _number("n_responses"),
        "problems": _number("problems"),
        "M": _number("n_problems"),
        "share": _share("share"),
        "interval": lambda row: f"[{share(row['ci_low'])}, {share(row['ci_high'])}]",
    }
    about = (
        "Breach: an attack on the verifier seen at run time, a violation. Trick: one seen only in "
        "the source; the verdict stands. Sandbox: by which one programs were run. Extraction: in "
        "which form the answer stood. Remark: of the verifier of mathematics. Shares are means "
        "over problems, and so are their intervals; “any” takes the names of a kind together."
    )
    ordered = frame.sort("kind", "name", "benchmark", "model", "protocol")
    return _summary(
        "audit", "Attacks on the verifier, forms of answers, and remarks", about, ordered, columns
    )


def disagreements(frame: pl.DataFrame) -> Summary:
    """Summarise the answers on which rules of grading differ, the most frequent first."""
    columns: dict[str, Cell] = {
        "benchmark": _text("benchmark"),
        "model": _arm("model", "protocol"),
        "problem": lambda row: visible(row["problem_id"], ANSWER_LIMIT),
        "gold": lambda row: visible(row["gold"], ANSWER_LIMIT),
        "answer": lambda row: visible(row["answer"], ANSWER_LIMIT),
        "strict": _yes("correct"),
        "lenient": _yes("correct_lenient"),
        "agreed": _yes("correct_agreed"),
        "responses": _number("responses"),
    }
    about = "Answers that one rule of grading takes for correct and another does not."
    key = ("responses", "benchmark", "model", "protocol", "problem_id", "answer")
    ordered = frame.sort(key, descending=[True, *[False] * 5])
    kept = ordered.head(DISAGREEMENTS_SHOWN)
    made = _summary("disagreements", "Answers on which rules differ", about, kept, columns)
    return replace(made, hidden=frame.height - kept.height)


def _yes(column: str) -> Cell:
    return lambda row: {True: "correct", False: "wrong", None: "–"}[row[column]]


_SUMMARIES: dict[str, Callable[[pl.DataFrame], Summary]] = {
    "crossovers": crossovers,
    "coverage": coverage,
    "efficiency": efficiency,
    "responses": responses,
    "passk": passk,
    "perplexity": perplexity,
    "grading": grading,
    "audit": audit,
    "disagreements": disagreements,
}


def summarise(tables: Mapping[str, pl.DataFrame]) -> list[Summary]:
    """Return the page's tables in reading order, without those that have no rows."""
    made = [
        make(tables[name])
        for name, make in _SUMMARIES.items()
        if name in tables and tables[name].height
    ]
    return [summary for summary in made if summary.rows]
