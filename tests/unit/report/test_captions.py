"""Every figure has a caption, for the page and for snakemake's own report."""

from pathlib import Path

import pytest

from boundary.figures import NAMES
from boundary.report.page import CAPTIONS

FOLDER = Path(__file__).resolve().parents[3] / "workflow" / "report"


@pytest.mark.parametrize("name", [*NAMES, "workflow"])
def test_there_is_a_caption_that_explains_interval_and_flag(name):
    text = (FOLDER / f"{name}.rst").read_text(encoding="utf-8")
    assert "interval" in text.lower()
    assert "flagged" in text


def test_the_page_captions_the_same_figures():
    assert set(CAPTIONS) == set(NAMES)
