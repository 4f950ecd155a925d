"""What the report says of the parts of a gain, and of the gain under each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from boundary.analyses.format_gain.tables import PART_OF, TERM_WORDS
from boundary.comparison_tables import GRADING_RULES
from boundary.decisions import read_guards
from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row, rows_by_pair
from boundary.wording import interval, listed, number, percent, points, span, with_interval

#: What counts under a rule, and what a difference between it and the widest is of.
_READS = {
    "boxed": ("when only answers in a box count", "format"),
    "declared": ("when only declared answers count", "format"),
    "fenced": ("when only the last fenced block counts", "format"),
    "theirs": ("by the verdicts of its files", "grading"),
    "lenient": ("by the lenient rule", "grading"),
    "agreed": ("where a second engine agrees", "grading"),
}
_WIDEST = {
    "any": "when whatever a reader would take for the answer counts",
    "strict": "by the study's rule",
}


def _share(column: str) -> Cell:
    return lambda row: "–" if row[column] is None else percent(row[column])


_SIZES: dict[str, Cell] = {
    "n": lambda row: span(*sorted((row["n_base"], row["n_other"]))),
    "M": number_of("n_problems"),
}


def format_gain(frame: pl.DataFrame) -> Summary:
    """Summarise the parts of each gain."""
    columns: dict[str, Cell] = {
        **PAIR,
        "part": lambda row: TERM_WORDS[row["term"]],
        "points at k = 1": estimate_of("points", stem="ci"),
        "responses of base": _share("base_share"),
        "of other": _share("other_share"),
        "right of these, base": _share("base_right"),
        "right of these, other": _share("other_right"),
        "problems with such answers": number_of("support"),
        **_SIZES,
    }
    about = (
        "Other − base in pass@1, in parts that add up: answering is what the change in the share "
        "of answered responses comes to, at the mean accuracy of answers, of responses that were "
        "cut, ended without an answer or without outcome; being right is what the change in "
        "accuracy comes to, of which another form of answers may be a part. Intervals over "
        "problems."
    )
    order = pl.col("term").cast(pl.Enum(list(PART_OF)))
    ordered = frame.sort("benchmark", "comparison", order)
    return summary("format_gain", "Parts of the gain", about, ordered, columns)


def rule_gains(frame: pl.DataFrame) -> Summary:
    """Summarise the gain under each rule."""
    columns: dict[str, Cell] = {
        **PAIR,
        "rule": text_of("rule"),
        "pass@1 of base": _share("base_pass_at_1"),
        "of other": _share("other_pass_at_1"),
        "gain": estimate_of("gain", stem="ci"),
        "beyond the widest rule": estimate_of("beyond"),
        "widest": text_of("widest"),
        "flips": lambda row: "yes" if row["flips"] else "no",
        **_SIZES,
    }
    about = (
        "Other − base in pass@1 under each rule of grading and extraction, in points, and how much "
        "of it is not there under the rule that reads most. Flips: one of the two intervals "
        "excludes 0, the other lies beyond 0 or holds it and ends before half of that gain, and "
        "the gains differ. Intervals over problems."
    )
    rules = pl.col("rule").cast(pl.Enum(GRADING_RULES))
    ordered = frame.sort("benchmark", "comparison", rules)
    return summary("rule_gains", "Gain by rule", about, ordered, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what of a gain is answering, format or grading, where any is.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study.

    Returns
    -------
    dict
        Sentences by comparison and benchmark, of those of which there is something to say.
    """
    gains, parts, verdicts = (
        _by_pair(tables, name, key)
        for name, key in (("rule_gains", "rule"), ("format_gain", "term"), ("grading", "rule"))
    )
    texts = {}
    for key in dict.fromkeys((*gains, *parts, *verdicts)):
        sentences = [
            *flipped(gains.get(key, {})),
            *answering(parts.get(key, {})),
            *by_verdict(verdicts.get(key, {})),
        ]
        if sentences:
            texts[key] = " ".join(sentences)
    return texts


def _by_pair(
    tables: Mapping[str, pl.DataFrame], name: str, key: str
) -> dict[tuple[str, str], dict[str, Row]]:
    pairs = rows_by_pair(tables.get(name))
    return {pair: {row[key]: row for row in rows} for pair, rows in pairs.items()}


def flipped(rows: Mapping[str, Row]) -> Iterator[str]:
    """Say of which rules the gain is not there under the widest, or the other way.

    Parameters
    ----------
    rows : mapping
        The rows of RULE_GAINS of one comparison, by rule.
    """
    flips = [rule for rule in _READS if rule in rows and rows[rule]["flips"]]
    if not flips:
        return
    first, *others = flips
    reads, what = _READS[first]
    row = rows[first]
    widest = rows[row["widest"]]
    head = f"{what.capitalize()}, not ability"
    if row["ci_low"] <= 0 <= row["ci_high"]:
        # Of two ways to judge neither is known to be right, where a narrow form hides answers.
        head = "Hidden by format" if what == "format" else "Hangs on grading"
    name = names(PairRow.of(row))
    yield (
        f"{head}: {reads}, {name['other']} − {name['base']} is {_gain(row)} points at k = 1; "
        f"{_WIDEST[row['widest']]}, {_gain(widest)}. The two differ by {points(row['beyond'])} "
        f"{interval(row, 'beyond')} (M = {number(row['n_problems'])})."
    )
    if others:
        each = [f"{_READS[rule][0]} it is {_gain(rows[rule])}" for rule in others]
        yield f"It differs too under other rules: {'; '.join(each)}."


def _gain(row: Row) -> str:
    shares = f"{percent(row['base_pass_at_1'])} to {percent(row['other_pass_at_1'])}"
    return f"{with_interval(row, 'gain', stem='ci')} ({shares})"


def answering(rows: Mapping[str, Row]) -> Iterator[str]:
    """Say how much of a gain is answering more or less often, where its interval excludes 0.

    Parameters
    ----------
    rows : mapping
        The rows of FORMAT_GAIN of one comparison, by term.
    """
    part = rows.get("answering")
    if part is None or part["ci_low"] <= 0 <= part["ci_high"]:
        return
    gain, right = rows["gain"], rows["being_right"]
    often = "more" if part["points"] > 0 else "less"
    shares = " to ".join(percent(part[f"{side}_share"]) for side in ("base", "other"))
    yield (
        f"Of {points(gain['points'])} points at k = 1 (other − base), {points(part['points'])} "
        f"{interval(part)} come of answering {often} often ({shares} of responses) and "
        f"{points(right['points'])} {interval(right)} of how often an answer is right."
    )
    silent = [side for side in ("base", "other") if part[f"{side}_right"] is None]
    if silent:
        yield f"As {silent[0]} never answered, it is taken to be as often right as the other."


def by_verdict(rows: Mapping[str, Row]) -> Iterator[str]:
    """Say the verdict under each rule, where they differ.

    Parameters
    ----------
    rows : mapping
        The rows of GRADING of one comparison, by rule.
    """
    verdicts: dict[str, list[str]] = {}
    for rule in GRADING_RULES:
        if rule in rows:
            guards = ", ".join(read_guards(rows[rule]["guard"]))
            words = f"{rule} (no claim: {guards})" if guards else rule
            verdicts.setdefault(rows[rule]["verdict"], []).append(words)
    if len(verdicts) > 1:
        each = "; ".join(f"{verdict} under {listed(rules)}" for verdict, rules in verdicts.items())
        yield f"By rule of grading the verdict is {each}."


#: Tables of the page, by the table that each shows.
SUMMARIES = {"format_gain": format_gain, "rule_gains": rule_gains}
