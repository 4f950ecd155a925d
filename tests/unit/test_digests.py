"""Identity must never drift: fixed values, and the properties they rest on."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary import digests
from boundary.digests import canonical_json, code_digest, digest, seed_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_canonical_json_is_sorted_tight_and_keeps_unicode():
    assert canonical_json({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_canonical_json_refuses_what_json_cannot_carry(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": [value]})


def test_golden_digests():
    # SHA-256 by another tool: printf '{}' | sha256sum, and so on.
    assert digest({}) == "44136fa355b3"
    assert digest({"b": 1, "a": [1, 2, "x"]}) == "5fbcb0cbd76d"
    assert digest("é") == "f2886017e9c7"
    assert digest(None) == "74234e98afe7"


def test_golden_seeds():
    assert seed_of("a", 1) == 697930202312019326
    assert seed_of() == 2858069222894195974
    assert seed_of("block", "1f", 0) == 3235784335444439287


@given(JSON)
def test_digest_is_twelve_hexadecimal_digits_and_ignores_key_order(value):
    found = digest(value)
    assert len(found) == 12
    assert set(found) <= set("0123456789abcdef")
    assert digest({"x": value, "y": 1}) == digest({"y": 1, "x": value})


@given(st.lists(st.text() | st.integers()))
def test_seeds_fit_a_signed_column(parts):
    assert 0 <= seed_of(*parts) < 2**63


def test_seed_parts_do_not_run_together():
    found = {
        seed_of(*parts) for parts in (("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"), (1,), ("1",))
    }
    assert len(found) == 6


def test_digest_is_the_same_in_another_process_with_other_hashing():
    code = "from boundary.digests import digest; print(digest({'b': {'z': 1, 'a': 2}, 'a': 'x'}))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert texts == {digest({"b": {"z": 1, "a": 2}, "a": "x"}) + "\n"}


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "part").mkdir()
    (tmp_path / "one.py").write_text("x = 1\n")
    (tmp_path / "part" / "two.py").write_text("y = 2\n")
    monkeypatch.setattr(digests, "PACKAGE", tmp_path)
    return tmp_path


def test_code_digest_changes_with_text_and_name_and_nothing_else(package):
    before = code_digest("one.py", "part")
    assert code_digest("part", "one.py", "one.py", "part/two.py") == before
    (package / "notes.txt").write_text("no code")
    (package / "part" / "two.pyc").write_bytes(b"\0")
    assert code_digest("one.py", "part") == before
    (package / "part" / "two.py").rename(package / "part" / "three.py")
    renamed = code_digest("one.py", "part")
    (package / "one.py").write_text("x = 2\n")
    assert len({before, renamed, code_digest("one.py", "part")}) == 3


def test_code_digest_refuses_a_misspelt_module(package):
    with pytest.raises(FileNotFoundError, match="oen"):
        code_digest("oen.py")
