"""Coverage of the parts of a gain, and how often its sentence speaks of format.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/format_gain_size.py [--runs 1000]

Cells: the worlds of `format_worlds` (nothing differs; answers stand in a box more often; more
responses have an answer; ability grew; all of these), each of (M, n) = (100, 4), (100, 64) and
(500, 16) problems and samples, by the rule `any`; and the same worlds with M = 300, n = 16 by the
rule `boxed`, which reads least.  Seeds are [M, n, place of the world, run].  Printed: for each part
the share of runs in which its 95 % interval holds the truth, and in how many the sentence says
"format, not ability", or anything, of format.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from boundary.analyses.format_gain.compute import gain_parts, rule_gains
from boundary.analyses.format_gain.section import flipped

sys.path.insert(0, str(Path(__file__).parents[1]))
from format_worlds import WORLDS, drawn_pair, truth

SIZES = ((100, 4, "any"), (100, 64, "any"), (500, 16, "any"), (300, 16, "boxed"))


def cell(world: str, m: int, n: int, rule: str, runs: int) -> str:
    """Return a line of a cell."""
    true, held, heads = truth(world, rule), Counter(), Counter()
    for run in range(runs):
        rng = np.random.default_rng([m, n, list(WORLDS).index(world), run])
        given = (*drawn_pair(world, m, n, rng, rule), 0.95)
        for row in gain_parts(*given):
            held[row["term"]] += row["ci_low"] <= true[row["term"]] <= row["ci_high"]
        said = next(flipped({row["rule"]: row for row in rule_gains(*given)}), None)
        heads[said.partition(":")[0] if said else "nothing"] += 1
    covered = ", ".join(f"{term} {100 * held[term] / runs:.1f}" for term in true)
    return f"{world}, M = {m}, n = {n}, {rule}: {covered}; {dict(heads)}"


def main() -> None:
    """Print a line a cell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    for m, n, rule in SIZES:
        for world in WORLDS:
            print(cell(world, m, n, rule, options.runs), flush=True)


if __name__ == "__main__":
    main()
