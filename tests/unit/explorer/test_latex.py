"""Commands of LaTeX show as symbols, and nothing that was written is lost or obeyed."""

from __future__ import annotations

import html
import re
import time

import pytest

from boundary.explorer.latex import readable, with_symbols
from explored import BATTERY


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\frac{\sqrt{3}}{2} \le x^{2} + a_{n+1}", "(√3)/2 ≤ x² + aₙ₊₁"),
        (r"\boxed{\frac{1}{2}} \in \mathbb{R}", r"\boxed{1/2} ∈ ℝ"),
        (r"\(x \neq 3\), 50\% of \{1, 2\}", "x ≠ 3, 50% of {1, 2}"),
        (r"90^{\circ}, 2^{x/y}, \text{if } n^2", "90°, 2^(x/y), if  n²"),
        (r"\sqrt{a^2 + b^{10}}", "√(a² + b¹⁰)"),
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
