"""Finding the final answer, and what counts as the same text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import last_box, nesting, normalise


@pytest.mark.parametrize(
    ("response", "content"),
    [
        (r"so \boxed{5}.", "5"),
        (r"\boxed{ \frac{1}{2} }", r"\frac{1}{2}"),
        (r"\boxed{3} and then \boxed{4}", "4"),
        (r"\boxed{\boxed{7}}", "7"),
        (r"\boxed{x = \boxed{7} + 1}", "7"),
        (r"\boxed {5}", "5"),
        ("\\boxed\n{5}", "5"),
        (r"\\boxed{5}", "5"),
        (r"a \\\boxed{5}", "5"),
        (r"\boxed{\{1,2\}}", r"\{1,2\}"),
        (r"\boxed{\left\{1\right.}", r"\left\{1\right."),
        (r"\boxed{a \\}", r"a \\"),
        ("\\boxed{1\n2}", "1\n2"),
        (r"{{ } \boxed{5}", "5"),
        (r"}}} \boxed{5} {{{", "5"),
        (r"\boxed{3} then \boxed{4", "3"),
        (r"\boxed{ \boxed{4}", "4"),
        (r"\boxed{}", ""),
        (r"\boxed{3} \boxed{  }", ""),
        (r"\boxed{5", None),
        (r"\boxed{5\}", None),
        (r"\boxed 5", "5"),
        (r"\boxed-5, as", "-5"),
        (r"\boxed x", None),
        (r"boxed{5}", None),
        (r"\fbox{5}", "5"),
        (r"\fbox{5} and \boxed{6}", "6"),
        (r"\boxed{5} and \fbox{6}", "6"),
        ("", None),
        ("\\", None),
        (r"<think>\boxed{1}</think> \boxed{2}", "2"),
        (r"<think>\boxed{1}</think> the answer is 2", None),
        (r"\boxed{1}</think>\boxed{2}</think>\boxed{3}", "3"),
        (r"<think>\boxed{1}", "1"),
    ],
)
def test_the_last_closed_box_after_the_reasoning(response, content):
    assert last_box(response) == content


BALANCED = st.recursive(
    st.text("ab1 $\n", max_size=4) | st.sampled_from([r"\{", r"\}", r"\\", r"\frac"]),
    lambda inner: st.lists(inner, max_size=4).map("".join) | inner.map("{{{}}}".format),
    max_leaves=8,
)


@given(st.text("ab{}\\ $", max_size=30), BALANCED, st.text("ab {", max_size=10))
def test_a_balanced_content_is_found_whatever_stands_around(before, content, after):
    # A backslash right before would be read together with the box's own.
    assert last_box(before + " " + r"\boxed{" + content + "}" + after) == content.strip()


@given(st.text("\\boxed{} 1", max_size=60))
def test_no_text_raises_and_a_content_is_a_part_of_it(text):
    found = last_box(text)
    assert found is None or found in text


@pytest.mark.parametrize(
    "response",
    [
        r"\boxed{" * 150_000,
        "\\" * 1_000_000,
        "\\boxed" + " " * 1_000_000,
        "\\boxed " * 150_000,
        r"\boxed{" + "{" * 500_000 + "}" * 500_000,
        "}" * 1_000_000,
        r"\boxed{" + "9" * 1_000_000 + "}",
    ],
    ids=["open boxes", "backslashes", "spaces", "bare", "deep", "closing", "long"],
)
def test_a_million_hostile_characters_take_no_time(response):
    start = time.process_time()
    found = last_box(response) or response
    normalise(found)
    nesting(found)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\dfrac{1}{2}", r"\frac{1}{2}"),
        (r"\tfrac12", r"\frac12"),
        (r"\left( 1, 2 \right]", "(1,2]"),
        ("10{,}000", "10,000"),
        (r"10\,000", "10 000"),
        ("$x + 1$", "x+1"),
        ("5.", "5"),
        (r"\text{ a  b }", r"\text{a b}"),
        (r"x\quad y", "x y"),
        ("a\n+ b", "a+b"),
    ],
)
def test_typesetting_makes_no_difference(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 2", "12"),
        (r"\cos x", r"\cosx"),
        ("(1,2)", "[1,2]"),
        ("1,2", "12"),
        ("x", "X"),
        ("-1", "1"),
        (r"\{1\}", "1"),
        ("10{,}00", "1000"),
        (r"\leftarrow", "arrow"),
        (r"\text{ab}", r"\text{a b}"),
        ("5!", "5"),
        (r"50\%", "50"),
        ("0.5.", "0"),
        ("x^2", "x2"),
    ],
)
def test_meaning_makes_a_difference(one, other):
    assert normalise(one) != normalise(other)


@given(st.text(r"\{}[]()$., !1a", max_size=20))
def test_normalising_no_text_raises(text):
    assert len(normalise(text)) <= 8 + 4 * len(text)


@pytest.mark.parametrize(
    ("latex", "depth"),
    [
        ("", 0),
        ("1", 0),
        ("{1}", 1),
        ("{{1}{2}}", 2),
        (r"\{\{", 0),
        ("((", 2),
        (")(", 1),
        ("([)]", 2),
    ],
)
def test_nesting_depth(latex, depth):
    assert nesting(latex) == depth
