"""Commands of LaTeX show as symbols, and nothing that was written is lost or obeyed."""

from __future__ import annotations

import html
import re
import time

import pytest

from boundary.explorer.latex import readable, with_symbols
from boundary.explorer.page import shown_pieces
from explored import BATTERY


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\frac{\sqrt{3}}{2} \le x^{2} + a_{n+1}", "(√3)/2 ≤ x² + aₙ₊₁"),
        (r"\boxed{\frac{1}{2}} \in \mathbb{R}", r"\boxed{1/2} ∈ ℝ"),
        (r"\(x \neq 3\), 50\% of \{1, 2\}", "x ≠ 3, 50% of {1, 2}"),
        (r"90^{\circ}, 2^{x/y}, \text{if } n^2", "90°, 2^(x/y), if  n²"),
        (r"\sqrt{a^2 + b^{10}}", "√(a² + b¹⁰)"),
        (
            r"1\frac{1}{2}, \frac{1}{2}x, x\frac{1}{2}, a^\frac{1}{2}",
            "1 1/2, (1/2)x, x(1/2), a^(1/2)",
        ),
        (r"\frac{1}{2}^2, 2/\frac{1}{2}, \left(\frac{1}{2x}\right)", "(1/2)², 2/(1/2), (1/(2x))"),
        (r"\sqrt{2}3, \sqrt{2}\pi, \sqrt{x^2}, \sqrt{ab}c", "√(2)3, √(2)π, √(x²), √(ab)c"),
        (r"2^{k}n, 2^{10k}5, e^{ab}, x_{a}y", "2^(k)n, 2^(10k)5, e^(ab), xₐy"),
        (r"\unknown{x} \\ snake_case C:\new x_1", r"\unknown{x} \\ snake_case C:\new x_1"),
    ],
)
def test_commands_are_symbols_and_others_stay(written: str, shown: str) -> None:
    assert readable(written) == shown


@pytest.mark.parametrize("text", [*BATTERY, r'\frac{<b>}{"\"x"} \text{&amp;<script>} ^{"} \&'])
def test_what_was_written_is_the_text_and_all_is_escaped(text: str) -> None:
    shown = str(with_symbols(text))
    bare = re.sub(r'<span data-as="[^"<>]*">|</span>', "", shown)
    assert "<" not in bare and ">" not in bare and '"' not in bare
    assert "⟨U+" in bare or html.unescape(bare) == text


@pytest.mark.parametrize(
    "part", [r"\frac{", r"\frac{a{a{", "^{", r"\frac{a}", r"\text{\text{", "\\"]
)
def test_what_never_ends_takes_no_time(part: str) -> None:
    start = time.process_time()
    for text in (part * (20_000 // len(part)), part * 3_000 + "}" * 3_000):
        with_symbols(text)
    assert time.process_time() - start < 2


def test_a_command_that_a_mark_cuts_stays_as_written() -> None:
    shown = [
        part.text for part in shown_pieces(r"a \infty \left( \pi", [(5, 8, -5.0)], with_symbols)
    ]
    assert shown[:2] == [r"a \in", "fty"]
    assert re.findall('data-as="([^"]*)"', shown[2]) == ["", "π"]
