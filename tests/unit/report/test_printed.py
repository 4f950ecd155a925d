"""Tables of the page for papers."""

from __future__ import annotations

from pathlib import Path

from boundary.report.cells import Summary
from boundary.report.printed import write_printed


def test_a_table_says_its_level_and_what_it_leaves_out(tmp_path: Path) -> None:
    rows = [["math", "17.7 [14.6, 22.1]"]]
    table = Summary("crossovers", "Crossovers", "k×: where.", ["benchmark", "k×"], rows, 3, [])
    tex, md = write_printed(table, tmp_path, 0.9)
    assert [tex.name, md.name] == ["crossovers.tex", "crossovers.md"]
    for text in (tex.read_text(), md.read_text()):
        assert "90" in text and "3 more rows in crossovers.csv" in text
    assert r"k$\times$: where. Brackets: 90 \% intervals." in tex.read_text()


def test_a_table_without_intervals_names_none(tmp_path: Path) -> None:
    table = Summary("responses", "Responses", "Counts.", ["n"], [["1"]], 0, [])
    assert "Brackets" not in write_printed(table, tmp_path, 0.95)[1].read_text()
