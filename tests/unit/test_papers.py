"""The papers of the project agree with each other and with what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import boundary
from boundary.digests import PACKAGE
from boundary.store import provenance

ROOT = PACKAGE.parents[1]
AUTHORS = "the Reasoning Boundary authors"
TEXT = {"type": "string", "minLength": 1}
PEOPLE: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {
        "anyOf": [
            {"required": ["name"]},
            {"required": ["family-names", "given-names"]},
        ],
        "properties": dict.fromkeys(("name", "family-names", "given-names", "alias"), TEXT),
        "additionalProperties": False,
    },
}
#: What CFF 1.2.0 asks of the keys that stand here, and no key that it does not know.
CFF: dict[str, Any] = {
    "type": "object",
    "required": ["cff-version", "message", "title", "authors"],
    "additionalProperties": False,
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "type": {"enum": ["software", "dataset"]},
        **dict.fromkeys(("message", "title", "abstract", "version", "license"), TEXT),
        "authors": PEOPLE,
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT},
        "references": {
            "type": "array",
            "items": {
                "required": ["type", "title", "authors"],
                "properties": {
                    "type": {"const": "article"},
                    "year": {"type": "integer"},
                    "url": {"pattern": "^https://"},
                    "authors": PEOPLE,
                    "identifiers": {
                        "type": "array",
                        "items": {
                            "required": ["type", "value"],
                            "properties": {"type": {"enum": ["doi", "url", "swh", "other"]}},
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def citation() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8")))


def test_the_citation_is_of_the_citation_file_format(citation: dict[str, Any]) -> None:
    jsonschema.validate(citation, CFF)


def test_version_licence_and_authors_are_the_same_everywhere(citation: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = boundary.__version__
    assert citation["version"] == project["version"] == version
    assert provenance()["package"] == f"boundary {version}"
    assert citation["license"] == project["license"] == "MIT"
    assert citation["authors"] == project["authors"] == [{"name": AUTHORS}]
    for name in project["license-files"]:
        text = Path(ROOT, name).read_text(encoding="utf-8")
        assert text.startswith("MIT License\n")
        assert AUTHORS in text


def test_the_changelog_has_this_version_and_what_comes_next() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    assert headings[:2] == ["## Unreleased", f"## {boundary.__version__}"]


DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_each_part_of_the_package_has_its_place_in_the_picture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = "".join(line for line in text.splitlines() if line.startswith("|"))
    named = set(re.findall(r"`([a-z_]+(?:/|\.py))`", tables))
    parts = {
        path.name + "/" * path.is_dir()
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_") and (path.is_dir() or path.suffix == ".py")
    }
    assert parts - named == set()
    inside = {name for name in named - parts if not list(PACKAGE.rglob(name))}
    assert inside == set(), "named there, and in no room"


def test_what_runs_before_a_commit_is_installed() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (local,) = config["repos"]
    assert local["repo"] == "local"
    dev = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]["dev"]
    installed = {re.split("[=<>]", line)[0] for line in dev} | {"python"}
    programs = [re.findall(r"\.venv/bin/(\w+)", hook["entry"]) for hook in local["hooks"]]
    assert {program for found in programs for program in found} <= installed
    assert all(programs)
