"""Dress right and wrong programs in many styles, and count what passes in each.

Run it with the project's Python (some minutes on two cores)::

    python tests/benchmarks/code_styles.py [--humaneval 164] [--mbpp 50] [--workers 2]

It needs the releases of EvalPlus in ``../shared/data/benchmarks``, beside the
repository.  The programs are canonical solutions of HumanEval+ and MBPP+, the
wrong ones a mutant of each that fails in clean chat.  A judge that takes no
side passes as many in every style, and no wrong one; exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from canonical_solutions import COLUMNS, Verify, problems_of, solutions

from boundary.verify.code import verifier
from boundary.verify.setting import Setting
from mutants import mutants
from program_styles import STYLES, Piece, piece_of

#: Mutants of a program that are tried for one that fails.
MOST_MUTANTS = 8
Programs = dict[str, str]


def pieces(problems: pl.DataFrame, programs: Programs) -> dict[str, Piece]:
    """Return programs by problem as answers to its question."""
    rows = problems.select("problem_id", "question", "tests").iter_rows()
    return {
        name: piece_of(question, programs[name], json.loads(tests)["entry_point"])
        for name, question, tests in rows
        if name in programs
    }


def dressed(problems: pl.DataFrame, answers: dict[str, Piece], styles: list[str]) -> pl.DataFrame:
    """Return a row for each problem and style, numbered as the styles are."""
    rows = [
        {"problem_id": name, "sample_index": index, "response": STYLES[style](piece),
         "finish_reason": "stop"}
        for name, piece in answers.items()
        for index, style in enumerate(styles)
    ]  # fmt: skip
    return pl.DataFrame(rows).join(problems.select(COLUMNS), on="problem_id")


def failing(verify: Verify, problems: pl.DataFrame, right: Programs) -> Programs:
    """Return a mutant of each program that fails in clean chat, where one of a few does."""
    left = {name: mutants(program) for name, program in right.items()}
    wrong: Programs = {}
    for _ in range(MOST_MUTANTS):
        tried = {name: next(left[name], "") for name in right if name not in wrong}
        tried = {name: program for name, program in tried.items() if program}
        if not tried:
            break
        verdicts = verify(dressed(problems, pieces(problems, tried), ["chat"]))
        failed = verdicts.filter(verdict="wrong")["problem_id"]
        wrong |= {name: tried[name] for name in failed}
    return wrong


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--humaneval", type=int, default=164)
    parser.add_argument("--mbpp", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    styles = list(STYLES)
    counts = []
    with verifier(Setting(workers=options.workers)) as verify:
        for name, most in (("humaneval_plus", options.humaneval), ("mbpp_plus", options.mbpp)):
            problems = problems_of(name).head(most)
            right = {problem: own[0] for problem, own in solutions(problems).items()}
            for what, programs in (("right", right), ("wrong", failing(verify, problems, right))):
                if not programs:
                    continue
                verdicts = verify(dressed(problems, pieces(problems, programs), styles))
                counts.append(verdicts.with_columns(set=pl.lit(name), what=pl.lit(what)))
                for row in verdicts.filter(pl.col("correct") != (what == "right")).to_dicts():
                    print(f"{what} {row['problem_id']}, {styles[row['sample_index']]}: "
                          f"{row['verdict']}; {row['extraction']}; {row['detail']}")  # fmt: skip
    verdicts = pl.concat(counts).with_columns(right=pl.col("what") == "right")
    odd = 0
    print(f"{'style':22} {'right pass':>12} {'last fence':>12} {'wrong pass':>12}  forms")
    for index, style in enumerate(styles):
        rows = verdicts.filter(sample_index=index)
        right, wrong = rows.filter("right"), rows.filter(~pl.col("right"))
        forms = right["extraction"].value_counts(sort=True).iter_rows()
        passed = [
            f"{part[column].sum()}/{part.height}"
            for part, column in ((right, "correct"), (right, "correct_fenced"), (wrong, "correct"))
        ]
        odd += not right["correct"].all() or wrong["correct"].any()
        told = ", ".join(f"{form} {count}" for form, count in forms)
        print(f"{style:22} {passed[0]:>12} {passed[1]:>12} {passed[2]:>12}  {told}")
    return int(odd > 0)


if __name__ == "__main__":
    sys.exit(main())
