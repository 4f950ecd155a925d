"""Figures within the page, one for wide screens and one for phones, where no script can run."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from boundary.errors import InputError
from boundary.jobs.pages import PHONE

#: What Vega tells screen readers of each mark: of a picture they read the text beside it.
_UNREAD = re.compile(r' (?:aria-[a-z]+|role)="[^"<>]*"(?=[^<>]*>)')


@dataclass(frozen=True)
class Drawing:
    """The SVG of a figure as wide screens show it, and as phones do."""

    wide: str
    phone: str

    @property
    def sources(self) -> tuple[str, str]:
        """The addresses of both within a page."""
        return data_uri(self.wide), data_uri(self.phone)


def read_drawing(folder: Path, stem: str) -> Drawing:
    """Read a figure from the files of a folder.

    Raises
    ------
    InputError
        When one cannot be read.
    """
    return Drawing(*(_read(folder / f"{stem}{suffix}") for suffix in (".svg", PHONE)))


def data_uri(svg: str) -> str:
    """Return the address of a picture that stands within the page: an <img> runs no script."""
    short = _UNREAD.sub("", svg)
    return "data:image/svg+xml;base64," + base64.b64encode(short.encode()).decode()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: the figure cannot be read: {error.strerror}.") from None
