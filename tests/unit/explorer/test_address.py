"""Names of pages: safe in every file system, and one for each problem."""

from __future__ import annotations

import re

from boundary.explorer.address import FOLDER, TABLE, address, filtered, page_name
from boundary.jobs.pages import EXPLORER

NASTY = [
    "../../etc/passwd",
    "a/b\\c:d",
    "CON",
    "",
    " ",
    "é",
    "é".upper(),
    "x" * 500,
    "\x00",
    "p 1",
    "p-1",
]


def test_every_problem_has_a_page_of_its_own() -> None:
    names = [page_name(benchmark, problem) for benchmark in NASTY for problem in NASTY]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{1,90}\.html", name) for name in names)
    assert page_name("ab", "c") != page_name("a", "bc")


def test_addresses() -> None:
    assert re.fullmatch(r"report/problem/math500-12-[0-9a-f]{12}\.html", address("math500", "12"))
    assert filtered(set="base_only", benchmark="a&b") == (
        "report/problems.html#benchmark=a%26b&set=base_only"
    )


def test_the_report_links_to_the_table() -> None:
    assert f"{FOLDER}/{TABLE}" == EXPLORER
