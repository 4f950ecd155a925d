"""Prompt templates: where they come from, and that nothing in them is interpreted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.errors import InputError
from boundary.prompts import SHIPPED, Prompt, load_prompt, render


@pytest.fixture
def prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with templates of its own."""
    folder = tmp_path / "config/prompts"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_templates_load(file: Path, prompts: Path) -> None:
    assert "{question}" in load_prompt(file.stem).template
    assert not list(prompts.iterdir())  # they come from the workflow, wherever one works


def test_a_template_of_ones_own_comes_first(prompts: Path) -> None:
    (prompts / "raw.yaml").write_text('template: "Q: {question}\\nA:"\nstop: ["\\n\\n", "Q:"]\n')
    assert load_prompt("raw") == Prompt("Q: {question}\nA:", ("\n\n", "Q:"))


def test_stop_strings_may_be_left_out(prompts: Path) -> None:
    (prompts / "mine.yaml").write_text("template: '{question}'\n")
    assert load_prompt("mine") == Prompt("{question}", ())


def test_a_template_that_is_missing(prompts: Path) -> None:
    with pytest.raises(InputError, match=r"config/prompts/x.yaml: no such prompt template; .* raw"):
        load_prompt("x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("template: hello\n", "'template' should be text that holds {question} once"),
        ("template: '{question} {question}'\n", "holds {question} once"),
        ("template: 3\n", "'template' should be text"),
        ("stop: []\n", "'template' should be text"),
        ("", "should hold the keys 'template' and 'stop', and no others"),
        ("- template\n", "should hold the keys"),
        ("template: '{question}'\nstops: ['x']\n", "should hold the keys"),
        ("template: '{question}'\nstop: x\n", "'stop' should be a list of strings"),
        ("template: '{question}'\nstop: [3]\n", "'stop' should be a list of strings"),
        ("template: '{question}'\nstop: ['']\n", "'stop' should be a list of strings"),
        ("template: '{question}'\ntemplate: 'x {question}'\n", "template: line 2 repeats line 1"),
        ("template: [\n", "is not YAML"),
    ],
)
def test_what_is_no_template(text: str, told: str, prompts: Path) -> None:
    (prompts / "bad.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_prompt("bad")
    assert told in str(caught.value)
    assert str(caught.value).startswith("config/prompts/bad.yaml: ")


PIECE = st.text(alphabet=st.characters(exclude_characters="{"))


@given(question=st.text(), before=PIECE, after=PIECE)
def test_a_question_is_put_in_as_it_is(question: str, before: str, after: str) -> None:
    assert render(before + "{question}" + after, question) == before + question + after


@pytest.mark.parametrize(
    "question", ["{question}", "{0} {x!r} %s $y", "{{}}", "{question.__class__}", "\\1 \x00"]
)
def test_a_question_is_no_template(question: str) -> None:
    assert render("<{question}> {not_a_field}", question) == f"<{question}> {{not_a_field}}"
