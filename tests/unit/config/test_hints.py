"""A value that YAML reads otherwise than it was meant is told how to be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study, read_study
from boundary.errors import ConfigError

Raw = dict[str, Any]
STUDY = """\
study: s
models:
  a: {source: "counts:c.csv", role: base}
  b: {source: "counts:c.csv", role: rl, base: a}
benchmarks: {m: {}}
protocols: {p: {max_tokens: 9, n: 4, temperature: 0.6}}
comparisons: [{base: a, other: b, benchmarks: [m], protocol: p}]
analyses: {bootstrap: 200, confidence: 0.9, efficiency: true}
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what tells the problems of the study with pieces of its text replaced."""
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text("model,problem,n,correct\na,1,4,2\nb,1,4,3\n")

    def problems(*replaced: tuple[str, str]) -> list[str]:
        text = STUDY
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        Path("s.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            read_study(Path("s.yaml"))
        return caught.value.problems

    return problems


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("no", "false"),
        ("Off", "false"),
        ("yes", "true"),
        ("on", "true"),
        ("12", "the number 12"),
        ("1_000", "the number 1000"),
        ("0x1f", "the number 31"),
        ("1.50", "the number 1.5"),
        (".5", "the number 0.5"),
        ("2024-05-01", "a date"),
        ("null", "no value"),
    ],
)
def test_text_that_yaml_takes_for_something_else(
    text: str, taken: str, told: Callable[..., list[str]]
) -> None:
    (line,) = told(("study: s", f"study: {text}"))
    assert line.startswith("study: input should be a valid string (found ")
    assert line.endswith(f" Unquoted, {text} is {taken} to YAML: put it in quotes: '{text}'.")


def test_names_that_yaml_takes_for_something_else(told: Callable[..., list[str]]) -> None:
    found = told(("  a:", "  no:"), ("base: a", "base: no"), ("{m:", "{2024:"), ("[m]", "[2024]"))
    assert [line.partition(": ")[0] for line in found] == [
        "models.no",
        "models.b.base",
        "benchmarks.2024",
        "comparisons[0].base",
        "comparisons[0].benchmarks[0]",
    ]
    assert all("put it in quotes: '" in line for line in found)
    (key,) = told(("{p:", "{2024-01-01:"), ("protocol: p", "protocol: '2024-01-01'"))[:1]
    assert key.startswith("protocols.2024-01-01: this name should be a valid string. Unquoted, ")


def test_quoted_names_may_be_anything(told: Callable[..., list[str]]) -> None:
    text = STUDY.replace("  a:", "  'no':").replace("base: a", "base: 'no'")
    Path("c.csv").write_text("model,problem,n,correct\nno,1,4,2\nb,1,4,3\n")
    Path("s.yaml").write_text(text.replace("{m:", "{'7':").replace("[m]", "['7']"))
    assert list(read_study(Path("s.yaml")).models) == ["no", "b"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1e4", "To YAML it is text; write 10000."),
        ("1E+4", "To YAML it is text; write 10000."),
        ("1.e+4", "Write 10000."),
        ("4.0", "Write 4."),
        ("10.000", "A point is no separator of thousands: write 10000."),
        ("0o17", "To YAML it is text; write 15."),
        ("08", "To YAML it is text; write 8."),
        ("'4'", "Take away the quotes: 4."),
        ("'1,000'", "To YAML it is text; write 1000."),
        ("1 000", "To YAML it is text; write 1000."),
        ("10k", "To YAML it is text; write 10000."),
        ("٣", "To YAML it is text; write 3."),
        ("on", "To YAML, on is true."),
    ],
)
def test_other_spellings_of_a_whole_number(
    text: str, hint: str, told: Callable[..., list[str]]
) -> None:
    (line,) = told(("n: 4", f"n: {text}"))
    assert line.startswith("protocols.p.n: input should be a valid integer (found ")
    assert line.endswith(f"). {hint}")


def test_a_number_that_is_not_there(told: Callable[..., list[str]]) -> None:
    assert told(("bootstrap: 200", "bootstrap: ~")) == [
        "analyses.bootstrap: input should be a valid integer (found null). Nothing stands there."
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1e0", "To YAML it is text; write 1."),
        ("6e-1", "To YAML it is text; write 0.6."),
        ("'0,6'", "To YAML it is text; write 0.6."),
        ("'0.6'", "Take away the quotes: 0.6."),
        ("60%", "To YAML it is text; write 0.6."),
    ],
)
def test_other_spellings_of_a_number(text: str, hint: str, told: Callable[..., list[str]]) -> None:
    (line,) = told(("temperature: 0.6", f"temperature: {text}"))
    assert line.endswith(f"). {hint}")


@pytest.mark.parametrize(
    ("old", "new", "end"),
    [
        ("efficiency: true", "efficiency: 'yes'", " Write true or false, without quotes."),
        ("[m]", "m", ' (found "m"). Write a list: [m].'),
        ("{m: {}}", "{m: }", " Write {} where there is nothing to set."),
        ("{m: {}}", "[m]", " Write a mapping: a name and a colon before each entry, no list."),
        ("confidence: 0.9", "confidence: 95", " For 95 % write 0.95."),
        ("role: rl", "role: RL", " Did you mean 'rl'?"),
        ("study: s", "study: a/b", " and begins with a letter or digit."),
        ("n: 4", "n: four", ' (found "four").'),
        ("bootstrap: 200", "bootstrp: 200", " Did you mean 'bootstrap'?"),
    ],
)
def test_other_values(old: str, new: str, end: str, told: Callable[..., list[str]]) -> None:
    line = told((old, new))[0]
    assert line.endswith(end)


@pytest.mark.parametrize(
    ("edits", "key"),
    [
        ({"analyses.chains": {"per_problm": 3}}, "per_problem"),
        ({"verification": {"sanbox": "reduced"}}, "sandbox"),
        ({"models.paper.adapter": {"source": "file:x", "revison": "a"}}, "revision"),
    ],
)
def test_an_unknown_key_of_an_inner_section(
    edits: dict[str, Any],
    key: str,
    edit: Callable[[dict[str, Any]], Raw],
    problems: Callable[[Raw], list[str]],
) -> None:
    assert f"Did you mean '{key}'?" in problems(edit(edits))[0]


def test_a_mapping_without_a_file_is_told_what_it_holds(raw: Raw) -> None:
    with pytest.raises(ConfigError, match=r"found false\)\. Unquoted, it is no text to YAML"):
        parse_study({**raw, "study": False}, "x")
