"""Read YAML, and refuse what plain YAML takes in silence.

A key given twice, of which YAML keeps the last; numbers that are read in base 8
or 60; aliases and nesting that would fill memory.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from boundary.errors import ConfigError, InputError

#: Bounds of a file: the largest shipped one has 15 kB, 400 values and 6 levels.
MOST_BYTES, MOST_VALUES, MOST_LEVELS, MOST_DIGITS = 2**20, 100_000, 40, 100

#: Text of scalars that YAML reads as something else, by the keys that lead there; that of a key
#: itself by the key's value and `KEY`.
Spellings = dict[tuple[Hashable, ...], str]
KEY = "[key]"

_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"
_INTEGER = "tag:yaml.org,2002:int"
_OCTAL = re.compile(r"[-+]?0[0-7_]*[0-7]")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


class _Loader(yaml.SafeLoader):
    """A loader that stops before nesting fills the stack."""

    level = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.level += 1
        if self.level > MOST_LEVELS:
            line = self.get_mark().line + 1
            raise InputError(f"line {line}: more than {MOST_LEVELS} levels within each other.")
        node: yaml.Node | None = super().compose_node(parent, index)
        self.level -= 1
        return node


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds.

    Raises
    ------
    InputError
        When the file cannot be read, is not YAML, is larger than any study, has
        a mapping in which a key stands twice, or a number in base 8 or 60;
        names the lines of every such key or number.
    """
    return read_spelled(path)[0]


def read_spelled(path: Path) -> tuple[Any, Spellings]:
    """Return what a YAML file holds, and the text of what it reads as no text.

    Raises
    ------
    InputError
        As `read_yaml`.
    """
    path = Path(path)
    try:
        loader = _Loader(_text(path))
        node = loader.get_single_node()
        if node is None:
            return None, {}
        walk = _Walk(loader)
        walk.visit(node, (), "")
        if walk.twice:
            raise InputError(
                f"a key stands twice, and only one of them would count: {'; '.join(walk.twice)}."
            )
        if walk.misread:
            raise InputError(f"YAML reads otherwise than it looks: {'; '.join(walk.misread)}.")
        return loader.construct_document(node), walk.spellings
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not YAML: {' '.join(str(error).split())}.") from None
    except _Circle as circle:
        raise ConfigError([f"{circle}: a YAML alias puts it within itself."], str(path)) from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _text(path: Path) -> str:
    """Return the text of a file, without reading one that no study could be."""
    with path.open("rb") as handle:
        content = handle.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(
            f"holds more than {MOST_BYTES // 2**20} MiB, so it is no study file nor another "
            f"setting of this program."
        )
    return content.decode("utf-8")


class _Circle(Exception):
    """A node that holds itself, by key path."""


class _Walk:
    """One walk through the nodes of a file, each once."""

    def __init__(self, loader: _Loader) -> None:
        self.loader = loader
        self.twice: list[str] = []
        self.misread: list[str] = []
        self.spellings: Spellings = {}
        #: Values that a node stands for once aliases are written out; 0 while it is visited.
        self.sizes: dict[int, int] = {}

    def visit(self, node: yaml.Node, place: tuple[Hashable, ...], path: str) -> int:
        """Return how many values a node holds, aliases written out.

        Raises
        ------
        InputError
            When they are more than any study needs.
        """
        known = self.sizes.get(id(node))
        if known == 0:
            raise _Circle(path)
        if known is None:
            self.sizes[id(node)] = 0
            known = 1 + sum(self._inner(node, place, path))
            self.sizes[id(node)] = known
        if known > MOST_VALUES:
            raise InputError(
                f"line {node.start_mark.line + 1}: more than {MOST_VALUES:,} values once aliases "
                f"(*name) are written out."
            )
        return known

    def _inner(self, node: yaml.Node, place: tuple[Hashable, ...], path: str) -> Iterator[int]:
        if isinstance(node, yaml.SequenceNode):
            for i, item in enumerate(node.value):
                yield self.visit(item, (*place, i), f"{path}[{i}]")
        elif isinstance(node, yaml.MappingNode):
            lines: dict[tuple[str, str], int] = {}
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else "?"
                inner = f"{path}.{name}" if path else name
                at: Hashable = name
                if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                    at = self._scalar(key, (*place, name, KEY), inner)
                    line = key.start_mark.line + 1
                    if (key.tag, name) in lines:
                        self.twice.append(
                            f"{inner}: line {line} repeats line {lines[key.tag, name]}"
                        )
                    lines.setdefault((key.tag, name), line)
                yield self.visit(value, (*place, at), inner)
        elif isinstance(node, yaml.ScalarNode):
            self._scalar(node, place, path)

    def _scalar(self, node: yaml.ScalarNode, place: tuple[Hashable, ...], path: str) -> Hashable:
        """Note how a scalar is spelled, and return its value."""
        text: str = node.value
        if node.tag == _TEXT:
            return text
        line = node.start_mark.line + 1
        if node.tag == _INTEGER and len(text) > MOST_DIGITS:
            raise InputError(f"line {line}: {path} holds a number of {len(text)} digits.")
        try:
            value: Hashable = self.loader.construct_object(node)
        except (ValueError, LookupError, AttributeError, TypeError):
            tag = node.tag.rpartition(":")[2]
            taken = {"int": "number", "float": "number", "timestamp": "date"}.get(tag, tag)
            raise InputError(
                f"line {line}: {path}: {text!r} has the form of a {taken} and is none; put it in "
                f"quotes."
            ) from None
        if place[-1:] == (KEY,):
            place = (*place[:-2], value, KEY)
        self.spellings[place] = text
        if node.style is None and isinstance(value, int | float) and not isinstance(value, bool):
            octal = _OCTAL.fullmatch(text) and int(text.replace("_", "")) != value
            if octal or _BASE_60.fullmatch(text):
                base = "8, for its leading 0" if octal else "60, for its colon"
                self.misread.append(
                    f"{path} (line {line}): {text} is {value} to YAML (base {base}); write the "
                    f"number in plain digits, or '{text}' in quotes where text is meant"
                )
        return value


def faults(error: ValidationError) -> str:
    """Return every fault that a typed model found in a file, by key path, on one line."""
    return "; ".join(
        f"{'.'.join(map(str, item['loc']))}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_url=False)
    )
