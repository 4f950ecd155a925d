r"""Run labelled pairs of a gold answer and an answer through the math verifier; name each miss.

Run it with the project's Python (about a minute)::

    python tests/benchmarks/math_pairs.py [--pairs ../shared/data/math_pairs/pairs.jsonl]

A line of the file is a JSON object: ``gold``, ``pred``, ``mode`` (answer: ``pred`` goes into a
box; response: it is the whole text), ``expected`` (1 or 0), ``debatable`` and ``source``.  Each
false positive and false negative is printed under its source, those of debatable pairs apart:
they are a matter of policy (docs/grading.md), and the exit code does not count them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from boundary.verify.math import verifier
from boundary.verify.setting import Setting

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "math_pairs" / "pairs.jsonl"


def verdicts(rows: list[dict[str, Any]], workers: int) -> pl.DataFrame:
    """Return the verdict on each pair, in their order."""
    items = pl.DataFrame(
        {
            "problem_id": [f"{i:05d}" for i in range(len(rows))],
            "sample_index": [0] * len(rows),
            "answer": [row["gold"] for row in rows],
            "response": [
                row["pred"] if row["mode"] == "response" else f"\\boxed{{{row['pred']}}}"
                for row in rows
            ],
        }
    )
    with verifier(Setting(workers=workers)) as judge:
        return judge(items)


def main() -> int:
    """Print what is missed, then the counts."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--mode", choices=("answer", "response"), help="only pairs of this mode")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most-false-negatives", type=int, default=15)
    options = parser.parse_args()
    lines = options.pairs.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if options.mode in (None, row["mode"])]
    found = verdicts(rows, options.workers)
    missed: Counter[tuple[bool, str]] = Counter()
    sure = Counter((bool(row["expected"]), row["debatable"]) for row in rows)
    agreed = 0
    given = zip(rows, found.iter_rows(named=True), strict=True)
    for row, verdict in sorted(given, key=lambda pair: (pair[0]["debatable"], pair[0]["source"])):
        agreed += bool(verdict["correct_agreed"]) and not row["expected"] and not row["debatable"]
        if verdict["correct"] == bool(row["expected"]):
            continue
        kind = "false negative" if row["expected"] else "false positive"
        missed[row["debatable"], kind] += 1
        print(
            f"{'debatable ' * row['debatable']}{kind}, {row['source']}: {row['gold']!r} <- "
            f"{row['pred'][-160:]!r}: {verdict['verdict']}, {verdict['detail']}"
        )
    for debatable in (False, True):
        print(
            f"{'debatable' if debatable else 'sure'} pairs: "
            f"{missed[debatable, 'false positive']} false positives of {sure[False, debatable]}, "
            f"{missed[debatable, 'false negative']} false negatives of {sure[True, debatable]}"
        )
    print(f"sure wrong pairs that the second engine agrees to: {agreed}")
    few = missed[False, "false negative"] <= options.most_false_negatives
    return 0 if few and not missed[False, "false positive"] else 1


if __name__ == "__main__":
    sys.exit(main())
