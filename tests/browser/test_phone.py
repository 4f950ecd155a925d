"""The report on a phone and on a wide screen, in a real browser: figures are chosen by width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boundary.comparison.folder import PAGE

SHOWN = "[...document.querySelectorAll('figure img')].map(i => [i.naturalWidth, i.clientWidth])"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of two models of counts."""
    from typer.testing import CliRunner

    from boundary.cli.app import app

    folder = tmp_path_factory.mktemp("compared")
    for name, step in (("base", 3), ("rl", 5)):
        rows = [f"{name},{i},16,{i * step % 17}" for i in range(40)]
        (folder / f"{name}.csv").write_text("\n".join(["model,problem,n,correct", *rows]) + "\n")
    sides = [str(folder / f"{name}.csv") for name in ("base", "rl")]
    done = CliRunner().invoke(app, ["compare", *sides, "--output", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return folder / "out" / PAGE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_each_figure_is_drawn_for_the_width_of_the_screen(
    browser: Any, report: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text))
    page.goto(report.as_uri())
    shown = page.evaluate(SHOWN)
    assert len(shown) > 5
    assert page.locator("figure.lead").count() == 1
    for natural, across in shown:
        assert (natural < 400) == (width == 400)
        assert across >= 0.95 * natural or width == 1400, "not scaled down"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []
    context.close()
