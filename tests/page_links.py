"""Links of a report: each leads to a file, and each filter to a choice that the table offers."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from boundary.comparison_tables import SETS
from boundary.explorer.address import FOLDER, TABLE

_HREF, _ID = re.compile(r'href="([^"]*)"'), re.compile(r' id="([^"]*)"')
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def links_of(page: Path) -> list[str]:
    """Return the addresses of all links on a page, each once."""
    return list(dict.fromkeys(map(unescape, _HREF.findall(page.read_text(encoding="utf-8")))))


def dead_links(page: Path) -> list[str]:
    """Return the links of a report that lead nowhere, or to a filter that keeps nothing."""
    data = json.loads(_DATA.findall((page.parent / FOLDER / TABLE).read_text())[0])
    offered = {
        "comparison": {pair["name"] for pair in data["comparisons"]},
        "benchmark": {problem[0] for problem in data["problems"]},
        "stratum": {value for problem in data["problems"] for value in problem[4]},
        "set": {*SETS},
        "cut": {"1", "base", "other"},
        "graded": {"1", "base", "other"},
    }
    here = {*_ID.findall(page.read_text(encoding="utf-8"))}
    dead = []
    for link in links_of(page):
        parts = urlsplit(link)
        lost = bool(parts.path) and not (page.parent / unquote(parts.path)).is_file()
        if parts.path == f"{FOLDER}/{TABLE}":
            asked = parse_qsl(parts.fragment, strict_parsing=bool(parts.fragment))
            lost |= any(value not in offered[name] for name, value in asked)
        elif parts.fragment:
            lost |= bool(parts.path) or parts.fragment not in here
        if lost or parts.scheme or parts.netloc:
            dead.append(link)
    return dead
