"""The overview: a line for each comparison on each benchmark, of one study or of several.

Plain text, which the template escapes.  What stands on a line comes from the tables and is
computed nowhere else; only what the two sides are to each other comes from the study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from boundary.decisions import read_guards, read_regions
from boundary.errors import InputError
from boundary.jobs.pages import Compared, Overview, Relation
from boundary.report.text import share, visible
from boundary.report.verdicts import names
from boundary.rows import Row, VerdictRow, rows_by_pair
from boundary.verdict_words import beside, detectable, established, estimate, stretches
from boundary.wording import number, points, span

#: Tables from which lines are made.
TABLES = ("crossovers", "coverage", "passk")
#: What tells the sides apart beside their colours: base, other.
MARKS = {"base": "●", "other": "◆"}
#: Heading of each group of lines, in the order of the page.
RELATIONS: dict[Relation, str] = {
    "rl": "A model and what RL made of it",
    "distilled": "A model and what distillation made of it",
    "instruct": "A model and what instruction tuning made of it",
    "steps": "Two checkpoints of one training run: of the steps between, not of all training",
    "sampling": "One model, sampled in two ways",
    "models": "Two models of which none is known to be made from the other: nothing of training",
}
#: Icon, tag and words of each verdict, whichever side it favours.
VERDICTS = {
    "crossover": ("✕", "crossover", "overtakes"),
    "reverse": ("✕", "reverse", "overtakes"),
    "to-K": ("▲", "ahead to K", "is ahead to K"),
    "early": ("△", "ahead early", "is ahead at some k below K, and K is open"),
    "undetermined": ("○", "undetermined", ""),
}
_FAVOURED = {"crossover": "base", "reverse": "other", "undetermined": "none"}


@dataclass(frozen=True)
class Line:
    """A comparison on a benchmark, as the page shows it.

    Attributes
    ----------
    study, comparison, benchmark, title : str
        The first three tell any two lines apart, and so do the last two.
    relation, later
        As of `boundary.jobs.pages.Compared`.
    side : str
        Which side the verdict favours: base, other or none.
    icon, tag, words : str
        The verdict, never by colour alone.
    guards, beside, regions : list of str
        Why no claim can rest on it; other verdicts; which side is ahead at which k.
    sides : list of dict
        Mark, name with role, n, pass@1 and pass@K with intervals, of base and other.
    k_max : int
        K.
    problems, crossing, difference, note : str
        M, k× and D(K) with intervals, and what the tables note, if anything.
    cautions, citations : list of str
        What the study says of the models.
    report, behind : str or None
        Addresses of the study's report, and of the problems of the comparison.
    tested : list of str
        What analyses tested beside the verdict, for an abstract.
    verdict : str
        As of `boundary.decisions`.
    holm : str or None
        The verdict after Holm's correction over the study's comparisons, where there are several.
    band_level : float or None
        As of `boundary.rows.VerdictRow`.
    looked : str or None
        The same.
    """

    study: str
    comparison: str
    benchmark: str
    title: str
    relation: Relation
    later: str | None
    verdict: str
    side: str
    icon: str
    tag: str
    words: str
    guards: list[str]
    beside: list[str]
    regions: list[str]
    sides: list[dict[str, str]]
    k_max: int
    problems: str
    crossing: str
    difference: str
    note: str | None
    cautions: list[str]
    citations: list[str]
    holm: str | None = None
    band_level: float | None = None
    looked: str | None = None
    report: str | None = None
    behind: str | None = None
    tested: list[str] = field(default_factory=list)


def lines_of(
    tables: Mapping[str, pl.DataFrame], study: Overview, report: str | None = None
) -> list[Line]:
    """Return the lines of a study.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        `TABLES`.
    study : Overview
        What its tables do not say.
    report : str, optional
        Address of its report.
    """
    coverage = rows_by_pair(tables["coverage"])
    passk = {
        (row["model"], row["protocol"], row["benchmark"], row["k"]): row
        for row in tables["passk"].iter_rows(named=True)
    }
    roles = {model.name: model.role for model in study.models}
    lines = []
    for row in map(VerdictRow.of, tables["crossovers"].iter_rows(named=True)):
        compared = study.pairs.get(row.comparison) or Compared(title=row.comparison)
        sizes = coverage.get(row.key, [{}])[0]
        side, icon, tag, words = _verdict(row)
        models = (row.base, row.other)
        lines.append(
            Line(
                study=visible(study.study),
                comparison=visible(row.comparison),
                benchmark=visible(row.benchmark),
                title=visible(compared.title),
                relation=compared.relation,
                later=compared.later,
                verdict=row.verdict,
                side=side,
                icon=icon,
                tag=tag,
                words=words,
                guards=read_guards(row.guard),
                beside=beside(row),
                regions=_regions(row),
                sides=[_side(row, which, passk, sizes, roles) for which in MARKS],
                k_max=row.k_max,
                problems=number(row.n_problems),
                crossing=_crossing(row),
                difference=_difference(row),
                note=visible(row.note) if row.note else None,
                cautions=_told(study.cautions, models),
                citations=_told(study.citations, models),
                holm=row.verdict_holm,
                band_level=row.band_level,
                looked=row.looked,
                report=report,
            )
        )
    return lines


def sources_of(lines: Iterable[Line]) -> list[dict[str, object]]:
    """Return by study, in the order of their names, what its comparisons cite and must be known."""
    sources: dict[str, dict[str, dict[str, list[str]]]] = {}
    for line in lines:
        held = sources.setdefault(line.study, {"citations": {}, "notes": {}})
        for text in line.citations:
            held["citations"].setdefault(text, [])
        for text in filter(None, (*line.cautions, line.note)):
            held["notes"].setdefault(text, []).append(f"{line.title}, {line.benchmark}")
    return [
        {"study": study, "citations": [*held["citations"]], "notes": held["notes"]}
        for study, held in sorted(sources.items())
    ]


def cautions_of(lines: Iterable[Line]) -> dict[str, list[str]]:
    """Return what must be known of models, each with the lines that it is of."""
    careful: dict[str, list[str]] = {}
    for line in lines:
        for text in line.cautions:
            careful.setdefault(text, []).append(f"{line.title}, {line.benchmark}")
    return careful


def groups_of(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Return lines below the headings of what their sides are to each other.

    Headings and lines keep the order in which the lines come, and no two lines read the same:
    where title and benchmark are those of another line, comparison and study follow.

    Raises
    ------
    InputError
        When two lines are of one study, comparison and benchmark.
    """
    lines = list(lines)
    for more in ("comparison", "study"):
        twice = _repeated([(line.title, line.benchmark) for line in lines])
        lines = [
            replace(line, title=f"{line.title} ({getattr(line, more)})")
            if (line.title, line.benchmark) in twice
            else line
            for line in lines
        ]
    if twice := _repeated([(line.title, line.benchmark) for line in lines]):
        raise InputError(
            f"two studies of one name compare {twice.pop()[0]}; give each folder once, and another "
            f"name to one of two studies."
        )
    return [
        (RELATIONS[relation], [line for line in lines if line.relation == relation])
        for relation in dict.fromkeys(line.relation for line in lines)
    ]


def by_title(lines: Iterable[Line]) -> list[Line]:
    """Return lines in the order of `RELATIONS`, of their titles and of their benchmarks."""
    relations = [*RELATIONS]
    return sorted(
        lines, key=lambda line: (relations.index(line.relation), line.title, line.benchmark)
    )


def _told(texts: Mapping[str, str], models: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(visible(texts[name]) for name in models if name in texts))


def _repeated(keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    return {key for key in keys if keys.count(key) > 1}


def kind(verdict: str) -> str:
    """Return what a verdict says whichever side it favours, a key of `VERDICTS`."""
    return verdict.partition("-ahead-")[2] or verdict


def _verdict(row: VerdictRow) -> tuple[str, str, str, str]:
    """Return which side the verdict favours, and icon, tag and words."""
    side = _FAVOURED.get(row.verdict) or row.verdict.partition("-")[0]
    icon, tag, words = VERDICTS[kind(row.verdict)]
    if side in MARKS:
        return side, icon, tag, f"{names(row)[side]} {words}"
    least = detectable(row)
    return side, icon, tag, f"detectable |D(K)|: {least} points" if least else ""


def _side(
    row: VerdictRow,
    which: str,
    passk: Mapping[tuple[str, str, str, int], Row],
    sizes: Row,
    roles: Mapping[str, str],
) -> dict[str, str]:
    model, protocol = row.arms[list(MARKS).index(which)]
    curves = {k: passk.get((model, protocol, row.benchmark, k)) for k in (1, row.k_max)}
    return {
        "which": which,
        "mark": MARKS[which],
        "name": names(row)[which],
        "role": roles.get(model, "other"),
        "n": number(sizes.get(f"n_{which}")),
        "first": _rate(curves[1], row),
        "last": _rate(curves[row.k_max], row),
    }


def _rate(point: Row | None, row: VerdictRow) -> str:
    """Return pass@k with its interval, and M where that is not the comparison's."""
    if point is None or point["pass_at_k"] is None:
        return "–"
    value, low, high = (share(point[name]) for name in ("pass_at_k", "ci_low", "ci_high"))
    text = f"{value} [{low}, {high}]".replace(" %", "")
    same = point["n_problems"] == row.n_problems
    return text if same else f"{text} (M = {number(point['n_problems'])})"


def _regions(row: VerdictRow) -> list[str]:
    """Return which side is ahead at which k, and which k are open."""
    ahead = [f"{MARKS[side]} ahead at k = {ks}" for side, ks in stretches(row.regions)]
    gaps, start = [], 1
    for region in read_regions(row.regions):
        gaps += [(start, region.first - 1)] if region.first > start else []
        start = region.last + 1
    gaps += [(start, row.k_max)] if start <= row.k_max else []
    return ahead + ([f"open at k = {', '.join(span(*gap) for gap in gaps)}"] if gaps else [])


def _crossing(row: VerdictRow) -> str:
    if row.k_cross is None:
        return "–"
    text = estimate(row).removeprefix("k× ≈ ")
    return text if established(row) else f"{text}, not established"


def _difference(row: VerdictRow) -> str:
    return f"{points(row.diff_at_k_max)} [{points(row.diff_ci_low)}, {points(row.diff_ci_high)}]"
