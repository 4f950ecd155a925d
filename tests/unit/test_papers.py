"""Licence, citation and version: the papers of the project agree with each other."""

from __future__ import annotations

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
