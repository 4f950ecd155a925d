"""Run labelled responses to code problems through the verifier; name each miss.

Run it with the project's Python (some minutes on two cores)::

    python tests/benchmarks/code_cases.py [../shared/data/code_cases/cases.jsonl] [--group extract]

A line of the file is a JSON object: ``name``, ``response``, ``question``, ``tests``,
``expected`` (every acceptable verdict), and to sort by ``group``, ``style`` and
``fault_kind``.  Prints each case that is judged otherwise, then a table of counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from boundary.verify.code import verifier
from boundary.verify.setting import Setting
from sandboxed import ITEMS

CASES = Path(__file__).parents[3] / "shared" / "data" / "code_cases" / "cases.jsonl"
COLUMNS = ("verdict", "detail", "breach", "extraction", "correct_fenced")


def verdicts(cases: list[dict[str, Any]], workers: int) -> list[dict[str, Any]]:
    """Return the verdict row of each case, in their order."""
    rows = [
        {
            "problem_id": f"{index:05d}",
            "sample_index": 0,
            "response": case["response"],
            "finish_reason": "stop",
            "question": case["question"],
            "tests": case["tests"] if isinstance(case["tests"], str) else json.dumps(case["tests"]),
        }
        for index, case in enumerate(cases)
    ]
    with verifier(Setting(workers=workers)) as verify:
        judged = verify(pl.DataFrame(rows, schema=ITEMS))
    return judged.sort("problem_id").select(COLUMNS).to_dicts()


def main() -> int:
    """Print what is judged otherwise than expected, then the counts."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("cases", type=Path, nargs="?", default=CASES)
    parser.add_argument("--group", action="append", help="only cases of this group")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=int, default=5, help="cases that may be judged otherwise")
    options = parser.parse_args()
    lines = map(json.loads, options.cases.read_text(encoding="utf-8").splitlines())
    cases = [case for case in lines if not options.group or case["group"] in options.group]
    counts: Counter[str] = Counter(case["group"] for case in cases)
    missed: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    passed = fenced = 0
    for case, row in zip(cases, verdicts(cases, options.workers), strict=True):
        forms[row["extraction"] or "none"] += 1
        passed += row["verdict"] == "correct"
        fenced += row["correct_fenced"]
        if row["verdict"] not in case["expected"]:
            missed[case["group"]] += 1
            print(
                f"{case['name']} ({case.get('fault_kind') or case['group']}): {row['verdict']}, "
                f"expected {' or '.join(case['expected'])}; {row['extraction']}; {row['detail']}"
            )
    for group, count in sorted(counts.items()):
        print(f"{group:10} {count:4d} cases, {missed[group]:3d} judged otherwise")
    print(f"{'all':10} {len(cases):4d} cases, {missed.total():3d} judged otherwise; correct "
          f"{passed}, of the last fenced block alone {fenced}")  # fmt: skip
    print("; ".join(f"{form} {count}" for form, count in forms.most_common()))
    return int(missed.total() > options.most)


if __name__ == "__main__":
    sys.exit(main())
