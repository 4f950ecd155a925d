"""The fenced blocks of a response, read without parsing a program.

A fence counts anywhere on its line, closed by words or a model's special tokens
too, and not inside a string of the program.  Everything here is linear in the
length of the text: it runs outside the sandbox.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PYTHON: Final = frozenset(
    {
        *("python", "py", "python2", "python3", "py2", "py3", "pypy", "pypy3"),
        *("ipython", "ipython3", *(f"python3.{minor}" for minor in range(6, 16))),
    }
)
#: Blocks of these hold Markdown, and so blocks.
_MARKDOWN = frozenset({"markdown", "md"})
#: Blocks of these hold no Python.
OTHER: Final = frozenset(
    {
        *("bash", "sh", "shell", "zsh", "fish", "console", "terminal", "cmd", "bat", "powershell"),
        *("c", "cpp", "c++", "cc", "h", "hpp", "cs", "csharp", "java", "javascript", "js", "jsx"),
        *("typescript", "ts", "tsx", "go", "golang", "rust", "rs", "r", "ruby", "rb", "php"),
        *("perl", "lua", "kotlin", "swift", "scala", "haskell", "hs", "matlab", "julia", "sql"),
        *("json", "jsonl", "yaml", "yml", "toml", "xml", "html", "css", "csv", "ini", "diff"),
        *("text", "txt", "plaintext", "plain", "output", "out", "stdout", "stdin", "input", "log"),
        *("latex", "tex", "math", "mermaid", "makefile", "dockerfile", "pseudocode", "pseudo"),
    }
)
_KNOWN = PYTHON | OTHER | _MARKDOWN

#: Special tokens of models, where a tool decoded them as text.
MARKS: Final = (
    r"<[|｜][^\s<>|｜]{1,40}[|｜]>|</s>|<(?:start|end)_of_turn>|<(?:fim|file)_[a-z]+>|<E[OT][TS]>"
    r"|<eos>|<pad>|<(?:PRE|SUF|MID)>|\[/?INST\]"
)
#: Of those with bars, and others, the ones behind which another text begins.
_ENDS = re.compile(
    r"<[|｜](?:end(?:of|_of_|▁of▁)(?:text|sentence|turn)|im_(?:end|start)|e[no][td]_id|eom_id|end"
    r"|start_header_id|return|call|user|User|system|fim[_▁]\w+|file_\w+|repo_name|EOT|eos)[|｜]>"
    r"|</s>|<(?:start|end)_of_turn>|<(?:fim|file)_[a-z]+>|<E[OT][TS]>|<eos>|<pad>|<(?:SUF|MID)>"
    r"|\[INST\]"
)
#: In a comment of a program only these end it.
_END = re.compile(r"<[|｜][^\s<>|｜]{1,40}[|｜]>")
#: Blocks of Markdown within one another that are read.
_DEEPEST = 3
_LEADING = re.compile(rf"(?:[\s\ufeff\u200b]|<s>|{MARKS})*+")
#: The name of the language behind a fence that the prompt had opened.
_NAMED = re.compile(r"[ \t]*+(?:python3?|py)[ \t\r]*+\n", re.IGNORECASE)
_FENCES = r"(?P<fence>`{3,}+|(?m:^)[ \t]*+~{3,}+)"
#: Possessive throughout: backtracking would take quadratic time on a long line.
_STRINGS = (
    r"\\[^\n]|(?P<triple>\"\"\"|''')"
    r"|\"(?:[^\"\\\n]|\\[^\n])*+\"|'(?:[^'\\\n]|\\[^\n])*+'"
)
#: In a program, in words, and in what is neither.
_MARK = re.compile(rf"{_STRINGS}|(?P<comment>\#[^\n]*+)|{_FENCES}|(?P<token>{MARKS})")
_PROSE_MARK = re.compile(rf"{_STRINGS}|{_FENCES}|(?P<token>{MARKS})")
_PLAIN_MARK = re.compile(rf"{_FENCES}|(?P<token>{MARKS})")
#: What is looked at of a long line around a fence, in characters.
_NEAR = 200
_INFO = re.compile(r"[ \t]{0,9}\{?[ \t]{0,9}\.?([\w+#.-]{0,40})([^\n]{0,200})")
_FENCE_IN_STRING = re.compile(r"^[ \t]*+`{3,}+[ \t]*+([\w+#.-]*+)", re.MULTILINE)
#: A program that begins on the line of its fence.
_CODE = re.compile(r"[ \t]*(?=(?:def|class|import|return|from[ \t]+[\w.]+[ \t]+import)[ \t])")
_RUN = re.compile(r"`{3,}+")
_QUOTE = re.compile(r"^ {0,3}> ?", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block.

    Attributes
    ----------
    language : str
        Small letters; empty without one.
    text : str
        What stands between the fences.
    closed : bool
        Whether a fence, or a token that ends the turn, closes it.
    """

    language: str
    text: str
    closed: bool


class Reading(NamedTuple):
    """A response as text and blocks.

    Attributes
    ----------
    text : str
        Up to the token that ends the turn.
    blocks : tuple of Block
        In order.
    head : str
        What stands before the first fence, where that may close a block that the
        prompt had opened; else empty.
    rest : tuple of Block
        The blocks behind ``head``.
    """

    text: str
    blocks: tuple[Block, ...]
    head: str
    rest: tuple[Block, ...]


def read(text: str) -> Reading:
    """Return a response as text and blocks.

    Parameters
    ----------
    text : str
        What follows the reasoning; hostile.
    """
    lead = _LEADING.match(text)
    # Where there is nothing but tokens there is nothing else to read.
    begin = lead.end() if lead else 0
    # White space in front is indentation, and stays.
    while begin and text[begin - 1] in " \t":
        begin -= 1
    text = _NAMED.sub("", text[begin:], count=1) if _NAMED.match(text, begin) else text[begin:]
    blocks, end, first = _blocks(text, 0)
    head, rest = "", []
    if first is not None and text[: first.start].strip():
        head = text[: first.start]
        rest = _blocks(text[:end], first.stop)[0]
    return Reading(text[:end], tuple(blocks), head, tuple(rest))


class _Opening(NamedTuple):
    """A fence that opens a block, or that may close one the prompt opened."""

    start: int
    stop: int
    mark: str
    language: str
    prefix: str


def _blocks(text: str, at: int, depth: int = 0) -> tuple[list[Block], int, _Opening | None]:
    """Return the blocks from a place on, where the turn ends, and the first fence if untagged."""
    found: list[Block] = []
    lone: _Opening | None = None
    seen = False
    dead: set[str] = set()
    line_end = -1
    while True:
        mark = _next(text, at, dead, "")
        if mark is None:
            return found, len(text), lone
        if mark.lastgroup == "token":
            return found, mark.start(), lone
        if line_end < mark.end():
            line_end = _line_end(text, mark.end())
        inline = _RUN.search(text, mark.end(), line_end) if mark[0][0] == "`" else None
        if inline:
            found.append(_on_one_line(text[mark.end() : inline.start()]))
            at = inline.end()
            continue
        opening = _opening(text, mark)
        if opening is None:
            at = mark.end()
            continue
        if not seen:
            seen = True
            lone = opening if opening.language not in _KNOWN else None
        block, at, ended = _content(text, opening, dead)
        if opening.language in _MARKDOWN and depth < _DEEPEST:
            found += _blocks(block.text, 0, depth + 1)[0]
        else:
            found.append(block)
        if ended:
            return found, at, lone


def _opening(text: str, mark: re.Match[str]) -> _Opening | None:
    """Return the block that a fence opens; None where it is a part of a sentence."""
    prefix = text[max(0, mark.start() - _NEAR) : mark.start()].rpartition("\n")[2]
    info = _INFO.match(text, mark.end())
    language, words = (info[1].lower(), info[2].strip(" \t\r})*_")) if info else ("", "")
    if prefix.strip() == "#" or (prefix.strip() and words and language not in _KNOWN):
        return None  # in a comment, or in a sentence
    after = info.start(2) if info else mark.end()
    code = _CODE.match(text, after) if language in PYTHON else None
    stop = after if code else min(_line_end(text, mark.end()) + 1, len(text))
    return _Opening(mark.start(), stop, mark[0].strip(), language, prefix)


def _content(text: str, opening: _Opening, dead: set[str]) -> tuple[Block, int, bool]:
    """Return a block, where it stops, and whether the turn ends there."""
    at = opening.stop
    while True:
        mark = _next(text, at, dead, opening.language or "?")
        if mark is None:
            return _block(text, opening, len(text), closed=False), len(text), True
        if mark.lastgroup == "token":
            ended = _ENDS.match(text, mark.start()) is not None
            return _block(text, opening, mark.start(), closed=True), mark.start(), ended
        run = mark[0].strip()
        before = text[max(0, mark.start() - _NEAR) : mark.start()].rpartition("\n")
        anchored = not before[2].strip(" \t>")
        info = _INFO.match(text, mark.end())
        tagged = info is not None and info[1].lower() in _KNOWN and _is_tag(info[2])
        in_markdown = opening.language in _MARKDOWN
        if tagged and anchored and not in_markdown and len(run) >= len(opening.mark):
            # Another block begins where this one was never closed.
            return _block(text, opening, mark.start(), closed=False), mark.start(), False
        if run.startswith(opening.mark) and not (tagged and in_markdown):
            return _block(text, opening, mark.start(), closed=True), mark.end(), False
        at = mark.end()
        if in_markdown and tagged and run.startswith(opening.mark):
            # A block in a block of Markdown, with a fence of the same length.
            inner = _opening(text, mark)
            if inner is not None and inner.language not in _MARKDOWN:
                at = _content(text, inner, dead)[1]


def _is_tag(words: str) -> bool:
    """Whether what follows the language on its line is no sentence: ``title="a.py"``, a brace."""
    plain = words.strip()
    return not plain or "=" in plain or plain[0] in "{}[(:,"


def _block(text: str, opening: _Opening, end: int, *, closed: bool) -> Block:
    inner = text[min(opening.stop, end) : end]
    if opening.prefix.lstrip().startswith(">"):
        inner = _QUOTE.sub("", inner)
    inner = inner.removeprefix("\ufeff")
    if not inner[inner.rfind("\n") + 1 :].strip(" \t>-*"):  # what stood before the closing fence
        inner = inner[: inner.rfind("\n") + 1]
    return Block(opening.language, inner, closed)


def _on_one_line(inner: str) -> Block:
    language, _, rest = inner.strip().partition(" ")
    known = language.lower() in _KNOWN
    return Block(language.lower(), rest, True) if known else Block("", inner.strip(), True)


def _next(text: str, at: int, dead: set[str], language: str) -> re.Match[str] | None:
    """Return the next fence or token that is in no string.

    ``language`` is empty outside of blocks, where a number sign begins no comment.
    ``dead`` holds the quotes that nothing closes any more.
    """
    if language in OTHER or language in _MARKDOWN:
        return _PLAIN_MARK.search(text, at)
    pattern = _MARK if language else _PROSE_MARK
    while (mark := pattern.search(text, at)) is not None:
        kind = mark.lastgroup
        if kind == "token" and not language and not _ENDS.match(text, mark.start()):
            at = mark.end()
            continue
        if kind in ("fence", "token"):
            return mark
        if kind == "comment":
            token = _END.search(text, mark.start(), mark.end())
            if token is not None:
                return _PLAIN_MARK.search(text, token.start())
        at = mark.end()
        if kind == "triple" and mark[0] not in dead:
            end = _string_end(text, mark)
            if end is None:
                dead.add(mark[0])
            elif _whole(text, mark.end(), end):
                at = end
    return None


def _string_end(text: str, quote: re.Match[str]) -> int | None:
    """Return where a triple-quoted string ends."""
    at = quote.end()
    while (at := text.find(quote[0], at)) >= 0:
        if text[at - 1] != "\\" or text[at - 2] == "\\":
            return at + 3
        at += 1
    return None


def _whole(text: str, begin: int, end: int) -> bool:
    """Whether what stands between two triple quotes is a string, and no end of a block.

    Fences inside a string come in pairs of which the second has no language.
    """
    fences = _FENCE_IN_STRING.finditer(text, begin, end)
    return not any(number % 2 and fence[1] for number, fence in enumerate(fences))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
