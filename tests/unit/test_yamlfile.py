"""YAML is read as it looks, and a file that would fill memory ends in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundary.errors import ConfigError, InputError
from boundary.yamlfile import KEY, MOST_BYTES, MOST_LEVELS, read_spelled, read_yaml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.yaml"


def refused(file: Path, text: str) -> str:
    """Return why a file is refused, without its name."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(file)
    assert str(caught.value).startswith(f"{file}: ")
    return str(caught.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize(
    ("text", "value", "base"),
    [
        ("012", "10", "8"),
        ("-012", "-10", "8"),
        ("+0_17", "15", "8"),
        ("12:30", "750", "60"),
        ("1:30.5", "90.5", "60"),
        ("-1:00:00", "-3600", "60"),
    ],
)
def test_a_number_in_another_base_is_refused(text: str, value: str, base: str, file: Path) -> None:
    told = refused(file, f"a:\n  - b: {text}\n")
    assert f"a[0].b (line 2): {text} is {value} to YAML (base {base}, for its " in told
    assert f"or '{text}' in quotes" in told


def test_every_such_number_is_told(file: Path) -> None:
    told = refused(file, "a: 010\nb: 1:00\n011: c\n")
    assert [key in told for key in ("a (line 1)", "b (line 2)", "011 (line 3)")] == [True] * 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("00", 0),
        ("1_000", 1000),
        ("0x1f", 31),
        ("+4", 4),
        (".5", 0.5),
        ("1.", 1.0),
        ("0.5", 0.5),
        ("'012'", "012"),
        ('"12:30"', "12:30"),
        ("08", "08"),
        ("12:75", "12:75"),
    ],
)
def test_what_reads_as_it_looks(text: str, value: object, file: Path) -> None:
    file.write_text(f"a: {text}\n")
    found = read_yaml(file)["a"]
    assert (found, type(found)) == (value, type(value))


def test_spellings_of_what_is_no_text(file: Path) -> None:
    file.write_text("no: {a: [~, Off, x, 1_0]}\n2024-05-01: 'no'\nb:\n")
    content, spellings = read_spelled(file)
    assert content[False] == {"a": [None, False, "x", 10]}
    day = next(key for key in content if key not in (False, "b"))
    assert spellings == {
        (False, KEY): "no",
        (False, "a", 0): "~",
        (False, "a", 1): "Off",
        (False, "a", 3): "1_0",
        (day, KEY): "2024-05-01",
        ("b",): "",
    }


def laughs(levels: int) -> str:
    """Return YAML in which each level names the one before ten times."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for one, two in zip("abcdefghij"[:levels], "bcdefghijk", strict=False):
        lines.append(f"{two}: &{two} [{', '.join([f'*{one}'] * 10)}]")
    return "\n".join(lines) + "\n"


def test_aliases_that_would_fill_memory(file: Path) -> None:
    assert "more than 100,000 values once aliases (*name) are written out" in refused(
        file, laughs(9)
    )
    merged = laughs(6).replace("[x, x, x, x, x, x, x, x, x, x]", "{k: 1}")
    merged = merged.replace("[", "{<<: [").replace("]", "]}")
    assert "more than 100,000 values once aliases" in refused(file, merged)


def test_few_aliases_are_written_out(file: Path) -> None:
    file.write_text(laughs(2))
    assert len(read_yaml(file)["c"][9]) == 10


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ("{a: ", "}")])
def test_nesting_that_would_fill_the_stack(start: str, end: str, file: Path) -> None:
    told = refused(file, "study: " + start * 5000 + end * 5000)
    assert told == f"line 1: more than {MOST_LEVELS} levels within each other."


def test_what_is_within_itself(file: Path) -> None:
    file.write_text("a: {b: &b [1, *b]}\n")
    with pytest.raises(ConfigError) as caught:
        read_yaml(file)
    assert caught.value.problems == ["a.b[1]: a YAML alias puts it within itself."]


def test_a_file_that_no_study_could_be_is_not_read(file: Path) -> None:
    assert "holds more than 1 MiB" in refused(file, "a: 1\n# " + "x" * MOST_BYTES)
    with pytest.raises(InputError, match="/dev/zero: holds more than 1 MiB"):
        read_yaml(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("n: " + "9" * 5000, "line 1: n holds a number of 5000 digits."),
        ("a: 2024-02-30", "line 1: a: '2024-02-30' has the form of a date and is none; put it in"),
        ("a: !!int x", "line 1: a: 'x' has the form of a number and is none"),
        ("a: !!bool 3", "line 1: a: '3' has the form of a bool and is none"),
        ("a: !!timestamp 3", "line 1: a: '3' has the form of a date and is none"),
    ],
)
def test_a_value_that_python_cannot_hold(text: str, told: str, file: Path) -> None:
    assert refused(file, text).startswith(told)
