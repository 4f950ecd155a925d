"""The pages for who reads them otherwise: by a screen reader, on paper, in the dark, on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boundary.explorer.address import TABLE, address, page_name
from explored import write_study
from watched import Watched

PAGES = ("report.html", f"report/{TABLE}", address("sums", "p00001"))
#: Rows that are as the ones above them; axe looks at each cell for a while.
MANY_ALIKE = {"exclude": ["tbody tr:nth-child(n+4)", "nav li:nth-child(n+4)"]}
#: Points of a sheet of A4 on its side, and what margins leave of it in pixels of CSS.
A4_WIDE, PRINTABLE = (841, 594), 1032


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_axe_names_no_serious_fault(browser: Any, reported: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    watched = Watched(browser, reported, width, color_scheme=scheme)
    for name in PAGES:
        page = watched.open(name)
        results = axe.Axe().run(page, MANY_ALIKE).response
        serious = [
            (fault["id"], node["html"], node["failureSummary"])
            for fault in results["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
        assert serious == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert watched.faults == []
    watched.page.close()


@pytest.mark.parametrize("name", PAGES)
def test_paper_has_every_row_and_column(browser: Any, reported: Path, name: str) -> None:
    watched = Watched(browser, reported, PRINTABLE)
    page = watched.open(name)
    page.emulate_media(media="print")
    hidden, cut = page.evaluate(
        """(width) => {
            const cells = [...document.querySelectorAll("main th, main td, main pre, main img")];
            const clips = (cell, axis, side) =>
                getComputedStyle(cell)[`overflow${axis}`] !== "visible" &&
                cell[`scroll${side}`] > cell[`client${side}`] + 1;
            const hidden = (cell) => !cell.getClientRects().length && cell.textContent.trim();
            const cut = (cell) =>
                cell.getBoundingClientRect().right > width + 1 ||
                clips(cell, "X", "Width") || clips(cell, "Y", "Height");
            return [hidden, cut].map((fault) =>
                cells.filter(fault).map((cell) => cell.outerHTML.slice(0, 80)));
        }""",
        PRINTABLE,
    )
    assert (hidden, cut) == ([], [])
    page.close()


def test_paper_begins_a_page_with_each_section(browser: Any, reported: Path) -> None:
    page = Watched(browser, reported).open("report.html")
    sheets = page.pdf(prefer_css_page_size=True)
    assert sheets.count(b"/MediaBox [0 0 %d" % A4_WIDE[0]) == sheets.count(b"/Type /Page\n")
    page.emulate_media(media="print")
    breaks = page.evaluate(
        "[...document.querySelectorAll('main > section')].map(s => getComputedStyle(s).breakBefore)"
    )
    assert breaks == ["auto", *["page"] * (len(breaks) - 1)]
    assert sheets.count(b"/Type /Page\n") >= len(breaks) >= 5
    page.close()


def test_latex_is_symbols_and_as_it_was_written(browser: Any, tmp_path: Path) -> None:
    written = r"so \frac{1}{2} \le x^{2}"
    given = {model: {"p": [(written, True)]} for model in ("base", "rl")}
    watched = Watched(browser, write_study(tmp_path, given))
    page = watched.open(f"problem/{page_name('sums', 'p')}")
    response = page.get_by_label("response").first
    shown = """(pre) => [...pre.querySelectorAll("[data-as]")].map(
        (each) => getComputedStyle(each, "::before").content)"""
    assert response.text_content() == written
    assert response.evaluate(shown) == ['"1/2"', '"≤"', '"²"']
    page.get_by_label("as they were written").check()
    assert response.evaluate(shown) == ["none"] * 3
    assert response.inner_text() == written and watched.faults == []
    page.close()
