"""A comparison in a few lines that a person would read aloud."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from boundary.analyses.parts import part
from boundary.analyses.record import Options
from boundary.analyses.run_scores import computed
from boundary.analysis.stopped import planned, stops_early
from boundary.comparison.inputs import left_out
from boundary.comparison.regions import Stretch, first_loss, stretches
from boundary.comparison.result import Outcome, Rate, Result
from boundary.comparison.side import BENCHMARK, Side
from boundary.decisions import read_guards
from boundary.report.sentences import judgement, solved
from boundary.report.text import share
from boundary.report.verdicts import beside
from boundary.rows import VerdictRow
from boundary.wording import counted, number, reveal, span

WIDTH = 100
#: Analyses of scores that have something to say beside a verdict.
BESIDE = ("bounds", "format_gain")
#: Spaces at which no line ends: `95 %`, `K = 64`, `k× ≈ 21.8`, `p < 0.001`.
_GLUE = re.compile(r"(?<=\d) (?=%)|(?<=\b[knpDKM]) (?=[=<])|(?<=k×) (?=≈)|(?<= [=<≈]) (?=\d)")
_HARD = "\N{NO-BREAK SPACE}"
_JUDGES = {"ours": "our grader's", "theirs": "the file's"}


def lines(result: Result) -> list[str]:
    """Return what is printed of a comparison.

    Nothing that comes from a file is printed before its invisible characters show.
    """
    shown = [line for side in result.sides for line in _read(side)]
    shown += [f"  {line}." for line in left_out(result.sides)]
    beside_each = [_beside(name, result) for name in BESIDE]
    for outcome in result.outcomes:
        shown += ["", *_outcome(outcome, result.settings.confidence)]
        for sentences in beside_each:
            shown += _wrapped(sentences.get(outcome.verdict.key, ""))
    return [reveal(line) for line in shown]


def _read(side: Side) -> Iterator[str]:
    """Say what was read of a side."""
    yield f"{side.label}: {side.path}"
    for (name,), rows in side.scores.group_by("benchmark", maintain_order=True):
        most = rows.select(planned(rows)).to_series()
        n = span(most.min(), most.max())  # type: ignore[arg-type]
        if stops_early(rows):
            stopped = int((rows["n"] < most).sum())
            n += f" at most, {counted(stopped, 'problem')} stopped early"
        judge = _JUDGES[side.judged_by[str(name)]]
        yield f"  {_named(str(name), ': ')}{_problems(rows.height)}, n = {n}, verdicts are {judge}"
    if side.remarks:
        yield from _wrapped(f"{'; '.join(side.remarks)}.", "  ")


def _problems(count: int) -> str:
    return counted(count, "problem")


def _named(benchmark: str, after: str, before: str = "") -> str:
    """Return the name of a benchmark; nothing where neither file nor user gave it one."""
    return "" if benchmark == BENCHMARK else f"{before}{benchmark}{after}"


def _outcome(outcome: Outcome, confidence: float) -> Iterator[str]:
    row = outcome.verdict
    yield from _wrapped(
        f"{_named(row.benchmark, ', ', 'On ')}{row.other} against {row.base}: "
        f"M = {_problems(row.n_problems)}, n = {number(outcome.n)} samples of each, "
        f"k up to K = {number(row.k_max)}"
    )
    yield from _rates(outcome)
    yield ""
    guards = ", ".join(read_guards(row.guard))
    yield f"No claim ({guards}); band: {row.verdict}" if guards else f"Verdict: {row.verdict}"
    yield from _wrapped(_sentence(f"{judgement(row, confidence)}."), "  ")
    for sentence in beside(row):
        yield from _wrapped(sentence, "  ")
    for stretch in stretches(row):
        yield f"  k = {_ks(stretch)}: {_meaning(stretch, row)}"
    yield from _wrapped(_first_loss(row, confidence), "  ")
    yield from _wrapped(solved(asdict(outcome.sets)))
    for note in filter(None, (row.note, outcome.sets.note)):
        yield from _wrapped(f"Note: {note}.")


def _beside(analysis: str, result: Result) -> dict[tuple[str, str], str]:
    """Return what an analysis of scores says beside each verdict."""
    tables = computed(analysis, result.inputs, Options())
    sentences: dict[tuple[str, str], str] = part(analysis, "section").beside(tables)
    return sentences


def _rates(outcome: Outcome) -> Iterator[str]:
    """Yield pass@1 and pass@K of both, and their differences, as a small table."""
    row, band = outcome.verdict, outcome.curve.band
    last = outcome.curve.inside - 1
    ends = dict.fromkeys((0, last))
    differences = [
        f"{_points(band.mean[i])} [{_points(band.ci_low[i])}, {_points(band.ci_high[i])}]"
        for i in ends
    ]
    at_once = [f"[{_points(band.low[i])}, {_points(band.high[i])}]" for i in ends]
    table = [
        ["", *(f"pass@{number(rate.k)}" for rate in outcome.base)],
        [row.base, *map(_rate, outcome.base)],
        [row.other, *map(_rate, outcome.other)],
        ["base − other, points", *differences],
        ["for all k at once", *at_once],
    ]
    table = [[reveal(cell) for cell in cells] for cells in table]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"  {'   '.join(padded)}".rstrip()


def _rate(rate: Rate) -> str:
    low, high = (share(end).removesuffix(" %") for end in (rate.low, rate.high))
    return f"{share(rate.value)} [{low}, {high}]"


def _points(value: float) -> str:
    """Return a difference in points, with the digits in which others print it."""
    return f"{100 * value:+.2f}".replace("-", "−")


def _ks(part: Stretch) -> str:
    return span(part.first, part.last)


def _meaning(part: Stretch, row: VerdictRow) -> str:
    return {
        "gain": f"gain supported, {row.other} is ahead",
        "loss": f"loss supported, {row.base} is ahead",
        "undecided": "undecided",
    }[part.what]


def _first_loss(row: VerdictRow, confidence: float) -> str:
    """Say where the other model first falls behind, as far as the band tells."""
    loss, level = first_loss(row), f"{100 * confidence:.3g} %"
    if loss.first is None:
        return f"First loss: none up to K = {number(row.k_max)}, where all k are gains."
    if loss.last is None:
        return (
            f"First loss: none is established up to K = {number(row.k_max)}; if there is one, it "
            f"lies at k = {number(loss.first)} or beyond ({level} set)."
        )
    return f"First loss: at k = {span(loss.first, loss.last)} ({level} set)."


def _sentence(text: str) -> str:
    """Begin with a capital where the first word is none of a file's."""
    return f"N{text[1:]}" if text.startswith("no claim can rest") else text


def _wrapped(text: str, indent: str = "") -> list[str]:
    glued = _GLUE.sub(_HARD, reveal(text))
    wrapped = textwrap.wrap(
        glued,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_HARD, " ") for line in wrapped]
