"""`boundary compare` as a user types it, on files of counts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from boundary import strict_json
from boundary.digests import PACKAGE

ROOT = PACKAGE.parents[1]
DEEPSCALER = ROOT / "config" / "published" / "deepscaler32k"
GPQA = ROOT / "config" / "published" / "gpqa_diamond_gpt5.csv"

SLOW = {"pandera", "rich", "altair", "scipy.stats", "boundary.answers", "boundary.verify.stream"}


@pytest.fixture
def counts(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a file of counts: lines ``model,benchmark,problem,n,correct``."""

    def write(name: str, models: dict[str, Sequence[int]], benchmark: str = "b") -> Path:
        rows = [
            f"{model},{benchmark},q{i},8,{correct}"
            for model, solved in models.items()
            for i, correct in enumerate(solved)
        ]
        path = tmp_path / name
        path.write_text("\n".join(["model,benchmark,problem,n,correct", *rows, ""]))
        return path

    return write


@pytest.fixture
def pair(counts) -> tuple[Path, Path]:
    return counts("a.csv", {"a": [0, 0, 1, 2] * 30}), counts("o.csv", {"o": [0, 6, 6, 7] * 30})


def test_the_readme_shows_what_is_printed(run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text()
    command, _, rest = text.partition("$ boundary compare ")[2].partition("\n")
    monkeypatch.chdir(DEEPSCALER)
    done = run("compare", *command.split())
    assert (done.code, done.err) == (0, "")
    assert done.out == rest.partition("```")[0]


def test_counts_are_compared_without_what_takes_time_to_load() -> None:
    code = (
        "import sys; from boundary.cli import main\n"
        "try: main()\n"
        f"except SystemExit as left: print(left.code, *sorted({{*sys.modules}} & {SLOW}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "compare", "base.jsonl", "rl.jsonl", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=DEEPSCALER,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.stdout.splitlines()[-1] == "None"


def test_gpqa_as_json(run) -> None:
    done = run(
        "compare",
        f"{GPQA}#openai/gpt-5-nano-2025-08-07",
        f"{GPQA}#openai/gpt-5.4-mini-2026-03-17",
        *("--label", "nano", "--label", "mini", "--benchmark", "gpqa_diamond", "--json"),
    )
    assert (done.code, done.err) == (0, "")
    content = strict_json.loads(done.out)
    (comparison,) = content["comparisons"]
    assert (comparison["base"], comparison["other"]) == ("nano", "mini")
    assert comparison["benchmark"] == "gpqa_diamond"
    ends = [comparison["diff_at_1"], *comparison["diff_at_1_ci"]]
    assert [100 * end for end in ends] == pytest.approx([5.86, 0.41, 11.31], abs=0.005)
    first, second = content["inputs"]
    assert first["sha256"] == second["sha256"] and first["format"] == "counts"


def test_an_output_folder_may_be_written_again(run, pair, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    done = run("compare", *pair, "--output", folder)
    assert done.code == 0 and done.out.endswith(f"\nReport: {folder / 'report.html'}\n")
    result = json.loads((folder / "result.json").read_text())
    done = run("compare", *pair, "--output", folder, "--json")
    assert done.code == 0 and json.loads(done.out) == result
    (folder / "notes.txt").write_text("mine")
    done = run("compare", *pair, "--output", folder)
    assert done.code == 2 and "holds notes.txt, which no comparison wrote" in done.err
    assert (folder / "notes.txt").read_text() == "mine"


def test_problems_that_stopped_early_are_compared(run, counts, tmp_path: Path) -> None:
    """Ends of looks at 2, 4 and 8 after 2 right ones, beside a file without a rule."""
    base, ends = counts("a.csv", {"a": [0, 1, 2, 3] * 30}), ["2,2", "4,2", "4,3", "8,1"] * 30
    rows = [f"o,b,q{i},{end},8,2,2" for i, end in enumerate(ends)]
    other = tmp_path / "o.csv"
    header = "model,benchmark,problem,n,correct,n_max,first_look,stop_after"
    other.write_text("\n".join([header, *rows, ""]))
    done = run("compare", base, other, "--json", "--output", tmp_path / "report")
    assert done.code == 0, done.err
    (comparison,) = json.loads(done.out)["comparisons"]
    assert (comparison["n"], comparison["k_max"]) == (8, 4)
    # With none or one right at the look before: 1 and 4 orders; one: 2; none or one of 4: 4 and 4.
    fail_1 = [0, (1 + 4 / 2) / 5, 1 / 2, (4 + 4 * 3 / 4) / 8]
    assert comparison["diff_at_1"] == pytest.approx(6 / 4 / 8 - (1 - sum(fail_1) / 4))
    words = run("compare", base, other).out
    assert "n = 8 at most, 90 problems stopped early" in words
    table = (tmp_path / "report" / "tables" / "stopping.csv").read_text().splitlines()
    assert [line.split(",")[3:6] for line in table[1:]] == [
        ["2", "30", "60"],
        ["4", "60", "240"],
        ["8", "30", "240"],
    ]


def test_a_folder_of_inputs_is_no_output(run, pair) -> None:
    done = run("compare", *pair, "--output", pair[0].parent)
    assert done.code == 2 and "is an input of this command" in done.err
    done = run("compare", *pair, "--output", pair[0])
    assert done.code == 2 and pair[0].read_text().startswith("model,")


def test_a_gate_ends_with_4_after_the_result(run, pair) -> None:
    done = run("compare", *pair, "--require", "crossover,other-ahead-to-K", "--json")
    assert done.code == 0
    done = run("compare", *pair, "--fail-if", "other-ahead-to-K", "--json")
    assert done.code == 4 and len(json.loads(done.out)["comparisons"]) == 1
    assert done.err == (
        "Error: The gate fails. --fail-if other-ahead-to-K is met: o against a on b is "
        "other-ahead-to-K.\n"
    )
    done = run("compare", *pair, "--require", "crossover", "--confidence", "0.9")
    assert done.code == 4 and "Verdict: other-ahead-to-K" in done.out
    done = run("compare", *pair, "--require", "nothing")
    assert done.code == 2 and done.out == ""


def test_a_file_of_several_models_names_them(run, counts) -> None:
    both = counts("both.csv", {"x": [1, 2] * 4, "y#1": [3, 4] * 4, "z": [5, 6] * 4})
    done = run("compare", both, both)
    assert done.code == 2
    assert f"{both}: holds 3 models: x, y#1, z. Say which, as in '{both}#x'." in done.err
    done = run("compare", f"{both}#x", f"{both}#y#1", f"{both}#z", "--json")
    assert [each["other"] for each in json.loads(done.out)["comparisons"]] == ["y#1", "z"]
    done = run("compare", f"{both}#x", f"{both}#w")
    assert done.code == 2 and "has no model named 'w'; it has: x, y#1, z" in done.err
    done = run("compare", f"{both}#x", f"{both}#")
    assert done.code == 2 and "names no model after the #" in done.err


def test_a_path_may_hold_a_number_sign(run, counts) -> None:
    one, two = counts("run#1.csv", {"x": [1, 2] * 4}), counts("run#2.csv", {"y": [3, 4] * 4})
    done = run("compare", one, f"{two}#y", "--json")
    assert [side["label"] for side in json.loads(done.out)["inputs"]] == ["x", "y"]


def test_one_side_twice_is_refused(run, counts) -> None:
    one = counts("one.csv", {"x": [1, 2] * 4})
    copy = one.with_name("copy.csv")
    copy.write_bytes(one.read_bytes())
    for other in (one, copy, f"{one}#x"):
        done = run("compare", one, other, "--label", "p", "--label", "q")
        assert done.code == 2 and "are one and the same model" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--field", "response"], "--field response: should be NAME=COLUMN"),
        (["--field", "n=a", "--field", "n=b"], "--field n=b: n is a already; name it once"),
        (["--label", "1", "--label", "2", "--label", "3"], "--label: 3 names for 2 sides"),
        (["--label", "same", "--label", "same"], "both are called 'same'"),
        (["--label", ""], "--label '': shows nothing; give a name that can be read."),
        (["--k-max", "9"], "k_max is 9, but its problems share n = 8 samples"),
        (["--min-n", "9"], "min_n 9 drops all 120 problems"),
        (["--kind", "essay"], "--kind essay: should be one of choice, code, math, text."),
        (["--trust", "nobody"], "'nobody' is not one of"),
    ],
)
def test_options_that_mean_nothing(run, pair, options, message) -> None:
    done = run("compare", *pair, *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err and done.err.count("\n") == 1


def test_equal_names_are_noticed_before_anything_is_graded(run, tmp_path) -> None:
    for i, name in enumerate("ab"):
        (tmp_path / name).mkdir()
        row = {"id": 1, "response": f"\\boxed{{{i}}}", "gold": "1", "score": 0.3}
        (tmp_path / name / "s.jsonl").write_text(json.dumps(row))
    done = run("compare", tmp_path / "a/s.jsonl", tmp_path / "b/s.jsonl", "--field", "verdict=")
    assert done.code == 2 and "s.jsonl: both are called 's'" in done.err
    assert "verify" not in done.err
    labels = ("--label", "a", "--label", "b")
    done = run(
        "compare", tmp_path / "a/s.jsonl", tmp_path / "b/s.jsonl", "--field=verdict=", *labels
    )
    assert done.code == 0 and "1 problem, n = 1, verdicts are our grader's" in done.out


def test_problems_of_other_names_and_benchmarks(run, counts) -> None:
    one = counts("one.csv", {"x": [1, 2] * 4})
    other = counts("two.csv", {"y": [1, 2] * 4}, benchmark="c")
    done = run("compare", one, other)
    assert done.code == 2 and "share no benchmark: x has b, and y has c" in done.err
    renamed = one.with_name("renamed.csv")
    renamed.write_text(one.read_text().replace("x,b,q", "z,b,p"))
    done = run("compare", one, renamed)
    assert done.code == 2
    assert "such as q0 and q1" in done.err and "such as p0 and p1" in done.err


def test_missing_files(run, pair) -> None:
    done = run("compare", pair[0], "nowhere.csv")
    assert done.code == 2 and "nowhere.csv: no such file or folder" in done.err
    done = run("compare", pair[0])
    assert done.code == 2 and "Missing argument" in done.err
