"""Kinds of problems: conditions ask what they have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from boundary.digests import PACKAGE
from boundary.extraction import RULES
from boundary.kinds import KINDS, kind, names

#: Of models ``lab`` says that the lab trained them.
NAMES = {*KINDS} - {"lab"}
ROOT = PACKAGE.parents[1]
#: Where a name of a kind may stand: in its declaration, in its grader, and in shapes of its own.
NAMED_IN = re.compile(r"kinds/|verify/|answers/|lab/|tasks/|data/problem\.py|options\.py")


def test_each_is_declared_under_its_name() -> None:
    folder = PACKAGE / "kinds"
    for name, entry in KINDS.items():
        assert entry.name == name
        assert (folder / f"{name}.py").is_file() or (folder / name).is_dir()


def test_a_declaration_is_no_source_of_a_grader() -> None:
    for entry in KINDS.values():
        of_kinds = [source for source in entry.sources if source.startswith("kinds")]
        # Files beside it in a kind's folder may be.
        assert all(re.fullmatch(r"kinds/\w+/(?!__init__|task)\w+\.py", each) for each in of_kinds)


def test_they_are_asked_for_what_they_have() -> None:
    assert names(lambda kind: kind.programs) == ("code",)
    assert names(lambda kind: kind.chain) == ("lab", "modular", "skills")
    assert names(lambda kind: kind.argued) == ("lab", "math", "skills")
    assert names(lambda kind: kind.extracts) == ("choice", "math", "text")
    assert names(lambda kind: kind.rules) == ("choice", "code", "math", "text")
    answers = ("choice", "lab", "math", "modular", "skills", "text")
    assert names(lambda kind: kind.answers) == answers
    assert {*RULES} < {*kind("math").rules}


def compared(path: Path) -> Iterator[str]:
    """Yield comparisons with the name of a kind."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and "kind" in ast.unparse(node.left):
            for text in ast.walk(node):
                if isinstance(text, ast.Constant) and text.value in NAMES:
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}"


def test_no_condition_asks_for_a_name() -> None:
    files = [p for p in PACKAGE.rglob("*.py") if not NAMED_IN.search(str(p.relative_to(PACKAGE)))]
    assert [line for path in files for line in compared(path)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.smk")), ids=lambda p: p.name)
def test_no_rule_names_a_kind(path: Path) -> None:
    assert not re.findall(rf"[\"'](?:{'|'.join(KINDS)})[\"']", path.read_text())
