"""The verdict of a comparison in one plain sentence, with its numbers."""

from __future__ import annotations

from boundary.comparison_tables import SETS
from boundary.report.text import visible
from boundary.report.verdicts import beside, curves, guarded, names
from boundary.rows import Row, VerdictRow
from boundary.wording import number, p_value, percent, points, regained, span

#: Share of truncated responses, or difference of two such shares, that is worth a sentence.
TRUNCATED = 0.05
#: Share of responses without an answer that is worth one.
UNREAD = 0.5


def sentence(row: VerdictRow, coverage: Row | None = None, confidence: float = 0.95) -> str:
    """Say what one comparison on one benchmark shows, its guards first.

    Parameters
    ----------
    row : VerdictRow
    coverage : mapping, optional
        The row of the coverage table.
    confidence : float
        Level of the intervals.

    Returns
    -------
    str
        Plain text, not yet escaped for HTML.
    """
    verdict, difference = headline(row, coverage, confidence)
    return " ".join([verdict, *beside(row), difference, *further(row, coverage)])


def headline(row: VerdictRow, coverage: Row | None, confidence: float) -> tuple[str, str]:
    """Say the verdict with its guards, and the difference at 1 and K with its interval."""
    verdict = f"On {visible(row.benchmark)}, {judgement(row, confidence)}."
    verdict += f" {row.looked}" if row.looked else ""
    return verdict, _differences(row, coverage, confidence)


def further(row: VerdictRow, coverage: Row | None) -> list[str]:
    """Say what each model solves, and what must be noted."""
    parts, notes = [], [row.note]
    if coverage is not None:
        parts += [solved(coverage), *filter(None, [_regained(row, coverage)])]
        notes.append(coverage["note"])
    if row.permitted:
        parts.append(f"The two differ by permission: {visible(row.permitted)}.")
    return parts + [f"Note: {visible(note)}." for note in notes if note]


def truncation(base: Row | None, other: Row | None) -> str | None:
    """Say what cut responses do to a comparison, if they do anything.

    Parameters
    ----------
    base, other : mapping or None
        Rows of the responses table of the two arms; None where there is none.

    Returns
    -------
    str or None
        None while both arms have at most `TRUNCATED` of their responses cut.
    """
    arms, cut, words = _above(TRUNCATED, "truncated_share", base, other)
    if not cut:
        return None
    whose = "each" if len(cut) > 1 else _arm_name(cut[0], arms)
    text = f"{words} were cut at max_tokens: pass@k of {whose} is a lower bound."
    if len(arms) == 2:
        lower, upper = sorted(arms, key=lambda row: row["truncated_share"])
        if upper["truncated_share"] - lower["truncated_share"] > TRUNCATED:
            text += f" That favours {_arm_name(lower, arms)} in this comparison."
    return text


def unread(base: Row | None, other: Row | None) -> str | None:
    """Say of which model the grader could read few answers, if of any.

    Parameters
    ----------
    base, other : mapping or None
        Rows of the responses table of the two arms; None where there is none.

    Returns
    -------
    str or None
        None while half the responses of both arms have an answer.
    """
    _, few, words = _above(UNREAD, "no_answer_share", base, other)
    if not few:
        return None
    return (
        f"The grader found no answer in {words}, and counts them as wrong: see below how they end, "
        f"and whether the prompt asks for the form that the grader reads."
    )


def _above(limit: float, column: str, *given: Row | None) -> tuple[list[Row], list[Row], str]:
    """Return the arms of which a share is known, those above a limit, and these in words."""
    arms = [row for row in given if row and row[column] is not None]
    above = [row for row in arms if row[column] > limit]
    words = " and ".join(
        f"{percent(row[column])} of the responses of {_arm_name(row, arms)}" for row in above
    )
    return arms, above, words


def _arm_name(row: Row, arms: list[Row]) -> str:
    """Return the model, with its protocol where the model alone does not tell."""
    twice = len({arm["model"] for arm in arms}) < len(arms)
    name = visible(row["model"])
    return f"{name} ({visible(row['protocol'])})" if twice else name


def _differences(row: VerdictRow, coverage: Row | None, confidence: float) -> str:
    level = f"{100 * confidence:.3g} %"
    interval = f"[{points(row.diff_ci_low)}, {points(row.diff_ci_high)}]"
    samples, independent = "", "taken as independent"
    if row.n_independent < row.n_problems:
        independent = f"in {number(row.n_independent)} clusters, over which intervals are taken"
    if coverage is not None:
        sizes = dict.fromkeys((coverage["n_base"], coverage["n_other"]))
        n = " / ".join(map(number, sizes))
        samples = f"n = {n} samples a problem, "
    return (
        f"Base − other is {points(row.diff_at_1)} points at k = 1 and "
        f"{points(row.diff_at_k_max)} {interval} at k = {number(row.k_max)} "
        f"(pointwise {level}; {samples}M = {number(row.n_problems)} problems, {independent})."
    )


def judgement(row: VerdictRow, confidence: float) -> str:
    """Say what the band of a comparison shows, behind what forbids to lean on it."""
    shown, doubt = curves(row, confidence), guarded(row)
    return f"{doubt}. What the band says: {shown}" if doubt else shown


def solved(row: Row) -> str:
    """Say how many problems each model solves, from a row with the columns of `Sets`."""
    sets = ", ".join(f"{name.replace('_', ' ')} {number(row[name])}" for name in SETS)
    n = span(row["n_min"], row["n_max"])
    samples = f"{n} sample{'s' * (n != '1')}"
    return f"Solved at least once in {samples}: {sets} (McNemar {p_value(row['mcnemar_p'])})."


def _regained(verdict: VerdictRow, row: Row) -> str | None:
    """Say what becomes of the problems that one model alone solved, as far as halves tell.

    The fit beyond them stays in the table: it tends to promise too little.
    """
    base, other = names(verdict).values()
    half = span(max(row["n_min"] // 2, 1), row["n_max"] // 2)
    sides = [
        (side, solver, loser)
        for side, solver, loser in (("base_only", base, other), ("other_only", other, base))
        if row[f"{side}_regained"] is not None
    ]
    if not sides:
        return None
    side, solver, loser = sides[0]
    text = (
        f"Not yet solved is not unsolvable: of the problems that only {solver} solved in {half} "
        f"samples, {loser} solved {regained(row, side)} in its next {half}"
    )
    for side, solver, loser in sides[1:]:
        text += f"; of those that only {solver} solved, {loser} {regained(row, side)}"
    return f"{text}."
