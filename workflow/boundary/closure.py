"""The code that a command runs, found by reading imports.

An output is stale when code that made it was edited.  Which code that is, no list says:
reading starts at the command's function and follows every import, those within functions
too, through the faces of packages.  Text is read and nothing imported, as Snakemake parses
the rules anew in every job.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from boundary.digests import DIGEST_LENGTH, PACKAGE

#: The package's own face holds the version: a release alone makes no result stale.
FACE = PACKAGE.name
#: Its modules hold commands that have nothing to do with each other, so that of each no more
#: is read than one command reaches.
COMMANDS = f"{FACE}.cli"
#: Its registry, and the faces of the folders in it, say which analyses there are and no more.
ANALYSES = f"{FACE}.analyses"
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.M
)
_COMMENT = re.compile(r"#[^\n]*")
#: What only type checkers import runs nowhere.
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)+", re.M)


def command_code(command: str) -> str:
    """Digest of all code of this package that a command runs.

    Parameters
    ----------
    command : str
        Module in ``cli`` and function, such as ``"analyses.passk"``.

    Raises
    ------
    AttributeError
        When there is no such function: a misspelt one would never go stale.
    """
    return code_of(f"{COMMANDS}.{command}")


@cache
def code_of(*starts: str, files: tuple[str, ...] = ()) -> str:
    """Digest of all code that modules and functions of commands run.

    Parameters
    ----------
    starts : str
        As of `closure`.
    files : tuple of str
        Files that are no Python, relative to the package.

    Raises
    ------
    AttributeError
        When there is no such module or function.
    """
    read = closure(*starts) | {name: (PACKAGE / name).read_bytes() for name in files}
    total = hashlib.sha256()
    for name, content in sorted(read.items()):
        total.update(name.encode())
        total.update(_digest(content))
    return total.hexdigest()[:DIGEST_LENGTH]


@cache
def _digest(content: bytes) -> bytes:
    """Digest of a file, which many commands read."""
    return hashlib.sha256(content).digest()


def closure(*starts: str) -> dict[str, bytes]:
    """Return what modules and functions of commands run: text by path relative to the package.

    Modules stand there whole, those of ``cli`` as the parts that the command reaches, and
    files that are no Python (templates, style sheets) with the package that holds them.
    What an analysis declares and which analyses there are is no part of it: the plan reads
    both, and they reach a job as its inputs, outputs and settings.

    Parameters
    ----------
    starts : str
        Full names, such as ``"boundary.cli.analyses.passk"``.
    """
    read: dict[str, bytes] = {}
    for name in starts:
        if not name.startswith(f"{COMMANDS}.") and _file(name) is None:
            raise AttributeError(f"there is no module {name}")
    left = [*starts]
    done = set()
    while left:
        name = left.pop()
        if name in done or name in (FACE, COMMANDS) or _declares(name):
            continue
        done.add(name)
        path, package = _file(name), name.rpartition(".")[0]
        if path is not None:
            read |= _contents(path)
            left += _imports_of(path, name)
        elif name.startswith(f"{COMMANDS}."):
            text = _reached(package, name.removeprefix(f"{package}."))
            read[name] = text.encode()
            left += _imported(text, package)
            continue
        left.append(package)  # runs before what it holds
    return read


@cache
def _declares(name: str) -> bool:
    """Whether a module tells of analyses what the plan reads."""
    if not name.startswith(ANALYSES):
        return False
    if f"{name}.".startswith(f"{ANALYSES}.registry."):
        return True
    path, depth = _file(name), name.count(".") - ANALYSES.count(".")
    return path is not None and path.name == "__init__.py" and depth <= 1


@cache
def _file(name: str) -> Path | None:
    """Return the file of a module, the face of a package, or nothing."""
    package, _, last = name.rpartition(".")
    face = _file(package) if package else None
    if face is not None and face.name != "__init__.py":
        return None  # a name in a module
    folder = PACKAGE.parent.joinpath(*package.split(".")) if package else PACKAGE.parent
    files = folder / f"{last}.py", folder / last / "__init__.py"
    return next((path for path in files if path.is_file()), None)


@cache
def _contents(path: Path) -> dict[str, bytes]:
    """Return a module's text; of a package's face also the files that are no Python."""
    files = [path, *(_others(path.parent) if path.name == "__init__.py" else ())]
    return {file.relative_to(PACKAGE).as_posix(): file.read_bytes() for file in files}


def _others(folder: Path) -> Iterator[Path]:
    """Yield files that are no Python, of a folder and those below it that are no packages."""
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_file() and path.suffix != ".py":
            yield path
        elif path.is_dir() and not (path / "__init__.py").exists():
            yield from _others(path)


@cache
def _imports_of(path: Path, name: str) -> tuple[str, ...]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    names = _imported(path.read_text(encoding="utf-8"), package)
    return tuple(dict.fromkeys(map(_module, names)))


def _module(name: str) -> str:
    """Return the module that holds a name, or is called so; of a command its own name."""
    kept = _file(name) is not None or name.startswith(f"{COMMANDS}.")
    return name if kept else name.rpartition(".")[0]


def _imported(text: str, package: str) -> Iterator[str]:
    """Yield what a text imports of this package; names of a module as ``module.name``."""
    for written, names, modules in _IMPORT.findall(_FOR_TYPES.sub("", text)):
        source = importlib.util.resolve_name(written, package) if written else ""
        for item in _COMMENT.sub("", names or modules).strip("( \t\n)").split(","):
            name = item.split(" as ")[0].strip()
            whole = f"{source}.{name}" if source else name
            if name and (whole == FACE or whole.startswith(f"{FACE}.")):
                yield whole


@cache
def _parts(module: str) -> dict[str, ast.stmt]:
    """Return the top-level statements of a module by the names that they bind."""
    path = _file(module)
    if path is None:
        raise AttributeError(f"there is no module {module}")
    parts: dict[str, ast.stmt] = {}
    for part in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            names = [part.name]
        elif isinstance(part, ast.ImportFrom):
            for alias in part.names:
                parts[alias.asname or alias.name] = ast.ImportFrom(part.module, [alias], part.level)
            continue
        else:
            names = [
                node.id
                for node in ast.walk(part)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ]
        parts |= dict.fromkeys(names, part)
    return parts


class _Code(ast.NodeTransformer):
    """Leaves out docstrings and annotations: a help text computes nothing."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node


@cache
def _reached(module: str, function: str) -> str:
    """Return the parts of a module that a function of it reaches, as text without comments."""
    if function not in _parts(module):
        raise AttributeError(f"{module} has no function {function!r}")
    reached: dict[str, str] = {}
    left = [function]
    while left:
        name = left.pop()
        if name in _parts(module) and name not in reached:
            reached[name], names = _read_part(module, name)
            left += names
    return "\n".join(text for _, text in sorted(reached.items()))


@cache
def _read_part(module: str, name: str) -> tuple[str, set[str]]:
    """Return a part as text without comments, and the names that it may read."""
    part = _Code().visit(_parts(module)[name])
    return ast.unparse(part), _names(part)


def _names(part: ast.stmt) -> set[str]:
    """Return the names that a part may read from its module: all but its own arguments."""
    names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    if isinstance(part, ast.FunctionDef):
        names -= {argument.arg for argument in (*part.args.args, *part.args.kwonlyargs)}
    return names
