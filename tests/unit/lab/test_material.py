"""What the lab has of each task, and what it has of the register machine."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.config.lab import LabBenchmark, Pretrain, Reinforce
from boundary.config.tasks import KIND_OF, TASKS
from boundary.lab.material import EOS, PAD, Material, material
from boundary.tasks.registers import held_out, solution


@pytest.mark.parametrize("name", TASKS)
def test_a_word_is_one_token(name: str) -> None:
    task = material(name)
    assert isinstance(task, Material)
    assert len(task.ids) == len(task.vocabulary)
    assert {PAD, EOS} <= task.ids.keys()
    assert task.text([task.ids[word] for word in task.vocabulary]) == " ".join(task.vocabulary)
    assert task.watched is None or task.watched in task.ids


def test_problems_are_of_the_kind_that_judges_them() -> None:
    drawn = material("registers").problems("b", LabBenchmark(problems=6, lengths=[3, 4]))
    assert set(drawn["kind"]) == {KIND_OF["registers"]}


def test_prompts_are_of_one_length_and_a_right_response_fits_to_the_token() -> None:
    task = material("registers")
    run = Reinforce(recipe="reinforce", start="a", lengths=[3, 9], minority_share=0.5)
    ids, longest = task.prompts(run, np.random.default_rng(0), 12)
    prompts = [task.text(row) for row in ids]
    right = [" ".join(solution(prompt)) for prompt in prompts]
    assert {len(text.split()) + 1 for text in right} == {longest}
    assert all(map(task.correct, prompts, right))
    assert not task.correct(prompts[0], right[1])
    assert {prompt[0] for prompt in prompts} == {"p", "q"}
    assert not held_out(ids[:, 1:-1] - task.ids["o0"]).any()


def test_responses_of_a_benchmark_are_as_long_as_it_says() -> None:
    drawing = LabBenchmark(problems=6, lengths=[3, 5])
    questions = material("registers").problems("b", drawing)["question"]
    lengths = [len(solution(text)) + 1 for text in questions]
    assert sum(lengths) / len(lengths) == drawing.response_tokens == 14


def test_the_corpus_ends_with_the_end() -> None:
    task = material("registers")
    ids, width = task.batch(Pretrain(recipe="pretrain"), 0, np.random.default_rng(0))
    assert set(ids[:, -1]) == {task.ids[EOS]}
    assert set(ids[:, width - 1]) == {task.ids["="]}


@pytest.mark.parametrize("family", ["p", "q"])
def test_steps_and_form_are_judged_apart_from_the_answer(family: str) -> None:
    task = material("registers")
    assert task.gold and task.chain_correct and task.formatted
    prompt = f"{family} o3 o17 o5 o1 ="
    right = task.gold(prompt)
    words = right.split()
    slipped = " ".join([words[0], words[1], "v0" if words[2] != "v0" else "v1", *words[3:]])
    assert task.correct(prompt, right) and task.chain_correct(prompt, right)
    assert task.correct(prompt, slipped) and not task.chain_correct(prompt, slipped)
    assert task.formatted(right) and task.formatted("# v1 v2 v3")
    for broken in ("", "v1 v2 v3", "# v1 v2", "# v1 v2 o3", "# v1 v2 v3 v4"):
        assert not task.formatted(broken)
