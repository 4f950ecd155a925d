"""Numbers and hostile text."""

import math

from hypothesis import given
from hypothesis import strategies as st

from boundary.report import text


@given(st.text())
def test_nothing_invisible_remains_and_nothing_is_lost(value):
    shown = text.visible(value)
    assert not any(char in "\x00\x1b\x7f\u202e\u2066\u200b\ufeff\u2028" for char in shown)
    assert len(shown) >= len(value)


def test_line_feeds_and_plain_text_stay():
    assert text.visible("a\n\tb é 数") == "a\n\tb é 数"


def test_a_null_is_a_dash():
    assert text.visible(None) == "–"


def test_a_cut_text_tells_how_much_is_gone():
    assert text.visible("abcdef", 4) == "abcd… [2 more characters]"


def test_shares():
    assert text.share(0.9623) == "96.2 %"
    assert text.share(math.nan) == "–"
