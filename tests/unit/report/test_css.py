"""Colours of the page: words can be read in the light and in the dark."""

import re

import pytest

from boundary.report.template import HERE

CSS = (HERE / "page.css").read_text(encoding="utf-8")
DARK = CSS.index("@media (prefers-color-scheme: dark)")


def luminance(colour):
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, two):
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_a_contrast_of_at_least_4_5(scheme):
    block = CSS[:DARK] if scheme == "light" else CSS[DARK : CSS.index("* {")]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block))
    for name in ("ink", "faint", "link", "base", "other", "right", "wrong"):
        for behind in ("paper", "wash"):
            assert contrast(colours[name], colours[behind]) >= 4.5, (name, behind)
