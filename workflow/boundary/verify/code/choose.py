"""Which of the texts of a response is its program, and what stands in front of it.

This file runs *inside* the sandbox, with the modules that it imports, and nothing
in a text is executed here.  No expected value is known here: of two programs none
can be taken because it is right.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from boundary.verify.code.indentation import indentations
from boundary.verify.code.names import acts, defines, joined, reads, returns
from boundary.verify.code.pieces import clean, filled, longest_of, margins_of, pieces, without_prose
from boundary.verify.code.source import Parser, Source, names_bound

#: How a block is tagged, in the order in which blocks are looked at.
TAGS = ("python", "", "other")
Block = tuple[str, str]


class Chosen(NamedTuple):
    """A program.

    Attributes
    ----------
    form : str
        One of `boundary.extraction.PROGRAM_FORMS`.
    own : str
        The text of the response.
    text : str
        With what stands in front of it.
    """

    form: str
    own: str
    text: str


class Search:
    """The search for the program of one response.

    Parameters
    ----------
    text : str
        The response, up to the end of its turn.
    blocks : sequence of (tag, text)
        Its fenced blocks.
    name, method : str or None
        The entry point; no name in stdio style, a method where it is one of a class.
    beginning : str
        The question, where it begins the program; else empty.
    front : str
        What else stands in front.
    """

    def __init__(
        self,
        text: str,
        blocks: list[Block],
        name: str | None,
        method: str | None,
        beginning: str,
        front: str,
    ) -> None:
        self.parser = Parser()
        self.text, self.blocks = text, blocks
        self.name, self.method = name, method
        self.beginning, self.front = beginning, front
        places = range(len(blocks) - 1, -1, -1)
        #: Places of blocks, by tag, and the last first.
        self.order = [at for tag in TAGS for at in places if blocks[at][0] == tag]
        self.sources: dict[int, Source | None] = {}

    def source(self, at: int) -> Source | None:
        """Return a block that parses."""
        if at not in self.sources:
            self.sources[at] = self.parser.whole(self.blocks[at][1])
        return self.sources[at]

    def chosen(self) -> Chosen | None:
        """Return the program, or None where there is none that parses."""
        ways = self._script() if self.name is None else self._function(self.name)
        return next(iter(ways), None)

    # --- a function or a class ---

    def _function(self, name: str) -> Iterator[Chosen]:
        for at in self.order:
            source = self.source(at)
            if source is not None and defines(source, name, self.method):
                yield self._block(at, source)
        if self.method is not None:  # LiveCodeBench takes a function without its class
            for at in self.order:
                source = self.source(at)
                if source is not None and defines(source, self.method, None):
                    yield self._block(at, self._in_class(source))
        parts = [(self.blocks[at][1], "part of a block") for at in self.order]
        parts.append((self.text, "part of the response"))
        for text, form in parts:
            begins_anew = self._part(text, form, name)
            goes_on = self._continued(text, mended=False) if self.beginning else iter(())
            indented = text.lstrip("\r\n")[:1] in (" ", "\t")
            yield from goes_on if indented else begins_anew
            yield from begins_anew if indented else goes_on
        for text, _ in parts if self.beginning else ():
            yield from self._continued(text, mended=True)

    def _part(self, text: str, form: str, name: str) -> Iterator[Chosen]:
        """Yield the longest piece of a text that defines the entry point."""
        found = pieces(self.parser, clean(text), calls=False)
        fit = [one for one in found if defines(one, name, self.method)]
        if not fit and self.method is not None:
            fit = [self._in_class(one) for one in found if defines(one, self.method, None)]
        yield from self._longest(text, form, fit, found)

    def _longest(
        self, text: str, form: str, fit: list[Source], found: list[Source]
    ) -> Iterator[Chosen]:
        if fit:
            best = longest_of(fit)
            whole = text == self.text and len(found) == 1 and best.text.strip() == text.strip()
            others = [one for one in found if one is not best]
            yield self._finished("whole response" if whole else form, best, others)

    def _in_class(self, source: Source) -> Source:
        """Return a bare function as the method of a class, which is made without arguments."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        last = [n for n in source.tree.body if isinstance(n, functions) and n.name == self.method]
        bound = bool(last and last[-1].args.args and last[-1].args.args[0].arg == "self")
        value = self.method if bound else f"staticmethod({self.method})"
        text = (
            f"{source.text}\n{self.name} = type({self.name!r}, (), {{{self.method!r}: {value}}})\n"
        )
        return Source(text, ast.parse(text))

    # --- what goes on where the question ends ---

    def _continued(self, text: str, *, mended: bool) -> Iterator[Chosen]:
        """Yield the question with the longest beginning of a text that completes it."""
        body = clean(text)
        form = "mended continuation" if mended else "continuation"
        begun = self.beginning.split("\n")[:-1]
        ways = indentations(body, begun[-1]) if mended else [(body, margins_of(body))]
        best: Source | None = None
        for way, margins in ways:
            lines = [*begun, *way.split("\n")]
            shifted = [len(begun) + at for at in margins if at or not mended]
            source = self.parser.longest(lines, len(begun), shifted)
            if source is None or not self.name or not defines(source, self.name, self.method):
                continue
            if mended and not returns(source, self.name):
                continue
            source = without_prose(self.parser, source, calls=False, after=len(begun))
            if best is None or filled(source.lines) > filled(best.lines):
                best = source
        if best is not None:
            own = "\n".join(best.lines[len(begun) :])
            rest = [at for at in self.order if self.blocks[at][1] != text]
            others = [one for at in rest if (one := self.source(at)) is not None]
            helpers = joined(best, others, set())
            yield Chosen(form, own, _after(helpers, best) if helpers else best.text)

    # --- a script ---

    def _script(self) -> Iterator[Chosen]:
        for tag in TAGS[:2]:
            for fits in (lambda one: acts(one) and reads(one), acts):
                for at in self.order:
                    source = self.source(at) if self.blocks[at][0] == tag else None
                    if source is not None and fits(source):
                        yield self._block(at, source)
        parts = [self.blocks[at][1] for at in self.order if self.blocks[at][0] in TAGS[:2]]
        for text, form in [*((p, "part of a block") for p in parts), (self.text, "")]:
            found = pieces(self.parser, clean(text), calls=True)
            doing = [one for one in found if acts(one)]
            reading = [one for one in doing if reads(one)]
            yield from self._longest(text, form or "part of the response", reading or doing, found)

    # --- what stands in front ---

    def _block(self, at: int, source: Source) -> Chosen:
        form = "fenced block" if at == len(self.blocks) - 1 else "other block"
        places = [*range(at - 1, -1, -1), *range(at + 1, len(self.blocks))]
        tagged = [i for i in places if self.blocks[i][0] in TAGS[:2]]
        return self._finished(form, source, [o for i in tagged if (o := self.source(i))])

    def _finished(self, form: str, source: Source, others: Iterable[Source]) -> Chosen:
        front = self.beginning or self.front
        helpers = ""
        if others := list(others):
            known = names_bound(ast.parse(front)) if front else set()
            helpers = joined(source, others, known | _STARRED if self.front else known)
        return Chosen(
            "joined parts" if helpers else form,
            helpers + source.text,
            _after(front + helpers, source),
        )


#: What the names behind `from typing import *` and the like are: those of these modules.
_STARRED = frozenset(
    name
    for module in ("string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math",
                   "random", "statistics", "itertools", "functools", "operator", "io", "json",
                   "typing")
    for name in dir(__import__(module))
)  # fmt: skip


def _after(front: str, source: Source) -> str:
    """Put text in front of a program, below its ``from __future__`` imports."""
    lines = source.text.split("\n")
    futures: list[str] = []
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            futures.append(ast.unparse(node))
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            before = lines[first].encode()[: node.col_offset].decode()
            behind = lines[last].encode()[node.end_col_offset :].decode()
            lines[first : last + 1] = [""] * (last - first) + [f"{before}pass{behind}"]
    return "".join(f"{line}\n" for line in futures) + front + "\n".join(lines)


def find(
    text: str,
    blocks: list[Block],
    head: str,
    rest: list[Block],
    name: str | None,
    method: str | None,
    beginning: str,
    front: str,
) -> tuple[str, str, str] | None:
    """Return the form, own text and whole text of a response's program, or None.

    Parameters
    ----------
    head : str
        What stands before a first fence that may close a block of the prompt.
    rest : list of (tag, text)
        The blocks behind it.
    text, blocks, name, method, beginning, front
        As of `Search`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given: tuple[Any, ...] = (name, method, beginning, front)
        if head.strip():
            opened = Search(head, [("python", head)], *given).chosen()
            if opened is not None and opened.form in ("fenced block", "continuation"):
                blocks = [("python", head), *rest]
        chosen = Search(text, blocks, *given).chosen()
    return None if chosen is None else (chosen.form, chosen.own, chosen.text)
