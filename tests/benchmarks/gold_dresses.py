r"""Hold the math verifier against the gold answers of real benchmarks: right, wrong and guessed.

Run it with the project's Python (minutes)::

    python tests/benchmarks/gold_dresses.py [--data ../shared/data/benchmarks] [--workers 2]

Each gold answer of AIME 2024, AMC 2023, MATH-500, Minerva and OlympiadBench goes in

- in 14 dresses, which are all right: fonts, spaces, signs around, a name or a unit, other
  notations of a number, and other declarations than a box;
- in wrong variants: another number, sign, order, bracket, letter or count;
- met by the guesses ``0``, ``1``, ``x`` and ``x=0``, which are wrong unless they are it.

What fails is named; exit code 1 when anything does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import polars as pl

from boundary.answers.nodes import Expression, Group, Number, Relation, Words
from boundary.answers.structure import read
from boundary.data import math_sets
from boundary.verify.math import verifier
from boundary.verify.setting import Setting

DATA = Path(__file__).parents[3] / "shared" / "data" / "benchmarks"
SETS: dict[str, Callable[..., object]] = {
    "aime24": math_sets.aime,
    "amc23": math_sets.amc,
    "math500": math_sets.math500,
    "minerva_math": math_sets.minerva,
    "olympiadbench": math_sets.olympiadbench,
}
GUESSES = ("0", "1", "x", "x=0")


def other_notation(gold: str) -> str:
    """Write a number another way; anything else with a space before each operator."""
    node = read(gold)
    if isinstance(node, Number) and node.unit is None:
        value = node.value
        if value.denominator > 1:
            return f"{value.numerator}/{value.denominator}"
        return f"{value.numerator:,}".replace(",", "{,}") if abs(value) > 999 else f"{value}.0"
    return gold.replace("\\frac{", "\\tfrac{").replace("+", " + ")


def named(gold: str) -> str:
    """Put a name before a value; a relation has one, and words have none."""
    node = read(gold)
    if isinstance(node, Number | Expression) or (isinstance(node, Group) and node.kind == "tuple"):
        return f"Q = {gold}"
    return gold


def with_unit(gold: str) -> str:
    """Put a unit behind a number that has none."""
    node = read(gold)
    return f"{gold}\\text{{ cm}}" if isinstance(node, Number) and not node.unit else f"{{{gold}}}"


def large_brackets(gold: str) -> str:
    """Write brackets and fractions in their large forms."""
    text = re.sub(r"\\left|\\right", "", gold).replace("\\frac", "\\dfrac")
    if not re.match(r"^[(\[].*[)\]]$", text):
        return text
    return f"\\left{text[0]} {text[1:-1]} \\right{text[-1]}"


DRESSES: dict[str, Callable[[str], str]] = {
    "box": lambda gold: f"So $\\boxed{{{gold}}}$.",
    "full stop": lambda gold: f"\\boxed{{{gold}.}}",
    "bold": lambda gold: f"\\boxed{{\\boldsymbol{{{gold}}}}}",
    "dollars": lambda gold: f"\\boxed{{${gold}$}}",
    "thin spaces": lambda gold: f"\\boxed{{\\, {gold} \\;}}",
    "braces": lambda gold: f"\\boxed{{{{{gold}}}}}",
    "display": lambda gold: f"\\[\\boxed{{\\displaystyle {gold}}}\\]",
    "colour": lambda gold: f"\\boxed{{\\textcolor{{red}}{{{gold}}}}}",
    "brackets": lambda gold: f"\\boxed{{{large_brackets(gold)}}}",
    "notation": lambda gold: f"\\boxed{{{other_notation(gold)}}}",
    "name": lambda gold: f"\\boxed{{{named(gold)}}}",
    "unit": lambda gold: f"\\boxed{{{with_unit(gold)}}}",
    "sentence": lambda gold: f"The final answer is ${gold}$. I hope it is correct.",
    "element": lambda gold: f"<answer>{gold}</answer>",
}


def wrong_variants(gold: str) -> Iterator[str]:
    """Yield answers that are not the gold answer."""
    numbers = list(re.finditer(r"(?<![\\a-zA-Z.,\d!])\d+(?![.,]?\d)", gold))
    for found in numbers[-1:] + numbers[:-1][:1]:
        changed = gold[: found.start()] + str(int(found[0]) + 1) + gold[found.end() :]
        if read(changed) != read(gold):
            yield changed
    node = read(gold)
    if isinstance(node, Number) and node.value:
        yield f"-({gold})" if "\\" in gold else str(-node.value)
        yield str(Fraction(node.value) * 10)
    elif isinstance(node, Group) and len(set(node.items)) == len(node.items):
        parts = re.split(r",(?![^(]*\))(?![^{]*\})", gold)
        if len(parts) > 1:
            yield ",".join(parts[:-1])
        if gold[:1] in "([" and gold[-1:] in ")]" and "),(" not in gold.replace(" ", ""):
            inner = [part.strip() for part in gold[1:-1].split(",")]
            if len(inner) == 2 and inner[0] != inner[1]:
                yield f"({inner[1]}, {inner[0]})"
                yield f"[{inner[0]}, {inner[1]})"
                yield f"{inner[0]}, {inner[1]}"
    elif isinstance(node, Expression | Relation):
        yield f"{gold} + 1"
        letters = re.findall(r"(?<![\\a-zA-Z{])[a-df-hj-z](?![a-zA-Z}])", gold)
        if letters and letters[-1] != gold[:1]:
            place = gold.rindex(letters[-1])
            yield gold[:place] + ("q" if letters[-1] != "q" else "p") + gold[place + 1 :]
    elif isinstance(node, Words):
        yield f"\\text{{not {node.text}}}"


def is_it(gold: str, guess: str) -> bool:
    """Say whether a guess is the gold answer."""
    node, guessed = read(gold), read(guess.removeprefix("x="))
    if isinstance(node, Relation):
        node = node.sides[-1]
    return node == guessed or (
        isinstance(node, Number) and isinstance(guessed, Number) and node.value == guessed.value
    )


def rows_of(golds: list[tuple[str, str]]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what is tried, on which gold answer, the response, and whether it is right."""
    for name, gold in golds:
        for dress, response in DRESSES.items():
            yield f"{name}, dress {dress}", gold, response(gold), True
        for variant in dict.fromkeys(wrong_variants(gold)):
            yield f"{name}, wrong variant", gold, f"\\boxed{{{variant}}}", False
        for guess in GUESSES:
            if not is_it(gold, guess):
                yield f"{name}, guess", gold, f"\\boxed{{{guess}}}", False


def main() -> int:
    """Print what fails, then how much was tried."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    golds = []
    for name in options.sets:
        lines = (options.data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for i, line in enumerate(lines):
            problem = SETS[name](json.loads(line), i)
            golds.append((f"{name} {problem['problem_id']}", str(problem["answer"])))  # type: ignore[index]
    rows = list(rows_of(golds))
    items = pl.DataFrame(
        {
            "problem_id": [f"{i:06d}" for i in range(len(rows))],
            "sample_index": 0,
            "answer": [row[1] for row in rows],
            "response": [row[2] for row in rows],
        }
    )
    with verifier(Setting(workers=options.workers)) as judge:
        found = judge(items)
    counts: Counter[tuple[str, bool]] = Counter()
    for (tried, gold, response, right), verdict in zip(
        rows, found.iter_rows(named=True), strict=True
    ):
        kind = tried.split(", ")[1].split(" ")[0]
        failed = verdict["correct"] != right
        counts[kind, failed] += 1
        if failed:
            print(
                f"{tried}: gold {gold!r} <- {response!r}: {verdict['verdict']}, "
                f"{verdict['detail']}, {verdict['remarks']}"
            )
    for kind in ("dress", "wrong", "guess"):
        print(
            f"{kind}: {counts[kind, True]} failures of {counts[kind, True] + counts[kind, False]}"
        )
    return 1 if any(counts[kind, True] for kind in ("dress", "wrong", "guess")) else 0


if __name__ == "__main__":
    sys.exit(main())
