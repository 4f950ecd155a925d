"""Prompt templates: one YAML file each under ``config/prompts/``.

A template file holds ``template`` (with ``{question}`` once) and ``stop``, the
strings that end a response; stop strings come from nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boundary.errors import InputError
from boundary.yamlfile import read_yaml

PLACEHOLDER = "{question}"
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "prompts"


@dataclass(frozen=True)
class Prompt:
    """A template and the strings that end its responses."""

    template: str
    stop: tuple[str, ...]


def render(template: str, question: str) -> str:
    """Put a question into a template; nothing else in either is interpreted."""
    return template.replace(PLACEHOLDER, question)


def load_prompt(name: str) -> Prompt:
    """Load a template by name, from the working directory or from this workflow.

    Raises
    ------
    InputError
        When there is no such file, or it is not a template: stop strings under
        a misspelt key would be lost in silence.
    """
    local = Path("config/prompts") / f"{name}.yaml"
    path = local if local.is_file() else SHIPPED / f"{name}.yaml"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.yaml")))
        raise InputError(f"{local}: no such prompt template; this workflow has: {there}.")
    content = read_yaml(path)
    if not isinstance(content, dict) or not set(content) <= {"template", "stop"}:
        raise InputError(f"{path}: should hold the keys 'template' and 'stop', and no others.")
    template, stop = content.get("template"), content.get("stop", [])
    if not isinstance(template, str) or template.count(PLACEHOLDER) != 1:
        raise InputError(f"{path}: 'template' should be text that holds {PLACEHOLDER} once.")
    if not isinstance(stop, list) or not all(isinstance(item, str) and item for item in stop):
        raise InputError(f"{path}: 'stop' should be a list of strings.")
    return Prompt(template, tuple(stop))
