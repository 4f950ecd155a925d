"""The templates of this workflow, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundary.prompts import SHIPPED, as_text, fill, load_prompt
from chat_tokenizer import chat_tokenizer

FILES = sorted(SHIPPED.glob("*.yaml"))
BOXED = "Please reason step by step, and put your final answer within \\boxed{}."
CODE = '{"starter_code": "class S:"}'


def shown(name: str, metadata: str | None = None) -> str:
    """Return the text that a model of the Qwen family reads."""
    prompt = load_prompt(name)
    return as_text(chat_tokenizer(), fill(prompt, "1+1?", metadata), prompt)


def qwen(user: str, system: str = "You are a helpful assistant.", answer: str = "") -> str:
    return (
        f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n"
        f"<|im_start|>assistant\n{answer}"
    )


#: Templates in our own words, taken from nowhere.
OWN_WORDS = ("chat", "chat-boxed", "chat-boxed-2shot")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_shipped_templates_load_and_hold_the_question_once(file: Path, prompts: Path) -> None:
    assert not list(prompts.iterdir())  # they come from the workflow, wherever one works
    assert shown(file.stem).count("1+1?") == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_stop_is_a_plain_word(file: Path) -> None:
    """Words cut responses that use them; "Answer:" cuts those that give one as asked."""
    for stop in load_prompt(file.stem).stop:
        assert stop.startswith("\n") or (stop.startswith("<|") and stop.endswith("|>"))
        assert "Answer" not in stop


@pytest.mark.parametrize("file", [f for f in FILES if f.stem != "raw"], ids=lambda file: file.stem)
def test_every_template_says_where_it_is_from(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "\n# Verified: " in text or file.stem in OWN_WORDS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("raw", "1+1?"),
        ("chat", qwen("1+1?")),
        ("chat-boxed", qwen(f"1+1?\n{BOXED}")),
        ("qwen-boxed", qwen(f"1+1?\n{BOXED}")),
        ("oat", qwen("1+1?", BOXED)),
        ("simplerl-abel", "Question:\n1+1?\nAnswer:\nLet's think step by step.\n"),
    ],
)
def test_prompts_of_mathematics(name: str, text: str) -> None:
    assert shown(name) == text


def test_prompts_that_the_dapo_models_know() -> None:
    first, last = shown("dapo"), shown("dapo-chat")
    assert first.startswith("A conversation between user and assistant. The user asks a question,")
    assert first.endswith(
        "where $Answer is the answer to the problem.\n1+1?\n"
        'Remember to put your answer on its own line after "Answer:".\nassistant'
    )
    assert last.endswith(
        "where $Answer is the answer to the problem.\n\n1+1?\n\n"
        'Remember to put your answer on its own line after "Answer:".<|im_end|>\n'
        "<|im_start|>assistant\n"
    )


def test_prompts_that_ask_for_tags() -> None:
    think = shown("verl-think")
    assert think.endswith("<answer> answer here </answer>. User: 1+1?\nAssistant:")
    assert shown("code-r1") == qwen(
        "1+1?",
        "You are a helpful programming assistant. The user will ask you a question and you as the "
        "assistant solve it. The assistant first thinks how to solve the task through reasoning "
        "and then provides the user with the final answer. The reasoning process and answer are "
        "enclosed within <think>...</think> and <answer>...</answer> tags, respectively.",
    )


def test_prompts_of_evalplus() -> None:
    """Two ways to one text, as far as the chat template is Qwen2.5's."""
    expected = qwen(
        "Please provide a self-contained Python script that solves the following problem in a "
        "markdown code block:\n```\n1+1?\n```\n",
        answer="Below is a Python script with a self-contained function that solves the problem "
        "and passes corresponding tests:\n```python\n",
    )
    assert shown("evalplus") == shown("evalplus-qwen") == expected


STDIN = (
    "Read the inputs from stdin solve the problem and write the answer to stdout (do not directly "
    "test on the sample inputs). Enclose your code within delimiters as follows. Ensure that when "
    "the python program runs, it reads the inputs, runs the algorithm and writes output to STDOUT."
    "\n```python\n# YOUR CODE HERE\n```\n\n"
)
GIVEN = (
    "You will use the following starter code to write the solution to the problem and enclose "
    "your code within delimiters.\n```python\nclass S:\n```\n\n"
)
EXPERT = (
    "You are an expert Python programmer. You will be given a question (problem specification) "
    "and will generate a correct Python program that matches the specification and passes all "
    "tests."
)


@pytest.mark.parametrize(
    ("metadata", "form"), [("{}", STDIN), (CODE, GIVEN)], ids=["stdin", "code"]
)
def test_prompts_of_livecodebench(metadata: str, form: str) -> None:
    assert shown("livecodebench", metadata) == qwen(
        "\nYou will be given a question (problem specification) and will generate a correct Python "
        "program that matches the specification and passes all tests. You will NOT return anything "
        f"except for the program.\n\nQuestion: 1+1?\n\n{form}",
        answer="```python",
    )
    asked = f"### Format: {form}### Answer: (use the provided format with backticks)\n\n"
    assert shown("livecodebench-chat", metadata) == qwen(f"### Question:\n1+1?\n\n{asked}", EXPERT)
    assert shown("deepcoder", metadata) == qwen(f"{EXPERT}\n\n1+1?\n\n{asked}")


@pytest.mark.parametrize(
    ("name", "asked", "answered"),
    [
        ("gsm8k-4shot", "Question: ", "\nAnswer:"),
        ("minerva-4shot", "Problem:\n", "\n\nSolution:"),
    ],
)
def test_few_shot_prompts_go_on_with_the_question(name: str, asked: str, answered: str) -> None:
    prompt = load_prompt(name)
    text = fill(prompt, "1+1?")
    assert isinstance(text, str)
    parts = text.split("\n\n" + asked)
    assert parts[-1] == f"1+1?{answered}"
    assert [part.count("\\boxed{") for part in parts] == [1, 1, 1, 1, 0]
    # What a base model would go on with after its answer is what stops it.
    assert prompt.stop == ["\n" + asked.strip()]
    assert prompt.shots
    assert all(prompt.stop[0] not in shot.answer for shot in prompt.shots)
