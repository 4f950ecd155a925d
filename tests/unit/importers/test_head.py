"""What is seen of a file's beginning."""

from __future__ import annotations

import gzip
import json

import pytest

from boundary.importers.head import FIRST_LINE_BYTES, HEAD_BYTES, head_of
from boundary.importers.source import Source


def head(tmp_path, content, name="x.jsonl"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return head_of(Source(path))


@pytest.mark.parametrize(
    ("text", "lines", "listed", "keys", "first"),
    [
        ('{"a": 1, "b": {"c": 2}}\n{"d": 3}\n', True, False, "ab", {"a": 1, "b": {"c": 2}}),
        ('\ufeff\n {"a": ":{"}\n', True, False, "a", {"a": ":{"}),
        ('{\n "a": 1,\n "b": [{"c": 2}]\n}\n', False, False, "ab", {"a": 1, "b": [{"c": 2}]}),
        ('[{"a": 1, "b": "\\""}, {"c": 2}]', False, True, "ab", {"a": 1, "b": '"'}),
        ('[\n  {"a": 1},\n', False, True, "a", None),
        ('{"a": 1, "b": "cut', False, False, "ab", None),
        ("[]", False, True, "", None),
        ("[1, 2]", False, True, "", None),
        ('{"a": 1, "a": 2}', True, False, "a", {"a": 2}),
    ],
)
def test_json(tmp_path, text, lines, listed, keys, first):
    seen = head(tmp_path, text)
    assert (seen.lines, seen.listed, seen.first) == (lines, listed, first)
    assert seen.keys == tuple(keys)
    assert seen.has(*keys)
    assert not seen.has("z")


def test_a_long_first_line_is_read_whole_or_its_keys(tmp_path):
    row = {"a": "x" * 2 * HEAD_BYTES, "b": 1}
    seen = head(tmp_path, json.dumps(row) + "\n{}\n")
    assert (seen.first, seen.keys, seen.lines) == (row, ("a", "b"), True)
    row = {"b": 1, "a": "x" * 2 * FIRST_LINE_BYTES, "c": 1}
    seen = head(tmp_path, json.dumps(row))
    assert (seen.first, seen.keys, seen.lines) == (None, ("b", "a"), True)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ('\ufeff"a, b"; c;d\r\n', ("a, b", "c", "d")),
        ("a\tb", ("a", "b")),
        ("", ("",)),
        ("some words\n", ("some words",)),
    ],
)
def test_tables(tmp_path, text, header):
    seen = head(tmp_path, text)
    assert seen.keys == ()
    assert tuple(filter(None, seen.header)) == tuple(filter(None, header))


def test_packed_and_binary(tmp_path):
    seen = head(tmp_path, gzip.compress(b'{"a": 1}\n'), "x.jsonl.gz")
    assert (seen.name, seen.keys, seen.lines) == ("x.jsonl", ("a",), True)
    for content in (b"\x93NUMPY\x01\0", 'a,"b"'.encode("utf-16")):
        seen = head(tmp_path, content)
        assert (seen.text, seen.keys, seen.magic) == ("", (), content[:16])
