"""The README says what the studies' tables say, and its commands can be followed."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

import readme_numbers as numbers
from boundary.digests import PACKAGE

ROOT = PACKAGE.parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return numbers.read_tables(numbers.STORED / "registers", *numbers.QUOTED)


@pytest.fixture(scope="module")
def control() -> Tables:
    return numbers.read_tables(numbers.STORED / "registers_half_q", "passk", "crossovers")


@pytest.fixture(autouse=True, scope="module")
def published_once() -> None:
    """Work out what was published a single time."""
    said = list(numbers.published_sentences())
    numbers.published_sentences = lambda: iter(said)


def test_every_number_stands_in_the_tables(tables: Tables, control: Tables) -> None:
    assert numbers.missing(README, tables, control) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.128 [0.114, 0.143]", "0.129 [0.114, 0.143]"),
        ("k ≈ 18.0 [14.9, 22.4]", "k ≈ 18.0 [14.9, 22.5]"),
        ("and overtaken at k ≈ 18", "and overtaken at k ≈ 19"),
        ("(pass@1 0.982 against", "(pass@1 0.983 against"),
        ("(95 % interval 8.2 to 31.2)", "(95 % interval 8.3 to 31.2)"),
        ("19 problems, the RL model alone 3", "18 problems, the RL model alone 3"),
        ("M = 60 | base | 0.002", "M = 61 | base | 0.002"),
    ],
)
def test_another_number_is_told(tables: Tables, control: Tables, old: str, new: str) -> None:
    assert old in README
    assert numbers.missing(README.replace(old, new), tables, control)


def test_another_run_is_told(tables: Tables, control: Tables) -> None:
    """Each number that the README quotes of the curves hangs on the tables."""
    for row in tables["passk"].iter_rows(named=True):
        here = (pl.col("k") == row["k"]) & (pl.col("model") == row["model"])
        here &= pl.col("benchmark") == row["benchmark"]
        moved = pl.when(here).then(pl.col("pass_at_k") / 2 + 0.2).otherwise("pass_at_k")
        other = {**tables, "passk": tables["passk"].with_columns(pass_at_k=moved)}
        assert numbers.missing(README, other, control), row


def test_no_command_names_a_target_after_a_config_file() -> None:
    """Snakemake takes every word after --configfile for a further file."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("config/**/*.md")]
    found = [
        line
        for page in pages
        for block in re.findall(r"^```[^\n]*\n(.*?)^```", Path(page).read_text(), re.M | re.S)
        for line in block.splitlines()
        if re.search(r"snakemake[^#]*--configfile +\S+ +(?![-#])\S", line)
    ]
    assert found == []
    assert "snakemake passk --cores 4 --configfile FILE" in README
