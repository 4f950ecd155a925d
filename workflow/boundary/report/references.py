"""BibTeX of what a study used: this tool, methods, engines, benchmarks, published counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from boundary import __version__
from boundary.report.template import HERE
from boundary.report.text import visible

_ENTRY = re.compile(r"@\w+\{(\w+),.*?\n\}\n", re.DOTALL)
#: A source in words, such as ``Cobbe et al. 2021, arXiv 2110.14168``; there may be several.
_ARXIV = re.compile(r"([^;]*?),?\s*arXiv[: ](\d{4}\.\d{4,5})")


class References:
    """Collect what is cited, in the order in which it is first cited."""

    def __init__(self) -> None:
        text = (HERE / "references.bib").read_text(encoding="utf-8")
        self._known = {match[1]: match[0].rstrip() for match in _ENTRY.finditer(text)}
        self._cited: dict[str, str] = {}

    def cite(self, *keys: str) -> str:
        """Return the mark of entries of ``references.bib``, as ``[@chen2021]``."""
        for key in keys:
            self._cited[key] = self._known[key].replace("<version>", __version__)
        return _mark(keys)

    def knows(self, key: str) -> bool:
        """Return whether there is such an entry, as for an engine."""
        return key in self._known

    def papers(self, words: str) -> str:
        """Cite the arXiv papers that a text names; empty where it names none."""
        keys = []
        for named, number in _ARXIV.findall(words):
            key = f"arxiv{number.replace('.', '')}"
            keys.append(key)
            self._cited[key] = (
                f"@misc{{{key},\n  note = {{{_plain(named)}}},\n  eprint = {{{number}}},\n"
                f"  archivePrefix = {{arXiv}},\n  url = {{https://arxiv.org/abs/{number}}}\n}}"
            )
        return _mark(keys)

    def source(self, words: str) -> str:
        """Cite where numbers were published, in its own words."""
        key = next((key for key, entry in self._cited.items() if _note(words) in entry), None)
        key = key or f"source{1 + sum(each.startswith('source') for each in self._cited)}"
        self._cited[key] = f"@misc{{{key},\n  {_note(words)}\n}}"
        return _mark([key])

    @property
    def bibtex(self) -> str:
        """The entries of all that was cited."""
        return "\n\n".join(self._cited.values()) + "\n"


def _mark(keys: Iterable[str]) -> str:
    marks = "; ".join(f"@{key}" for key in keys)
    return f"[{marks}]" if marks else ""


def _note(words: str) -> str:
    return f"note = {{{_plain(words)}}}"


def _plain(words: str) -> str:
    """Return text that ends no field, nor its block in Markdown, and begins no command."""
    text = " ".join(visible(words).split())
    return re.sub(r"([%#$&_])", r"\\\1", re.sub(r"[{}`\\]", "", text))
