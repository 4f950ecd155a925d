"""The report with all that it links to, as one file to send."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from boundary.errors import InputError
from boundary.inputs import note_input
from boundary.store import write_atomic

_LINK = re.compile(r'(?:href|src)="([^"]*)"')
#: Files have the same bytes whenever they are made; a zip knows no earlier time.
_TIME = (1980, 1, 1, 0, 0, 0)


def linked(page: Path) -> list[Path]:
    """Return the files beside a page, or below, to which it links, sorted.

    Parameters
    ----------
    page : Path
        A page of this package: what others wrote in it is escaped, and no link.
    """
    folder = page.resolve().parent
    files = set()
    for address in _LINK.findall(page.read_text(encoding="utf-8")):
        parts = urlsplit(html.unescape(address))
        if parts.scheme or parts.netloc or not parts.path:
            continue
        path = (folder / unquote(parts.path)).resolve()
        if path.is_file() and path.is_relative_to(folder):
            files.add(path)
    return sorted(files)


def write_bundle(report: Path, pages: Path, output: Path) -> None:
    """Write a zip of a report, the files that it links to, and the pages of its problems.

    Raises
    ------
    InputError
        When the report is not there.
    StorageError
        When the disk is full or refuses.
    """
    note_input(report)
    if not report.is_file():
        raise InputError(f"{report}: no such file; the report of a study is expected there.")
    folder = report.resolve().parent
    below = sorted(path.resolve() for path in pages.rglob("*") if path.is_file())
    beside = linked(report)
    further = [each for path in beside if path.suffix == ".html" for each in linked(path)]
    files = dict.fromkeys([report.resolve(), *beside, *further, *below])

    def fill(partial: Path) -> None:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _TIME)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, path.read_bytes())

    write_atomic(output, fill)
