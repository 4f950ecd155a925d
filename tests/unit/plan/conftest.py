"""The smoke study, and plans of edited studies."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from boundary.plan import Plan, plan_study

ROOT = Path(__file__).resolve().parents[3]
Raw = dict[str, Any]


@pytest.fixture
def raw() -> Raw:
    """Return the smoke study as YAML holds it."""
    found: Raw = yaml.safe_load((ROOT / "config/studies/smoke.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def plan(raw: Raw) -> Callable[..., Plan]:
    """Return what plans the smoke study with values set by paths with dots."""

    def planned(edits: dict[str, Any] | None = None) -> Plan:
        edited: Any = copy.deepcopy(raw)
        for path, value in (edits or {}).items():
            *parents, last = path.split(".")
            at = edited
            for part in parents:
                at = at[int(part)] if isinstance(at, list) else at[part]
            at[int(last) if isinstance(at, list) else last] = value
        return plan_study(edited, "smoke")

    return planned
