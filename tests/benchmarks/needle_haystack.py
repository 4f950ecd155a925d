"""Short answers under each rule, of a data set on which a verdict asked for an element.

Run it from the root of the repository on files of reasoning-gym's evaluation (seconds):

    python tests/benchmarks/needle_haystack.py --data ../shared/data/formats/reasoning_gym

Each file becomes responses as JSON lines with gold answers and the tool's own
verdict (a score of 1), is imported, and graded by each rule of extraction.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from boundary.extraction import RULES
from boundary.importers.sides import Reading, read_side


def responses(path: Path) -> list[dict[str, object]]:
    """Return a row a response of one file of the tool."""
    rows: list[dict[str, object]] = []
    for category in json.loads(path.read_text(encoding="utf-8"))["categories"]:
        for data in category["datasets"]:
            for number, one in enumerate(data["results"]):
                rows += (
                    {
                        "problem_id": number,
                        "question": one["question"],
                        "gold": one["expected_answer"],
                        "response": each["full_model_response"],
                        "correct": each["score"] == 1,
                    }
                    for each in one["completions"]
                )
    return rows


def main() -> None:
    """Print counts of both graders, and what is said of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    for path in sorted(parser.parse_args().data.glob("*.json")):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / f"{path.stem}.jsonl"
            lines.write_text("".join(f"{json.dumps(row)}\n" for row in responses(path)))
            for rule in RULES:
                work = Path(folder) / rule
                (side,) = read_side(lines, Reading(benchmark="needle_haystack", extract=rule), work)
                n, ours, theirs = (
                    side.scores[name].sum() for name in ("n", "correct", "correct_theirs")
                )
                print(f"{side.label}, {rule}: ours {ours}, theirs {theirs} of {n}")
            print(*side.remarks, sep="\n")


if __name__ == "__main__":
    main()
