"""JSON of other tools, read fast and strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary import strict_json
from boundary.importers import json_text

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('":\\ ,{}')),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
)


def outcome(text: str, loads: Any) -> Any:
    try:
        return repr(loads(text))
    except (ValueError, RecursionError) as error:
        return str(error)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_values_are_those_of_the_strict_reader(value: Any, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert repr(json_text.loads(text)) == repr(strict_json.loads(text)) == repr(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a":1,"a" :2}',
        '{"a": 1, "\\u0061": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '[{"a": 1}, {"b": [{"c": 1, "c": 2}]}]',
        '{"text": "a\\": b", "n": 1}',
        '{"a": 1, "a\\n": 1}',
        '{"n": 18446744073709551616}',
        '{"n": -123456789012345678901234567890}',
        '{"n": 9007199254740993}',
        '{"x": NaN}',
        '{"x": 1e400}',
        '{"x": "\\ud800"}',
        '{"x": "\\ud83d\\ude00"}',
        '{"x": 1',
        '{"x": 1}}',
        "{'x': 1}",
        "",
        "[" * 3000 + "]" * 3000,
        '{"a":' * 900 + "1" + "}" * 900,
        "-0",
        '{"a": -0, "b": 1.50, "c": 1E5}',
    ],
)
def test_what_readers_disagree_on_is_read_strictly(text: str) -> None:
    assert outcome(text, json_text.loads) == outcome(text, strict_json.loads)
