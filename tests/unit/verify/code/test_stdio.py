"""What counts as the same output."""

from __future__ import annotations

import pytest

from boundary.verify.code.stdio import same_output


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("1\n2\n", b"1\n2\n", True),
        ("1\n2\n", b"1\n2", True),
        ("1\n2\n", b"1 \n2\t\n\n\n", True),
        ("1\n2\n", b"\n1\r\n2\r\n", True),
        ("1.5\n", b"1.50\n", True),
        ("3\n", b"3.0\n", True),
        ("1 2\n", b"+1  2.\n", True),
        ("0.1\n", b"1e-1\n", True),
        ("0.5 0\n", b".50 -0\n", True),
        ("1e-05\n", b"0.00001\n", True),
        ("00101\n", b"101\n", False),
        ("101\n", b"0101\n", False),
        ("0\n", b"00\n", False),
        ("1 007\n", b"1.0 7\n", False),
        ("00101 1.5\n", b"00101 1.50\n", True),
        ("a b\n", b"a  b\n", False),
        ("1\n2\n", b"1\n", False),
        ("1\n2\n", b"1\n2\n3\n", False),
        ("1\n2\n", b"1 2\n", False),
        ("1\n\n2\n", b"1\n2\n", False),
        ("  a\n", b"a\n", False),
        ("Yes\n", b"YES\n", False),
        ("1\n", b"True\n", False),
        ("1\n", b"1_0\n", False),
        ("nan\n", b"NaN\n", False),
        ("inf\n", b"Infinity\n", False),
        ("1\n", "１\n".encode(), False),
        ("0.3\n", b"0.30000000000000004\n", False),
        ("1e5 x\n", b"100000 x\n", False),
        ("", b"", True),
        ("", b"0\n", False),
        ("a\n", b"a\xff\n", False),
        ("1" + "0" * 500, b"1" + b"0" * 499 + b"1", False),
        ("1e999\n", b"1e9999999\n", False),
    ],
)
def test_same_output(expected: str, printed: bytes, same: bool) -> None:
    assert same_output(expected, printed) is same


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("0.333333333333\n", b"0.333333\n", True),
        ("0.3 2\n", b"0.30000000000000004 2\n", True),
        ("1e9\n", b"1000000100\n", True),
        ("1000000000.0\n", b"1000000100\n", True),
        ("1000000000.0\n", b"1000002000\n", False),
        ("0.0\n", b"1e-6\n", True),
        ("0.0\n", b"0.000002\n", False),
        ("1000000000\n", b"1000000001\n", False),
        ("1000000000\n", b"1000000000.1\n", False),
        ("1.0 x\n", b"1.0000001 x\n", False),
        ("1.0\n", b"nan\n", False),
        ("1.5\n", b"01.5\n", False),
        ("1.0\n1.0\n", b"1.0\n", False),
        ("1e999\n", b"1.0000001e999\n", True),
    ],
)
def test_a_tolerance_is_for_floats_alone(expected: str, printed: bytes, same: bool) -> None:
    assert same_output(expected, printed, 1e-6) is same
