"""Template files: one YAML file each under ``config/prompts/``.

A file holds ``stop``, the strings that end a response (they come from nowhere
else), and either ``template``, plain text, or ``chat``, messages that the
model's own chat template lays out.  ``{question}`` stands in it once.  All of it
is part of a sample's identity.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from boundary.errors import InputError
from boundary.shipped import shipped
from boundary.yamlfile import read_yaml

SHIPPED = shipped("prompts")
QUESTION, STARTER_CODE, SHOTS, ANSWER = "{question}", "{starter_code}", "{shots}", "{answer}"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Message(_Strict):
    """A message of a chat; as the last, one of the assistant is a prefill."""

    role: Literal["system", "user", "assistant"]
    content: str


class Shot(_Strict):
    """A worked example."""

    question: str
    answer: str


class Prompt(_Strict):
    """What `TextPrompt` and `ChatPrompt` have in common.

    Attributes
    ----------
    stop : list of str
        Strings that end a response and are no part of it.
    shots : list of Shot, optional
        Worked examples, shown before the question.
    special_tokens : bool, optional
        Whether the tokenizer adds its own special tokens, such as one that
        begins a text; by default it does for ``template`` and not for ``chat``,
        as chat templates hold them.
    """

    stop: list[Annotated[str, Field(min_length=1)]] = []
    shots: Annotated[list[Shot], Field(min_length=1)] | None = None
    special_tokens: bool | None = None

    def spec(self) -> dict[str, object]:
        """Return what enters identity and the spec of a job: ``stop``, and each key that is set."""
        return self.model_dump(mode="json", exclude_none=True)


class TextPrompt(Prompt):
    """Plain text, the same for every model.

    Attributes
    ----------
    template : str
        Text with ``{question}``; with shots also ``{shots}``, where they go.
    starter : str, optional
        In place of ``template`` for problems with starter code, which stands at
        ``{starter_code}``.
    shot : str, optional
        Layout of one shot, with ``{question}`` and ``{answer}``.
    """

    template: str
    starter: str | None = None
    shot: str | None = None

    @model_validator(mode="after")
    def _placeholders(self) -> TextPrompt:
        times = {QUESTION: 1, SHOTS: 1 if self.shots else 0}
        _count("template", self.template, times | {STARTER_CODE: 0})
        if self.starter is not None:
            _count("starter", self.starter, times | {STARTER_CODE: 1})
        if (self.shots is None) != (self.shot is None):
            raise ValueError("'shots' and 'shot', the layout of one, should stand together")
        if self.shot is not None:
            _count("shot", self.shot, {QUESTION: 1, ANSWER: 1})
        return self


#: What goes to the chat template beside its own keys, and is decided here.
RESERVED = frozenset(
    {
        *("messages", "conversation", "documents", "tools", "chat_template", "date_string"),
        *("add_generation_prompt", "continue_final_message", "tokenize", "tokenizer_kwargs"),
        *("padding", "truncation", "max_length", "return_tensors", "return_dict"),
        "return_assistant_tokens_mask",
    }
)


class ChatPrompt(Prompt):
    """Messages that the model's own chat template lays out.

    Attributes
    ----------
    chat : list of Message
        ``{question}`` stands in one of them.  The model continues a last
        message of the assistant.  Shots become earlier turns: the message with
        the question, filled with theirs, and their answer as the assistant's.
    starter : list of Message, optional
        In place of ``chat`` for problems with starter code, which stands at
        ``{starter_code}``.
    chat_template_kwargs : dict, optional
        Keys that the model's chat template reads, such as ``enable_thinking``; one that it
        does not read changes nothing.
    """

    chat: list[Message]
    starter: list[Message] | None = None
    chat_template_kwargs: dict[str, bool | int | str] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _messages(self) -> ChatPrompt:
        _check_chat("chat", self.chat, {QUESTION: 1, STARTER_CODE: 0})
        if self.starter is not None:
            _check_chat("starter", self.starter, {QUESTION: 1, STARTER_CODE: 1})
        asking = next(message for message in self.chat if QUESTION in message.content)
        if self.shots and asking.role != "user":
            raise ValueError(f"with 'shots', {QUESTION} should stand in a message of the user")
        if taken := sorted(RESERVED & (self.chat_template_kwargs or {}).keys()):
            raise ValueError(f"'chat_template_kwargs' should leave {', '.join(taken)} alone")
        return self


#: A template that can be filled.
AnyPrompt = TextPrompt | ChatPrompt


def _check_chat(key: str, messages: list[Message], times: dict[str, int]) -> None:
    _count(key, "\0".join(message.content for message in messages), times)
    if any(message.role == "system" for message in messages[1:]):
        raise ValueError(f"in '{key}', a system message should come first")
    last = messages[-1]
    if last.role == "system" or (last.role == "assistant" and not last.content.strip()):
        raise ValueError(f"'{key}' should end with the user, or with the beginning of an answer")


def _count(key: str, text: str, times: dict[str, int]) -> None:
    for placeholder, expected in times.items():
        if text.count(placeholder) != expected:
            fault = (
                f"should hold {placeholder} once" if expected else f"has no {placeholder} to fill"
            )
            raise ValueError(f"'{key}' {fault}")


def prompt_names() -> list[str]:
    """Return the names of the shipped templates."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_prompt(name: str) -> AnyPrompt:
    """Load a template by name, from the working directory or from this workflow.

    Raises
    ------
    InputError
        When there is no such file, or it is not a template; names every
        problem, since stop strings under a misspelt key would be lost in
        silence.
    """
    local = Path("config/prompts") / f"{name}.yaml"
    path = local if local.is_file() else SHIPPED / f"{name}.yaml"
    if not path.is_file():
        there = ", ".join(prompt_names())
        raise InputError(f"{local}: no such prompt template; this workflow has: {there}.")
    content = read_yaml(path)
    if not isinstance(content, dict) or ("template" in content) == ("chat" in content):
        raise InputError(f"{path}: should hold the key 'template' or the key 'chat', and not both.")
    kind: type[AnyPrompt] = TextPrompt if "template" in content else ChatPrompt
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(_fault(item, kind) for item in error.errors(include_url=False))
        raise InputError(f"{path}: {faults}.") from None


def _fault(item: Any, kind: type[Prompt]) -> str:
    """One validation error as `key[0].path: what`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
    path = path.removeprefix(".")
    if item["type"] == "extra_forbidden":
        valid = f"; valid keys: {', '.join(kind.model_fields)}" if len(item["loc"]) == 1 else ""
        return f"{path}: unknown key{valid}"
    message = item["msg"].removeprefix("Value error, ")
    return f"{path}: {message[:1].lower()}{message[1:]}" if path else message
