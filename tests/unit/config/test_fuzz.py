"""Whatever YAML may hold is a study or a list of its problems, never another error."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundary.config import parse_study
from boundary.errors import ConfigError
from boundary.plan import Plan

Raw = dict[str, Any]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.floats(allow_nan=True),
    st.sampled_from(["", "base", "lab:grpo", "lab:grpo@5", "counts:x", "t1", "é", "a" * 200]),
    st.dates(),
    st.binary(max_size=3),
)
KEYS = st.one_of(st.text(max_size=5), st.integers(), st.dates(), st.none(), st.just("recipe"))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of everything inside a value."""
    found = [at] if at else []
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            found += paths(inner, (*at, key))
    return found


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_mapping_breaks_the_checks(raw: Raw, data: st.DataObject) -> None:
    raw = copy.deepcopy(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(paths(raw)))
        at: Any = raw
        for part in place[:-1]:
            at = at[part]
        if data.draw(st.booleans()):
            del at[place[-1]]
        else:
            at[place[-1]] = data.draw(VALUES)
        if not paths(raw):
            return
    try:
        found = parse_study(raw, "study.yaml")
    except ConfigError as error:
        assert error.problems
        assert all(": " in line for line in error.problems)
    else:
        Plan(found)
        assert parse_study(raw, "again") == found
