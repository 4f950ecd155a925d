"""Figures for papers: widths in points, captions that stand by themselves."""

import re
import struct
import xml.etree.ElementTree as ET

import pytest

from boundary.analyses.registry import figure_owners
from boundary.figures.paper import full_caption, save_for_paper, smallest_text
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures


@pytest.fixture(scope="module")
def passk(small, small_spec):
    job = Figures.model_validate({**small_spec, "figures": [{"name": "passk"}]})
    return build_figures(small, job)["passk"]


@pytest.fixture(scope="module")
def files(passk, tmp_path_factory):
    """Return the files of one figure of 240 points, by suffix."""
    made = save_for_paper(passk, tmp_path_factory.mktemp("paper"), "passk", "passk", 240)
    return {path.suffix: path for path in made}


def test_every_form_has_the_width_that_is_asked_for(files):
    root = ET.fromstring(files[".svg"].read_text())
    assert root.get("width") == "240pt"
    _, _, width, height = map(float, root.get("viewBox").split())
    assert float(root.get("height").removesuffix("pt")) == pytest.approx(240 * height / width)
    box = re.search(rb"MediaBox \[0 0 240 ([0-9.]+)\]", files[".pdf"].read_bytes())
    assert float(box[1]) == pytest.approx(240 * height / width, abs=0.01)
    across, _ = struct.unpack(">II", files[".png"].read_bytes()[16:24])
    assert across == pytest.approx(240 / 72 * 300, abs=1)


def test_a_picture_leaves_its_words_to_the_caption(files):
    words = files[".svg"].read_text()
    assert "aime24" in words and "samples a problem" not in words
    caption = files[".txt"].read_text()
    assert "aime24: n = 64 samples a problem, M = 60 problems; " in caption
    assert caption.startswith("pass@k: how many problems are solved within k samples. ")
    assert "flagged" in caption and "95 % intervals over problems" in caption
    assert "speak of the population" in caption


def test_the_float_holds_picture_and_caption(files):
    text = files[".tex"].read_text()
    assert r"\includegraphics{passk.pdf}" in text and r"95 \% intervals" in text


def test_without_a_width_a_picture_is_as_on_a_screen(passk, tmp_path):
    svg, *_ = save_for_paper(passk, tmp_path, "passk", "passk", None)
    root = ET.fromstring(svg.read_text())
    width = float(root.get("viewBox").split()[2])
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(0.75 * width)
    assert smallest_text(svg.read_text()) > 7


@pytest.mark.parametrize("name", figure_owners())
def test_every_caption_says_m_n_interval_and_flag(charts, name):
    caption = full_caption(charts[name], name)
    assert "problems" in caption and "interval" in caption
    # Rows of figures of likelihoods have an n each, which stands beside them.
    of_likelihoods = figure_owners()[name].needs == "likelihoods"
    assert ("n = " in caption and "lagged" in caption) or of_likelihoods
    assert ("over problems" in caption) == ("speak of the population" in caption)


def test_equal_charts_give_equal_files(passk, files, tmp_path):
    again = save_for_paper(passk, tmp_path, "passk", "passk", 240)
    # A PDF holds the same objects in an order that its writer does not fix.
    assert len(again[1].read_bytes()) == len(files[".pdf"].read_bytes())
    for path in (again[0], *again[2:]):
        assert path.read_bytes() == files[path.suffix].read_bytes()


def test_a_figure_of_nothing_says_so(small, small_spec, tmp_path):
    empty = {key: frame.clear() for key, frame in small.items()}
    job = Figures.model_validate({**small_spec, "figures": [{"name": "passk"}]})
    svg, *_ = save_for_paper(build_figures(empty, job)["passk"], tmp_path, "p", "passk", 240)
    assert "nothing to draw" in svg.read_text()
