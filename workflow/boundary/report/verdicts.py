"""What the bands and the guards of a comparison say, in sentences that claim no more than that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from boundary.decisions import (
    FEWEST_COPIED,
    FEWEST_DISCORDANT,
    FEWEST_LEFT,
    SMALL_SET,
    read_guards,
)
from boundary.report.text import visible
from boundary.rows import PairRow, Row, VerdictRow
from boundary.verdict_words import (
    crossing,
    detectable,
    established,
    estimate,
    open_at_k_max,
    stretches,
)
from boundary.wording import counted, number

#: What each guard is, for the page.
GUARD_MEANINGS = {
    "small-set": f"Fewer than {SMALL_SET} independent problems.",
    "few-discordant": (
        f"Fewer than {FEWEST_DISCORDANT} problems are solved by exactly one of the two over all n "
        f"samples, so that even a one-sided split could be chance."
    ),
    "saturated-high": (
        f"Each model leaves fewer than {FEWEST_LEFT} problems unsolved over all n samples, and "
        f"solves more than half of them."
    ),
    "saturated-low": (
        f"Each model solves fewer than {FEWEST_LEFT} problems over all n samples, and at most half "
        f"of them."
    ),
    "duplicates": (
        f"Both have the same responses to {FEWEST_COPIED} or more problems, one by one: copies, or "
        f"one set of samples under two names."
    ),
}


def names(row: PairRow) -> dict[str, str]:
    """Return what base and other are called, with protocols where these differ."""
    called = {"base": visible(row.base), "other": visible(row.other)}
    if row.protocol != row.other_protocol:
        called["base"] += f" ({visible(row.protocol)})"
        called["other"] += f" ({visible(row.other_protocol)})"
    return called


def side_of(row: Row, side: str | None) -> str:
    """Return what base or other of a row of any table of comparisons is called; – for neither.

    Two sides may be one model under two protocols, as those of a control are.
    """
    return names(PairRow.of(row))[side] if side else "–"


def guarded(row: VerdictRow) -> str | None:
    """Say why no claim can rest on a verdict, with every guard that fired and its count."""
    fired = read_guards(row.guard)
    if not fired:
        return None
    reasons = "; ".join(_REASONS[guard](row, names(row)) for guard in fired)
    return f"no claim can rest on the verdict ({', '.join(fired)}): {reasons}"


_REASONS: dict[str, Callable[[VerdictRow, Mapping[str, str]], str]] = {
    "small-set": lambda row, _: (
        f"its {number(row.n_independent)} independent problems are fewer than {SMALL_SET}"
    ),
    "few-discordant": lambda row, _: (
        f"over all n samples exactly one of the two solves {_problems(row.n_discordant)}, and "
        f"fewer than {FEWEST_DISCORDANT} are too few"
    ),
    "saturated-high": lambda row, name: (
        f"over all n samples {name['base']} leaves "
        f"{number(row.n_problems - row.base_solved)} and {name['other']} "
        f"{number(row.n_problems - row.other_solved)} of {_problems(row.n_problems)} "
        f"unsolved, each fewer than {FEWEST_LEFT}"
    ),
    "saturated-low": lambda row, name: (
        f"over all n samples {name['base']} solves {number(row.base_solved)} and "
        f"{name['other']} {number(row.other_solved)} of {_problems(row.n_problems)}, each "
        f"fewer than {FEWEST_LEFT}"
    ),
    "duplicates": lambda row, _: (
        f"both have the same responses to {_problems(row.n_copied)}, one by one, "
        f"{FEWEST_COPIED} or more: copies, or one set of samples under two names"
    ),
}


def _problems(count: int) -> str:
    return counted(count, "problem")


#: What each verdict begins with.
_LEADS = {
    "crossover": "{base} overtakes {other}",
    "reverse": "{other} overtakes {base}",
    "base-ahead-to-K": "{base} is ahead of {other} at K = {k_max}",
    "other-ahead-to-K": "{other} is ahead of {base} at K = {k_max}",
    "base-ahead-early": "{base} is ahead of {other} at smaller k, and at K = {k_max} the order is "
    "open",
    "other-ahead-early": "{other} is ahead of {base} at smaller k, and at K = {k_max} the order is "
    "open",
    "undetermined": "the order of {base} and {other} is open at every k",
}
#: What each verdict means, for the page.
VERDICT_MEANINGS = {
    "crossover": "The base overtakes: of the k that are decided the last favours the base, and an "
    "earlier one the other model. k× is where D last turns from below to above 0, interpolated in "
    "log k.",
    "reverse": "The other model overtakes: the last decided k favours it, and an earlier one the "
    "base.",
    "base-ahead-to-K": "The base is ahead at K, and no decided k favours the other model.",
    "other-ahead-to-K": "The other model is ahead at K, and no decided k favours the base.",
    "base-ahead-early": "The base is ahead at some k below K, no decided k favours the other "
    "model, and K is not decided.",
    "other-ahead-early": "The other model is ahead at some k below K, no decided k favours the "
    "base, and K is not decided.",
    "undetermined": "No k is decided. This is no evidence that the models are equal: each sentence "
    "tells how large a difference at K the data would have shown with a power of 80 %.",
}


def curves(row: VerdictRow, confidence: float) -> str:
    """Say what the simultaneous band of a comparison shows, of each k that it decides.

    Parameters
    ----------
    row : VerdictRow
    confidence : float
        Level of the band.
    """
    verdict, name = row.verdict, names(row)
    k_max = number(row.k_max)
    level = band_levels([row.band_level], confidence)
    band = f"the simultaneous {level} band of D = base − other excludes 0"
    text = _lead(verdict, row)
    if verdict == "undetermined":
        text += f": {band} at no k up to {k_max}"
        if least := detectable(row):
            text += f"; a difference below {least} points at K = {k_max} would likely go unseen"
        if row.k_cross is not None:
            text += f" (the curves meet at {estimate(row)}, which is not established)"
        return text
    shown = [f"of {name[side]} at k = {ks}" for side, ks in stretches(row.regions)]
    if verdict == "crossover":
        text += f" {crossing(row)}"
    text += f": {band} in favour {', then '.join(shown)}"
    if len(shown) == 1:
        text += ", and the other way at no k"
    elif open_at_k_max(row):
        text += f"; at K = {k_max} the order is open"
    if row.k_cross is not None and not (verdict == "crossover" and established(row)):
        doubt = "" if established(row) else ", which is not established"
        text += f" (D last turns from below to above 0 at {estimate(row)}{doubt})"
    return text


def band_levels(levels: Iterable[float | None], confidence: float) -> str:
    """Return the level of simultaneous bands, from the lowest to the highest of them.

    Parameters
    ----------
    levels : iterable of float or None
        Those that a plan of looks sets.
    confidence : float
        That of the others.
    """
    known = {confidence if level is None else level for level in levels} or {confidence}
    ends = dict.fromkeys((min(known), max(known)))
    return f"{' to '.join(f'{100 * level:.3g}' for level in ends)} %"


#: Whose verdict counts, by `boundary.decisions.DECIDES`.
_DECIDE = {
    "population": "what decides is the population that they come from",
    "benchmark": "the study lets these problems decide, and not the population that they come from",
}


def beside(row: VerdictRow) -> list[str]:
    """Say the verdicts on the set itself and after Holm's correction, where there are any."""
    sentences = []
    if fixed := row.verdict_fixed:
        head = "On these very problems, with their responses sampled anew"
        tail = _DECIDE[row.decides]
        if fixed == row.verdict:
            sentences.append(f"{head}, the verdict is the same, {fixed}; {tail}.")
        else:
            sentences.append(f"{head}: {fixed}, that is, {_lead(fixed, row)}; {tail}.")
    elif row.decides == "benchmark":
        sentences.append(
            f"The study lets these very problems decide, but of them nothing can be told at "
            f"K = {number(row.k_max)}, beyond half of the samples."
        )
    if holm := row.verdict_holm:
        head = f"After Holm's correction over {number(row.holm_cells)} comparisons"
        if holm == row.verdict:
            sentences.append(f"{head} the verdict is the same, {holm}.")
        else:
            sentences.append(
                f"{head}: {holm}, that is, {_lead(holm, row)}; {row.verdict} is the verdict of "
                f"this comparison alone."
            )
    return sentences


def _lead(verdict: str, row: VerdictRow) -> str:
    return _LEADS[verdict].format(**names(row), k_max=number(row.k_max))
