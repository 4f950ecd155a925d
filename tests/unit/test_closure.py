"""The code of a command: all that it imports, read from the text, and nothing else."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer

from boundary import closure as module
from boundary.analyses.registry import analyses, figure_owners
from boundary.cli.app import app
from boundary.closure import closure, code_of, command_code
from boundary.digests import PACKAGE
from boundary.plan.analyses import FIGURES, REPORT, AnalysisJob

RULES = PACKAGE.parents[1] / "rules"
#: Rules whose outputs carry a revision or a grader's digest in their path.
BY_REVISION = {
    "make_problems",
    "resolve_model",
    "train_model",
    "sample_block",
    "score_responses",
    "score_gold",
    "cross_sample",
    "intervene",
    "screen",
    "verify_block",
    "verify_crossing",
    "verify_intervention",
    "take_look",
}


def forget() -> None:
    for name in (
        "code_of",
        "_declares",
        "_digest",
        "_file",
        "_contents",
        "_imports_of",
        "_parts",
        "_read_part",
        "_reached",
    ):
        getattr(module, name).cache_clear()


def in_rules() -> dict[str, tuple[str, str]]:
    """Return of each rule that runs a command: its words, and the code that it is stale by."""
    found = {}
    for file in RULES.glob("*.smk"):
        for text in re.split(r"^(?:rule|checkpoint) ", file.read_text(), flags=re.M)[1:]:
            if words := re.search(r'"python -m boundary ((?:[a-z][a-z-]* )+)', text):
                code = re.search(r'code=command_code\("([^"]+)"\)', text)
                found[text.partition(":")[0]] = (words[1].strip(), code[1] if code else "")
    return found


def functions() -> dict[str, str]:
    """Return the function of each command, as a digest names it."""
    groups: list[tuple[str, typer.Typer]] = [("", app)]
    groups += [(f"{g.name} ", g.typer_instance) for g in app.registered_groups if g.typer_instance]
    return {
        prefix
        + str(command.name): f"{call.__module__.removeprefix('boundary.cli.')}.{call.__name__}"
        for prefix, group in groups
        for command in group.registered_commands
        if (call := command.callback)
    }


#: Where reading begins: at commands, and at what each analysis and each figure runs.
STARTS = {
    **{code: (f"boundary.cli.{code}",) for _, code in in_rules().values() if code},
    **{name: tuple(AnalysisJob("", (entry,), ()).modules) for name, entry in analyses().items()},
    **{
        f"figure {name}": (*FIGURES, f"boundary.analyses.{entry.name}.{name}")
        for name, entry in figure_owners().items()
    },
    "report": (
        *REPORT,
        *(f"boundary.analyses.{e.name}.section" for e in analyses().values() if e.has_section),
    ),
}
COMMANDS = sorted(STARTS)


@cache
def read(command: str) -> dict[str, bytes]:
    return closure(*STARTS[command])


def test_every_rule_is_stale_by_the_code_of_its_own_command() -> None:
    rules, known = in_rules(), functions()
    assert rules.pop("draw_figures")[0] == "figures" and rules.pop("write_report")[0] == "report"
    assert rules.pop("write_paper")[0] == "paper"
    assert {name for name, (_, code) in rules.items() if not code} == BY_REVISION
    assert {name: code for name, (_, code) in rules.items() if code} == {
        name: known[words] for name, (words, code) in rules.items() if code
    }


def walked(tree: ast.AST) -> set[str]:
    """Return the names that a tree imports of this package, by Python's own reading."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        names |= walked(node)
    return {name for name in names if name.split(".")[0] == "boundary"}


@cache
def imported_by(content: bytes) -> set[str]:
    return walked(ast.parse(content))


def test_imports_are_read_as_python_reads_them() -> None:
    whole = {name: text for command in COMMANDS for name, text in read(command).items()}
    files = {name: text.decode() for name, text in whole.items() if name.endswith(".py")}
    assert len(files) > 60
    for name, text in files.items():
        assert set(module._imported(text, "boundary.x")) == imported_by(whole[name]), name


def files_of(name: str) -> set[str]:
    """Return the files that an import of a name runs, without the package's own face."""
    parts = name.split(".")
    paths = [PACKAGE.joinpath(*parts[1:end]) for end in range(2, len(parts) + 1)]
    files = [file for path in paths for file in (path.with_suffix(".py"), path / "__init__.py")]
    return {file.relative_to(PACKAGE).as_posix() for file in files if file.is_file()}


#: Where modules are imported by a name.
BY_NAME = {"analyses/parts.py", "importers/registry.py"}
#: What tells which commands and which analyses there are.
UNREAD = {"cli/__init__.py", "analyses/__init__.py", "analyses/registry.py"} | {
    f"analyses/{name}/__init__.py" for name in analyses()
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closure_holds_what_its_modules_import(command: str) -> None:
    whole = read(command)
    for name, content in whole.items():
        if name.startswith("boundary.cli.") or name.endswith(".py"):
            for imported in imported_by(content):
                assert imported in whole or files_of(imported) - UNREAD <= set(whole)
            # The plan names what is imported there, and each job's code begins with it too.
            by_name = name in BY_NAME
            assert by_name == ("import_module" in content.decode()), "no reading finds that"
    texts = {name for name in whole if not name.startswith("boundary.cli.")}
    assert all((PACKAGE / name).read_bytes() == whole[name] for name in texts)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closure_swallows_no_settings_and_no_engine(command: str) -> None:
    """An edit there may cost tables, and never says why."""
    folders = {name.partition("/")[0] for name in read(command)}
    assert not folders & {"config", "engines", "plan", "cli", "verify", "models", "lab", "sampling"}


OF_SCORES = {name for name, entry in analyses().items() if entry.needs == "scores"}
OF_LIKELIHOODS = {name for name, entry in analyses().items() if entry.needs == "likelihoods"}
FIGURE_JOBS = {f"figure {name}" for name in figure_owners()}
RUN_BY = {
    "analysis/passk.py": OF_SCORES
    | {"best_of", "cot", "guess_floor", "equal_cost", "phases", "screen", "figure coverage"},
    "analysis/fairness.py": OF_SCORES,
    "analyses/efficiency/compute.py": {"efficiency"},
    "analyses/guess_floor/compute.py": {"guess_floor"},
    "analyses/audit/compute.py": {"audit"},
    "likelihood/verdicts.py": OF_LIKELIHOODS,
    "figures/boxes.py": {"figure perplexity", "figure typicality"},
    "likelihood/responses.py": set(),
    "sampled_by.py": OF_SCORES | {"responses.score"},
    "guards/repeats.py": {"responses.score"},
    "data/counts.py": {"responses.counts", "imports.import_files"},
    "importers/collect.py": {"imports.import_files"},
    "analyses/passk/passk.py": {"figure passk", "report"},
    "figures/curves.py": {
        "report",
        "figure passk",
        "figure chain",
        "figure grading",
        "figure guess",
        "figure cot",
        "figure difference",
        "figure plane",
        "figure reliability",
        "figure cover",
        "figure majority",
        "figure best_of",
        "figure one_answer",
        "figure solved_sets",
        "figure horizon",
        "figure histogram",
        "figure horizon_sweep",
        "figure training_seeds",
        "figure equal_cost",
        "figure series",
        "figure strategies",
        "figure rounds",
        "figure envelope",
        "figure controls",
    },
    "report/page.html": {"report", "pages.explorer"},
    "report/page.css": {"report", "pages.explorer"},
    "report/overview_grid.html": {"report", "pages.explorer"},
    "explorer/assets/datatables.min.js": {"report", "pages.explorer", "pages.bundle"},
    "report/overview.py": {"report"},
    "report/sentences.py": {"report"},
    "analyses/grading/section.py": {"report"},
    "store.py": set(COMMANDS),
    "tables.py": set(COMMANDS),
    "analyses/parts.py": {*analyses(), *FIGURE_JOBS, "report"},
    "analyses/registry.py": set(),
    "analyses/guess_floor/__init__.py": set(),
    "__init__.py": set(),
}


@pytest.mark.parametrize("name", RUN_BY)
def test_who_runs_a_file(name: str) -> None:
    assert (PACKAGE / name).is_file()
    assert {command for command in COMMANDS if name in read(command)} == RUN_BY[name]


def test_of_the_command_line_a_command_reads_its_own_part() -> None:
    parts = closure("boundary.cli.analyses.passk")
    assert "boundary.cli.analyses.passk" in parts
    assert not [name for name in parts if "crossover" in name and name.startswith("boundary.cli")]


def test_reading_is_fast() -> None:
    """Snakemake parses the rules in every job of a cluster."""
    seconds = []
    for _ in range(5):  # in a process of many tests one run may pay for a pass of the collector
        forget()
        start = time.process_time()
        codes = [code_of(*starts) for starts in STARTS.values()]
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.15
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("command", ["analyses.analyze", "analyzes.passk", "passk"])
def test_a_misspelt_command_is_refused(command: str) -> None:
    with pytest.raises(AttributeError, match=r"no (function|module)"):
        command_code(command)


TOY = {
    "__init__.py": "__version__ = '1'\n",
    "cli/__init__.py": "from boundary.cli.tools import main\n",
    "cli/tools.py": '''
from typing import Annotated, TYPE_CHECKING
from boundary.cli.options import number, other
from boundary.shared import LIMIT
if TYPE_CHECKING:
    from boundary.types_only import Frame

DEFAULT = 3

def draw(path: Annotated[str, "a help text"], most: int = DEFAULT) -> None:
    """Draw."""
    from boundary.page import (
        render,  # what it is
    )
    _help(render(number(path)), most)

def _help(page, most):
    from boundary import ring
    return ring.a(page, most, LIMIT)

def unlike(draw) -> None:
    from boundary.heavy import engine
    engine(other(draw))
''',
    "cli/options.py": """
def number(text): return int(text)
def other(text): return text
""",
    "page/__init__.py": "from boundary.page.layout import render\n",
    "page/layout.py": "def render(x): return x\n",
    "page/page.html": "<p>",
    "page/parts/one.css": "p {}",
    "page/.page.html.swp": "an editor's",
    "page/inner/__init__.py": "",
    "page/inner/unread.txt": "of a package that nobody imports",
    "shared.py": "LIMIT = 1\n",
    "ring/__init__.py": "from boundary.ring.a import a\n",
    "ring/a.py": "def a(x):\n    import boundary.ring.b as b\n    return b.b(x)\n",
    "ring/b.py": "from . import a as again\ndef b(x): return again\n",
    "heavy.py": "def engine(x): return x\n",
    "types_only.py": "Frame = int\n",
}


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return the digest of `draw` in a toy package in which some text was exchanged."""
    package = tmp_path / "boundary"
    for name, text in TOY.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    monkeypatch.setattr(module, "PACKAGE", package)
    forget()

    def edit(name: str = "", old: str = "", new: str = "") -> str:
        if name:
            assert old in TOY[name]
            (package / name).write_text(TOY[name].replace(old, new))
        forget()
        code = command_code("tools.draw")
        if name:
            (package / name).write_text(TOY[name])
        return code

    yield edit
    forget()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("cli/tools.py", "most)\n", "most + 1)\n"),
        ("cli/tools.py", "DEFAULT = 3", "DEFAULT = 4"),
        ("cli/options.py", "int(text)", "float(text)"),
        ("page/__init__.py", "", "# "),
        ("page/layout.py", "return x", "return -x"),
        ("page/page.html", "<p>", "<b>"),
        ("page/parts/one.css", "p", "b"),
        ("shared.py", "1", "2"),
        ("ring/__init__.py", "", "# "),
        ("ring/a.py", "b.b(x)", "b.b(-x)"),
        ("ring/b.py", "again\n", "again()\n"),
    ],
)
def test_an_edit_of_what_it_runs_is_another_code(
    edited: Callable[..., str], name: str, old: str, new: str
) -> None:
    assert edited(name, old, new) != edited()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("__init__.py", "'1'", "'2'"),
        ("cli/__init__.py", "", "# "),
        ("cli/tools.py", "a help text", "another"),
        ("cli/tools.py", "Draw.", "Draws."),
        ("cli/tools.py", "engine(other(draw))", "engine(draw)"),
        ("cli/options.py", "return text", "return -text"),
        ("heavy.py", "return x", "return -x"),
        ("types_only.py", "int", "float"),
        ("page/.page.html.swp", "an", "another"),
        ("page/inner/unread.txt", "of", "Of"),
    ],
)
def test_an_edit_of_anything_else_is_not(
    edited: Callable[..., str], name: str, old: str, new: str
) -> None:
    assert edited(name, old, new) == edited()
