"""Every figure has a caption, for the page and for snakemake's own report."""

from pathlib import Path

import pytest

from boundary.analyses.record import FOLDER
from boundary.analyses.registry import figure_owners

CAPTIONS = {name: FOLDER / entry.name / f"{name}.rst" for name, entry in figure_owners().items()}
REPORT = Path(__file__).resolve().parents[3] / "workflow" / "report"


@pytest.mark.parametrize(
    "path", [*CAPTIONS.values(), REPORT / "workflow.rst"], ids=lambda path: path.stem
)
def test_there_is_a_caption_that_explains_interval_and_flag(path):
    text = path.read_text(encoding="utf-8")
    assert "interval" in text.lower()
    assert "flagged" in text
