"""What the package imports, and what pyproject.toml says that it needs: both ways."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator

import pytest
import typer
from packaging.requirements import Requirement

from boundary.analyses.registry import analyses, figure_owners
from boundary.cli.app import app
from boundary.closure import closure
from boundary.digests import PACKAGE
from boundary.extras import EXTRA_OF
from boundary.kinds import KINDS
from boundary.plan.analyses import AnalysisJob

PROJECT = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text())["project"]
#: Distributions that are imported under another name.
IMPORTED = {"pillow": "PIL", "pyyaml": "yaml", "vl_convert_python": "vl_convert"}
#: Also brings problems from where `engines` are not needed.
OF_HUB = "data/fetch.py"
#: Decodes images where problems have them; of others it compares digests.
OF_IMAGES = "images.py"
#: What stands in the package and is no Python.
DATA = {".html", ".css", ".rst", ".txt", ".typed", ".md", ".bib", ".js"}
#: Commands that need `engines`; all others work without.
OF_ENGINES = {
    *("sample", "likelihood", "cross-sample", "intervene", "screen", "train", "lab-check"),
    *("problems", "resolve", "show-prompt"),
}


def imported_as(distribution: str) -> str:
    name = Requirement(distribution).name.lower().replace("-", "_")
    return IMPORTED.get(name, name)


def declared(extra: str | None = None) -> set[str]:
    """Return the packages of the light installation or of an extra, as they are imported."""
    lines = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {imported_as(line) for line in lines}


def others(texts: Iterable[str]) -> set[str]:
    """Return what texts import that is neither of this package nor of Python."""
    known = {*sys.stdlib_module_names, PACKAGE.name}
    return {name.partition(".")[0] for text in texts for name in imports(text)} - known


def imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant))


def starts() -> Iterator[str]:
    """Yield where the code begins that a light installation runs."""
    groups: list[typer.Typer | None] = [app, *(g.typer_instance for g in app.registered_groups)]
    for group in groups:
        for command in group.registered_commands if group else ():
            if command.callback and command.name not in OF_ENGINES:
                yield f"{command.callback.__module__}.{command.callback.__name__}"
    for entry in analyses().values():
        yield from AnalysisJob("", (entry,), ()).modules
        yield from [f"boundary.analyses.{entry.name}.section"] if entry.has_section else []
    for name, entry in figure_owners().items():
        yield f"boundary.analyses.{entry.name}.{name}"
    yield from (kind.module for kind in KINDS.values() if kind.module)
    for path in (PACKAGE / "importers").rglob("*.py"):
        yield ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        )


def test_the_light_part_imports_what_is_declared_and_no_more() -> None:
    read = closure(*starts()) | {"app.py": (PACKAGE / "cli/app.py").read_bytes()}
    code = {name: text for name, text in read.items() if "." + name.rpartition(".")[2] not in DATA}
    del code[OF_HUB], code[OF_IMAGES]
    used = others(text.decode() for text in code.values())
    asked = {imported_as(name) for kind in KINDS.values() for name in kind.libraries}
    assert used | asked == declared()


def test_the_package_imports_what_is_declared() -> None:
    used = others(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert used - declared() == EXTRA_OF.keys()


@pytest.mark.parametrize("extra", ["engines", "images", "vllm"])
def test_an_error_names_the_extra_that_brings_a_package(extra: str) -> None:
    assert {name for name, of in EXTRA_OF.items() if of == extra} == declared(extra)


def test_the_light_installation_is_light() -> None:
    assert declared() & {*EXTRA_OF, "snakemake", "gguf"} == set()
