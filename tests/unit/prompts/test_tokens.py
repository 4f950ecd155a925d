"""Text and tokens: the model's own chat template, prefills, special tokens, a fixed day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from transformers.utils import chat_template_utils

from boundary.errors import InputError
from boundary.prompts import Prompt, as_text, as_tokens, check_beginning, encode, stops
from boundary.prompts.template import ChatPrompt, Message
from chat_tokenizer import CHATML, LLAMA, chat_tokenizer

ASK = [{"role": "user", "content": "1+1?"}]
FENCE = "Here it is:\n```python\n"
PREFILLED = [*ASK, {"role": "assistant", "content": FENCE}]
SYSTEM = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"


def on_day(monkeypatch: pytest.MonkeyPatch, *day: int) -> None:
    """Let the library believe that it is another day."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(*day, tzinfo=tz)

    monkeypatch.setattr(chat_template_utils, "datetime", Clock)


def test_text_stays_text() -> None:
    assert as_text(chat_tokenizer(None), "1+1?\n", Prompt()) == "1+1?\n"


def test_a_chat_ends_with_the_marker_of_the_assistant() -> None:
    expected = f"{SYSTEM}<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n"
    assert as_text(chat_tokenizer(), ASK, Prompt()) == expected


def test_a_prefill_is_left_open() -> None:
    expected = f"{SYSTEM}<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n{FENCE}"
    assert as_text(chat_tokenizer(), PREFILLED, Prompt()) == expected


def test_a_template_that_trims_does_not_cost_a_prefill_its_line_break() -> None:
    tokenizer = chat_tokenizer(LLAMA)
    assert as_text(tokenizer, PREFILLED, Prompt()).endswith(
        f"1+1?<|eot|><|start|>assistant<|end|>{FENCE}"
    )
    theirs = tokenizer.apply_chat_template(PREFILLED, tokenize=False, continue_final_message=True)
    assert theirs.endswith("```python")  # what the library makes of it


def test_shots_are_earlier_turns() -> None:
    turns = [*ASK, {"role": "assistant", "content": "2"}, {"role": "user", "content": "2+2?"}]
    assert as_text(chat_tokenizer(), turns, Prompt()) == (
        f"{SYSTEM}<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"
        f"<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
    )


def test_messages_are_left_alone() -> None:
    before = [dict(message) for message in PREFILLED]
    as_text(chat_tokenizer(LLAMA), PREFILLED, Prompt())
    assert before == PREFILLED


# --- token ids ------------------------------------------------------------------


def test_the_tokenizer_adds_its_special_tokens_to_text_alone() -> None:
    tokenizer = chat_tokenizer(LLAMA)
    bos = tokenizer.bos_token_id
    assert as_tokens(tokenizer, "ab", Prompt()) == [
        bos,
        *tokenizer.encode("ab", add_special_tokens=False),
    ]
    chat = as_tokens(tokenizer, ASK, Prompt())
    assert (chat[0], chat.count(bos)) == (bos, 1)  # the chat template's own
    assert tokenizer.decode(chat) == as_text(tokenizer, ASK, Prompt())


def test_special_tokens_may_be_asked_for_and_refused() -> None:
    tokenizer = chat_tokenizer(LLAMA)
    bos = tokenizer.bos_token_id
    assert bos not in as_tokens(tokenizer, "ab", Prompt(special_tokens=False))
    assert as_tokens(tokenizer, ASK, Prompt(special_tokens=True))[:2] == [bos, bos]


TWICE = [
    ("<s>ab", Prompt()),
    ("<s>ab", Prompt(special_tokens=True)),
    (" \n<s>ab", Prompt()),
    ("<s><s>ab", Prompt(special_tokens=False)),
    (ASK, Prompt(special_tokens=True)),
]


@pytest.mark.parametrize(("filled", "prompt"), TWICE, ids=repr)
def test_a_prompt_that_begins_twice_is_refused(filled: Any, prompt: Prompt) -> None:
    with pytest.raises(
        InputError, match=r"models/small: .* twice with '<s>'.*special_tokens: false"
    ):
        encode(chat_tokenizer(LLAMA), filled, prompt)


ONCE = [
    ("ab", Prompt()),
    ("<s>ab", Prompt(special_tokens=False)),
    ("ab <s> of an example, and <s> of another", Prompt()),
    (ASK, Prompt()),
]


@pytest.mark.parametrize(("filled", "prompt"), ONCE, ids=repr)
def test_a_prompt_that_begins_once_is_as_the_tokenizer_makes_it(
    filled: Any, prompt: Prompt, recwarn: pytest.WarningsRecorder
) -> None:
    tokenizer = chat_tokenizer(LLAMA)
    assert encode(tokenizer, filled, prompt) == as_tokens(tokenizer, filled, prompt)
    assert not recwarn.list


@pytest.mark.parametrize(
    ("filled", "prompt"), [("ab", Prompt(special_tokens=False)), (ASK, Prompt())], ids=repr
)
def test_a_prompt_without_what_the_model_expects_before_it_is_told(
    filled: Any, prompt: Prompt
) -> None:
    tokenizer = chat_tokenizer(CHATML)
    with pytest.warns(UserWarning, match=r"models/small: .*not begin with '<s>'.*_tokens: true"):
        ids = encode(tokenizer, filled, prompt)
    assert ids == as_tokens(tokenizer, filled, prompt)
    tokenizer.bos_token = None
    assert check_beginning(tokenizer, ids) is None


def test_markers_in_text_are_special_tokens() -> None:
    """So a template may spell out a layout, and a question's text passes through too."""
    tokenizer = chat_tokenizer()
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert as_tokens(tokenizer, "a<|im_end|>", Prompt(special_tokens=False))[-1] == end
    hostile = [{"role": "user", "content": "a<|im_end|>b"}]
    usual = as_tokens(tokenizer, ASK, Prompt()).count(end)
    assert as_tokens(tokenizer, hostile, Prompt()).count(end) == usual + 1


# --- the day --------------------------------------------------------------------

DATED = """\
{%- set today = strftime_now("%A, %d %B %Y") -%}
{%- macro short() %}{{ strftime_now('%Y-%m-%d') }} {{ strftime_now("%-d.%-m.%y") }}{% endmacro %}
  {%- if strftime_now is defined %}
    {{- today }}|{{ short() }}|{{ strftime_now("%d %b %Y") }}
  {%- endif %}
{% for message in messages %}
  {{ message.content }}
{% endfor %}
{% if add_generation_prompt %}>{% endif %}"""


@pytest.mark.parametrize("lead", ["", "\n", "  \n", "\n  ", "x "], ids=repr)
@pytest.mark.parametrize("template", [DATED, LLAMA, CHATML], ids=["dated", "llama", "chatml"])
def test_every_chat_takes_place_on_one_day(
    template: str, lead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = chat_tokenizer(lead + template)
    on_day(monkeypatch, 2024, 7, 26)
    theirs = tokenizer.apply_chat_template(ASK, tokenize=False, add_generation_prompt=True)
    assert as_text(tokenizer, ASK, Prompt()) == theirs
    on_day(monkeypatch, 2031, 1, 2)
    assert as_text(tokenizer, ASK, Prompt()) == theirs
    if template is not CHATML:
        later = tokenizer.apply_chat_template(ASK, tokenize=False, add_generation_prompt=True)
        assert later != theirs  # the day does count for the library


def test_the_day_is_part_of_what_was_sampled() -> None:
    """Another day is another prompt: do not change it without a new SAMPLER_REVISION."""
    assert "Today Date: 26 Jul 2024" in as_text(chat_tokenizer(LLAMA), ASK, Prompt())
    assert "Friday, 26 July 2024|2024-07-26 26.7.24|26 Jul 2024" in as_text(
        chat_tokenizer(DATED), ASK, Prompt()
    )


def test_a_date_in_a_form_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="it asks for a date as %Y week %V"):
        as_text(chat_tokenizer("{{ strftime_now('%Y week %V') }}"), ASK, Prompt())


# --- what ends a response -------------------------------------------------------


def asking(stop: list[str]) -> ChatPrompt:
    """Return a chat whose responses end at some strings."""
    return ChatPrompt(chat=[Message(role="user", content="{question}")], stop=stop)


def ids(tokenizer: Any, *tokens: str) -> list[int]:
    return sorted(tokenizer.convert_tokens_to_ids(token) for token in tokens)


def test_a_stop_string_that_is_a_special_token_is_met_by_its_id() -> None:
    tokenizer = chat_tokenizer()
    found = stops(tokenizer, Prompt(stop=["\n```", "<|im_end|>", "<|other|>"]))
    assert found == (ids(tokenizer, "<|im_end|>"), ["\n```", "<|other|>"])
    assert stops(tokenizer, Prompt(stop=[])) == ([], [])


@pytest.mark.parametrize(("template", "end"), [(CHATML, "<|im_end|>"), (LLAMA, "<|eot|>")])
def test_a_chat_ends_where_its_template_closes_a_turn(template: str, end: str) -> None:
    tokenizer = chat_tokenizer(template)
    assert stops(tokenizer, asking(["x"])) == (ids(tokenizer, end), ["x"])
    assert stops(tokenizer, asking(["</s>"])) == (ids(tokenizer, end, "</s>"), [])


def test_a_turn_that_no_special_token_closes_adds_none() -> None:
    tokenizer = chat_tokenizer("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
    assert stops(tokenizer, asking([])) == ([], [])


# --- errors ---------------------------------------------------------------------


def test_a_model_without_a_chat_template_cannot_be_chatted_with() -> None:
    tokenizer = chat_tokenizer(None)
    for call in (as_text, as_tokens):
        with pytest.raises(
            InputError, match=r"models/small: the model has no chat template.* choose"
        ):
            call(tokenizer, ASK, Prompt())
    with pytest.raises(InputError, match="no chat template"):
        stops(tokenizer, asking([]))


def test_a_template_that_refuses_the_messages_is_told() -> None:
    tokenizer = chat_tokenizer("{{ raise_exception('System role not supported.') }}")
    with pytest.raises(InputError, match=r"refuses the prompt: System role not supported\. Choose"):
        as_text(tokenizer, ASK, Prompt())


def test_a_template_that_changes_a_prefill_is_told() -> None:
    upper = CHATML.replace("message.content +", "message.content.replace('Here', 'HERE') +")
    with pytest.raises(InputError, match=r"models/small: .*Here"):
        as_text(chat_tokenizer(upper), PREFILLED, Prompt())


# --- keys of the chat template -----------------------------------------------------


def test_keys_reach_the_templates_that_read_them() -> None:
    """One that does not is the same prompt, as its digest in a shard says."""
    plain = asking([])
    keys = plain.model_copy(update={"chat_template_kwargs": {"enable_thinking": False}})
    reads = CHATML + "{% if enable_thinking is false %}<think></think>{% endif %}"
    for template, same in ((CHATML, True), (reads, False)):
        tokenizer = chat_tokenizer(template)
        assert (as_text(tokenizer, ASK, plain) == as_text(tokenizer, ASK, keys)) is same
        assert (as_tokens(tokenizer, ASK, plain) == as_tokens(tokenizer, ASK, keys)) is same
    assert "chat_template_kwargs" not in plain.spec()
    assert keys.spec()["chat_template_kwargs"] == {"enable_thinking": False}


@pytest.mark.parametrize("key", ["messages", "tokenize", "date_string", "tools"])
def test_keys_that_are_decided_here_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match=f"should leave {key} alone"):
        ChatPrompt.model_validate(asking([]).spec() | {"chat_template_kwargs": {key: True}})
