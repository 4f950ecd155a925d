"""What the report says of grading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from boundary.comparison_tables import EQUALITY_RULES, GRADING_RULES, JUDGE_RULES, PROGRAM_RULES
from boundary.decisions import read_guards
from boundary.extraction import RULES
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    guards_of,
    number_of,
    points_of,
    summary,
    text_of,
)
from boundary.report.links import of_pair
from boundary.report.tags import Tag
from boundary.report.text import visible
from boundary.report.verdicts import side_of
from boundary.rows import Row, VerdictRow
from boundary.verdict_words import crossing
from boundary.wording import k_interval, listed, number

#: Rules of which pages of problems say where they differ from ours: together, if both are there.
OTHER_GRADERS = {"lenient", "theirs"}


def _changes(side: str) -> Cell:
    return lambda row: (
        f"{number(row[f'{side}_responses_changed'])} in {number(row[f'{side}_problems_changed'])}"
    )


def grading(frame: pl.DataFrame) -> Summary:
    """Summarise the grading table."""
    columns: dict[str, Cell] = {
        **PAIR,
        "rule": text_of("rule"),
        "guard": guards_of,
        "verdict": text_of("verdict"),
        "k×": number_of("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "D(1)": points_of("diff_at_1"),
        "D(K)": points_of("diff_at_k_max"),
        "K": number_of("k_max"),
        "solved by base": number_of("base_solved"),
        "solved by other": number_of("other_solved"),
        "responses of base changed": _changes("base"),
        "responses of other changed": _changes("other"),
        "M": number_of("n_problems"),
    }
    about = (
        "Every comparison under each rule of grading. Strict: the verifier's own. Lenient: one "
        "that mimics the paper's grader. Agreed: strict, and a second engine says so too. Boxed, "
        "declared, any: strict, of the answers that each of these rules reads; one of them is the "
        "study's. Fenced: strict, of the last fenced block as the program. Theirs: the verdicts of "
        "an imported file. Changed: against strict, net within each problem, and in how many "
        "problems."
    )
    rules = pl.col("rule").cast(pl.Enum(GRADING_RULES))
    ordered = frame.sort("benchmark", "comparison", rules)
    others = OTHER_GRADERS & {*frame["rule"]}
    links = {
        f"responses of {side} changed": (
            lambda row, side=side: of_pair(graded=side)(row) if {row["rule"]} == others else None
        )
        for side in ("base", "other")
    }
    return summary("grading", "Rules of grading", about, ordered, columns, links)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say of each comparison whether its verdict depends on a rule: tag and sentence."""
    del confidence
    return [*_grading(tables["grading"])] if "grading" in tables else []


#: What may differ, and the rules of it.
_RULES = {
    "grading": EQUALITY_RULES,
    "extraction": RULES,
    "extraction of programs": PROGRAM_RULES,
    "judging": JUDGE_RULES,
}


def _grading(frame: pl.DataFrame) -> Iterator[tuple[Tag, str]]:
    groups: dict[tuple[str, str], dict[str, Row]] = {}
    for row in frame.sort("benchmark", "comparison").iter_rows(named=True):
        groups.setdefault((row["benchmark"], row["comparison"]), {})[row["rule"]] = row
    for rows in groups.values():
        for what, rules in _RULES.items():
            known = {rule: rows[rule] for rule in rules if rule in rows}
            if len(known) > 1:
                yield _compared(known, rows["strict"], what)


def _compared(rows: Mapping[str, Row], strict: Row, what: str) -> tuple[Tag, str]:
    """Say whether the verdict of a comparison depends on the rule, and what each changes."""
    where = f"On {visible(strict['benchmark'])}, {side_of(strict, 'base')} and"
    where += f" {side_of(strict, 'other')} ({visible(strict['comparison'])}):"
    where += _guarded(rows)
    same = len({row["verdict"] for row in rows.values()}) == 1
    verdict = next(iter(rows.values()))["verdict"]
    rules = listed([*rows])
    if not same:
        each = listed([f"{_verdict(row)} under {rule}" for rule, row in rows.items()])
        head = f"{where} the verdict depends on the rule of {what}: {each}."
    elif verdict == "crossover":
        each = listed([f"{_crossing(row)} under {rule}" for rule, row in rows.items()])
        head = f"{where} the verdict is the same under {rules} {what}, crossover, {each}."
    else:
        head = f"{where} the verdict is the same under {rules} {what}: {verdict}."
    changes = [_changed(rule, row, strict) for rule, row in rows.items() if rule != "strict"]
    return ("same" if same else "differs"), " ".join([head, *changes])


def _guarded(rows: Mapping[str, Row]) -> str:
    """Say under which rules which guards forbid a claim."""
    fired = {rule: ", ".join(read_guards(row["guard"])) for rule, row in rows.items()}
    if not any(fired.values()):
        return ""
    if len(set(fired.values())) == 1:
        return f" no claim can rest on it ({next(iter(fired.values()))});"
    each = listed([f"{guards} under {rule}" for rule, guards in fired.items() if guards])
    return f" no claim can rest on it where a guard fires ({each});"


def _verdict(row: Row) -> str:
    verdict = str(row["verdict"])
    return f"{verdict} {_crossing(row)}" if verdict == "crossover" else verdict


def _crossing(row: Row) -> str:
    return crossing(VerdictRow.of(row))


def _changed(rule: str, row: Row, strict: Row) -> str:
    sides = []
    for side in ("base", "other"):
        count, solved = row[f"{side}_responses_changed"], row[f"{side}_solved"]
        if not count:
            continue
        change = f"{_counted(count, 'response')} of {side_of(row, side)} in "
        change += _counted(row[f"{side}_problems_changed"], "problem")
        if solved != strict[f"{side}_solved"]:
            before = number(strict[f"{side}_solved"])
            change += f" (solved at least once: {number(solved)} instead of {before})"
        sides.append(change)
    if not sides:
        return f"{rule.capitalize()} changes no count."
    return f"{rule.capitalize()} changes {listed(sides)}."


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"grading": grading}
