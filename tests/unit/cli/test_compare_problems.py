"""`boundary compare` on responses: prompts in templates, ids of other problems, given problems."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from boundary.importers.problems import write_problems

ASKED = {
    "0": ("What is two and three, taken together?", "5"),
    "1": ("How many legs has a spider in all?", "8"),
    "2": ("How many sides has a hexagon that is drawn by hand?", "6"),
}
TEMPLATES = {"base": "Question: %s\nAnswer:", "rl": "<|im_start|>user\n%s Box it.<|im_end|>\n"}


def responses(folder: Path, side: str, **change: object) -> Path:
    """Write two responses a problem, of which one is right."""
    rows = [
        {"id": name, "prompt": TEMPLATES[side] % question, "answer": answer}
        | {"response": f"\\boxed{{{given}}}"}
        | change
        for name, (question, answer) in ASKED.items()
        for given in (answer, "-1")
    ]
    path = folder / f"{side}.jsonl"
    kept = ({key: value for key, value in row.items() if value is not None} for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in kept))
    return path


def test_each_side_has_a_template_of_its_own(run, tmp_path: Path) -> None:
    done = run("compare", responses(tmp_path, "base"), responses(tmp_path, "rl"))
    assert done.code == 0, done.err
    assert "M = 3 problems" in done.out


def test_ids_of_other_problems(run, tmp_path: Path) -> None:
    base = responses(tmp_path, "base")
    other = responses(tmp_path, "rl", prompt="Name the largest planet of them all", answer="99")
    done = run("compare", base, other)
    assert done.code == 2
    assert "3 ids stand for another problem on either side: 0 of benchmark (" in done.err


@pytest.mark.parametrize("bare", ["base", "rl"])
def test_problems_are_given(run, tmp_path: Path, bare: str) -> None:
    sides = {side: responses(tmp_path, side) for side in TEMPLATES}
    responses(tmp_path, bare, prompt=None, answer=None)
    refused = run("compare", *sides.values())
    assert refused.code == 2
    assert "Give the problems by --problems" in refused.err
    table = pl.DataFrame(
        [("sums", name, *texts, "math", None, None) for name, texts in ASKED.items()],
        schema=dict.fromkeys(
            ("benchmark", "problem_id", "question", "answer", "kind", "tests", "metadata"),
            pl.String,
        ),
        orient="row",
    )
    write_problems(table, tmp_path / "problems.parquet")
    done = run("compare", *sides.values(), "--problems", tmp_path / "problems.parquet")
    assert done.code == 0, done.err
    assert done.out.count("sums: 3 problems, n = 2, verdicts a") == 2


def test_several_models_are_refused_before_they_are_graded(run, tmp_path: Path) -> None:
    """The verifier would say how far it is."""
    both = tmp_path / "both.jsonl"
    lines = responses(tmp_path, "rl").read_text().splitlines()
    both.write_text(
        "".join(json.dumps({**json.loads(line), "model": m}) + "\n" for m in "ab" for line in lines)
    )
    done = run("compare", both, tmp_path / "rl.jsonl")
    assert done.code == 2
    assert done.err == f"Error: {both}: holds 2 models: a, b. Say which, as in '{both}#a'.\n"
