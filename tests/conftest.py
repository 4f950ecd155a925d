"""Fixtures of all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import ROOT


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Third-party data that is not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("third-party data is not at ../shared/data")
    return folder
