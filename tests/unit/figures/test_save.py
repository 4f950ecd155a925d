"""Saved figures: whole, stable, offline, safe."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from boundary.figures.registry import build_figures
from boundary.figures.save import save, save_library
from boundary.jobs.pages import Figures

EVIL = ["<script>alert(1)</script>\x00\u202etxt", "</svg></script>{{7*7}}", "&amp;\u2028"]


def one(spec, name="passk"):
    return Figures.model_validate({**spec, "figures": [{"name": name, "title": None}]})


@pytest.fixture(scope="module")
def saved(small, small_spec, tmp_path_factory):
    """Return the files of a figure: SVG for screens and for phones, page, specification."""
    folder = tmp_path_factory.mktemp("saved")
    return save(build_figures(small, one(small_spec))["passk"], folder, "passk")


def test_four_files_equal_across_runs(saved, small, small_spec, tmp_path):
    again = save(build_figures(small, one(small_spec))["passk"], tmp_path / "b", "passk")
    assert [path.name for path in saved] == [
        "passk.svg",
        "passk.phone.svg",
        "passk.html",
        "passk.vl.json",
    ]
    for left, right in zip(saved, again, strict=True):
        assert left.read_bytes() == right.read_bytes()
    for folder in (saved[0].parent, tmp_path):
        assert not list(folder.rglob("*.partial"))


def test_the_archived_specification_is_vega_lite(saved):
    specification = json.loads(saved[3].read_text())
    assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")


def test_the_page_loads_the_library_beside_it_alone(saved, tmp_path):
    page = saved[2].read_text()
    loaded = []

    class Loads(HTMLParser):
        def handle_starttag(self, tag, attrs):
            loaded.extend((tag, value) for name, value in attrs if name in ("src", "href"))

    Loads().feed(page)
    assert loaded == [("script", "vega.js")]
    assert "default-src 'none'; script-src 'self' file: " in page
    path = save_library(tmp_path)
    assert path == tmp_path / "vega.js" and "vegaEmbed" in path.read_text()


@pytest.mark.parametrize("name", ["passk", "difference", "coverage", "histogram"])
def test_hostile_names_stay_text(small, small_spec, tmp_path, name):
    names = dict(zip(["base-7b", "grpo-7b", "distilled-7b"], EVIL, strict=True))
    tables = {
        key: frame.with_columns(
            frame[column].replace(names) for column in ("model", "base", "other") if column in frame
        )
        for key, frame in small.items()
    }
    models = [{**model, "name": names[model["name"]]} for model in small_spec["models"]]
    chart = build_figures(tables, one({**small_spec, "models": models}, name))[name]
    svg, phone, page, _ = save(chart, tmp_path, name)
    for picture in (svg, phone):
        tags = {element.tag.split("}")[-1] for element in ET.fromstring(picture.read_text()).iter()}
        assert tags <= {"svg", "g", "path", "text", "rect", "line", "defs", "clipPath", "tspan"}
        assert "\u202e" not in picture.read_text()
    text = page.read_text()
    assert "<script>alert(1)" not in text
    assert len(re.findall("</script>", text)) == 2
