"""Where the page of a problem stands, and the table of problems as filtered."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from boundary.digests import digest

#: The folder of all pages beside a study's report, the table in it, and the pages below it.
FOLDER, TABLE, PAGES = "report", "problems.html", "problem"
#: Letters of a name that its file's name shows; the digest tells names apart.
_SHOWN = 30


def page_name(benchmark: str, problem: str) -> str:
    """Return the file name of a problem's page, without a character that any system treats apart.

    Parameters
    ----------
    benchmark, problem : str
        As tables name them, hostile or not.
    """
    words = re.sub(r"[^a-z0-9]+", "-", f"{benchmark[:_SHOWN]} {problem[:_SHOWN]}".lower())
    return f"{words.strip('-')}-{digest([benchmark, problem])}.html"


def address(benchmark: str, problem: str) -> str:
    """Return the address of a problem's page as a link on the report of its study."""
    return f"{FOLDER}/{PAGES}/{page_name(benchmark, problem)}"


def filtered(**kept: str) -> str:
    """Return the address of the table of problems with some filters set.

    Parameters
    ----------
    kept : str
        Values by filter: ``comparison``, ``benchmark``, ``set`` (of
        `boundary.comparison_tables.SETS`), ``stratum`` (``key: value``), ``text``,
        ``low`` and ``high`` (per cent of the base), ``cut`` and ``graded`` (``base`` or
        ``other``, or ``1`` of either).
    """
    return f"{FOLDER}/{TABLE}#{urlencode(sorted(kept.items()))}"
