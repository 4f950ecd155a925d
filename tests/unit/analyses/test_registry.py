"""What every analysis declares is there, and agrees with its parts."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from collections import Counter

import pytest

from boundary.analyses.parts import part, schemas
from boundary.analyses.record import CHAPTERS, FOLDER, Analysis
from boundary.analyses.registry import NAMES, analyses, table_owners
from boundary.config.analyses import SharedSettings
from boundary.digests import PACKAGE
from boundary.generated import documents

ROOT = PACKAGE.parents[1]
EVERY = [pytest.param(entry, id=name) for name, entry in analyses().items()]


def test_every_folder_has_a_line_and_no_name_stands_twice() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    assert folders == set(NAMES) and len(set(NAMES)) == len(NAMES)
    tables = Counter(table for entry in analyses().values() for table in entry.tables)
    figures = Counter(f.name for entry in analyses().values() for f in entry.figures)
    assert max(tables.values()) == max(figures.values()) == 1


@pytest.mark.parametrize("entry", EVERY)
def test_a_declaration_agrees_with_its_parts(entry: Analysis) -> None:
    assert part(entry.name, "tables").__name__.split(".")[-2] == entry.name
    taken = {*SharedSettings.model_fields, "study"}  # keys beside it, and a rule
    assert entry.always or entry.name not in taken
    assert not {"compute", "tables", "section"}.intersection(f.name for f in entry.figures)
    assert tuple(schemas(entry.name)) == entry.tables
    assert set(entry.unprinted) <= set(entry.tables)
    assert entry.chapter in CHAPTERS or (
        entry.chapter is None and not entry.figures and not entry.has_section
    )
    options = list(inspect.signature(part(entry.name, "compute").compute).parameters)[1]
    hints = typing.get_type_hints(part(entry.name, "compute").compute)
    assert hints[options] is entry.options
    for figure in entry.figures:
        assert set(figure.reads) <= set(table_owners())
        assert callable(part(entry.name, figure.name).build)
        assert (FOLDER / entry.name / f"{figure.name}.rst").is_file()
    if entry.has_section:
        section = part(entry.name, "section")
        shown = [*section.SUMMARIES, *getattr(section, "PASSAGES", {})]
        assert shown and set(shown) <= set(entry.tables)


@pytest.mark.parametrize("entry", EVERY)
def test_a_declaration_imports_nothing_heavy_and_no_registry(entry: Analysis) -> None:
    tree = ast.parse((FOLDER / entry.name / "__init__.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {
        *("pydantic", "boundary.analyses.record", "boundary.kinds", "boundary.allowed"),
        *("boundary.extraction", "typing"),
    }


def anchors_of(page: str) -> list[str]:
    """Return the anchor of each heading of Markdown, in their order."""
    headings = re.findall(r"^#+ (.+)$", page, flags=re.M)
    return [re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings]


@pytest.mark.parametrize("entry", EVERY)
def test_the_page_that_explains_it_has_that_heading(entry: Analysis) -> None:
    page, _, anchor = entry.docs.partition("#")
    assert anchor in anchors_of((ROOT / "docs" / page).read_text())


def test_the_page_of_statistics_begins_with_all_of_its_sections() -> None:
    title, *sections = anchors_of(text := (ROOT / "docs/statistics.md").read_text())
    assert re.findall(r"^ *- \[.*\]\(#(.*)\)$", text, flags=re.M) == sections, title


@pytest.mark.parametrize("name", documents())
def test_generated_files_are_what_the_code_says(name: str) -> None:
    held = (ROOT / name).read_text(encoding="utf-8")
    assert held == documents()[name], f"{name} has drifted; run: python -m boundary generate"
