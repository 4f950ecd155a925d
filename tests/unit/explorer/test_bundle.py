"""The zip of a report: what the report links to, the pages, and nothing from elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from boundary.errors import InputError
from boundary.explorer.bundle import linked, write_bundle


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    for name in ("figures/a b.html", "figures/c.html", "tables/x.csv", "tables/unlinked.csv"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for name in ("problems.html", "problem/p.html"):
        path = folder / "report" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    links = ["figures/a%20b.html", "tables/x.csv", "#top", "https://evil.example/x", "//evil/x"]
    links += ["../secret.txt", "/etc/passwd", "file:///etc/passwd", "gone.html", "x&amp;y.html"]
    (folder / "x&y.html").write_text("and")
    page = "".join(f'<a href="{link}">x</a>' for link in links)
    (folder / "report.html").write_text(f"{page}&lt;a href=&#34;figures/c.html&#34;&gt;")
    return folder


def test_the_zip_holds_what_is_linked_and_the_pages(study: Path) -> None:
    output = study / "report.zip"
    write_bundle(study / "report.html", study / "report", output)
    with zipfile.ZipFile(output) as archive:
        assert archive.namelist() == [
            "report.html",
            "figures/a b.html",
            "tables/x.csv",
            "x&y.html",
            "report/problem/p.html",
            "report/problems.html",
        ]
        assert archive.read("tables/x.csv") == b"tables/x.csv"
        assert archive.testzip() is None
    before = output.read_bytes()
    (study / "tables/x.csv").touch()
    write_bundle(study / "report.html", study / "report", output)
    assert output.read_bytes() == before


def test_links_lead_nowhere_else(study: Path) -> None:
    names = [path.name for path in linked(study / "report.html")]
    assert names == ["a b.html", "x.csv", "x&y.html"]


def test_a_report_that_is_not_there(study: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.html: no such file; the report"):
        write_bundle(study / "gone.html", study / "report", study / "report.zip")
