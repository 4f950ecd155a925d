"""Bodies of functions whose indentation is not the one that the question asks for.

This file runs *inside* the sandbox, with the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator

from boundary.verify.code.pieces import margins_of


def indentations(text: str, last: str) -> Iterator[tuple[str, list[int]]]:
    """Yield a body with its indentation mended, and where it may be cut.

    Parameters
    ----------
    text : str
    last : str
        The last line of the question, which is indented as the body has to be.
    """
    target = last[: len(last) - len(last.lstrip())] or "    "
    lines = [_spaces(line) for line in text.split("\n")]
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not filled:
        return
    first = filled[0]
    margin = [at for at in filled[1:] if lines[at][0] != " "]
    end = margin[0] if margin else len(lines)
    tail, rest = lines[end:], [at for at in filled[1:] if at < end]
    cuts = [at for at in margins_of("\n".join(lines)) if at >= end]
    once = [*lines[:first], target + lines[first].strip(), *lines[first + 1 :]]
    yield "\n".join(once), cuts
    for inner in (rest, [first, *rest]):  # the first line alone has lost its own, or none has
        if inner:
            least = min(_width(lines[at]) for at in inner)
            moved = [target + line[least:] if line.strip() else "" for line in lines[:end]]
            moved[first] = target + lines[first].strip() if inner is rest else moved[first]
            yield "\n".join([*moved, *tail]), cuts
    if _width(lines[first]) == 0:
        yield "\n".join(target + line if line.strip() else "" for line in lines), margin


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(line: str) -> str:
    """Return a line whose leading tabs are four spaces each."""
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].replace("\t", "    ") + body
