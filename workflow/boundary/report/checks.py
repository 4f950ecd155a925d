"""How far the verdicts may be trusted: rules of grading, attacks, sandboxes; in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from boundary.comparison_tables import EQUALITY_RULES, PROGRAM_RULES
from boundary.decisions import read_guards
from boundary.extraction import RULES
from boundary.report.text import visible
from boundary.verdict_words import crossing
from boundary.wording import number, percent

Row = Mapping[str, Any]
ANY = "any"
#: Names of breaches or tricks that a sentence lists.
NAMES_SHOWN = 6
#: What may differ, and the rules of it.
_RULES = {
    "grading": EQUALITY_RULES,
    "extraction": RULES,
    "extraction of programs": PROGRAM_RULES,
}


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[dict[str, str]]:
    """Return what to say of grading and of attacks, warnings first.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        ``grading`` and ``audit``, either of which may lack.
    confidence : float
        Level of the intervals.

    Returns
    -------
    list of dict
        ``tag`` (warning, differs, tried or same), ``css`` (its class on the
        page) and ``text``, plain and not yet escaped for HTML.
    """
    audit = tables.get("audit")
    found = [*_grading(tables.get("grading"))]
    if audit is not None and audit.height:
        found += [*_sandbox(audit), *_attacks(audit, confidence)]
    order = list(_CSS)
    return [
        {"tag": tag, "css": _CSS[tag], "text": text}
        for tag, text in sorted(found, key=lambda item: order.index(item[0]))
    ]


#: Class of each tag on the page, in order of urgency.
_CSS = {"warning": "wrong", "differs": "wrong", "tried": "wrong", "same": "right"}


# --- rules of grading ---------------------------------------------------------


def _grading(frame: pl.DataFrame | None) -> Iterator[tuple[str, str]]:
    if frame is None:
        return
    groups: dict[tuple[str, str], dict[str, Row]] = {}
    for row in frame.sort("benchmark", "comparison").iter_rows(named=True):
        groups.setdefault((row["benchmark"], row["comparison"]), {})[row["rule"]] = row
    for rows in groups.values():
        for what, rules in _RULES.items():
            known = {rule: rows[rule] for rule in rules if rule in rows}
            if len(known) > 1:
                yield _compared(known, rows["strict"], what)


def _compared(rows: Mapping[str, Row], strict: Row, what: str) -> tuple[str, str]:
    """Say whether the verdict of a comparison depends on the rule, and what each changes."""
    where = f"On {visible(strict['benchmark'])}, {_side(strict, 'base')} and"
    where += f" {_side(strict, 'other')}:"
    where += _guarded(rows)
    same = len({row["verdict"] for row in rows.values()}) == 1
    verdict = next(iter(rows.values()))["verdict"]
    rules = _listed([*rows])
    if not same:
        each = _listed([f"{_verdict(row)} under {rule}" for rule, row in rows.items()])
        head = f"{where} the verdict depends on the rule of {what}: {each}."
    elif verdict == "crossover":
        each = _listed([f"{crossing(row)} under {rule}" for rule, row in rows.items()])
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
    each = _listed([f"{guards} under {rule}" for rule, guards in fired.items() if guards])
    return f" no claim can rest on it where a guard fires ({each});"


def _verdict(row: Row) -> str:
    return f"crossover {crossing(row)}" if row["verdict"] == "crossover" else row["verdict"]


def _changed(rule: str, row: Row, strict: Row) -> str:
    sides = []
    for side in ("base", "other"):
        count, solved = row[f"{side}_responses_changed"], row[f"{side}_solved"]
        if not count:
            continue
        told = f"{_counted(count, 'response')} of {_side(row, side)} in "
        told += _counted(row[f"{side}_problems_changed"], "problem")
        if solved != strict[f"{side}_solved"]:
            before = number(strict[f"{side}_solved"])
            told += f" (solved at least once: {number(solved)} instead of {before})"
        sides.append(told)
    if not sides:
        return f"{rule.capitalize()} changes no count."
    return f"{rule.capitalize()} changes {_listed(sides)}."


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def _side(row: Row, side: str) -> str:
    name = visible(row[side])
    if row["protocol"] == row["other_protocol"]:
        return name
    return f"{name} ({visible(row['protocol' if side == 'base' else 'other_protocol'])})"


# --- attacks and sandboxes ----------------------------------------------------


def _sandbox(audit: pl.DataFrame) -> Iterator[tuple[str, str]]:
    rows = audit.filter((pl.col("kind") == "sandbox") & (pl.col("name") == "reduced"))
    for row in rows.filter(pl.col("responses") > 0).iter_rows(named=True):
        yield (
            "warning",
            f"{number(row['responses'])} of {number(row['n_responses'])} programs of "
            f"{_arm(row)} ran in the reduced sandbox, as the study allows. A program can leave "
            f"it and reach its grader: what these were found to solve is no proof. Verify them "
            f"anew where `python -m boundary doctor` shows a better one.",
        )


def _attacks(audit: pl.DataFrame, confidence: float) -> Iterator[tuple[str, str]]:
    words = {
        "breach": (
            "attacked the verifier while they ran",
            "Each is a violation and counts as wrong",
        ),
        "trick": ("hold a trick in their source", "Their verdicts stand"),
    }
    for kind, (did, then) in words.items():
        rows = audit.filter((pl.col("kind") == kind) & (pl.col("name") == ANY))
        seen = rows.filter(pl.col("responses") > 0)
        for row in seen.iter_rows(named=True):
            names = _names(audit, row)
            yield (
                "tried",
                f"{number(row['responses'])} of {number(row['n_responses'])} programs of "
                f"{_arm(row)}, to {number(row['problems'])} of {number(row['n_problems'])} "
                f"problems, {did} ({names}): {_share(row, confidence)}. {then}.",
            )
        if rows.height and seen.is_empty():
            most = max(row["ci_high"] for row in rows.iter_rows(named=True))
            yield (
                "same",
                f"None of {number(int(rows['n_responses'].sum()))} programs {did}; the "
                f"{100 * confidence:.3g} % intervals of the models' shares all end at or below "
                f"{percent(most)}.",
            )


def _names(audit: pl.DataFrame, row: Row) -> str:
    arm = {name: row[name] for name in ("model", "benchmark", "protocol", "kind")}
    own = audit.filter(**arm).filter((pl.col("name") != ANY) & (pl.col("responses") > 0))
    listed = own.sort("responses", "name", descending=[True, False]).head(NAMES_SHOWN)
    told = [
        f"{visible(name, 60)} {number(count)}"
        for name, count in listed.select("name", "responses").iter_rows()
    ]
    more = own.height - listed.height
    return ", ".join(told) + (f" and {more} more kinds" if more else "")


def _share(row: Row, confidence: float) -> str:
    return (
        f"{percent(row['share'])} [{percent(row['ci_low'])}, {percent(row['ci_high'])}], "
        f"the {100 * confidence:.3g} % interval being over problems"
    )


def _arm(row: Row) -> str:
    return f"{visible(row['model'])} on {visible(row['benchmark'])} ({visible(row['protocol'])})"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
