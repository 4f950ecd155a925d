"""Samples of large-language-monkeys, and every fault with its file.

No real file is at hand: they are made as `save_yaml` and `evaluate/math_datasets.py` of
ScalingIntelligence/large_language_monkeys @ ed2bdb0 write them.
"""

from __future__ import annotations

import pytest
import yaml

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive


def problem(i=0, samples=("it is\n#### 7", "#### 8"), correct=(True, False), **more):
    document = {
        "prompt": f"Question: 1 + 1?\nAnswer: 2\n\nQuestion: {i} + 7?\nAnswer:",
        "question": f"{i} + 7?",
        "samples": list(samples),
        "gt_answer": f"Add {i} to 7.\n#### {i + 7}",
        "is_corrects": None if correct is None else list(correct),
    }
    return {key: value for key, value in {**document, **more}.items() if value is not None}


@pytest.fixture
def sides(tmp_path):
    """Return a function from problems, each a YAML file of one folder, to its sides."""
    folder = tmp_path / "gsm8k_eval"

    def read(*problems, **options):
        folder.mkdir(exist_ok=True)
        for i, document in enumerate(problems):
            text = document if isinstance(document, str) else yaml.dump(document, sort_keys=True)
            (folder / f"{i}.yaml").write_text(text)
        return read_side(folder, Reading(**options), tmp_path / "work")

    return read


def test_a_file_is_a_problem_and_its_folder_the_model(sides):
    (side,) = sides(problem(), problem(1, correct=(False, True)))
    assert (side.label, side.format) == ("gsm8k_eval", "monkeys")
    rows = side.scores.select("problem_id", "n", "correct", "correct_theirs").rows()
    assert rows == [("0", 2, 1, 1), ("1", 2, 1, 1)]
    assert set(side.judged_by.values()) == {"ours"}


def test_the_answer_of_mathematics_stands_in_a_box(sides):
    (side,) = sides(problem(samples=["\\boxed{7}"], correct=[True], gt_answer="So $\\boxed{7}$."))
    assert side.scores["correct"].to_list() == [1]


def test_proofs_and_programs_count_by_their_verdicts(sides):
    theorem = problem(gt_answer=None, theorem_name="amc12_2000_p5")
    program = problem(1, gt_answer=None, test_cases={"input": ["1"], "output": ["2"]}, timeout=3)
    (side,) = sides(theorem, program)
    assert (side.scores["correct"].to_list(), set(side.judged_by.values())) == ([1, 1], {"theirs"})
    assert any("1 problems have tests, which are not run" in each for each in side.remarks)


def test_samples_that_were_not_judged_are_graded_by_ours(sides):
    assert sides(problem(correct=None))[0].scores["correct"].to_list() == [1]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (problem(samples=[]), r"0.yaml: samples should be a list and question text, and are \[\]"),
        (problem(question=3), "question text, and are .* and 3"),
        (problem(correct=[True]), "is_corrects should be a list of 2, .* and is one of 1"),
        (problem(samples=["a", 3]), "sample 2 should be text with true or false, and is 3"),
        (problem(correct=[True, 1]), "sample 2 should be text .* with 1"),
        ("prompt: a\ntries: []\n", r"has the keys \['prompt', 'tries'\].*large-language-monkeys"),
        ("prompt: a\nsamples: [b", "0.yaml: ends within a line, so it is half-written"),
        ("prompt: 'a\n", "0.yaml: is no YAML, so it may be half-written"),
        ("prompt: a\nprompt: b\n", "the key 'prompt' stands twice"),
        ("prompt: " + "[" * 100_000 + "\n", "0.yaml: holds more than 8 levels"),
        ("prompt: !!python/object:os.system {}\n", "0.yaml: is no YAML"),
    ],
)
def test_a_fault_is_told(sides, document, told):
    with pytest.raises(InputError, match=told):
        sides(document)


def test_other_yaml_is_not_taken(sides):
    with pytest.raises(InputError, match="of no form that is read here"):
        sides("study: mine\n")


def test_two_files_of_one_problem_are_refused(tmp_path):
    for place in ("a/run", "b/run"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "0.yaml").write_text(yaml.dump(problem(prompt=place)))
    with pytest.raises(InputError, match=r"is of problem 0 in a folder run, as .*a/run/0.yaml is"):
        read_side(tmp_path, Reading(), tmp_path / "work")


def test_mutants(tmp_path):
    files = {f"run/{i}.yaml": yaml.dump(problem(i)).encode() for i in range(2)}
    survive(lambda path: read_side(path, Reading(), path.parent / "w"), files, tmp_path, 11)
