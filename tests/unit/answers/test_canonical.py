"""Equal keys mean the same answer."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import canonical
from unit.verify.math.pairs import DIFFERENT, SAME


@pytest.mark.parametrize(
    "group",
    [
        (r"\frac12", "0.5", ".50", "1/2", r"\dfrac{2}{4}"),
        ("10{,}000", "10000", "10,000", r"10\,000", r"10^{4}", "1e4"),
        ("1,2", "2, 1", r"\{1,2\}", r"2 \text{ and } 1"),
        (r"\text{4:30 p.m.}", r"4:30 \text{ PM}", "16:30"),
        (r"\text{(A)}", "A", "(A)"),
        (r"\text{Evelyn}", "evelyn", "Evelyn."),
        (r"5\text{ cm}", r"5 \text{ centimeters}", "5cm"),
        ("52_8", "52_{8}"),
        (r"\left( 1, \frac12 \right]", "(1,0.5]"),
        (r"\begin{pmatrix}1\\0.5\end{pmatrix}", r"\begin{bmatrix} 1 \\ \frac12 \end{bmatrix}"),
        (r"1 \pm \sqrt{2}", r"1-\sqrt{2}, 1+\sqrt{2}"),
    ],
)
def test_one_key_for_every_way_to_write_it(group):
    assert len({canonical(answer) for answer in group}) == 1


PAIRS = [pair for pairs in DIFFERENT.values() for pair in pairs]


def test_different_answers_have_different_keys():
    assert [pair for pair in PAIRS if canonical(pair[0]) == canonical(pair[1])] == []


def test_many_equal_answers_have_one_key():
    pairs = [pair for pairs in SAME.values() for pair in pairs]
    assert sum(canonical(one) == canonical(other) for one, other in pairs) > len(pairs) / 3


def test_without_units():
    answers = (r"5\text{ cm}", "5", r"\$5", "5^\\circ")
    assert len({canonical(answer) for answer in answers}) == 4
    assert {canonical(answer, unit=False) for answer in answers} == {"number:5"}
    assert canonical("x", unit=False) != canonical("X", unit=False)


def test_a_very_long_answer_is_its_own_key():
    assert canonical("1" * 2000) == "text:" + "1" * 2000
    assert canonical("1" * 2000) != canonical("1" * 2001)


@given(st.text() | st.text("\\{}()[],;=<>1x $&frac pmtext", max_size=80))
def test_no_text_raises_and_the_key_is_stable(text):
    key = canonical(text)
    assert key == canonical(text)
    assert isinstance(canonical(text, unit=False), str)


HOSTILE = (
    *("(" * 1000, "(1," * 330, "{" * 500 + "}" * 500, "1," * 500, r"\text{" * 160, "=" * 1000),
    *(r"\begin{pmatrix}" * 60, " or " * 250, r"\pm" * 300, "1=" * 500, r"\cup" * 250),
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:10])
def test_hostile_text_takes_no_time(text):
    start = time.process_time()
    canonical(text)
    assert time.process_time() - start < 2


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, boundary.answers; "
        "print([m for m in ('polars', 'sympy', 'numpy', 'math_verify') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
