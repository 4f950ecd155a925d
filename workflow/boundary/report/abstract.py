"""What the verdicts of a study come to, as one paragraph that could stand in an abstract."""

from __future__ import annotations

from collections.abc import Sequence

from boundary.report.known import summary
from boundary.report.overview import MARKS, Line
from boundary.report.verdicts import band_levels
from boundary.wording import counted, listed, number, span

#: Lines beyond which verdicts are counted and no longer told one by one.
MOST_TOLD = 12


def abstract(lines: Sequence[Line], confidence: float) -> str:
    """Say which verdicts stand, with k× and D(K), what a guard forbids, and what was tested.

    What analyses tested of a comparison stands where no guard is before its verdict.

    Parameters
    ----------
    lines : sequence of Line
        Those of a study, in its order.
    confidence : float
        Level of the bands and intervals.
    """
    if len(lines) > MOST_TOLD:
        return " ".join(summary(lines, confidence))
    titles = dict.fromkeys(line.title for line in lines)
    texts = [_told([line for line in lines if line.title == title]) for title in titles]
    level = f"{100 * confidence:.3g} %"
    band = band_levels((line.band_level for line in lines), confidence)
    texts.append(
        f"D(K) is base minus other in points of pass@K, with pointwise {level} intervals. Each "
        f"verdict is by the simultaneous {band} band of its comparison and benchmark alone, and "
        f"says nothing of k beyond K."
    )
    if any(line.tested for line in lines if not line.guards):
        texts.append(
            f"A stratum is named where learned less forgotten in all samples (net, with a "
            f"pointwise {level} interval over problems; beyond n/2, so flagged) differs from 0 "
            f"after Holm's correction over the strata of its key; neither keys nor comparisons "
            f"are corrected for each other."
        )
    corrected = [line for line in lines if line.holm is not None]
    if corrected:
        kept = sum(line.holm == line.verdict for line in corrected)
        texts.append(
            f"After Holm's correction over all comparisons of the study "
            f"{number(kept)} of {counted(len(corrected), 'verdict')} stay as they are."
        )
    texts += [f"{line.title} on {line.benchmark}: {line.looked}" for line in lines if line.looked]
    return " ".join(texts)


def _told(lines: Sequence[Line]) -> str:
    """Say the verdicts of one comparison, those that say the same together, guarded ones last.

    What was tested beside them follows.
    """
    free: dict[str, list[Line]] = {}
    for line in lines:
        if not line.guards:
            words = line.words if line.side in MARKS else "no k is decided"
            free.setdefault(words, []).append(line)
    parts = [f"{words} on {listed([_numbers(line) for line in of])}" for words, of in free.items()]
    if guarded := [f"{line.benchmark} ({', '.join(line.guards)})" for line in lines if line.guards]:
        parts.append(f"no claim can rest on {listed(guarded)}")
    sizes = [line.k_max for line in lines]
    benchmarks = counted(len(lines), "benchmark")
    head = f"{lines[0].title} ({benchmarks}, K = {span(min(sizes), max(sizes))})"
    tested = [text for line in lines if not line.guards for text in line.tested]
    return " ".join([f"{head}: {'; '.join(parts)}.", *tested])


def _numbers(line: Line) -> str:
    """Name a benchmark with the estimates of its verdict."""
    parts = [f"M = {line.problems}"]
    if line.verdict == "crossover":
        parts.append(f"k× = {line.crossing}")
    parts.append(f"D({number(line.k_max)}) = {line.difference}")
    if line.side not in MARKS and line.words:
        parts.append(line.words)
    return f"{line.benchmark} ({', '.join(parts)})"
