"""Prompts and responses that do not fit are refused, never cut."""

from __future__ import annotations

import pytest

from boundary.engines.vllm.lengths import check_context, room_for
from boundary.errors import InputError


def test_room_is_what_is_needed() -> None:
    assert room_for(100, 50, None) == 150


def test_room_is_what_the_protocol_says() -> None:
    assert room_for(100, 50, 150) == 150
    assert room_for(100, 50, 4096) == 4096


def test_a_cap_that_would_cut_responses_is_refused() -> None:
    with pytest.raises(InputError, match=r"230 tokens.*16,384.*16,614.*4,096.*Raise max_model_len"):
        room_for(230, 16384, 4096)


def test_the_context_holds_its_own_length() -> None:
    check_context(150, 100, 50, 150)


def test_more_than_the_context_is_refused() -> None:
    with pytest.raises(InputError, match=r"prompt of 101 .* max_tokens of 50 .* at most 49"):
        check_context(150, 101, 50, 151)


def test_a_prompt_longer_than_the_context_leaves_no_tokens() -> None:
    with pytest.raises(InputError, match="at most 0 or leave the problem out"):
        check_context(150, 200, 50, 250)


def test_a_max_model_len_beyond_the_context_is_refused() -> None:
    with pytest.raises(InputError, match="max_model_len is 151"):
        check_context(150, 10, 50, 151)
